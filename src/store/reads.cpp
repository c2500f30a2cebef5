#include "store/reads.hpp"

#include <fmt/format.h>

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
    "SELECT serial, revoked_at, reason FROM certificates WHERE authority = $1 AND not_after >= $2 AND revoked_at IS NOT NULL";

// CROSS JOIN is plain JOIN with the order of the tables fixed (SQLite): the index of what is due is walked, all else is looked
// up.
constexpr std::string_view kDue =
    "SELECT c.institution, c.login_id, c.authority, c.serial, c.expiry_day, h.role, h.company, h.mail "
    "FROM certificates c CROSS JOIN holders h "
    "WHERE c.institution = $1 AND c.stage = 'issued' AND c.revoked_at IS NULL AND c.held_at IS NULL "
    "AND (c.expiry_day, c.serial) > ($2, $3) AND c.expiry_day <= $4 "
    "AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.serial = c.serial AND n.kind = $5) "
    "AND NOT EXISTS (SELECT 1 FROM certificates newer WHERE newer.institution = c.institution AND newer.login_id = c.login_id "
    "AND newer.stage = 'issued' AND newer.revoked_at IS NULL AND (newer.issued_at, newer.id) > (c.issued_at, c.id)) "
    "AND h.institution = c.institution AND h.login_id = c.login_id AND h.entitlement = 'held' "
    "ORDER BY c.expiry_day, c.serial LIMIT $6";

const std::string kFindTicket = select(kTicketColumns, "tickets WHERE id = $1");
const std::string kFindCurrentTicket = select(kTicketColumns,
                                              "tickets WHERE institution = $1 AND login_id = $2 AND stage IN ('open', 'issued') "
                                              "ORDER BY created_at DESC, number DESC LIMIT 1");
const std::string kFindTicketBySecret = select(kTicketColumns, "tickets WHERE secret_hash = $1 ORDER BY number DESC LIMIT 1");
const std::string kFindSession = select(kSessionColumns, "sessions WHERE token_hash = $1");

const std::string kNoticesOf =
    select(kNoticeColumns, "notices WHERE institution = $1 AND login_id = $2 ORDER BY id DESC LIMIT $3");
const std::string kFindNotice = select(kNoticeColumns, "notices WHERE institution = $1 AND number = $2");
const std::string kWaitingLetters =
    select(kLetterColumns, "letters WHERE state = 'waiting' AND next_attempt <= $1 ORDER BY next_attempt, id LIMIT $2");
const std::string kFindLetter = select(kLetterColumns, "letters WHERE id = $1");
const std::string kSealedLetters =
    select(kLetterColumns, "letters WHERE institution = $1 AND state = 'sealed' ORDER BY id LIMIT $2");
constexpr std::string_view kDayDone = "SELECT day FROM days_done WHERE job = $1 AND institution = $2";
const std::string kLatestCrl = select(kCrlColumns, "crls WHERE authority = $1");

constexpr std::string_view kAuditNodes = "SELECT node FROM audit_nodes ORDER BY node";
const std::string kAuditRecords =
    select(kAuditColumns, "audit_records WHERE node = $1 AND sequence > $2 ORDER BY sequence LIMIT $3");
const std::string kAuditOf = select(
    kAuditColumns, "audit_records WHERE institution = $1 AND subject = $2 ORDER BY at DESC, node DESC, sequence DESC LIMIT $3");

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
Result<std::vector<pki::RevokedEntry>> Reads<Port>::revoked_for_crl(const ca::AuthorityId& authority, Instant listed_since) {
  return statements_.list(kRevokedForCrl, {authority, to_epoch(listed_since)}, to_revoked_entry);
}

template <class Port>
Result<std::vector<lifecycle::DueCertificate>> Reads<Port>::due(const lifecycle::CertificateReader::DueQuery& query) {
  // Without a pair to go on from, an empty serial stands before every serial of the first day.
  const bool goes_on = query.after && query.after->first >= query.first;
  const Day day = goes_on ? query.after->first : query.first;
  const ByteView serial = goes_on ? ByteView(query.after->second.bytes()) : ByteView();
  return statements_.list(kDue, {query.institution, to_epoch_day(day), serial, to_epoch_day(query.last), query.kind, query.limit},
                          to_due);
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
Result<std::vector<lifecycle::Letter>> Reads<Port>::sealed_letters(const std::string& institution, int limit) {
  return statements_.list(kSealedLetters, {institution, limit}, to_letter);
}

template <class Port>
Result<std::optional<Day>> Reads<Port>::day_done(const std::string& job, const std::string& institution) {
  const auto day = statements_.find(kDayDone, {job, institution}, to_number);
  if (!day) return fail(day);
  if (!*day) return std::optional<Day>();
  return from_epoch_day(static_cast<int>(**day));
}

template <class Port>
Result<std::optional<lifecycle::StatusReader::PublishedCrl>> Reads<Port>::latest_crl(const ca::AuthorityId& authority) {
  return statements_.find(kLatestCrl, {authority}, to_crl);
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
Result<lifecycle::Totals> Reads<Port>::totals() {
  const auto totals = statements_.find(kTotals, {}, to_totals);
  if (!totals) return fail(totals);
  return totals->value_or(lifecycle::Totals{});
}

template class Reads<lifecycle::Reader>;
template class Reads<lifecycle::Writer>;

}  // namespace inkan::store
