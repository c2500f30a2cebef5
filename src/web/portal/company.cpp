#include "web/portal/company.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "web/portal/company_files.hpp"
#include "web/portal/handlers.hpp"
#include "web/portal/reminder.hpp"
#include "web/words.hpp"

namespace inkan::web {
namespace {

using lifecycle::CertificateStatus;
using lifecycle::Company;
using lifecycle::Role;

/// counts tells whether a certificate's days still mean something to its holder.
bool counts(const std::optional<CertificateStatus>& status) {
  return status && (may_log_in(*status) || *status == CertificateStatus::suspended);
}

Result<std::string> state_of(const Visit& visit, const lifecycle::HolderView& view) {
  if (view.certificate) {
    auto words = status_words(visit.site().pages.at(visit.language()).catalogue(), visit.institution(), *view.certificate,
                              visit.today(), visit.language());
    if (!words) return fail(words);
    return std::move(words->status);
  }
  const auto& until = view.holder.acquire_until;
  const bool approved = view.holder.entitlement == lifecycle::Entitlement::acquirable && (!until || visit.today() <= *until);
  if (!approved || !until) return visit.word(approved ? "company.to_acquire" : "company.without");
  return fill(visit.word("company.to_acquire_until"), {{"until", visit.short_date(*until)}});
}

/// key_of puts what ends first before the rest: what cannot end any more comes after, and no certificate last.
std::pair<int, Day> key_of(const MemberRow& row) {
  const auto& certificate = row.member.view.certificate;
  if (!certificate) return {2, Day{}};
  return {row.remaining ? 0 : 1, certificate->expiry_day};
}

const char* mail_word(const Company::Member& member) {
  if (member.view.holder.mail.empty()) return "company.mail_none";
  return member.mail_undeliverable ? "company.mail_fails" : "company.mail_good";
}

std::string expiry_of(const MemberRow& row) {
  return row.member.view.certificate ? to_slashes(row.member.view.certificate->expiry_day) : std::string("-");
}

net::Response file(std::string type, std::string name, std::string content) {
  net::Response response = net::make_response(200, std::move(type), std::move(content));
  response.headers.set("Content-Disposition", "attachment; filename=\"" + name + "\"");
  return response;
}

}  // namespace

Result<std::vector<MemberRow>> load_members(const Visit& visit, const lifecycle::LoggedIn& who) {
  auto members = visit.desk().company.members(visit.institution(), who);
  if (!members) return fail(members);
  std::vector<MemberRow> rows;
  for (Company::Member& member : *members) {
    auto state = state_of(visit, member.view);
    if (!state) return fail(state);
    MemberRow row{.member = std::move(member), .state = std::move(*state)};
    const auto& view = row.member.view;
    if (counts(view.status)) {
      const int remaining = remaining_days(*view.certificate, visit.today());
      if (remaining >= 0) row.remaining = remaining;
    }
    rows.push_back(std::move(row));
  }
  std::ranges::stable_sort(rows, {}, key_of);
  return rows;
}

bool is_expiring(const MemberRow& row) { return row.member.view.status == CertificateStatus::renewable; }

void put_row(Values& values, const Visit& visit, const MemberRow& row) {
  const lifecycle::Holder& holder = row.member.view.holder;
  values.set("row_id", holder.id.login_id)
      .set("row_link", "/company/id?id=" + net::percent_encode(holder.id.login_id))
      .set("row_role", visit.word("role." + std::string(to_text(holder.role))))
      .set("row_name", holder.name)
      .set("row_state", row.state)
      .set("row_expiry", expiry_of(row))
      .set("row_remaining", row.remaining ? std::to_string(*row.remaining) : "-")
      .set("row_mail", visit.word(mail_word(row.member)));
}

std::vector<RenewalDay> renewal_days(const Visit& visit, const std::vector<MemberRow>& rows) {
  std::vector<RenewalDay> days;
  for (const MemberRow& row : rows) {
    if (!row.remaining) continue;
    const lifecycle::CertificateRecord& certificate = *row.member.view.certificate;
    const std::string& login_id = row.member.view.holder.id.login_id;
    const Day first = certificate.expiry_day - std::chrono::days{visit.institution().renewal.window_days};
    days.push_back({.day = first, .login_id = login_id, .serial_tail = serial_tail(certificate.serial)});
    days.push_back({.day = certificate.expiry_day, .login_id = login_id, .last = true, .serial_tail = days.back().serial_tail});
  }
  std::ranges::stable_sort(days, {}, &RenewalDay::day);
  return days;
}

net::Response refuse_company(const Visit& visit, const Error& error) {
  if (error.id == "company.not_administrator") return message(visit, 403, "problem_not_administrator");
  if (error.id == "login.certificate") return net::make_redirect("/login");
  return visit.problem(error);
}

net::Response show_company(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto members = load_members(visit, *who);
  if (!members) return refuse_company(visit, members.error());
  const bool few = visit.request().find_query("show") == "expiring";
  std::vector<Values> rows;
  for (const MemberRow& member : *members)
    if (!few || is_expiring(member)) put_row(rows.emplace_back(), visit, member);
  // O8: with one 管理者 alone, whatever stops that certificate stops the company.
  const auto is_able = [](const MemberRow& row) {
    const lifecycle::HolderView& view = row.member.view;
    return view.holder.role == Role::administrator && view.status && may_log_in(*view.status);
  };
  Values values;
  values.set("company", who->holder.company)
      .set("count", std::to_string(rows.size()))
      .set("window", std::to_string(visit.institution().renewal.window_days))
      .show("all", !few)
      .show("few", few)
      .show("lone", std::ranges::count_if(*members, is_able) < 2)
      .show("none", rows.empty())
      .show("some", !rows.empty())
      .show("logged_in", true);
  if (!rows.empty()) values.sections["some"].front().repeat("row", std::move(rows));
  return visit.page(200, "company", std::move(values));
}

net::Response send_ids(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto members = load_members(visit, *who);
  if (!members) return refuse_company(visit, members.error());
  std::vector<std::vector<std::string>> lines = {
      {visit.word("fact.login_id"), visit.word("fact.role"), visit.word("fact.holder_name"), visit.word("fact.status"),
       visit.word("fact.expiry"), visit.word("company.remaining"), visit.word("company.mail")}};
  for (const MemberRow& row : *members) {
    const lifecycle::Holder& holder = row.member.view.holder;
    const auto& certificate = row.member.view.certificate;
    lines.push_back({holder.id.login_id, visit.word("role." + std::string(to_text(holder.role))), holder.name, row.state,
                     certificate ? to_iso(certificate->expiry_day) : "", row.remaining ? std::to_string(*row.remaining) : "",
                     visit.word(mail_word(row.member))});
  }
  return file("text/csv; charset=utf-8", "ids-" + to_compact(visit.today()) + ".csv", to_csv(lines));
}

net::Response send_calendar(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto members = load_members(visit, *who);
  if (!members) return refuse_company(visit, members.error());
  std::vector<CalendarDay> days;
  for (const RenewalDay& one : renewal_days(visit, *members)) {
    const std::string uid = renewal_uid(visit.site().portal_host, one.login_id, one.serial_tail, one.last);
    const std::string word = visit.word(one.last ? "calendar.event_last" : "calendar.event_first");
    auto summary = fill(word, {{"login_id", one.login_id}});
    if (!summary) return visit.problem(summary.error());
    days.push_back({.uid = uid, .day = one.day, .summary = std::move(*summary)});
  }
  return file("text/calendar; charset=utf-8", "renewals-" + to_compact(visit.today()) + ".ics",
              to_icalendar(days, visit.word("calendar.name"), visit.now()));
}

Result<void> put_duties(Values& values, const Visit& visit, const lifecycle::LoggedIn& who) {
  const auto undeliverable = is_main_undeliverable(visit, who);
  if (!undeliverable) return fail(undeliverable);
  const bool administrator = who.holder.role == Role::administrator;
  std::vector<Values> rows;
  int soon = 0;
  const auto& mail_days = visit.institution().renewal.mail_days;
  // The days of the last letter; a third of the window where that is the window itself (D5).
  const int window = visit.institution().renewal.window_days;
  const int last_letter = mail_days.empty() ? window : *std::ranges::min_element(mail_days);
  const int soon_days = last_letter < window ? last_letter : window / 3;
  if (administrator) {
    const auto members = load_members(visit, who);
    if (!members) return fail(members);
    for (const MemberRow& member : *members) {
      if (!is_expiring(member) || member.member.self) continue;
      put_row(rows.emplace_back(), visit, member);
      if (*member.remaining <= soon_days) ++soon;
    }
  }
  const std::size_t count = rows.size();
  values.show("undeliverable", *undeliverable).show("administrator", administrator).show("expiring", count > 0);
  if (count == 0) return {};
  values.sections["expiring"]
      .front()
      .set("soon_days", std::to_string(soon_days))
      .set("soon_count", std::to_string(soon))
      .set("window", std::to_string(visit.institution().renewal.window_days))
      .set("window_count", std::to_string(count))
      .repeat("row", std::move(rows));
  return {};
}

}  // namespace inkan::web
