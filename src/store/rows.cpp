#include "store/rows.hpp"

#include <charconv>

#include <fmt/format.h>

#include "store/columns.hpp"

namespace inkan::store {
namespace {

using lifecycle::HolderId;

std::unexpected<Error> corrupt(std::string detail) { return fail(Code::corrupt, "store.corrupt", std::move(detail)); }

std::optional<pki::RevocationReason> reason_of(std::optional<int> number) {
  if (!number) return {};
  return static_cast<pki::RevocationReason>(*number);
}

bool take_text(std::string_view& rest, std::string& out) {
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), size);
  const auto digits = static_cast<std::size_t>(end - rest.data());
  if (error != std::errc() || digits >= rest.size() || rest[digits] != ':' || rest.size() - digits - 1 < size) return false;
  out = rest.substr(digits + 1, size);
  rest.remove_prefix(digits + 1 + size);
  return true;
}

}  // namespace

Result<lifecycle::CertificateRecord> to_certificate(const Row& row) {
  using lifecycle::Stage;
  Columns in(row);
  HolderId holder = in.holder();
  std::string authority = in.text();
  auto serial = in.serial();
  if (!serial) return in.refusal();
  lifecycle::CertificateRecord record{.holder = std::move(holder),
                                      .authority = std::move(authority),
                                      .serial = std::move(*serial),
                                      .stage = in.word(Stage::reserved, Stage::abandoned),
                                      .ticket = in.text(),
                                      .tbs_hash = in.digest(),
                                      .key_hash = in.digest(),
                                      .not_before = in.instant(),
                                      .not_after = in.instant(),
                                      .expiry_day = in.day(),
                                      .reserved_at = in.instant(),
                                      .der = {},
                                      .fingerprint = in.maybe(&Columns::digest),
                                      .issued_at = in.maybe(&Columns::instant),
                                      .confirmed_at = in.maybe(&Columns::instant),
                                      .revoked_at = in.maybe(&Columns::instant),
                                      .reason = reason_of(in.maybe(&Columns::small)),
                                      .replaced_by = in.maybe_serial()};
  record.der = in.bytes();
  record.held_at = in.maybe(&Columns::instant);
  record.held_by = in.text();
  return in.whole(std::move(record));
}

Result<pki::SerialNumber> to_serial(const Row& row) {
  Columns in(row);
  auto serial = in.serial();
  if (!serial) return in.refusal();
  return in.whole(std::move(*serial));
}

Result<lifecycle::CertificateReader::Revoked> to_revoked(const Row& row) {
  Columns in(row);
  auto serial = in.serial();
  if (!serial) return in.refusal();
  pki::RevokedEntry entry{std::move(*serial), in.instant(), static_cast<pki::RevocationReason>(in.small())};
  return in.whole(lifecycle::CertificateReader::Revoked{.entry = std::move(entry), .not_after = in.instant()});
}

Result<lifecycle::DueCertificate> to_due(const Row& row) {
  using lifecycle::Role;
  Columns in(row);
  HolderId holder = in.holder();
  std::string authority = in.text();
  auto serial = in.serial();
  if (!serial) return in.refusal();
  return in.whole(lifecycle::DueCertificate{.holder = std::move(holder),
                                            .authority = std::move(authority),
                                            .serial = std::move(*serial),
                                            .expiry_day = in.day(),
                                            .role = in.word(Role::administrator, Role::user),
                                            .company = in.text(),
                                            .mail = in.text(),
                                            .contract = in.text(),
                                            .main_works = in.number() != 0});
}

Result<lifecycle::Ticket> to_ticket(const Row& row) {
  using lifecycle::TicketKind;
  using lifecycle::TicketStage;
  Columns in(row);
  return in.whole(lifecycle::Ticket{.id = in.text(),
                                    .holder = in.holder(),
                                    .kind = in.word(TicketKind::first, TicketKind::bulk),
                                    .stage = in.word(TicketStage::open, TicketStage::expired),
                                    .evidence = in.text(),
                                    .replaces = in.maybe_serial(),
                                    .serial = in.maybe_serial(),
                                    .secret_hash = in.digest(),
                                    .created_at = in.instant(),
                                    .expires_at = in.instant(),
                                    .taken_at = in.maybe(&Columns::instant)});
}

Result<lifecycle::Session> to_session(const Row& row) {
  Columns in(row);
  return in.whole(lifecycle::Session{.token_hash = in.digest(),
                                     .holder = in.holder(),
                                     .fingerprint = in.digest(),
                                     .created_at = in.instant(),
                                     .expires_at = in.instant(),
                                     .previous_login = in.maybe(&Columns::instant),
                                     .seen_at = in.instant()});
}

Result<lifecycle::Grant> to_grant(const Row& row) {
  Columns in(row);
  return in.whole(lifecycle::Grant{.holder = in.holder(),
                                   .code_hash = in.digest(),
                                   .client = in.text(),
                                   .redirect_uri = in.text(),
                                   .scope = in.text(),
                                   .challenge = in.digest(),
                                   .nonce = in.text(),
                                   .session = in.digest(),
                                   .sid = in.digest(),
                                   .fingerprint = in.digest(),
                                   .authenticated_at = in.instant(),
                                   .created_at = in.instant(),
                                   .code_until = in.instant(),
                                   .kept_until = in.instant(),
                                   .redeemed_at = in.maybe(&Columns::instant),
                                   .token_hash = in.maybe(&Columns::digest),
                                   .token_certificate = in.maybe(&Columns::digest),
                                   .token_until = in.maybe(&Columns::instant),
                                   .revoked_at = in.maybe(&Columns::instant),
                                   .told_at = in.maybe(&Columns::instant)});
}

Result<lifecycle::Notice> to_notice(const Row& row) {
  Columns in(row);
  return in.whole(lifecycle::Notice{.number = in.text(),
                                    .holder = in.holder(),
                                    .serial = in.maybe_serial(),
                                    .kind = in.text(),
                                    .decided_on = in.day(),
                                    .remaining = in.small(),
                                    .subject = in.text(),
                                    .body = in.text()});
}

Result<lifecycle::Tries> to_tries(const Row& row) {
  Columns in(row);
  return in.whole(lifecycle::Tries{
      .account = in.text(), .wrong = in.small(), .first = in.instant(), .locked_until = in.maybe(&Columns::instant)});
}

Result<lifecycle::Letter> to_letter(const Row& row) {
  using lifecycle::LetterState;
  Columns in(row);
  return in.whole(lifecycle::Letter{.id = in.number(),
                                    .holder = in.holder(),
                                    .notice = in.text(),
                                    .to = in.text(),
                                    .subject = in.text(),
                                    .body = in.text(),
                                    .message_id = in.text(),
                                    .state = in.word(LetterState::waiting, LetterState::sealed),
                                    .attempts = in.small(),
                                    .next_attempt = in.instant(),
                                    .about = in.maybe_serial(),
                                    .wipe = in.number() != 0});
}

Result<lifecycle::DigestLine> to_digest_line(const Row& row) {
  Columns in(row);
  return in.whole(lifecycle::DigestLine{
      .holder = in.holder(), .contract = in.text(), .kind = in.text(), .expiry_day = in.day(), .reached = in.number() != 0});
}

Result<lifecycle::StatusReader::PublishedCrl> to_crl(const Row& row) {
  Columns in(row);
  return in.whole(lifecycle::StatusReader::PublishedCrl{.number = static_cast<unsigned long long>(in.number()),
                                                        .this_update = in.instant(),
                                                        .next_update = in.instant(),
                                                        .der = in.bytes()});
}

Result<lifecycle::StatusReader::PublishedCrl> to_crl_head(const Row& row) {
  Columns in(row);
  return in.whole(lifecycle::StatusReader::PublishedCrl{.number = static_cast<unsigned long long>(in.number()),
                                                        .this_update = in.instant(),
                                                        .next_update = in.instant(),
                                                        .der = {}});
}

Result<lifecycle::StatusReader::PublishedShard> to_shard_head(const Row& row) {
  Columns in(row);
  std::string list = in.text();
  const auto number = static_cast<unsigned long long>(in.number());
  return in.whole(lifecycle::StatusReader::PublishedShard{
      .list = std::move(list), .head = {.number = number, .this_update = in.instant(), .next_update = in.instant(), .der = {}}});
}

Result<lifecycle::AuditRecord> to_audit_record(const Row& row) {
  Columns in(row);
  lifecycle::AuditRecord record;
  record.node = in.text();
  record.sequence = in.number();
  record.entry = {
      .at = in.instant(), .actor = in.text(), .action = in.text(), .institution = in.text(), .subject = in.text(), .detail = {}};
  const std::string packed = in.text();
  auto detail = unpack(packed);
  record.entry.detail = detail ? std::move(*detail) : std::map<std::string, std::string>{{"unreadable", packed}};
  record.previous = in.digest();
  record.hash = in.digest();
  return record;
}

Result<lifecycle::Subtree> to_subtree(const Row& row) {
  Columns in(row);
  return in.whole(lifecycle::Subtree{.level = in.small(), .index = in.number(), .hash = in.digest()});
}

Result<long long> to_number(const Row& row) { return row.number(0); }
Result<std::string> to_text(const Row& row) { return std::string(row.text(0)); }

std::string pack(const std::map<std::string, std::string>& detail) {
  std::string out;
  for (const auto& [key, value] : detail) out += fmt::format("{}:{}{}:{}", key.size(), key, value.size(), value);
  return out;
}

Result<std::map<std::string, std::string>> unpack(std::string_view text) {
  std::map<std::string, std::string> detail;
  while (!text.empty()) {
    std::string key;
    std::string value;
    if (!take_text(text, key) || !take_text(text, value)) return corrupt("details of an audit record");
    detail[std::move(key)] = std::move(value);
  }
  return detail;
}

Value nullable(const std::optional<Instant>& instant) { return instant ? Value(to_epoch(*instant)) : Value(); }
Value nullable(const std::optional<Day>& day) { return day ? Value(static_cast<long long>(to_epoch_day(*day))) : Value(); }
Value nullable(const std::optional<Digest>& digest) { return digest ? Value(digest->view()) : Value(); }
Value nullable(const std::optional<pki::SerialNumber>& serial) { return serial ? Value(ByteView(serial->bytes())) : Value(); }

}  // namespace inkan::store
