#include "ca/guarded_issuer.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <mutex>
#include <unordered_set>

#include "base/log.hpp"
#include "ca/draft.hpp"
#include "ca/journal.hpp"
#include "ca/lint.hpp"
#include "ca/responder.hpp"
#include "ca/tbs.hpp"
#include "pki/der.hpp"

namespace inkan::ca {
namespace {

using Kind = JournalEntry::Kind;

/// A serial under its authority, as half of a hash: so many bits cannot meet by chance, and a million of them take little room.
using Mark = std::array<std::uint8_t, 16>;

Mark mark_of(const AuthorityId& authority, const std::string& serial) {
  const Digest hash = sha256(as_bytes(authority + " " + serial));
  Mark mark{};
  std::copy_n(hash.bytes.begin(), mark.size(), mark.begin());
  return mark;
}

struct HashOfMark {
  std::size_t operator()(const Mark& mark) const {
    std::size_t value = 0;
    std::memcpy(&value, mark.data(), sizeof value);
    return value;
  }
};

/// serial_of reads the serial out of a TBSCertificate; "-" where there is none.
std::string serial_of(ByteView tbs) {
  pki::DerReader outer(tbs);
  pki::DerReader fields = outer.enter(pki::tag::kSequence);
  if (fields.has(pki::tag::context(0))) fields.take_any();
  const ByteView serial = fields.take(pki::tag::kInteger).content;
  return serial.empty() || serial.size() > 20 ? "-" : to_hex(serial);
}

class GuardedIssuer : public Issuer, public ResponderKeeper {
 public:
  GuardedIssuer(std::unique_ptr<Issuer> issuer, std::vector<HolderRules> rules, std::shared_ptr<const Clock> clock)
      : issuer_(std::move(issuer)), rules_(std::move(rules)), clock_(std::move(clock)), authorities_(issuer_->authorities()) {}

  Result<void> open(const std::filesystem::path& path) {
    auto journal = Journal::open(path, clock_, [this](const JournalEntry& entry) { remember(entry); });
    if (!journal) return fail(journal);
    journal_ = std::move(*journal);
    return {};
  }

  Result<PreparedCertificate> prepare(const CertificateOrder& order) const override { return issuer_->prepare(order); }

  Result<Bytes> sign(const PreparedCertificate& prepared) const override {
    const std::string serial = serial_of(prepared.tbs);
    JournalEntry entry{.kind = Kind::certificate, .subject = serial, .hash = sha256(prepared.tbs)};
    Findings findings;
    const Authority* authority = find(authorities_, prepared.authority, &Authority::id);
    const HolderRules* rules = find(rules_, prepared.authority, &HolderRules::authority);
    if (authority != nullptr && rules != nullptr)
      findings = lint_by_rules(prepared.tbs, *authority, *rules, clock_->now());
    else
      findings.push_back({Severity::error, "cert.authority.rule", "it signs no certificates", "promises.md I6"});
    if (authority != nullptr && authority->revoked)
      findings.push_back({Severity::error, "cert.authority.revoked", "its root revoked it", "RFC 5280 3.3"});
    if (authority != nullptr) entry.authority = prepared.authority;
    if (!has_errors(findings) && !reserve(prepared.authority, serial))
      findings.push_back({Severity::error, "cert.serial.twice", "signed before", "promises.md I1"});
    if (has_errors(findings)) return refuse(std::move(entry), findings);
    return journalled(issuer_->sign(prepared), std::move(entry));
  }

  Result<Bytes> make_crl(const CrlOrder& order) const override {
    const Authority* authority = find(authorities_, order.authority, &Authority::id);
    if (authority == nullptr) return fail(Code::not_found, "issuer.unknown_authority");
    const std::lock_guard one_at_a_time(lists_);
    const ListId list = list_id(order.authority, order.shard);
    JournalEntry entry{.kind = Kind::crl, .authority = list, .subject = std::to_string(order.number)};
    const auto last = numbers_.find(list);
    const Findings findings = judge_crl(order, *authority, last == numbers_.end() ? 0 : last->second, clock_->now());
    if (has_errors(findings)) return refuse(std::move(entry), findings);
    Result<Bytes> crl = issuer_->make_crl(order);
    if (!crl) return crl;
    numbers_[list] = order.number;
    entry.hash = sha256(signed_part(*crl));
    return journalled(std::move(crl), std::move(entry));
  }

  Result<Bytes> make_ocsp(const OcspOrder& order) const override {
    if (auto healthy = journal_->health(); !healthy) return fail(healthy);
    if (const Findings findings = judge_ocsp(order, clock_->now()); has_errors(findings)) {
      // Not a line each: see Journal::count_answer.
      log(LogLevel::warning, "ca", "signer.refused", {{"kind", "ocsp"}, {"findings", ids_of(findings)}});
      return fail(Code::internal, "issuer.refused", ids_of(findings));
    }
    Result<Bytes> answer = issuer_->make_ocsp(order);
    if (answer) journal_->count_answer(order.authority, sha256(*answer));
    return answer;
  }

  /// renew_responders goes by the signer's own clock, and each is in the journal before it is used.
  Result<int> renew_responders(Instant, const ResponderWitness&) const override {
    const auto* keeper = dynamic_cast<const ResponderKeeper*>(issuer_.get());
    if (keeper == nullptr) return 0;
    return keeper->renew_responders(
        clock_->now(), [this](const AuthorityId& id, const pki::SerialNumber& serial, const Digest& hash) {
          return journal_->write({.kind = Kind::responder, .authority = id, .subject = serial.hex(), .hash = hash});
        });
  }

  std::vector<Authority> authorities() const override { return authorities_; }

  Result<void> health() const override {
    if (auto healthy = journal_->health(); !healthy) return healthy;
    return issuer_->health();
  }

 private:
  template <class Each>
  static const Each* find(const std::vector<Each>& all, const AuthorityId& id, AuthorityId Each::* name) {
    const auto found = std::ranges::find(all, id, name);
    return found == all.end() ? nullptr : &*found;
  }

  /// remember learns from a line of an earlier life.
  void remember(const JournalEntry& entry) {
    if (entry.kind == Kind::certificate) serials_.insert(mark_of(entry.authority, entry.subject));
    if (entry.kind != Kind::crl) return;
    unsigned long long& last = numbers_[entry.authority];
    last = std::max(last, std::stoull(entry.subject));
  }

  bool reserve(const AuthorityId& authority, const std::string& serial) const {
    const std::lock_guard lock(reserving_);
    return serials_.insert(mark_of(authority, serial)).second;
  }

  std::unexpected<Error> refuse(JournalEntry entry, const Findings& findings) const {
    const std::string ids = ids_of(findings);
    entry.reason = ids;
    std::ranges::replace(entry.reason, ' ', ',');
    entry.subject = std::string(to_text(entry.kind)) + ":" + entry.subject;
    entry.kind = Kind::refused;
    log(LogLevel::warning, "ca", "signer.refused", {{"asked", entry.subject}, {"findings", ids}});
    if (auto written = journal_->write(std::move(entry)); !written) return fail(written);
    return fail(Code::internal, "issuer.refused", ids);
  }

  Result<Bytes> journalled(Result<Bytes> made, JournalEntry entry) const {
    if (!made) return made;
    if (auto written = journal_->write(std::move(entry)); !written) return fail(written);
    return made;
  }

  std::unique_ptr<Issuer> issuer_;
  std::vector<HolderRules> rules_;
  std::shared_ptr<const Clock> clock_;
  std::vector<Authority> authorities_;
  std::unique_ptr<Journal> journal_;
  mutable std::mutex reserving_;
  mutable std::unordered_set<Mark, HashOfMark> serials_;
  mutable std::mutex lists_;
  mutable std::map<ListId, unsigned long long> numbers_;
};

}  // namespace

Result<std::unique_ptr<Issuer>> guard(std::unique_ptr<Issuer> issuer, GuardOptions options) {
  auto guarded = std::make_unique<GuardedIssuer>(std::move(issuer), std::move(options.rules), std::move(options.clock));
  if (auto opened = guarded->open(options.journal); !opened) return fail(opened);
  return guarded;
}

}  // namespace inkan::ca
