#include "store/writes.hpp"

#include <fmt/format.h>

namespace inkan::store {
namespace {

using lifecycle::CertificateRecord;

constexpr std::string_view kAddCertificate =
    "INSERT INTO certificates (institution, login_id, authority, serial, stage, ticket, tbs_hash, key_hash, not_before, "
    "not_after, "
    "expiry_day, reserved_at, fingerprint, issued_at, confirmed_at, revoked_at, reason, replaced_by, der, held_at, held_by) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) "
    "ON CONFLICT DO NOTHING";

constexpr std::string_view kSetCertificate =
    "UPDATE certificates SET stage = $1, fingerprint = $2, issued_at = $3, confirmed_at = $4, revoked_at = $5, reason = $6, "
    "replaced_by = $7, der = $8, held_at = $9, held_by = $10 WHERE authority = $11 AND serial = $12";

// A ticket's holder and birth never change.
constexpr std::string_view kPutTicket =
    "INSERT INTO tickets (id, institution, login_id, kind, stage, evidence, replaces, serial, secret_hash, created_at, "
    "expires_at, taken_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
    "ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, stage = excluded.stage, evidence = excluded.evidence, "
    "replaces = excluded.replaces, serial = excluded.serial, secret_hash = excluded.secret_hash, expires_at = "
    "excluded.expires_at, taken_at = excluded.taken_at";

constexpr std::string_view kPutSession =
    "INSERT INTO sessions (token_hash, institution, login_id, fingerprint, created_at, expires_at, previous_login, "
    "seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
    "ON CONFLICT (token_hash) DO UPDATE SET institution = excluded.institution, login_id = excluded.login_id, "
    "fingerprint = excluded.fingerprint, created_at = excluded.created_at, expires_at = excluded.expires_at, "
    "previous_login = excluded.previous_login, seen_at = excluded.seen_at";
constexpr std::string_view kTouchSession = "UPDATE sessions SET seen_at = $1 WHERE token_hash = $2";
constexpr std::string_view kPutGrant =
    "INSERT INTO grants (institution, login_id, code_hash, client, redirect_uri, scope, challenge, nonce, session, sid, "
    "fingerprint, authenticated_at, created_at, code_until, kept_until, redeemed_at, token_hash, token_certificate, token_until, "
    "revoked_at, told_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, "
    "$21) "
    "ON CONFLICT (institution, code_hash) DO UPDATE SET redeemed_at = excluded.redeemed_at, token_hash = excluded.token_hash, "
    "token_certificate = excluded.token_certificate, token_until = excluded.token_until, revoked_at = excluded.revoked_at, "
    "told_at = excluded.told_at";
constexpr std::string_view kSetTold =
    "UPDATE grants SET told_at = $1 WHERE institution = $2 AND sid = $3 AND client = $4 AND told_at IS NULL";
constexpr std::string_view kRemoveGrantsBefore = "DELETE FROM grants WHERE kept_until < $1";
constexpr std::string_view kRemoveSession = "DELETE FROM sessions WHERE token_hash = $1";
constexpr std::string_view kRemoveSessionsOf = "DELETE FROM sessions WHERE fingerprint = $1";
constexpr std::string_view kRemoveSessionsBefore = "DELETE FROM sessions WHERE expires_at < $1";
constexpr std::string_view kRemoveStaffSessionsBefore = "DELETE FROM staff_sessions WHERE expires_at < $1";

// One statement, so that two nodes that count at once lose none.
constexpr std::string_view kCountTry =
    "INSERT INTO password_tries (account, wrong, first) VALUES ($1, 1, $2) ON CONFLICT (account) DO UPDATE SET "
    "wrong = CASE WHEN password_tries.first < $3 THEN 1 ELSE password_tries.wrong + 1 END, "
    "first = CASE WHEN password_tries.first < $3 THEN excluded.first ELSE password_tries.first END "
    "RETURNING account, wrong, first, locked_until";
constexpr std::string_view kPutTries =
    "INSERT INTO password_tries (account, wrong, first, locked_until) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (account) DO UPDATE SET wrong = excluded.wrong, first = excluded.first, locked_until = excluded.locked_until";
constexpr std::string_view kRemoveTries = "DELETE FROM password_tries WHERE account = $1";
constexpr std::string_view kRemoveTriesBefore = "DELETE FROM password_tries WHERE first < $1";

constexpr std::string_view kMute =
    "INSERT INTO mutes (authority, serial, since) VALUES ($1, $2, $3) "
    "ON CONFLICT (authority, serial) DO UPDATE SET since = excluded.since";
constexpr std::string_view kUnmute = "DELETE FROM mutes WHERE authority = $1 AND serial = $2";

constexpr std::string_view kNextNoticeNumbers =
    "INSERT INTO notice_numbers (institution, day, last) VALUES ($1, $2, $3) "
    "ON CONFLICT (institution, day) DO UPDATE SET last = notice_numbers.last + excluded.last RETURNING last";
constexpr std::string_view kAddNotice =
    "INSERT INTO notices (number, institution, login_id, serial, kind, decided_on, remaining, subject, body) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (serial, kind) DO NOTHING";
constexpr std::string_view kAddLetter =
    "INSERT INTO letters (institution, login_id, notice, recipient, subject, body, message_id, state, attempts, next_attempt, "
    "about, wipe) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
constexpr std::string_view kSetLetter =
    "UPDATE letters SET state = $1, attempts = $2, next_attempt = $3, body = $4 WHERE id = $5";
constexpr std::string_view kPutDigestLine =
    "INSERT INTO digest_lines (institution, contract, login_id, kind, expiry_day, reached) VALUES ($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT (institution, contract, login_id, kind) DO UPDATE SET expiry_day = excluded.expiry_day, "
    "reached = excluded.reached";
constexpr std::string_view kRemoveDigest = "DELETE FROM digest_lines WHERE institution = $1 AND contract = $2";
constexpr std::string_view kSetDayDone =
    "INSERT INTO days_done (job, institution, day) VALUES ($1, $2, $3) "
    "ON CONFLICT (job, institution) DO UPDATE SET day = excluded.day";
constexpr std::string_view kAddAuditSubtree =
    "INSERT INTO audit_subtrees (node, level, number, hash) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
constexpr std::string_view kSetCrlNumber =
    "INSERT INTO crl_numbers (authority, reserved) VALUES ($1, $2) "
    "ON CONFLICT (authority) DO UPDATE SET reserved = excluded.reserved";
constexpr std::string_view kAddCrl =
    "INSERT INTO crls (authority, number, this_update, next_update, der) VALUES ($1, $2, $3, $4, $5) "
    "ON CONFLICT (authority) DO UPDATE SET number = excluded.number, this_update = excluded.this_update, "
    "next_update = excluded.next_update, der = excluded.der WHERE crls.number < excluded.number";

Value reason_of(const CertificateRecord& record) {
  return record.reason ? Value(static_cast<long long>(*record.reason)) : Value();
}
Value der_of(const CertificateRecord& record) { return record.der.empty() ? Value() : Value(ByteView(record.der)); }

}  // namespace

Result<void> Writes::change(std::string_view sql, std::initializer_list<Value> parameters) {
  if (auto ran = statements().run(sql, parameters); !ran) return fail(ran);
  return {};
}

Result<void> Writes::add_certificate(const CertificateRecord& record) {
  const auto added = statements().run(kAddCertificate, {record.holder.institution,
                                                        record.holder.login_id,
                                                        record.authority,
                                                        record.serial.bytes(),
                                                        to_text(record.stage),
                                                        record.ticket,
                                                        record.tbs_hash.view(),
                                                        record.key_hash.view(),
                                                        to_epoch(record.not_before),
                                                        to_epoch(record.not_after),
                                                        to_epoch_day(record.expiry_day),
                                                        to_epoch(record.reserved_at),
                                                        nullable(record.fingerprint),
                                                        nullable(record.issued_at),
                                                        nullable(record.confirmed_at),
                                                        nullable(record.revoked_at),
                                                        reason_of(record),
                                                        nullable(record.replaced_by),
                                                        der_of(record),
                                                        nullable(record.held_at),
                                                        record.held_by});
  if (!added) return fail(added);
  if (*added == 0) return fail(Code::conflict, "store.conflict", "certificate " + record.serial.hex());
  return {};
}

Result<void> Writes::set_certificate(const CertificateRecord& record) {
  const auto set =
      statements().run(kSetCertificate, {to_text(record.stage), nullable(record.fingerprint), nullable(record.issued_at),
                                         nullable(record.confirmed_at), nullable(record.revoked_at), reason_of(record),
                                         nullable(record.replaced_by), der_of(record), nullable(record.held_at), record.held_by,
                                         record.authority, record.serial.bytes()});
  if (!set) return fail(set);
  if (*set == 0) return fail(Code::internal, "store.constraint", "no certificate " + record.serial.hex());
  return {};
}

Result<void> Writes::put_ticket(const lifecycle::Ticket& ticket) {
  return change(kPutTicket,
                {ticket.id, ticket.holder.institution, ticket.holder.login_id, to_text(ticket.kind), to_text(ticket.stage),
                 ticket.evidence, nullable(ticket.replaces), nullable(ticket.serial), ticket.secret_hash.view(),
                 to_epoch(ticket.created_at), to_epoch(ticket.expires_at), nullable(ticket.taken_at)});
}

Result<void> Writes::put_session(const lifecycle::Session& session) {
  return change(kPutSession, {session.token_hash.view(), session.holder.institution, session.holder.login_id,
                              session.fingerprint.view(), to_epoch(session.created_at), to_epoch(session.expires_at),
                              nullable(session.previous_login), to_epoch(session.seen_at)});
}

Result<void> Writes::touch_session(const Digest& token_hash, Instant seen_at) {
  return change(kTouchSession, {to_epoch(seen_at), token_hash.view()});
}

Result<void> Writes::put_grant(const lifecycle::Grant& grant) {
  return change(kPutGrant, {grant.holder.institution,    grant.holder.login_id,
                            grant.code_hash.view(),      grant.client,
                            grant.redirect_uri,          grant.scope,
                            grant.challenge.view(),      grant.nonce,
                            grant.session.view(),        grant.sid.view(),
                            grant.fingerprint.view(),    to_epoch(grant.authenticated_at),
                            to_epoch(grant.created_at),  to_epoch(grant.code_until),
                            to_epoch(grant.kept_until),  nullable(grant.redeemed_at),
                            nullable(grant.token_hash),  nullable(grant.token_certificate),
                            nullable(grant.token_until), nullable(grant.revoked_at),
                            nullable(grant.told_at)});
}

Result<void> Writes::set_told(const std::string& institution, const std::string& client, const Digest& sid, Instant at) {
  return change(kSetTold, {to_epoch(at), institution, sid.view(), client});
}

Result<void> Writes::remove_session(const Digest& token_hash) { return change(kRemoveSession, {token_hash.view()}); }

Result<void> Writes::remove_sessions_of(const Digest& fingerprint) { return change(kRemoveSessionsOf, {fingerprint.view()}); }

Result<void> Writes::remove_sessions_before(Instant end) {
  if (auto removed = change(kRemoveSessionsBefore, {to_epoch(end)}); !removed) return removed;
  if (auto removed = change(kRemoveGrantsBefore, {to_epoch(end)}); !removed) return removed;
  return change(kRemoveStaffSessionsBefore, {to_epoch(end)});
}

Result<lifecycle::Tries> Writes::count_try(const std::string& account, Instant now, Instant since) {
  auto counted = statements().find(kCountTry, {account, to_epoch(now), to_epoch(since)}, to_tries);
  if (!counted) return fail(counted);
  if (!*counted) return fail(Code::internal, "store.constraint", "no tries of " + account);
  return std::move(**counted);
}

Result<void> Writes::put_tries(const lifecycle::Tries& tries) {
  return change(kPutTries, {tries.account, tries.wrong, to_epoch(tries.first), nullable(tries.locked_until)});
}

Result<void> Writes::remove_tries(const std::string& account) { return change(kRemoveTries, {account}); }

Result<void> Writes::remove_tries_before(Instant first) { return change(kRemoveTriesBefore, {to_epoch(first)}); }

Result<void> Writes::set_mute(const ca::AuthorityId& authority, const pki::SerialNumber& serial,
                              const std::optional<Instant>& since) {
  return since ? change(kMute, {authority, serial.bytes(), to_epoch(*since)}) : change(kUnmute, {authority, serial.bytes()});
}

Result<long long> Writes::next_notice_numbers(const std::string& institution, Day day, int count) {
  const auto last = statements().find(kNextNoticeNumbers, {institution, to_epoch_day(day), count}, to_number);
  if (!last) return fail(last);
  return last->value_or(0) - count + 1;
}

Result<bool> Writes::add_notice(const lifecycle::Notice& notice) {
  const auto added =
      statements().run(kAddNotice, {notice.number, notice.holder.institution, notice.holder.login_id, nullable(notice.serial),
                                    notice.kind, to_epoch_day(notice.decided_on), notice.remaining, notice.subject, notice.body});
  if (!added) return fail(added);
  return *added > 0;
}

Result<void> Writes::add_letter(const lifecycle::Letter& letter) {
  return change(kAddLetter, {letter.holder.institution, letter.holder.login_id, letter.notice, letter.to, letter.subject,
                             letter.body, letter.message_id, to_text(letter.state), letter.attempts,
                             to_epoch(letter.next_attempt), nullable(letter.about), letter.wipe ? 1LL : 0LL});
}

Result<void> Writes::set_letter(const lifecycle::Letter& letter) {
  return change(kSetLetter, {to_text(letter.state), letter.attempts, to_epoch(letter.next_attempt), letter.body, letter.id});
}

Result<void> Writes::put_digest_line(const lifecycle::DigestLine& line) {
  return change(kPutDigestLine, {line.holder.institution, line.contract, line.holder.login_id, line.kind,
                                 to_epoch_day(line.expiry_day), line.reached ? 1LL : 0LL});
}

Result<void> Writes::remove_digest(const std::string& institution, const std::string& contract) {
  return change(kRemoveDigest, {institution, contract});
}

Result<void> Writes::set_day_done(const std::string& job, const std::string& institution, Day day) {
  return change(kSetDayDone, {job, institution, to_epoch_day(day)});
}

Result<void> Writes::set_crl_number(const ca::ListId& list, unsigned long long number) {
  return change(kSetCrlNumber, {list, static_cast<long long>(number)});
}

Result<void> Writes::add_crl(const ca::ListId& list, const PublishedCrl& crl) {
  const auto added = statements().run(kAddCrl, {list, static_cast<long long>(crl.number), to_epoch(crl.this_update),
                                                to_epoch(crl.next_update), ByteView(crl.der)});
  if (!added) return fail(added);
  if (*added == 0) return fail(Code::conflict, "store.conflict", fmt::format("CRL {} of {}", crl.number, list));
  return {};
}

Result<void> Writes::add_audit_subtrees(const std::string& node, const std::vector<lifecycle::Subtree>& subtrees) {
  for (const lifecycle::Subtree& each : subtrees)
    if (auto added = change(kAddAuditSubtree, {node, each.level, each.index, each.hash.view()}); !added) return added;
  return {};
}

}  // namespace inkan::store
