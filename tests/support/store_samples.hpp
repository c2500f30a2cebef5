#pragma once

#include <string>

#include "lifecycle/store.hpp"

/// Values to put into a store: whole, and told apart by a number.
namespace inkan::samples {

inline const Instant kNow = std::chrono::sys_days{std::chrono::year{2026} / 10 / 31} + std::chrono::hours{9};
inline const Day kExpiry{std::chrono::local_days{std::chrono::year{2026} / 11 / 30}};

inline Digest digest(const std::string& of) { return sha256(as_bytes(of)); }

inline pki::SerialNumber serial(int number) {
  Bytes bytes(20, 0);
  bytes[0] = 0x40;
  for (std::size_t i = 0; i < 4; ++i) bytes[19 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return pki::SerialNumber::parse(bytes).value();
}

inline lifecycle::HolderId holder_id(int number) { return {"d1", "keiri" + std::to_string(1000 + number)}; }

inline lifecycle::Holder holder(int number) {
  return {.id = holder_id(number),
          .role = lifecycle::Role::administrator,
          .company = "株式会社サンプル商事",
          .name = "経理担当者",
          .mail = "keiri@example.test",
          .password_hash = "$argon2id$v=19$m=65536,t=2,p=1$c2FsdA$aGFzaA",
          .entitlement = lifecycle::Entitlement::held,
          .acquire_until = kExpiry,
          .created_at = kNow,
          .last_login = kNow + std::chrono::seconds{5},
          .contract = "4711-001"};
}

inline lifecycle::OneTimeCode code(const std::string& id, const lifecycle::HolderId& holder) {
  return {.id = id,
          .holder = holder,
          .purpose = lifecycle::CodePurpose::new_computer,
          .hash = digest("code " + id),
          .created_at = kNow,
          .usable_from = kNow,
          .expires_at = kNow + std::chrono::hours{24},
          .used_at = {},
          .released_by = "staff:tanaka"};
}

inline lifecycle::Contact contact(const lifecycle::HolderId& holder, const std::string& address) {
  return {.holder = holder,
          .address = address,
          .added_at = kNow,
          .checked_at = kNow + std::chrono::seconds{30},
          .check_hash = digest("check " + address),
          .check_until = kNow + std::chrono::minutes{30},
          .check_tries = 2,
          .undeliverable_since = kNow + std::chrono::days{1},
          .undeliverable_why = "5.1.1 そのような利用者はいません",
          .soft_bounces = 1};
}

inline lifecycle::Session session(const std::string& token, const lifecycle::HolderId& holder, const std::string& certificate) {
  return {.token_hash = digest(token),
          .holder = holder,
          .fingerprint = digest(certificate),
          .created_at = kNow,
          .expires_at = kNow + std::chrono::seconds{10},
          .previous_login = kNow - std::chrono::days{1},
          .seen_at = kNow + std::chrono::seconds{4}};
}

inline lifecycle::Grant grant(const std::string& code, const lifecycle::HolderId& holder) {
  return {.holder = holder,
          .code_hash = digest(code),
          .client = "kaikei",
          .redirect_uri = "https://kaikei.example/back",
          .scope = "openid profile",
          .challenge = digest("verifier"),
          .nonce = "n-1",
          .session = digest("session"),
          .sid = digest("sid"),
          .fingerprint = digest("one"),
          .authenticated_at = kNow - std::chrono::seconds{5},
          .created_at = kNow,
          .code_until = kNow + std::chrono::seconds{60},
          .kept_until = kNow + std::chrono::seconds{100}};
}

inline lifecycle::Staff staff(const std::string& login_id) {
  Bytes certificate = to_bytes("certificate of " + login_id);
  const Digest fingerprint = sha256(certificate);
  return {.id = {"d1", login_id},
          .role = lifecycle::StaffRole::approver,
          .name = "田中 花子",
          .password_hash = "$argon2id$v=19$m=65536,t=2,p=1$c2FsdA$aGFzaA",
          .certificate = std::move(certificate),
          .fingerprint = fingerprint,
          .added_at = kNow,
          .removed_at = kNow + std::chrono::days{2}};
}

inline lifecycle::StaffSession staff_session(const std::string& token, const std::string& login_id) {
  return {.token_hash = digest(token),
          .staff = {"d1", login_id},
          .fingerprint = staff(login_id).fingerprint,
          .created_at = kNow,
          .expires_at = kNow + std::chrono::seconds{10},
          .seen_at = kNow + std::chrono::seconds{3}};
}

inline lifecycle::StaffRequest request(int number, const lifecycle::HolderId& holder) {
  return {.number = "R-20261031-" + std::to_string(100000 + number),
          .holder = holder,
          .act = lifecycle::RequestAct::release,
          .state = lifecycle::RequestState::waiting,
          .about = serial(number),
          .identity_check = "届出印と暗証番号",
          .call_back = "10:15 田中 03-0000-0000",
          .requested_by = "tanaka",
          .requested_at = kNow,
          .request_signature = to_bytes("signature of the request"),
          .decided_by = {},
          .decided_at = {},
          .decision_signature = {},
          .decision_note = {}};
}

inline lifecycle::CertificateRecord reservation(int number, const lifecycle::HolderId& holder) {
  return {.holder = holder,
          .authority = "d1-g1",
          .serial = serial(number),
          .stage = lifecycle::Stage::reserved,
          .ticket = "ticket" + std::to_string(number),
          .tbs_hash = digest("tbs" + std::to_string(number)),
          .key_hash = digest("key" + std::to_string(number)),
          .not_before = kNow,
          .not_after = kNow + std::chrono::days{365},
          .expiry_day = kExpiry,
          .reserved_at = kNow};
}

inline lifecycle::CertificateRecord issued(lifecycle::CertificateRecord record) {
  record.stage = lifecycle::Stage::issued;
  record.der = to_bytes(std::string(1000, 'c') + record.serial.hex());
  record.fingerprint = sha256(record.der);
  record.issued_at = record.reserved_at + std::chrono::seconds{1};
  return record;
}

inline lifecycle::Ticket ticket(int number, const lifecycle::HolderId& holder) {
  return {.id = "ticket" + std::to_string(number),
          .holder = holder,
          .kind = lifecycle::TicketKind::renewal,
          .stage = lifecycle::TicketStage::open,
          .evidence = "certificate:" + serial(number).hex(),
          .replaces = serial(number),
          .serial = {},
          .secret_hash = digest("secret" + std::to_string(number)),
          .created_at = kNow,
          .expires_at = kNow + std::chrono::hours{24}};
}

inline lifecycle::DigestLine digest_line(const lifecycle::HolderId& holder, const std::string& kind = "before-30") {
  return {.holder = holder, .contract = "4711-001", .kind = kind, .expiry_day = kExpiry, .reached = true};
}

inline lifecycle::Notice notice(int number, const lifecycle::HolderId& holder, const std::string& kind = "before-30") {
  return {.number = "N-20261031-" + std::to_string(100000 + number),
          .holder = holder,
          .serial = serial(number),
          .kind = kind,
          .decided_on = Day{std::chrono::year{2026} / 10 / 31},
          .remaining = 30,
          .subject = "電子証明書の更新のお知らせ",
          .body = "本文\n二行目"};
}

inline lifecycle::Letter letter(const lifecycle::HolderId& holder, const std::string& message_id) {
  return {.id = 0,
          .holder = holder,
          .notice = "N-20261031-100001",
          .to = "keiri@example.test",
          .subject = "お知らせ",
          .body = "本文",
          .message_id = message_id,
          .state = lifecycle::LetterState::waiting,
          .attempts = 0,
          .next_attempt = kNow,
          .about = serial(1),
          .wipe = true};
}

inline lifecycle::AuditEntry entry(const std::string& subject) {
  return {.at = kNow,
          .actor = "operator",
          .action = "certificate.reserved",
          .institution = "d1",
          .subject = subject,
          .detail = {{"ticket", "12:34;"}, {"鍵", "値"}}};
}

}  // namespace inkan::samples
