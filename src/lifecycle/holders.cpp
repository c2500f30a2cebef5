#include "lifecycle/holders.hpp"

#include "base/password.hpp"
#include "base/text.hpp"
#include "lifecycle/codes.hpp"
#include "lifecycle/enrolment.hpp"
#include "lifecycle/holding.hpp"
#include "lifecycle/issuance.hpp"
#include "lifecycle/letters.hpp"
#include "lifecycle/tickets.hpp"

namespace inkan::lifecycle {
namespace {

Result<Holder> to_holder(const Institution& institution, const NewHolder& wanted, Instant now) {
  auto login_id = canonical_login_id(wanted.id.login_id);
  if (!login_id) return fail(login_id);
  if (!is_plain_text(wanted.company) || !is_plain_text(wanted.name) || !is_plain_text(wanted.contract))
    return fail(Code::invalid, "holder.text", *login_id);
  if (!wanted.mail.empty() && !is_mail_address(wanted.mail)) return fail(Code::invalid, "holder.mail", *login_id);
  auto hash = hash_password(wanted.password);
  if (!hash) return fail(hash);
  Holder holder{.id = {institution.id, std::move(*login_id)},
                .role = wanted.role,
                .company = wanted.company,
                .name = wanted.name,
                .mail = wanted.mail,
                .password_hash = std::move(*hash),
                .entitlement = wanted.approved ? Entitlement::acquirable : Entitlement::none,
                .acquire_until = {},
                .created_at = now,
                .last_login = {},
                .contract = wanted.contract.empty() ? wanted.company : wanted.contract};
  if (wanted.approved)
    holder.acquire_until = institution.zone.day_of(now) + std::chrono::days{institution.acquisition.deadline_days};
  // What cannot stand in a subject is refused now, not on the day the certificate is due.
  if (auto subject = subject_of(institution, holder); !subject) return fail(Code::invalid, "holder.text", subject.error().detail);
  return holder;
}

}  // namespace

bool is_mail_address(std::string_view text) {
  const auto at = text.find('@');
  return text.size() <= 254 && at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find_first_of(" \t\r\n<>,;:\"()") == std::string_view::npos && text.find('@', at + 1) == std::string_view::npos;
}

Result<void> approve_reissue(Writer& writer, const Institution& institution, Holder holder, Day today) {
  const Day last = today + std::chrono::days{institution.acquisition.code_days};
  holder.entitlement = Entitlement::acquirable;
  holder.acquire_until = std::max(last, holder.acquire_until.value_or(last));
  return writer.put_holder(holder);
}

Result<CertificateRecord> revoke_holder(Writer& writer, const Institution& institution, const Holder& holder,
                                        pki::RevocationReason reason, Instant now, const std::string& actor) {
  auto live = writer.live_certificates(holder.id);
  if (!live) return fail(live);
  if (live->empty()) return fail(Code::not_found, "certificate.unknown", holder.id.login_id);
  for (CertificateRecord& certificate : *live) {
    auto retired = retire(writer, std::move(certificate), reason, {}, now, actor);
    if (!retired) return retired;
    certificate = std::move(*retired);
  }
  if (auto ended = end_under_way(writer, holder.id, now, actor); !ended) return fail(ended);
  CertificateRecord& newest = live->front();
  if (auto told = tell(writer, institution, holder, {.letter = "revoked", .certificate = newest}, now); !told) return fail(told);
  return std::move(newest);
}

Result<HolderView> view_of(Reader& reader, const Institution& institution, Holder holder, Day today) {
  auto all = reader.certificates_of(holder.id);
  if (!all) return fail(all);
  HolderView view{.holder = std::move(holder), .certificate = {}, .status = {}, .state = HolderState::none};
  for (const CertificateRecord& certificate : *all)
    if (!view.certificate && !certificate.revoked_at) view.certificate = certificate;
  if (!view.certificate && !all->empty()) view.certificate = all->front();
  if (view.certificate) view.status = status_of(*view.certificate, institution, today);
  view.state = state_of(view.certificate, institution, today);
  return view;
}

Instant end_of_acquisition(const HolderView& view, const Institution& institution) {
  const auto after = [&](Day day) { return institution.zone.start_of(day + std::chrono::days{1}); };
  Instant end = Instant::min();
  if (view.status == CertificateStatus::expired_grace)
    end = after(view.certificate->expiry_day + std::chrono::days{institution.acquisition.grace_days});
  if (view.holder.entitlement != Entitlement::acquirable) return end;
  return view.holder.acquire_until ? std::max(end, after(*view.holder.acquire_until)) : Instant::max();
}

std::string_view to_text(HolderState state) {
  switch (state) {
    case HolderState::none: return "none";
    case HolderState::active: return "active";
    case HolderState::renewable: return "renewable";
    case HolderState::expired_grace: return "expired_grace";
    case HolderState::expired_closed: return "expired_closed";
    case HolderState::revoked: return "revoked";
  }
  return "none";
}

HolderState state_of(const std::optional<CertificateRecord>& certificate, const Institution& institution, Day today) {
  if (!certificate) return HolderState::none;
  switch (status_of(*certificate, institution, today)) {
    case CertificateStatus::active:
    case CertificateStatus::issued_unconfirmed: return HolderState::active;
    case CertificateStatus::renewable: return HolderState::renewable;
    case CertificateStatus::expired_grace: return HolderState::expired_grace;
    case CertificateStatus::expired_closed: return HolderState::expired_closed;
    case CertificateStatus::suspended:
    case CertificateStatus::revoked:
    case CertificateStatus::superseded: return HolderState::revoked;
  }
  return HolderState::revoked;
}

Result<void> Holders::add(const std::vector<NewHolder>& holders, const std::string& actor) {
  const Instant now = services_.clock.now();
  std::vector<Holder> made;
  made.reserve(holders.size());
  for (const NewHolder& wanted : holders) {
    auto institution = services_.institutions.find(wanted.id.institution);
    if (!institution) return fail(institution);
    auto holder = to_holder(**institution, wanted, now);
    if (!holder) return fail(holder);
    made.push_back(std::move(*holder));
  }
  return services_.store.transact([&](Writer& writer) -> Result<void> {
    for (const Holder& holder : made) {
      auto existing = writer.find_holder(holder.id);
      if (!existing) return fail(existing);
      if (*existing) return fail(Code::conflict, "holder.exists", holder.id.institution + "/" + holder.id.login_id);
      if (auto put = writer.put_holder(holder); !put) return put;
      if (!holder.mail.empty()) {
        // The bank's own record of an address counts as checked.
        auto put = writer.put_contact({.holder = holder.id, .address = holder.mail, .added_at = now, .checked_at = now});
        if (!put) return put;
      }
      AuditEntry entry = entry_for(holder.id, now, actor, "holder.added");
      entry.detail["entitlement"] = to_text(holder.entitlement);
      writer.audit(std::move(entry));
    }
    return {};
  });
}

Result<HolderView> Holders::view(const Institution& institution, const std::string& login_id) {
  const auto canonical = canonical_login_id(login_id);
  if (!canonical) return fail(canonical);
  Result<HolderView> view = fail(Code::not_found, "holder.unknown", *canonical);
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    auto holder = reader.find_holder({institution.id, *canonical});
    if (!holder) return fail(holder);
    if (*holder) view = view_of(reader, institution, std::move(**holder), institution.zone.day_of(services_.clock.now()));
    return {};
  });
  if (!read) return fail(read);
  return view;
}

Result<std::vector<HolderView>> Holders::list(const Institution& institution) {
  constexpr int kPage = 500;
  std::vector<HolderView> views;
  const Day today = institution.zone.day_of(services_.clock.now());
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    std::string after;
    while (true) {
      auto page = reader.list_holders(institution.id, after, kPage);
      if (!page) return fail(page);
      for (Holder& holder : *page) {
        after = holder.id.login_id;
        auto view = view_of(reader, institution, std::move(holder), today);
        if (!view) return fail(view);
        views.push_back(std::move(*view));
      }
      if (page->size() < static_cast<std::size_t>(kPage)) return {};
    }
  });
  if (!read) return fail(read);
  return views;
}

Result<std::string> Holders::release_code(const Institution& institution, const std::string& login_id, const std::string& actor) {
  const auto canonical = canonical_login_id(login_id);
  if (!canonical) return fail(canonical);
  const HolderId id{institution.id, *canonical};
  std::string code;
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    const Day today = institution.zone.day_of(now);
    auto holder = writer.lock_holder(id);
    if (!holder) return fail(holder);
    if (!*holder) return fail(Code::not_found, "holder.unknown", *canonical);
    if ((*holder)->entitlement == Entitlement::terminated) return fail(Code::refused, "holder.terminated");
    auto view = view_of(writer, institution, **holder, today);
    if (!view) return fail(view);
    if (view->status == CertificateStatus::active || view->status == CertificateStatus::renewable)
      return fail(Code::refused, "code.not_needed", "a valid certificate exists: the holder renews it, or it is revoked first");
    if (view->certificate) return fail(Code::refused, "code.not_first", "a re-issue takes two persons: holder allow-reissue");
    if (institution.acquisition.first_code != FirstCode::operator_alone)
      return fail(Code::refused, "code.two_persons", "the first code takes two persons, too: holder allow-reissue");
    if (auto approved = approve_reissue(writer, institution, **holder, today); !approved) return approved;
    auto made = lifecycle::release_code(writer, services_.rng,
                                        {.holder = id,
                                         .purpose = CodePurpose::certificate,
                                         .life = std::chrono::days{institution.acquisition.code_days},
                                         .actor = actor},
                                        now);
    if (!made) return fail(made);
    code = std::move(*made);
    return {};
  });
  if (!done) return fail(done);
  return code;
}

Result<CertificateRecord> Holders::revoke(const ca::AuthorityId& authority, const pki::SerialNumber& serial,
                                          pki::RevocationReason reason, const std::string& actor, bool knowing) {
  Result<CertificateRecord> result = fail(Code::not_found, "certificate.unknown", serial.hex());
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    auto found = writer.find_by_serial(authority, serial);
    if (!found) return fail(found);
    if (!*found || (*found)->stage != Stage::issued) return fail(result);
    auto locked = writer.lock_holder((*found)->holder);
    if (!locked) return fail(locked);
    found = writer.find_by_serial(authority, serial);  // again, now that nobody else can change it
    if (!found) return fail(found);
    if ((*found)->revoked_at) return fail(Code::conflict, "certificate.already_revoked", serial.hex());
    const Instant now = services_.clock.now();
    result = retire(writer, std::move(**found), reason, {}, now, actor);
    if (!result) return fail(result);
    if (auto ended = end_under_way(writer, result->holder, now, actor); !ended) return ended;
    const auto institution = services_.institutions.find(result->holder.institution);
    if (!institution) return fail(institution);
    if (auto told = tell(writer, **institution, **locked, {.letter = "revoked", .certificate = *result}, now); !told) return told;
    return warn_last(writer, **institution, **locked, (*institution)->zone.day_of(now), knowing);
  });
  if (!done) return fail(done);
  return result;
}

Result<CertificateRecord> Holders::hold(const Institution& institution, const std::string& login_id, const std::string& actor,
                                        const std::string& why, bool knowing) {
  Result<CertificateRecord> result = fail(Code::not_found, "holder.unknown", login_id);
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    const auto holder = writer.lock_holder({institution.id, login_id});
    if (!holder) return fail(holder);
    if (!*holder) return fail(result);
    const auto before = find_held(writer, (*holder)->id);
    if (!before) return fail(before);
    const Instant now = services_.clock.now();
    result = hold_holder(writer, institution, **holder, now, actor, why);
    if (!result) return fail(result);
    return warn_last(writer, institution, **holder, institution.zone.day_of(now), knowing || *before);
  });
  if (!done) return fail(done);
  return result;
}

}  // namespace inkan::lifecycle
