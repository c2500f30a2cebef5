#pragma once

#include <string_view>

#include "lifecycle/store.hpp"
#include "store/connection.hpp"

/// Private to store: how the values of lifecycle lie in rows. Each `kXColumns` is a SELECT list in the order in which to_x reads
/// it. A row that cannot be one we wrote is `store.corrupt`.
namespace inkan::store {

inline constexpr std::string_view kHolderColumns =
    "institution, login_id, role, company, name, mail, password_hash, entitlement, acquire_until, created_at, last_login, "
    "contract";
Result<lifecycle::Holder> to_holder(const Row& row);

inline constexpr std::string_view kCodeColumns =
    "id, institution, login_id, purpose, hash, created_at, usable_from, expires_at, used_at, released_by";
Result<lifecycle::OneTimeCode> to_code(const Row& row);

inline constexpr std::string_view kContactColumns =
    "institution, login_id, address, added_at, checked_at, check_hash, check_until, check_tries, undeliverable_since, "
    "undeliverable_why, soft_bounces";
Result<lifecycle::Contact> to_contact(const Row& row);

inline constexpr std::string_view kStaffColumns =
    "institution, login_id, role, name, password_hash, certificate, fingerprint, added_at, removed_at";
Result<lifecycle::Staff> to_staff(const Row& row);

inline constexpr std::string_view kStaffSessionColumns =
    "token_hash, institution, login_id, fingerprint, created_at, expires_at, seen_at";
Result<lifecycle::StaffSession> to_staff_session(const Row& row);

inline constexpr std::string_view kRequestColumns =
    "number, institution, login_id, act, state, about, identity_check, call_back, requested_by, requested_at, "
    "request_signature, decided_by, decided_at, decision_signature, decision_note";
Result<lifecycle::StaffRequest> to_request(const Row& row);

inline constexpr std::string_view kCertificateColumns =
    "institution, login_id, authority, serial, stage, ticket, tbs_hash, key_hash, not_before, not_after, expiry_day, "
    "reserved_at, fingerprint, issued_at, confirmed_at, revoked_at, reason, replaced_by, der, held_at, held_by";
Result<lifecycle::CertificateRecord> to_certificate(const Row& row);

/// to_serial reads a serial alone.
Result<pki::SerialNumber> to_serial(const Row& row);
/// to_revoked reads serial, revoked_at, reason, not_after.
Result<lifecycle::CertificateReader::Revoked> to_revoked(const Row& row);
/// to_due reads institution, login_id, authority, serial, expiry_day, role, company, mail.
Result<lifecycle::DueCertificate> to_due(const Row& row);

inline constexpr std::string_view kTicketColumns =
    "id, institution, login_id, kind, stage, evidence, replaces, serial, secret_hash, created_at, expires_at, taken_at";
Result<lifecycle::Ticket> to_ticket(const Row& row);

inline constexpr std::string_view kSessionColumns =
    "token_hash, institution, login_id, fingerprint, created_at, expires_at, previous_login, seen_at";
Result<lifecycle::Session> to_session(const Row& row);

inline constexpr std::string_view kGrantColumns =
    "institution, login_id, code_hash, client, redirect_uri, scope, challenge, nonce, session, sid, fingerprint, "
    "authenticated_at, created_at, code_until, kept_until, redeemed_at, token_hash, token_certificate, token_until, revoked_at, "
    "told_at";
Result<lifecycle::Grant> to_grant(const Row& row);

inline constexpr std::string_view kNoticeColumns =
    "number, institution, login_id, serial, kind, decided_on, remaining, subject, body";
Result<lifecycle::Notice> to_notice(const Row& row);

inline constexpr std::string_view kLetterColumns =
    "id, institution, login_id, notice, recipient, subject, body, message_id, state, attempts, next_attempt, about, "
    "wipe";
Result<lifecycle::Letter> to_letter(const Row& row);

inline constexpr std::string_view kTriesColumns = "account, wrong, first, locked_until";
Result<lifecycle::Tries> to_tries(const Row& row);

inline constexpr std::string_view kDigestColumns = "institution, login_id, contract, kind, expiry_day, reached";
Result<lifecycle::DigestLine> to_digest_line(const Row& row);

inline constexpr std::string_view kCrlColumns = "number, this_update, next_update, der";
Result<lifecycle::StatusReader::PublishedCrl> to_crl(const Row& row);
inline constexpr std::string_view kCrlHeadColumns = "number, this_update, next_update";
Result<lifecycle::StatusReader::PublishedCrl> to_crl_head(const Row& row);
inline constexpr std::string_view kShardHeadColumns = "authority, number, this_update, next_update";
Result<lifecycle::StatusReader::PublishedShard> to_shard_head(const Row& row);

inline constexpr std::string_view kAuditColumns =
    "node, sequence, at, actor, action, institution, subject, detail, previous, hash";
/// to_audit_record gives whatever the row holds: details that cannot be read stand whole under "unreadable", a hash of another
/// size is zeros. Verification then finds the record changed and names it, where refusing the row would name nothing.
Result<lifecycle::AuditRecord> to_audit_record(const Row& row);

inline constexpr std::string_view kSubtreeColumns = "level, number, hash";
Result<lifecycle::Subtree> to_subtree(const Row& row);

/// to_number and to_text read a row of one column.
Result<long long> to_number(const Row& row);
Result<std::string> to_text(const Row& row);

/// pack writes an audit entry's details as one text, each key and value with its length before it; unpack reads it.
std::string pack(const std::map<std::string, std::string>& detail);
Result<std::map<std::string, std::string>> unpack(std::string_view text);

/// nullable are the parameters of what may be absent.
Value nullable(const std::optional<Instant>& instant);
Value nullable(const std::optional<Day>& day);
Value nullable(const std::optional<Digest>& digest);
Value nullable(const std::optional<pki::SerialNumber>& serial);

}  // namespace inkan::store
