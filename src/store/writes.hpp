#pragma once

#include "store/reads.hpp"

namespace inkan::store {

/// Writes is lifecycle::Writer for one piece of work inside the committer's transaction.
class Writes : public Reads<lifecycle::Writer> {
 public:
  Writes(Connection& connection, const Dialect& dialect) : Reads(connection), dialect_(dialect) {}

  Result<std::optional<lifecycle::Holder>> lock_holder(const lifecycle::HolderId& id) override;
  Result<void> put_holder(const lifecycle::Holder& holder) override;
  Result<void> put_code(const lifecycle::OneTimeCode& code) override;
  Result<void> put_contact(const lifecycle::Contact& contact) override;
  Result<void> remove_contact(const lifecycle::HolderId& id, const std::string& address) override;

  Result<void> put_staff(const lifecycle::Staff& staff) override;
  Result<void> put_staff_session(const lifecycle::StaffSession& session) override;
  Result<void> remove_staff_session(const Digest& token_hash) override;
  Result<void> remove_staff_sessions_of(const lifecycle::StaffId& id) override;
  Result<void> put_request(const lifecycle::StaffRequest& request) override;

  Result<void> add_certificate(const lifecycle::CertificateRecord& record) override;
  Result<void> set_certificate(const lifecycle::CertificateRecord& record) override;

  Result<void> put_ticket(const lifecycle::Ticket& ticket) override;
  Result<void> touch_session(const Digest& token_hash, Instant seen_at) override;
  Result<void> put_session(const lifecycle::Session& session) override;
  Result<void> remove_session(const Digest& token_hash) override;
  Result<void> remove_sessions_of(const Digest& fingerprint) override;
  Result<void> put_grant(const lifecycle::Grant& grant) override;
  Result<void> set_told(const std::string& institution, const std::string& client, const Digest& sid, Instant at) override;
  Result<void> remove_sessions_before(Instant end) override;

  Result<lifecycle::Tries> count_try(const std::string& account, Instant now, Instant since) override;
  Result<void> put_tries(const lifecycle::Tries& tries) override;
  Result<void> remove_tries(const std::string& account) override;
  Result<void> remove_tries_before(Instant first) override;

  Result<void> set_mute(const ca::AuthorityId& authority, const pki::SerialNumber& serial,
                        const std::optional<Instant>& since) override;

  Result<long long> next_notice_numbers(const std::string& institution, Day day, int count) override;
  Result<bool> add_notice(const lifecycle::Notice& notice) override;
  Result<void> add_letter(const lifecycle::Letter& letter) override;
  Result<void> set_letter(const lifecycle::Letter& letter) override;
  Result<void> put_digest_line(const lifecycle::DigestLine& line) override;
  Result<void> remove_digest(const std::string& institution, const std::string& contract) override;
  Result<void> set_day_done(const std::string& job, const std::string& institution, Day day) override;

  Result<void> set_crl_number(const ca::ListId& list, unsigned long long number) override;
  Result<void> add_crl(const ca::ListId& list, const PublishedCrl& crl) override;

  void audit(lifecycle::AuditEntry entry) override { entries_.push_back(std::move(entry)); }

  Result<void> add_audit_subtrees(const std::string& node, const std::vector<lifecycle::Subtree>& subtrees) override;

  /// entries are what audit was called with; the committer gives them their places in the chain.
  const std::vector<lifecycle::AuditEntry>& entries() const { return entries_; }

 private:
  Result<void> change(std::string_view sql, std::initializer_list<Value> parameters);

  const Dialect& dialect_;
  std::vector<lifecycle::AuditEntry> entries_;
};

}  // namespace inkan::store
