#include "lifecycle/restore.hpp"

#include <algorithm>

#include "lifecycle/generations.hpp"

namespace inkan::lifecycle {
namespace {

constexpr const char* kActor = "operator";
constexpr const char* kUnknown = "unknown-after-restore";
constexpr const char* kTicket = "restore";
constexpr std::chrono::days kLongestLife{400};  // when a certificate that nobody knows has surely expired

/// signer_of is the issuing CA that signed a list, by name and signature.
Result<ca::Authority> signer_of(const ca::Issuer& issuer, const pki::Crl& list) {
  for (ca::Authority& each : issuer.authorities())
    if (each.certificate.subject().der() == list.issuer().der() && list.verify_by(each.certificate)) return std::move(each);
  return fail(Code::refused, "restore.foreign_list");
}

Result<HolderId> owner_of_unknown(Writer& writer, const Services& services, const ca::AuthorityId& authority) {
  for (const Institution& institution : services.institutions.all()) {
    const auto all = authorities_of(services.issuer, institution);
    if (!std::ranges::any_of(all, [&](const ca::Authority& each) { return each.id == authority; })) continue;
    HolderId id{institution.id, kUnknown};
    const auto known = writer.find_holder(id);
    if (!known) return fail(known);
    if (*known) return id;
    auto put = writer.put_holder({.id = id,
                                  .role = Role::user,
                                  .company = "記録のない電子証明書（復元）",
                                  .name = {},
                                  .mail = {},
                                  .password_hash = {},
                                  .entitlement = Entitlement::terminated,
                                  .acquire_until = {},
                                  .created_at = services.clock.now(),
                                  .last_login = {}});
    if (!put) return fail(put);
    return id;
  }
  return fail(Code::refused, "restore.foreign_list", authority);
}

/// keep_unknown keeps a serial number that was issued after the backup was made: it stays on every list until it has expired.
Result<void> keep_unknown(Writer& writer, const Services& services, const UnknownSignature& certificate,
                          const pki::RevokedEntry& entry) {
  const auto owner = owner_of_unknown(writer, services, certificate.authority);
  if (!owner) return fail(owner);
  const Instant until = certificate.signed_at + kLongestLife;
  return writer.add_certificate({.holder = *owner,
                                 .authority = certificate.authority,
                                 .serial = certificate.serial,
                                 .stage = Stage::abandoned,
                                 .ticket = kTicket,
                                 .tbs_hash = certificate.tbs_hash,
                                 .key_hash = certificate.tbs_hash,  // of no key
                                 .not_before = certificate.signed_at,
                                 .not_after = until,
                                 .expiry_day = services.institutions.all().front().zone.day_of(until),
                                 .reserved_at = certificate.signed_at,
                                 .der = {},
                                 .fingerprint = {},
                                 .issued_at = {},
                                 .confirmed_at = {},
                                 .revoked_at = entry.revoked_at,
                                 .reason = entry.reason,
                                 .replaced_by = {}});
}

Result<void> take_entry(Writer& writer, const Services& services, const ca::AuthorityId& authority,
                        const pki::RevokedEntry& entry, TakenList& taken) {
  auto found = writer.find_by_serial(authority, entry.serial);
  if (!found) return fail(found);
  if (!*found) {
    ++taken.unknown;
    const Digest nothing = sha256(as_bytes(authority + entry.serial.hex()));
    return keep_unknown(writer, services, {authority, entry.serial, nothing, entry.revoked_at}, entry);
  }
  CertificateRecord& record = **found;
  const bool by_the_journal = record.revoked_at && record.ticket == kTicket;
  if (record.revoked_at && !by_the_journal) return {};
  ++(by_the_journal ? taken.unknown : taken.revoked);
  record.revoked_at = entry.revoked_at;
  record.reason = entry.reason;
  if (record.stage == Stage::reserved) record.stage = Stage::abandoned;
  return writer.set_certificate(record);
}

Result<void> note(const Services& services, const char* action, Instant made_at) {
  return services.store.transact([&](Writer& writer) -> Result<void> {
    writer.audit({.at = services.clock.now(),
                  .actor = kActor,
                  .action = action,
                  .institution = {},
                  .subject = {},
                  .detail = {{"made_at", to_rfc3339(made_at)}}});
    return {};
  });
}

/// lift_number makes the next list's number higher than any that a signer has signed.
Result<void> lift_number(Writer& writer, const ca::ListId& list, unsigned long long signed_last) {
  const auto known = writer.crl_number(list);
  if (!known) return fail(known);
  return *known < signed_last ? writer.set_crl_number(list, signed_last) : Result<void>();
}

}  // namespace

Result<void> take_signatures(const Services& services, const std::vector<UnknownSignature>& unknown,
                             const std::map<ca::ListId, unsigned long long>& numbers) {
  const Instant now = services.clock.now();
  return services.store.transact([&](Writer& writer) -> Result<void> {
    for (const auto& [list, number] : numbers)
      if (auto lifted = lift_number(writer, list, number); !lifted) return lifted;
    std::map<ca::AuthorityId, long long> counts;
    for (const UnknownSignature& each : unknown) {
      auto kept = keep_unknown(writer, services, each, {each.serial, now, pki::RevocationReason::unspecified});
      if (!kept) return kept;
      ++counts[each.authority];
    }
    for (const auto& [authority, count] : counts)
      writer.audit({.at = now,
                    .actor = kActor,
                    .action = "restore.signatures_taken",
                    .institution = {},
                    .subject = authority,
                    .detail = {{"revoked", std::to_string(count)}}});
    return {};
  });
}

Result<TakenList> take_list(const Services& services, ByteView der) {
  const auto list = pki::Crl::parse(der);
  if (!list) return fail(list);
  const auto signer = signer_of(services.issuer, *list);
  if (!signer) return fail(signer);
  const auto shard = ca::find_shard(signer->addresses, list->distribution_point());
  if (!shard) return fail(Code::refused, "restore.foreign_list", list->distribution_point());
  const ca::ListId id = ca::list_id(signer->id, *shard);
  TakenList taken;
  auto done = services.store.transact([&](Writer& writer) -> Result<void> {
    taken = {.list = id, .number = list->number()};
    const auto latest = writer.latest_crl_head(id);
    if (!latest) return fail(latest);
    if (*latest && (*latest)->number >= list->number()) return {};
    for (const pki::RevokedEntry& entry : list->entries())
      if (auto one = take_entry(writer, services, signer->id, entry, taken); !one) return one;
    writer.audit({.at = services.clock.now(),
                  .actor = kActor,
                  .action = "restore.list_taken",
                  .institution = {},
                  .subject = id,
                  .detail = {{"number", std::to_string(taken.number)},
                             {"revoked", std::to_string(taken.revoked)},
                             {"unknown", std::to_string(taken.unknown)}}});
    return writer.add_crl(id, {list->number(), list->this_update(), list->next_update(), list->der()});
  });
  if (!done) return fail(done);
  return taken;
}

Result<void> note_backup(const Services& services, Instant made_at) { return note(services, "backup.created", made_at); }

Result<void> note_restore(const Services& services, Instant made_at) { return note(services, "backup.restored", made_at); }

}  // namespace inkan::lifecycle
