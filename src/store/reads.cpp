#include "store/reads.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace inkan::store {
namespace {

using lifecycle::CertificateRecord;
using lifecycle::HolderId;

const std::string kFindByFingerprint = select(kCertificateColumns, "certificates WHERE fingerprint = $1");
const std::string kFindBySerial = select(kCertificateColumns, "certificates WHERE authority = $1 AND serial = $2");
const std::string kFindByKey = select(kCertificateColumns, "certificates WHERE key_hash = $1 AND stage <> 'abandoned'");
const std::string kLiveCertificates =
    select(kCertificateColumns,
           "certificates WHERE institution = $1 AND login_id = $2 AND stage = 'issued' AND revoked_at IS NULL "
           "ORDER BY issued_at DESC, id DESC");
const std::string kCertificatesOf =
    select(kCertificateColumns,
           "certificates WHERE institution = $1 AND login_id = $2 AND stage = 'issued' ORDER BY issued_at DESC, id DESC");
const std::string kUnfinished =
    select(kCertificateColumns, "certificates WHERE stage = 'reserved' AND reserved_at < $1 ORDER BY reserved_at, id");
constexpr std::string_view kRevokedForCrl =
    "SELECT serial, revoked_at, reason, not_after FROM certificates WHERE authority = $1 AND not_after >= $2 AND revoked_at IS "
    "NOT NULL";
const std::string kLiveUnder = select(
    kCertificateColumns,
    "certificates WHERE authority = $1 AND serial > $2 AND stage = 'issued' AND revoked_at IS NULL ORDER BY serial LIMIT $3");
constexpr std::string_view kRevokedSince =
    "SELECT serial FROM certificates WHERE authority = $1 AND revoked_at >= $2 AND revoked_at IS NOT NULL AND not_after >= $3";

// CROSS JOIN is plain JOIN with the order of the tables fixed (SQLite): the index of what is due, or of who is not reached, is
// walked, all else is looked up.
constexpr std::string_view kDueColumns =
    "c.institution, c.login_id, c.authority, c.serial, c.expiry_day, h.role, h.company, h.mail, h.contract";
constexpr std::string_view kMainWorks =
    "CAST(CASE WHEN h.mail = '' OR EXISTS (SELECT 1 FROM contacts u WHERE u.institution = c.institution AND u.login_id = "
    "c.login_id AND u.address = h.mail AND u.undeliverable_since IS NOT NULL) THEN 0 ELSE 1 END AS BIGINT)";
constexpr std::string_view kIsNewest =
    "NOT EXISTS (SELECT 1 FROM certificates newer WHERE newer.institution = c.institution AND newer.login_id = c.login_id "
    "AND newer.stage = 'issued' AND newer.revoked_at IS NULL AND (newer.issued_at, newer.id) > (c.issued_at, c.id))";

std::string due_query(std::string_view also) {
  return fmt::format(
      "SELECT {}, {} FROM certificates c CROSS JOIN holders h "
      "WHERE c.institution = $1 AND c.stage = 'issued' AND c.revoked_at IS NULL AND c.held_at IS NULL "
      "AND (c.expiry_day, c.serial) > ($2, $3) AND c.expiry_day <= $4 "
      "AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.serial = c.serial AND n.kind = $5) "
      "AND {}{} AND h.institution = c.institution AND h.login_id = c.login_id AND h.entitlement = 'held' "
      "ORDER BY c.expiry_day, c.serial LIMIT $6",
      kDueColumns, kMainWorks, kIsNewest, also);
}
const std::string kDue = due_query("");
const std::string kDueUnmuted =
    due_query(" AND NOT EXISTS (SELECT 1 FROM mutes m WHERE m.authority = c.authority AND m.serial = c.serial)");

// The plus keeps SQLite off the index of what is due: a holder's own certificates are looked up, and the order is the outer
// table's.
std::string unreached_query(std::string_view from, std::string_view where, std::string_view order) {
  return fmt::format(
      "SELECT {}, CAST(0 AS BIGINT) FROM {} CROSS JOIN certificates c WHERE {} AND h.entitlement = 'held' "
      "AND c.institution = h.institution AND c.login_id = h.login_id AND c.stage = 'issued' AND c.revoked_at IS NULL "
      "AND c.held_at IS NULL AND +c.expiry_day >= $3 AND +c.expiry_day <= $4 "
      "AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.serial = c.serial AND n.kind = $5) AND {} "
      "ORDER BY {} LIMIT $6",
      kDueColumns, from, where, kIsNewest, order);
}
const std::string kUnaddressed =
    unreached_query("holders h", "h.institution = $1 AND h.mail = '' AND h.login_id > $2", "h.login_id");
const std::string kUndeliverable = unreached_query(
    "contacts u CROSS JOIN holders h",
    "u.institution = $1 AND u.undeliverable_since IS NOT NULL AND u.login_id > $2 AND h.institution = u.institution "
    "AND h.login_id = u.login_id AND h.mail = u.address",
    "u.login_id");

const std::string kUnconfirmed =
    select(kCertificateColumns,
           "certificates WHERE institution = $1 AND stage = 'issued' AND confirmed_at IS NULL AND revoked_at IS NULL "
           "AND held_at IS NULL AND (issued_at, serial) > ($2, $3) AND issued_at <= $4 AND expiry_day >= $5 "
           "AND NOT EXISTS (SELECT 1 FROM notices WHERE notices.serial = certificates.serial AND notices.kind = 'unconfirmed') "
           "ORDER BY issued_at, serial LIMIT $6");
constexpr std::string_view kMutedSince = "SELECT since FROM mutes WHERE authority = $1 AND serial = $2";

const std::string kFindTicket = select(kTicketColumns, "tickets WHERE id = $1");
const std::string kFindCurrentTicket = select(kTicketColumns,
                                              "tickets WHERE institution = $1 AND login_id = $2 AND stage IN ('open', 'issued') "
                                              "ORDER BY created_at DESC, number DESC LIMIT 1");
const std::string kFindTicketBySecret = select(kTicketColumns, "tickets WHERE secret_hash = $1 ORDER BY number DESC LIMIT 1");
const std::string kFindSession = select(kSessionColumns, "sessions WHERE token_hash = $1");
const std::string kFindGrant = select(kGrantColumns, "grants WHERE institution = $1 AND code_hash = $2");
const std::string kFindGrantByToken = select(kGrantColumns, "grants WHERE institution = $1 AND token_hash = $2");
const std::string kFindGrantOfSession = select(kGrantColumns, "grants WHERE institution = $1 AND sid = $2 LIMIT 1");
const std::string kUntoldGrants =
    select(kGrantColumns,
           "grants WHERE institution = $1 AND client = $2 AND token_hash IS NOT NULL AND told_at IS "
           "NULL AND code_hash > $3 ORDER BY code_hash LIMIT $4");

const std::string kNoticesOf =
    select(kNoticeColumns, "notices WHERE institution = $1 AND login_id = $2 ORDER BY id DESC LIMIT $3");
const std::string kFindNotice = select(kNoticeColumns, "notices WHERE institution = $1 AND number = $2");
const std::string kWaitingLetters =
    select(kLetterColumns, "letters WHERE state = 'waiting' AND next_attempt <= $1 ORDER BY next_attempt, id LIMIT $2");
const std::string kFindLetter = select(kLetterColumns, "letters WHERE id = $1");
const std::string kFindTries = select(kTriesColumns, "password_tries WHERE account = $1");
const std::string kSealedLetters =
    select(kLetterColumns, "letters WHERE institution = $1 AND state = 'sealed' ORDER BY id LIMIT $2");
constexpr std::string_view kDigestContracts =
    "SELECT DISTINCT contract FROM digest_lines WHERE institution = $1 ORDER BY contract LIMIT $2";
const std::string kDigestLines =
    select(kDigestColumns, "digest_lines WHERE institution = $1 AND contract = $2 ORDER BY login_id, kind");
constexpr std::string_view kDayDone = "SELECT day FROM days_done WHERE job = $1 AND institution = $2";
const std::string kLatestCrl = select(kCrlColumns, "crls WHERE authority = $1");
// Both tables have one row for an authority at most, so this is two look-ups.
constexpr std::string_view kCrlNumber =
    "SELECT number FROM crls WHERE authority = $1 UNION ALL SELECT reserved FROM crl_numbers WHERE authority = $1";
const std::string kLatestCrlHead = select(kCrlHeadColumns, "crls WHERE authority = $1");
// "d1-g1/3" stands between "d1-g1/" and "d1-g10", for '0' follows '/' in the order of code points, which both engines keep.
const std::string kShardHeads = select(kShardHeadColumns, "crls WHERE authority > $1 AND authority < $2 ORDER BY authority");

constexpr std::string_view kAuditNodes = "SELECT node FROM audit_nodes ORDER BY node";
const std::string kAuditRecords =
    select(kAuditColumns, "audit_records WHERE node = $1 AND sequence > $2 ORDER BY sequence LIMIT $3");
const std::string kAuditOf = select(
    kAuditColumns, "audit_records WHERE institution = $1 AND subject = $2 ORDER BY at DESC, node DESC, sequence DESC LIMIT $3");

const std::string kAuditSubtrees =
    select(kSubtreeColumns, "audit_subtrees WHERE node = $1 AND level = $2 AND number >= $3 ORDER BY number LIMIT $4");
const std::string kLastAuditSubtree =
    select(kSubtreeColumns, "audit_subtrees WHERE node = $1 AND level = $2 ORDER BY number DESC LIMIT 1");

constexpr std::string_view kTotals =
    "SELECT (SELECT count(*) FROM holders), "
    "(SELECT count(*) FROM certificates WHERE stage = 'issued'), "
    "(SELECT count(*) FROM certificates WHERE stage = 'reserved'), "
    "(SELECT count(*) FROM certificates WHERE stage = 'abandoned'), "
    "(SELECT count(*) FROM certificates WHERE stage = 'issued' AND revoked_at IS NOT NULL), "
    "(SELECT count(*) FROM letters WHERE state = 'waiting'), "
    "(SELECT count(*) FROM audit_records)";

Result<lifecycle::Totals> to_totals(const Row& row) {
  return lifecycle::Totals{.holders = row.number(0),
                           .certificates_issued = row.number(1),
                           .certificates_reserved = row.number(2),
                           .certificates_abandoned = row.number(3),
                           .certificates_revoked = row.number(4),
                           .letters_waiting = row.number(5),
                           .audit_records = row.number(6)};
}

}  // namespace

template <class Port>
Result<std::optional<CertificateRecord>> Reads<Port>::find_by_fingerprint(const Digest& fingerprint) {
  return statements_.find(kFindByFingerprint, {fingerprint.view()}, to_certificate);
}

template <class Port>
Result<std::optional<CertificateRecord>> Reads<Port>::find_by_serial(const ca::AuthorityId& authority,
                                                                     const pki::SerialNumber& serial) {
  return statements_.find(kFindBySerial, {authority, serial.bytes()}, to_certificate);
}

template <class Port>
Result<std::optional<CertificateRecord>> Reads<Port>::find_by_key(const Digest& key_hash) {
  return statements_.find(kFindByKey, {key_hash.view()}, to_certificate);
}

template <class Port>
Result<std::vector<CertificateRecord>> Reads<Port>::live_certificates(const HolderId& id) {
  return statements_.list(kLiveCertificates, {id.institution, id.login_id}, to_certificate);
}

template <class Port>
Result<std::vector<CertificateRecord>> Reads<Port>::certificates_of(const HolderId& id) {
  return statements_.list(kCertificatesOf, {id.institution, id.login_id}, to_certificate);
}

template <class Port>
Result<std::vector<CertificateRecord>> Reads<Port>::unfinished(Instant before) {
  return statements_.list(kUnfinished, {to_epoch(before)}, to_certificate);
}

template <class Port>
Result<std::vector<lifecycle::CertificateReader::Revoked>> Reads<Port>::revoked_for_crl(const ca::AuthorityId& authority,
                                                                                        Instant listed_since) {
  return statements_.list(kRevokedForCrl, {authority, to_epoch(listed_since)}, to_revoked);
}

template <class Port>
Result<std::vector<lifecycle::CertificateRecord>> Reads<Port>::live_under(const ca::AuthorityId& authority,
                                                                          const std::optional<pki::SerialNumber>& after,
                                                                          int limit) {
  const ByteView from = after ? ByteView(after->bytes()) : ByteView();
  return statements_.list(kLiveUnder, {authority, from, limit}, to_certificate);
}

template <class Port>
Result<std::vector<pki::SerialNumber>> Reads<Port>::revoked_since(const ca::AuthorityId& authority, Instant since,
                                                                  Instant listed_since) {
  return statements_.list(kRevokedSince, {authority, to_epoch(since), to_epoch(listed_since)}, to_serial);
}

template <class Port>
Result<std::vector<lifecycle::DueCertificate>> Reads<Port>::due(const lifecycle::CertificateReader::DueQuery& query) {
  // Without a pair to go on from, an empty serial stands before every serial of the first day.
  const bool goes_on = query.after && query.after->first >= query.first;
  const Day day = goes_on ? query.after->first : query.first;
  const ByteView serial = goes_on ? ByteView(query.after->second.bytes()) : ByteView();
  return statements_.list(query.spare_muted ? kDueUnmuted : kDue,
                          {query.institution, to_epoch_day(day), serial, to_epoch_day(query.last), query.kind, query.limit},
                          to_due);
}

template <class Port>
Result<std::vector<lifecycle::DueCertificate>> Reads<Port>::unreached(const lifecycle::CertificateReader::UnreachedQuery& query) {
  using lifecycle::DueCertificate;
  const auto ask = [&](const std::string& sql) {
    return statements_.list(
        sql, {query.institution, query.after, to_epoch_day(query.first), to_epoch_day(query.last), query.kind, query.limit},
        to_due);
  };
  auto unaddressed = ask(kUnaddressed);
  if (!unaddressed) return unaddressed;
  auto undeliverable = ask(kUndeliverable);
  if (!undeliverable) return undeliverable;
  std::vector<DueCertificate> both;
  std::ranges::merge(*unaddressed, *undeliverable, std::back_inserter(both), {}, &DueCertificate::holder,
                     &DueCertificate::holder);
  if (std::cmp_greater(both.size(), query.limit)) both.erase(both.begin() + query.limit, both.end());
  return both;
}

template <class Port>
Result<std::vector<CertificateRecord>> Reads<Port>::unconfirmed(const std::string& institution, Instant issued_until, Day today,
                                                                const std::optional<std::pair<Instant, pki::SerialNumber>>& after,
                                                                int limit) {
  const ByteView serial = after ? ByteView(after->second.bytes()) : ByteView();
  return statements_.list(
      kUnconfirmed,
      {institution, after ? to_epoch(after->first) : 0LL, serial, to_epoch(issued_until), to_epoch_day(today), limit},
      to_certificate);
}

template <class Port>
Result<std::optional<Instant>> Reads<Port>::muted_since(const ca::AuthorityId& authority, const pki::SerialNumber& serial) {
  const auto since = statements_.find(kMutedSince, {authority, serial.bytes()}, to_number);
  if (!since) return fail(since);
  return *since ? std::optional(from_epoch(**since)) : std::nullopt;
}

template <class Port>
Result<std::optional<lifecycle::Ticket>> Reads<Port>::find_ticket(const std::string& id) {
  return statements_.find(kFindTicket, {id}, to_ticket);
}

template <class Port>
Result<std::optional<lifecycle::Ticket>> Reads<Port>::find_current_ticket(const HolderId& id) {
  return statements_.find(kFindCurrentTicket, {id.institution, id.login_id}, to_ticket);
}

template <class Port>
Result<std::optional<lifecycle::Ticket>> Reads<Port>::find_ticket_by_secret(const Digest& secret_hash) {
  return statements_.find(kFindTicketBySecret, {secret_hash.view()}, to_ticket);
}

template <class Port>
Result<std::optional<lifecycle::Session>> Reads<Port>::find_session(const Digest& token_hash) {
  return statements_.find(kFindSession, {token_hash.view()}, to_session);
}

template <class Port>
Result<std::optional<lifecycle::Grant>> Reads<Port>::find_grant(const std::string& institution, const Digest& code_hash) {
  return statements_.find(kFindGrant, {institution, code_hash.view()}, to_grant);
}

template <class Port>
Result<std::optional<lifecycle::Grant>> Reads<Port>::find_grant_by_token(const std::string& institution,
                                                                         const Digest& token_hash) {
  return statements_.find(kFindGrantByToken, {institution, token_hash.view()}, to_grant);
}

template <class Port>
Result<std::optional<lifecycle::Grant>> Reads<Port>::find_grant_of_session(const std::string& institution, const Digest& sid) {
  return statements_.find(kFindGrantOfSession, {institution, sid.view()}, to_grant);
}

template <class Port>
Result<std::vector<lifecycle::Grant>> Reads<Port>::untold_grants(const std::string& institution, const std::string& client,
                                                                 const Digest& after, int limit) {
  return statements_.list(kUntoldGrants, {institution, client, after.view(), limit}, to_grant);
}

template <class Port>
Result<std::vector<lifecycle::Notice>> Reads<Port>::notices_of(const HolderId& id, int limit) {
  return statements_.list(kNoticesOf, {id.institution, id.login_id, limit}, to_notice);
}

template <class Port>
Result<std::optional<lifecycle::Notice>> Reads<Port>::find_notice(const std::string& institution, const std::string& number) {
  return statements_.find(kFindNotice, {institution, number}, to_notice);
}

template <class Port>
Result<std::vector<lifecycle::Letter>> Reads<Port>::waiting_letters(Instant now, int limit) {
  return statements_.list(kWaitingLetters, {to_epoch(now), limit}, to_letter);
}

template <class Port>
Result<std::optional<lifecycle::Letter>> Reads<Port>::find_letter(long long id) {
  return statements_.find(kFindLetter, {id}, to_letter);
}

template <class Port>
Result<std::optional<lifecycle::Tries>> Reads<Port>::find_tries(const std::string& account) {
  return statements_.find(kFindTries, {account}, to_tries);
}

template <class Port>
Result<std::vector<lifecycle::Letter>> Reads<Port>::sealed_letters(const std::string& institution, int limit) {
  return statements_.list(kSealedLetters, {institution, limit}, to_letter);
}

template <class Port>
Result<std::vector<std::string>> Reads<Port>::digest_contracts(const std::string& institution, int limit) {
  return statements_.list(kDigestContracts, {institution, limit}, static_cast<Result<std::string> (*)(const Row&)>(to_text));
}

template <class Port>
Result<std::vector<lifecycle::DigestLine>> Reads<Port>::digest_lines(const std::string& institution,
                                                                     const std::string& contract) {
  return statements_.list(kDigestLines, {institution, contract}, to_digest_line);
}

template <class Port>
Result<std::optional<Day>> Reads<Port>::day_done(const std::string& job, const std::string& institution) {
  const auto day = statements_.find(kDayDone, {job, institution}, to_number);
  if (!day) return fail(day);
  if (!*day) return std::optional<Day>();
  return from_epoch_day(static_cast<int>(**day));
}

template <class Port>
Result<std::optional<lifecycle::StatusReader::PublishedCrl>> Reads<Port>::latest_crl(const ca::ListId& list) {
  return statements_.find(kLatestCrl, {list}, to_crl);
}

template <class Port>
Result<std::optional<lifecycle::StatusReader::PublishedCrl>> Reads<Port>::latest_crl_head(const ca::ListId& list) {
  return statements_.find(kLatestCrlHead, {list}, to_crl_head);
}

template <class Port>
Result<std::vector<lifecycle::StatusReader::PublishedShard>> Reads<Port>::shard_heads(const ca::AuthorityId& authority) {
  return statements_.list(kShardHeads, {authority + "/", authority + "0"}, to_shard_head);
}

template <class Port>
Result<unsigned long long> Reads<Port>::crl_number(const ca::ListId& list) {
  const auto numbers = statements_.list(kCrlNumber, {list}, to_number);
  if (!numbers) return fail(numbers);
  return static_cast<unsigned long long>(numbers->empty() ? 0 : std::ranges::max(*numbers));
}

template <class Port>
Result<std::vector<std::string>> Reads<Port>::audit_nodes() {
  return statements_.list(kAuditNodes, {}, static_cast<Result<std::string> (*)(const Row&)>(to_text));
}

template <class Port>
Result<std::vector<lifecycle::AuditRecord>> Reads<Port>::audit_records(const std::string& node, long long after, int limit) {
  return statements_.list(kAuditRecords, {node, after, limit}, to_audit_record);
}

template <class Port>
Result<std::vector<lifecycle::AuditRecord>> Reads<Port>::audit_of(const std::string& institution, const std::string& subject,
                                                                  int limit) {
  return statements_.list(kAuditOf, {institution, subject, limit}, to_audit_record);
}

template <class Port>
Result<std::vector<lifecycle::Subtree>> Reads<Port>::audit_subtrees(const std::string& node, int level, long long first,
                                                                    int limit) {
  return statements_.list(kAuditSubtrees, {node, level, first, limit}, to_subtree);
}

template <class Port>
Result<std::optional<lifecycle::Subtree>> Reads<Port>::last_audit_subtree(const std::string& node, int level) {
  return statements_.find(kLastAuditSubtree, {node, level}, to_subtree);
}

template <class Port>
Result<lifecycle::Totals> Reads<Port>::totals() {
  const auto totals = statements_.find(kTotals, {}, to_totals);
  if (!totals) return fail(totals);
  return totals->value_or(lifecycle::Totals{});
}

template class Reads<lifecycle::Reader>;
template class Reads<lifecycle::Writer>;

}  // namespace inkan::store
