#include <algorithm>

#include "base/text.hpp"
#include "lifecycle/holding.hpp"
#include "web/console/handlers.hpp"
#include "web/console/timeline.hpp"
#include "web/portal/page_kinds.hpp"
#include "web/verdict.hpp"
#include "web/words.hpp"

namespace inkan::web::console {
namespace {

using lifecycle::CertificateRecord;
using lifecycle::CertificateStatus;
using lifecycle::CertificateVerdict;
using lifecycle::HolderView;
using Kind = CertificateVerdict::Kind;

/// filled is a text of the catalogue with its values.
std::string filled(const Visit& visit, const std::string& key, const std::map<std::string, std::string>& values) {
  const auto text = fill(visit.word(key), values);
  check(text.has_value(), "values for " + key);
  return *text;
}

Result<CertificateVerdict> judge(const Visit& visit, const HolderView& view) {
  if (view.certificate) return visit.desk().login.judge(visit.institution(), view.certificate->fingerprint);
  CertificateVerdict verdict;
  if (view.holder.entitlement == lifecycle::Entitlement::terminated) verdict.kind = Kind::terminated;
  return verdict;
}

/// why_words is この客がログインできない理由 in one sentence.
std::string why_words(const Visit& visit, const HolderView& view, const CertificateVerdict& verdict) {
  const auto& holder = view.holder;
  std::map<std::string, std::string> values = refusal_values(visit.institution(), verdict, visit.language());
  if (holder.acquire_until) values["acquire_until"] = visit.long_date(*holder.acquire_until);
  std::string key = refusal_page(verdict).substr(std::string_view("refusal_").size());
  if (verdict.kind == Kind::good) key = view.status == CertificateStatus::issued_unconfirmed ? "unconfirmed" : "good";
  const bool approved = holder.entitlement == lifecycle::Entitlement::acquirable && holder.acquire_until;
  if (verdict.kind == Kind::none) key = approved ? "acquirable" : "none";
  std::string words = filled(visit, "desk_why." + key, values);
  if (approved && verdict.kind != Kind::none && verdict.kind != Kind::good) words += filled(visit, "desk_why.approved", values);
  return words;
}

std::string code_of(const std::string& page) {
  for (const PageKind& kind : portal_pages().kinds)
    if (kind.name == page) return std::string(kind.code);
  return {};
}

/// put_screen fills what the customer sees now: the portal's own words.
void put_screen(Values& values, const Visit& visit, const HolderView& view, const CertificateVerdict& verdict) {
  const bool good = verdict.kind == Kind::good;
  const std::string page = good ? "notices" : refusal_page(verdict);
  const auto facts = refusal_values(visit.institution(), verdict, visit.language());
  std::string next;
  if (good) {
    const auto words = status_words(visit.catalogue(), visit.institution(), *view.certificate, visit.today(), visit.language());
    check(words.has_value(), "words for every state");
    next = words->next;
  } else {
    next = filled(visit, page + ".next", facts);
  }
  // A browser hides a certificate whose days are over, so that the portal sees none.
  const bool hidden = verdict.kind == Kind::expired_grace || verdict.kind == Kind::expired_closed;
  values.set("screen_code", code_of(page))
      .set("screen_title", visit.word(page + ".title"))
      .set("screen_lead", good ? visit.word("desk_file.sees_notices") : filled(visit, page + ".lead", facts))
      .set("screen_next", next)
      .set("hidden_code", code_of("refusal_none"))
      .set("hidden_title", visit.word("refusal_none.title"))
      .show("hidden", hidden);
}

void put_certificates(Values& values, const Visit& visit, const std::vector<CertificateRecord>& certificates) {
  std::vector<Values> rows;
  const Zone& zone = visit.institution().zone;
  for (const CertificateRecord& certificate : certificates) {
    const auto words = status_words(visit.catalogue(), visit.institution(), certificate, visit.today(), visit.language());
    check(words.has_value(), "words for every state");
    const auto ending = ending_of(certificate, visit.institution());
    Values row;
    row.set("c_serial", grouped_serial(certificate.serial))
        .set("c_state", words->status)
        .set("c_issued", certificate.issued_at ? to_slashes(zone.day_of(*certificate.issued_at)) : "-")
        .set("c_expiry", to_slashes(certificate.expiry_day))
        .set("c_revoked", ending ? visit.time(ending->at) : "")
        .set("c_held", certificate.held_at ? visit.time(*certificate.held_at) : "")
        .show("revoked", ending && !certificate.replaced_by)
        .show("held", certificate.held_at && !ending && !lifecycle::is_of_bank(certificate.held_by))
        .show("held_by_bank", certificate.held_at && !ending && lifecycle::is_of_bank(certificate.held_by));
    rows.push_back(std::move(row));
  }
  values.show("certificates", !rows.empty()).show("no_certificates", rows.empty());
  if (!rows.empty()) values.sections["certificates"].front().repeat("certificate", std::move(rows));
}

void put_contacts(Values& values, const Visit& visit, const HolderView& view, std::vector<lifecycle::Contact> contacts,
                  const std::vector<std::string>& shared) {
  const std::string& main = view.holder.mail;
  const bool listed = std::ranges::any_of(contacts, [&](const auto& contact) { return contact.address == main; });
  if (!main.empty() && !listed)
    contacts.insert(contacts.begin(), {.holder = view.holder.id,
                                       .address = main,
                                       .added_at = {},
                                       .checked_at = Instant{},
                                       .check_hash = {},
                                       .check_until = {},
                                       .check_tries = 0,
                                       .undeliverable_since = {},
                                       .undeliverable_why = {},
                                       .soft_bounces = 0});
  std::vector<Values> rows;
  for (const lifecycle::Contact& contact : contacts) {
    Values row;
    row.set("address", contact.address)
        .set("since", contact.undeliverable_since ? visit.time(*contact.undeliverable_since) : "")
        .set("undeliverable_why", contact.undeliverable_why)
        .show("main", contact.address == main)
        .show("unchecked", !contact.checked_at)
        .show("shared", std::ranges::find(shared, contact.address) != shared.end())
        .show("undeliverable", contact.undeliverable_since.has_value());
    rows.push_back(std::move(row));
  }
  values.show("contacts", !rows.empty()).show("no_contacts", rows.empty());
  if (!rows.empty()) values.sections["contacts"].front().repeat("contact", std::move(rows));
}

void put_notices(Values& values, const Visit& visit, const std::vector<lifecycle::Notice>& notices) {
  std::vector<Values> rows;
  for (const lifecycle::Notice& notice : notices)
    rows.push_back(
        Values{}.set("number", notice.number).set("subject", notice.subject).set("day", visit.long_date(notice.decided_on)));
  values.show("notices", !rows.empty()).show("no_notices", rows.empty());
  if (!rows.empty()) values.sections["notices"].front().repeat("notice", std::move(rows));
}

void put_requests(Values& values, const Visit& visit, const std::vector<lifecycle::StaffRequest>& requests) {
  std::vector<Values> rows;
  for (const lifecycle::StaffRequest& request : requests) {
    Values row;
    put_request(row, visit, request);
    rows.push_back(std::move(row));
  }
  values.show("requests", !rows.empty()).show("no_requests", rows.empty());
  if (!rows.empty()) values.sections["requests"].front().repeat("request", std::move(rows));
}

/// put_acts shows what this person may do in this state; the verbs judge again.
void put_acts(Values& values, const lifecycle::StaffOnDuty& who, const HolderView& view) {
  const bool ended = view.holder.entitlement == lifecycle::Entitlement::terminated;
  const auto status = view.status;
  const bool usable = status && may_log_in(*status);
  const bool suspended = status == CertificateStatus::suspended;
  const bool held_by_others = suspended && !lifecycle::is_of_bank(view.certificate->held_by);
  const bool live = view.certificate && !view.certificate->revoked_at;
  const bool change = may_change(who) && !ended;
  const std::string base = "/files/" + view.holder.id.login_id;
  values.set("to_hold", base + "/hold")
      .set("to_revoke", base + "/revoke")
      .set("to_first", base + "/ask?act=first")
      .set("to_reissue", base + "/ask?act=reissue")
      .set("to_release", base + "/ask?act=release")
      .show("acts", may_change(who))
      .show("may_hold", change && (usable || status == CertificateStatus::expired_grace || held_by_others))
      .show("may_revoke", may_change(who) && live)
      .show("may_first", change && !view.certificate)
      .show("may_reissue", change && view.certificate && !usable && !suspended)
      .show("may_release", change && suspended)
      .show("reads_only", !may_change(who));
}

/// put_done says what has just been done, when the address says so.
void put_done(Values& values, const Visit& visit) {
  const auto done = visit.request().find_query("done");
  values.show("done", done == "held" || done == "revoked")
      .show("done_held", done == "held")
      .show("done_revoked", done == "revoked");
}

}  // namespace

net::Response show_file(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto file = visit.desk().bank_desk.open_file(*who, visit.institution(), name_of(visit, "/files/"));
  if (!file) return refused(visit, file.error(), "/search");
  const auto verdict = judge(visit, file->view);
  if (!verdict) return visit.problem(verdict.error());

  Values values;
  put_case(values, visit, file->view);
  put_done(values, visit);
  put_acts(values, *who, file->view);
  put_screen(values, visit, file->view, *verdict);
  put_certificates(values, visit, file->certificates);
  put_contacts(values, visit, file->view, file->contacts, file->shared);
  put_notices(values, visit, file->notices);
  put_requests(values, visit, file->requests);
  put_timeline(values, visit, file->timeline);
  const auto& last = file->view.holder.last_login;
  values.set("why", why_words(visit, file->view, *verdict))
      .set("last_login", last ? visit.time(*last) : "-")
      .show("can", verdict->kind == Kind::good)
      .show("cannot", verdict->kind != Kind::good);
  return visit.page(200, "desk_file", std::move(values));
}

}  // namespace inkan::web::console
