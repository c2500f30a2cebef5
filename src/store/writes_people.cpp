#include <fmt/format.h>

#include "store/writes.hpp"

namespace inkan::store {
namespace {

// A login and a confirmation put a holder whose company and contract stay as they are: the row changes, the indexes of both do
// not.
constexpr std::string_view kChangeHolder =
    "UPDATE holders SET role = $1, name = $2, mail = $3, password_hash = $4, entitlement = $5, acquire_until = $6, "
    "created_at = $7, last_login = $8 WHERE institution = $9 AND login_id = $10 AND company = $11 AND contract = $12";
constexpr std::string_view kPutHolder =
    "INSERT INTO holders (institution, login_id, role, company, name, mail, password_hash, entitlement, acquire_until, "
    "created_at, last_login, contract) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
    "ON CONFLICT (institution, login_id) DO UPDATE SET role = excluded.role, company = excluded.company, name = excluded.name, "
    "mail = excluded.mail, password_hash = excluded.password_hash, entitlement = excluded.entitlement, "
    "acquire_until = excluded.acquire_until, created_at = excluded.created_at, last_login = excluded.last_login, "
    "contract = excluded.contract";

constexpr std::string_view kPutCode =
    "INSERT INTO codes (id, institution, login_id, purpose, hash, created_at, usable_from, expires_at, used_at, released_by) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
    "ON CONFLICT (id) DO UPDATE SET institution = excluded.institution, login_id = excluded.login_id, "
    "purpose = excluded.purpose, hash = excluded.hash, created_at = excluded.created_at, usable_from = excluded.usable_from, "
    "expires_at = excluded.expires_at, used_at = excluded.used_at, released_by = excluded.released_by";

constexpr std::string_view kPutContact =
    "INSERT INTO contacts (institution, login_id, address, added_at, checked_at, check_hash, check_until, check_tries, "
    "undeliverable_since, undeliverable_why, soft_bounces) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
    "ON CONFLICT (institution, login_id, address) DO UPDATE SET added_at = excluded.added_at, checked_at = excluded.checked_at, "
    "check_hash = excluded.check_hash, check_until = excluded.check_until, check_tries = excluded.check_tries, "
    "undeliverable_since = excluded.undeliverable_since, undeliverable_why = excluded.undeliverable_why, "
    "soft_bounces = excluded.soft_bounces";
constexpr std::string_view kRemoveContact = "DELETE FROM contacts WHERE institution = $1 AND login_id = $2 AND address = $3";

constexpr std::string_view kPutStaff =
    "INSERT INTO staff (institution, login_id, role, name, password_hash, certificate, fingerprint, added_at, removed_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
    "ON CONFLICT (institution, login_id) DO UPDATE SET role = excluded.role, name = excluded.name, "
    "password_hash = excluded.password_hash, certificate = excluded.certificate, fingerprint = excluded.fingerprint, "
    "added_at = excluded.added_at, removed_at = excluded.removed_at";
constexpr std::string_view kPutStaffSession =
    "INSERT INTO staff_sessions (token_hash, institution, login_id, fingerprint, created_at, expires_at, seen_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7) "
    "ON CONFLICT (token_hash) DO UPDATE SET institution = excluded.institution, login_id = excluded.login_id, "
    "fingerprint = excluded.fingerprint, created_at = excluded.created_at, expires_at = excluded.expires_at, "
    "seen_at = excluded.seen_at";
constexpr std::string_view kRemoveStaffSession = "DELETE FROM staff_sessions WHERE token_hash = $1";
constexpr std::string_view kRemoveStaffSessionsOf = "DELETE FROM staff_sessions WHERE institution = $1 AND login_id = $2";

// What was asked for, and signed, never changes; what became of it does.
constexpr std::string_view kPutRequest =
    "INSERT INTO requests (institution, number, login_id, act, state, about, identity_check, call_back, requested_by, "
    "requested_at, request_signature, decided_by, decided_at, decision_signature, decision_note) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) "
    "ON CONFLICT (institution, number) DO UPDATE SET state = excluded.state, decided_by = excluded.decided_by, "
    "decided_at = excluded.decided_at, decision_signature = excluded.decision_signature, decision_note = excluded.decision_note";

}  // namespace

Result<std::optional<lifecycle::Holder>> Writes::lock_holder(const lifecycle::HolderId& id) {
  const std::string sql =
      fmt::format("SELECT {} FROM holders WHERE institution = $1 AND login_id = $2{}", kHolderColumns, dialect_.lock_row);
  return statements().find(sql, {id.institution, id.login_id}, to_holder);
}

Result<void> Writes::put_holder(const lifecycle::Holder& holder) {
  const auto changed = statements().run(
      kChangeHolder, {to_text(holder.role), holder.name, holder.mail, holder.password_hash, to_text(holder.entitlement),
                      nullable(holder.acquire_until), to_epoch(holder.created_at), nullable(holder.last_login),
                      holder.id.institution, holder.id.login_id, holder.company, holder.contract});
  if (!changed) return fail(changed);
  if (*changed > 0) return {};
  return change(kPutHolder, {holder.id.institution, holder.id.login_id, to_text(holder.role), holder.company, holder.name,
                             holder.mail, holder.password_hash, to_text(holder.entitlement), nullable(holder.acquire_until),
                             to_epoch(holder.created_at), nullable(holder.last_login), holder.contract});
}

Result<void> Writes::put_code(const lifecycle::OneTimeCode& code) {
  return change(kPutCode, {code.id, code.holder.institution, code.holder.login_id, to_text(code.purpose), nullable(code.hash),
                           to_epoch(code.created_at), to_epoch(code.usable_from), to_epoch(code.expires_at),
                           nullable(code.used_at), code.released_by});
}

Result<void> Writes::put_contact(const lifecycle::Contact& contact) {
  return change(kPutContact,
                {contact.holder.institution, contact.holder.login_id, contact.address, to_epoch(contact.added_at),
                 nullable(contact.checked_at), nullable(contact.check_hash), nullable(contact.check_until), contact.check_tries,
                 nullable(contact.undeliverable_since), contact.undeliverable_why, contact.soft_bounces});
}

Result<void> Writes::remove_contact(const lifecycle::HolderId& id, const std::string& address) {
  return change(kRemoveContact, {id.institution, id.login_id, address});
}

Result<void> Writes::put_staff(const lifecycle::Staff& staff) {
  const auto owner = find_staff_by_fingerprint(staff.fingerprint);  // asked first, so that the work may go on after a conflict
  if (!owner) return fail(owner);
  if (*owner && (*owner)->id != staff.id) return fail(Code::conflict, "store.conflict", "certificate of " + staff.id.login_id);
  return change(kPutStaff,
                {staff.id.institution, staff.id.login_id, to_text(staff.role), staff.name, staff.password_hash,
                 ByteView(staff.certificate), staff.fingerprint.view(), to_epoch(staff.added_at), nullable(staff.removed_at)});
}

Result<void> Writes::put_staff_session(const lifecycle::StaffSession& session) {
  return change(kPutStaffSession,
                {session.token_hash.view(), session.staff.institution, session.staff.login_id, session.fingerprint.view(),
                 to_epoch(session.created_at), to_epoch(session.expires_at), to_epoch(session.seen_at)});
}

Result<void> Writes::remove_staff_session(const Digest& token_hash) { return change(kRemoveStaffSession, {token_hash.view()}); }

Result<void> Writes::remove_staff_sessions_of(const lifecycle::StaffId& id) {
  return change(kRemoveStaffSessionsOf, {id.institution, id.login_id});
}

Result<void> Writes::put_request(const lifecycle::StaffRequest& request) {
  return change(kPutRequest,
                {request.holder.institution, request.number, request.holder.login_id, to_text(request.act),
                 to_text(request.state), nullable(request.about), request.identity_check, request.call_back, request.requested_by,
                 to_epoch(request.requested_at), ByteView(request.request_signature), request.decided_by,
                 nullable(request.decided_at), ByteView(request.decision_signature), request.decision_note});
}

}  // namespace inkan::store
