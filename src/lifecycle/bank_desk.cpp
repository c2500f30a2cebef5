#include "lifecycle/bank_desk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/password.hpp"
#include "base/text.hpp"
#include "lifecycle/desk_rules.hpp"
#include "lifecycle/generations.hpp"
#include "lifecycle/holding.hpp"
#include "lifecycle/issuance.hpp"
#include "lifecycle/read_from.hpp"
#include "pki/certificate.hpp"

namespace inkan::lifecycle {
namespace {

constexpr std::chrono::hours kSessionLife{8};
constexpr std::chrono::minutes kIdle{15};
constexpr std::chrono::minutes kSeen{1};
constexpr int kFound = 50;
constexpr int kUnreachedShown = 500;
constexpr std::size_t kPasswordLength = 8;
constexpr int kTimeline = 200;
constexpr int kNoticesShown = 50;
constexpr int kRequestsShown = 50;

Digest token_hash(const std::string& token) { return sha256(as_bytes(token)); }

AuditEntry entry_for(const HolderId& holder, Instant now, const StaffId& who, const char* action) {
  return {.at = now,
          .actor = actor_of(who),
          .action = action,
          .institution = holder.institution,
          .subject = holder.login_id,
          .detail = {}};
}

AuditEntry entry_for(const StaffId& staff, Instant now, const std::string& actor, const char* action) {
  return {.at = now,
          .actor = actor,
          .action = action,
          .institution = staff.institution,
          .subject = "staff " + staff.login_id,
          .detail = {}};
}

}  // namespace

Result<void> BankDesk::add_staff(const NewStaff& person, const std::string& actor) {
  auto login_id = canonical_login_id(person.id.login_id);
  if (!login_id) return fail(login_id);
  if (!is_note(person.name)) return fail(Code::invalid, "staff.text", *login_id);
  const auto institution = services_.institutions.find(person.id.institution);
  if (!institution) return fail(institution);
  const auto certificate = pki::Certificate::parse(person.certificate);
  if (!certificate) return fail(Code::invalid, "staff.certificate", certificate.error().id);
  auto hash = hash_password(person.password);
  if (!hash) return fail(hash);
  const Staff staff{.id = {(*institution)->id, *login_id},
                    .role = person.role,
                    .name = person.name,
                    .password_hash = std::move(*hash),
                    .certificate = person.certificate,
                    .fingerprint = certificate->fingerprint(),
                    .added_at = services_.clock.now(),
                    .removed_at = {}};
  return services_.store.transact([&](Writer& writer) -> Result<void> {
    const auto existing = writer.find_staff(staff.id);
    if (!existing) return fail(existing);
    if (*existing) {
      const char* left = (*existing)->removed_at ? " was somebody's who left, and stays theirs: choose another" : "";
      return fail(Code::conflict, "staff.exists", staff.id.login_id + left);
    }
    const auto same = writer.find_staff_by_fingerprint(staff.fingerprint);
    if (!same) return fail(same);
    if (*same) return fail(Code::conflict, "staff.certificate", "another person has this certificate");
    AuditEntry entry = entry_for(staff.id, staff.added_at, actor, "staff.added");
    entry.detail["role"] = to_text(staff.role);
    entry.detail["fingerprint"] = staff.fingerprint.hex();
    writer.audit(std::move(entry));
    return writer.put_staff(staff);
  });
}

Result<void> BankDesk::remove_staff(const StaffId& id, const std::string& actor) {
  return services_.store.transact([&](Writer& writer) -> Result<void> {
    auto staff = writer.find_staff(id);
    if (!staff) return fail(staff);
    if (!*staff || (*staff)->removed_at) return fail(Code::not_found, "staff.unknown", id.login_id);
    const Instant now = services_.clock.now();
    (*staff)->removed_at = now;
    writer.audit(entry_for(id, now, actor, "staff.removed"));
    if (auto removed = writer.remove_staff_sessions_of(id); !removed) return removed;
    return writer.put_staff(**staff);
  });
}

Result<void> BankDesk::try_password(const Staff& staff, const Secret& password) {
  const auto tried = login_.gate().try_password(actor_of(staff.id), staff.password_hash, password);
  if (!tried) return fail(tried);
  switch (tried->verdict) {
    case PasswordGate::Verdict::right: return {};
    case PasswordGate::Verdict::locked: return fail(Code::too_many, "login.locked");
    case PasswordGate::Verdict::wrong:
    case PasswordGate::Verdict::now_locked: break;
  }
  return wrong_password(*tried);
}

Result<void> BankDesk::change_password(const StaffId& id, const Secret& present, const Secret& wanted) {
  std::optional<Staff> staff;
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    auto found = reader.find_staff(id);
    if (!found) return fail(found);
    if (*found && !(*found)->removed_at) staff = std::move(**found);
    return {};
  });
  if (!read) return read;
  if (!staff) return fail(Code::not_found, "staff.unknown", id.login_id);
  if (auto right = try_password(*staff, present); !right) return right;
  if (wanted.reveal().size() < kPasswordLength || wanted.reveal() == present.reveal())
    return fail(Code::invalid, "staff.password", "another one, of at least 8 characters");
  auto hash = hash_password(wanted);
  if (!hash) return fail(hash);
  return services_.store.transact([&](Writer& writer) -> Result<void> {
    auto current = writer.find_staff(id);
    if (!current) return fail(current);
    if (!*current || (*current)->removed_at) return fail(Code::not_found, "staff.unknown", id.login_id);
    // Somebody was quicker: the password that was tried is not the present one any more.
    if ((*current)->password_hash != staff->password_hash) return fail(Code::unauthenticated, "login.password");
    (*current)->password_hash = *hash;
    writer.audit(entry_for(id, services_.clock.now(), actor_of(id), "staff.password_changed"));
    if (auto removed = writer.remove_staff_sessions_of(id); !removed) return removed;
    return writer.put_staff(**current);
  });
}

Result<std::vector<Staff>> BankDesk::list_staff(const Institution& institution) {
  return read_from(services_.store, [&](Reader& reader) { return reader.list_staff(institution.id); });
}

Result<BankDesk::Opened> BankDesk::open(const Institution& institution, const std::optional<Digest>& fingerprint,
                                        const Secret& password) {
  std::optional<Staff> staff;
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    if (!fingerprint) return {};
    auto found = reader.find_staff_by_fingerprint(*fingerprint);
    if (!found) return fail(found);
    if (*found && !(*found)->removed_at && (*found)->id.institution == institution.id) staff = std::move(**found);
    return {};
  });
  if (!read) return fail(read);
  if (!staff) return fail(Code::unauthenticated, "staff.certificate");
  if (auto right = try_password(*staff, password); !right) return fail(right);
  Opened opened{.token = make_token(services_.rng, 16), .on_duty = {}};
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    auto current = judge_staff(writer, institution, staff->id);
    if (!current) return fail(current);
    const StaffSession session{.token_hash = token_hash(opened.token),
                               .staff = staff->id,
                               .fingerprint = *fingerprint,
                               .created_at = now,
                               .expires_at = now + kSessionLife,
                               .seen_at = now};
    writer.audit(entry_for(staff->id, now, actor_of(staff->id), "staff.session_opened"));
    opened.on_duty = {.staff = std::move(*current), .session = session};
    return writer.put_staff_session(session);
  });
  if (!done) return fail(done);
  return opened;
}

Result<StaffOnDuty> BankDesk::resume(const Institution& institution, const std::string& token,
                                     const std::optional<Digest>& fingerprint) {
  Result<StaffOnDuty> result = fail(Code::unauthenticated, "login.no_session");
  const Instant now = services_.clock.now();
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    auto session = reader.find_staff_session(token_hash(token));
    if (!session) return fail(session);
    if (!*session || (*session)->expires_at <= now || (*session)->seen_at + kIdle <= now) return {};
    auto staff = judge_staff(reader, institution, (*session)->staff);
    if (!staff) return fail(staff);
    if (!fingerprint || staff->fingerprint != *fingerprint || (*session)->fingerprint != *fingerprint)
      return fail(Code::unauthenticated, "staff.certificate");
    result = StaffOnDuty{.staff = std::move(*staff), .session = std::move(**session)};
    return {};
  });
  if (!read) return fail(read);
  if (!result || now < result->session.seen_at + kSeen) return result;
  auto seen = services_.store.transact([&](Writer& writer) -> Result<void> {
    auto current = writer.find_staff_session(result->session.token_hash);
    if (!current) return fail(current);
    if (!*current) return {};
    (*current)->seen_at = now;
    return writer.put_staff_session(**current);
  });
  if (!seen) return fail(seen);
  return result;
}

Result<void> BankDesk::close(const std::string& token) {
  return services_.store.transact([&](Writer& writer) -> Result<void> {
    const auto session = writer.find_staff_session(token_hash(token));
    if (!session) return fail(session);
    if (!*session) return {};
    writer.audit(entry_for((*session)->staff, services_.clock.now(), actor_of((*session)->staff), "staff.session_closed"));
    return writer.remove_staff_session(token_hash(token));
  });
}

Result<std::vector<HolderView>> BankDesk::find(const StaffOnDuty& who, const Institution& institution, const std::string& text) {
  const std::string wanted = fold_width(std::string(trim(text)));
  std::vector<HolderView> views;
  if (wanted.empty()) return views;
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    if (auto staff = judge_staff(reader, institution, who.staff.id); !staff) return fail(staff);
    const Day today = institution.zone.day_of(services_.clock.now());
    std::vector<HolderId> ids;
    const auto add = [&](const HolderId& id) {
      if (id.institution == institution.id && std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
    };
    if (const auto serial = pki::SerialNumber::parse_hex(wanted); serial) {
      const auto found = find_by_serial(reader, services_.issuer, institution, *serial);
      if (!found) return fail(found);
      if (*found) add((*found)->holder);
    }
    const auto notice = reader.find_notice(institution.id, wanted);
    if (!notice) return fail(notice);
    if (*notice) add((*notice)->holder);
    const auto request = reader.find_request(institution.id, wanted);
    if (!request) return fail(request);
    if (*request) add((*request)->holder);
    // One word in up to three spellings: as typed, in half width, as a login ID.
    for (const std::string& prefix : std::set{wanted, canonical_login_id(wanted).value_or(wanted), std::string(trim(text))}) {
      const auto holders = reader.search_holders(institution.id, prefix, kFound);
      if (!holders) return fail(holders);
      for (const Holder& holder : *holders) add(holder.id);
    }
    for (const HolderId& id : ids) {
      if (views.size() == static_cast<std::size_t>(kFound)) break;
      auto holder = reader.find_holder(id);
      if (!holder) return fail(holder);
      if (!*holder) continue;
      auto view = view_of(reader, institution, std::move(**holder), today);
      if (!view) return fail(view);
      views.push_back(std::move(*view));
    }
    return {};
  });
  if (!read) return fail(read);
  return views;
}

Result<BankDesk::File> BankDesk::open_file(const StaffOnDuty& who, const Institution& institution, const std::string& login_id) {
  const auto canonical = canonical_login_id(login_id);
  if (!canonical) return fail(Code::not_found, "holder.unknown");
  Result<File> file = fail(Code::not_found, "holder.unknown");
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    if (auto staff = judge_staff(reader, institution, who.staff.id); !staff) return fail(staff);
    const HolderId id{institution.id, *canonical};
    auto holder = reader.find_holder(id);
    if (!holder) return fail(holder);
    if (!*holder) return {};
    auto view = view_of(reader, institution, std::move(**holder), institution.zone.day_of(services_.clock.now()));
    if (!view) return fail(view);
    auto certificates = reader.certificates_of(id);
    if (!certificates) return fail(certificates);
    auto contacts = reader.contacts_of(id);
    if (!contacts) return fail(contacts);
    std::vector<std::string> shared;
    for (const Contact& contact : *contacts) {
      const auto one = is_shared(reader, institution.id, contact.address);
      if (!one) return fail(one);
      if (*one) shared.push_back(contact.address);
    }
    auto notices = reader.notices_of(id, kNoticesShown);
    if (!notices) return fail(notices);
    auto requests = reader.requests_of(id, kRequestsShown);
    if (!requests) return fail(requests);
    auto timeline = reader.audit_of(institution.id, *canonical, kTimeline);
    if (!timeline) return fail(timeline);
    file = File{.view = std::move(*view),
                .certificates = std::move(*certificates),
                .contacts = std::move(*contacts),
                .shared = std::move(shared),
                .notices = std::move(*notices),
                .requests = std::move(*requests),
                .timeline = std::move(*timeline)};
    return {};
  });
  if (!read) return fail(read);
  if (!file) return file;
  auto noted = services_.store.transact([&](Writer& writer) -> Result<void> {
    writer.audit(entry_for(file->view.holder.id, services_.clock.now(), who.staff.id, "file.read"));
    return {};
  });
  if (!noted) return fail(noted);
  return file;
}

Result<UnreachedList> BankDesk::unreached(const StaffOnDuty& who, const Institution& institution) {
  return read_from(services_.store, [&](Reader& reader) -> Result<UnreachedList> {
    if (auto staff = judge_staff(reader, institution, who.staff.id); !staff) return fail(staff);
    return find_unreached(reader, institution, institution.zone.day_of(services_.clock.now()), kUnreachedShown);
  });
}

Result<CertificateRecord> BankDesk::hold(const StaffOnDuty& who, const Institution& institution, const std::string& login_id,
                                         const std::string& why, bool knowing) {
  Result<CertificateRecord> held = fail(Code::refused, "hold.nothing");
  if (!is_note(why)) return fail(Code::invalid, "request.text");
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    if (auto staff = judge_clerk(writer, institution, who.staff.id); !staff) return fail(staff);
    const auto holder = lock_target(writer, institution, login_id);
    if (!holder) return fail(holder);
    const auto before = find_held(writer, holder->id);
    if (!before) return fail(before);
    const Instant now = services_.clock.now();
    held = hold_holder(writer, institution, *holder, now, actor_of(who.staff.id), why);
    if (!held) return fail(held);
    // What was on hold already could log in nobody.
    return warn_last(writer, institution, *holder, institution.zone.day_of(now), knowing || *before);
  });
  if (!done) return fail(done);
  return held;
}

Result<CertificateRecord> BankDesk::revoke(const StaffOnDuty& who, const Institution& institution, const std::string& login_id,
                                           pki::RevocationReason reason, const std::string& why, bool knowing) {
  Result<CertificateRecord> revoked = fail(Code::not_found, "certificate.unknown");
  if (!is_note(why)) return fail(Code::invalid, "request.text");
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    if (auto staff = judge_clerk(writer, institution, who.staff.id); !staff) return fail(staff);
    const auto holder = lock_target(writer, institution, login_id);
    if (!holder) return fail(holder);
    const Instant now = services_.clock.now();
    AuditEntry entry = entry_for(holder->id, now, who.staff.id, "holder.revoked");
    entry.detail["why"] = why;
    writer.audit(std::move(entry));
    revoked = revoke_holder(writer, institution, *holder, reason, now, actor_of(who.staff.id));
    if (!revoked) return fail(revoked);
    return warn_last(writer, institution, *holder, institution.zone.day_of(now), knowing);
  });
  if (!done) return fail(done);
  return revoked;
}

}  // namespace inkan::lifecycle
