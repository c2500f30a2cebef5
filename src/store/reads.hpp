#pragma once

#include "store/reads_people.hpp"

namespace inkan::store {

/// Reads answers every question of lifecycle::Reader by statements on one connection. Writer is a Reader too, so the port that is
/// filled is a parameter: lifecycle::Reader or lifecycle::Writer.
template <class Port>
class Reads : public ReadsPeople<Port> {
 public:
  using ReadsPeople<Port>::ReadsPeople;

  Result<std::optional<lifecycle::CertificateRecord>> find_by_fingerprint(const Digest& fingerprint) override;
  Result<std::optional<lifecycle::CertificateRecord>> find_by_serial(const ca::AuthorityId& authority,
                                                                     const pki::SerialNumber& serial) override;
  Result<std::optional<lifecycle::CertificateRecord>> find_by_key(const Digest& key_hash) override;
  Result<std::vector<lifecycle::CertificateRecord>> live_certificates(const lifecycle::HolderId& id) override;
  Result<std::vector<lifecycle::CertificateRecord>> certificates_of(const lifecycle::HolderId& id) override;
  Result<std::vector<lifecycle::CertificateRecord>> unfinished(Instant before) override;
  Result<std::vector<lifecycle::CertificateReader::Revoked>> revoked_for_crl(const ca::AuthorityId& authority,
                                                                             Instant listed_since) override;
  Result<std::vector<lifecycle::CertificateRecord>> live_under(const ca::AuthorityId& authority,
                                                               const std::optional<pki::SerialNumber>& after, int limit) override;
  Result<std::vector<pki::SerialNumber>> revoked_since(const ca::AuthorityId& authority, Instant since,
                                                       Instant listed_since) override;
  Result<std::vector<lifecycle::DueCertificate>> due(const lifecycle::CertificateReader::DueQuery& query) override;
  Result<std::vector<lifecycle::DueCertificate>> unreached(const lifecycle::CertificateReader::UnreachedQuery& query) override;
  Result<std::vector<lifecycle::CertificateRecord>> unconfirmed(const std::string& institution, Instant issued_until, Day today,
                                                                const std::optional<std::pair<Instant, pki::SerialNumber>>& after,
                                                                int limit) override;
  Result<std::optional<Instant>> muted_since(const ca::AuthorityId& authority, const pki::SerialNumber& serial) override;

  Result<std::optional<lifecycle::Ticket>> find_ticket(const std::string& id) override;
  Result<std::optional<lifecycle::Ticket>> find_current_ticket(const lifecycle::HolderId& id) override;
  Result<std::optional<lifecycle::Ticket>> find_ticket_by_secret(const Digest& secret_hash) override;

  Result<std::optional<lifecycle::Session>> find_session(const Digest& token_hash) override;

  Result<std::optional<lifecycle::Grant>> find_grant(const std::string& institution, const Digest& code_hash) override;
  Result<std::optional<lifecycle::Grant>> find_grant_by_token(const std::string& institution, const Digest& token_hash) override;
  Result<std::optional<lifecycle::Grant>> find_grant_of_session(const std::string& institution, const Digest& sid) override;
  Result<std::vector<lifecycle::Grant>> untold_grants(const std::string& institution, const std::string& client,
                                                      const Digest& after, int limit) override;

  Result<std::vector<lifecycle::Notice>> notices_of(const lifecycle::HolderId& id, int limit) override;
  Result<std::optional<lifecycle::Notice>> find_notice(const std::string& institution, const std::string& number) override;
  Result<std::vector<lifecycle::Letter>> waiting_letters(Instant now, int limit) override;
  Result<std::optional<lifecycle::Letter>> find_letter(long long id) override;
  Result<std::vector<lifecycle::Letter>> sealed_letters(const std::string& institution, int limit) override;
  Result<std::vector<std::string>> digest_contracts(const std::string& institution, int limit) override;
  Result<std::vector<lifecycle::DigestLine>> digest_lines(const std::string& institution, const std::string& contract) override;
  Result<std::optional<Day>> day_done(const std::string& job, const std::string& institution) override;

  Result<std::optional<lifecycle::StatusReader::PublishedCrl>> latest_crl(const ca::ListId& list) override;
  Result<std::optional<lifecycle::StatusReader::PublishedCrl>> latest_crl_head(const ca::ListId& list) override;
  Result<std::vector<lifecycle::StatusReader::PublishedShard>> shard_heads(const ca::AuthorityId& authority) override;
  Result<unsigned long long> crl_number(const ca::ListId& list) override;

  Result<std::optional<lifecycle::Tries>> find_tries(const std::string& account) override;

  Result<std::vector<std::string>> audit_nodes() override;
  Result<std::vector<lifecycle::AuditRecord>> audit_records(const std::string& node, long long after, int limit) override;
  Result<std::vector<lifecycle::AuditRecord>> audit_of(const std::string& institution, const std::string& subject,
                                                       int limit) override;
  Result<std::vector<lifecycle::Subtree>> audit_subtrees(const std::string& node, int level, long long first, int limit) override;
  Result<std::optional<lifecycle::Subtree>> last_audit_subtree(const std::string& node, int level) override;

  Result<lifecycle::Totals> totals() override;

 private:
  using ReadsPeople<Port>::statements_;
};

extern template class Reads<lifecycle::Reader>;
extern template class Reads<lifecycle::Writer>;

}  // namespace inkan::store
