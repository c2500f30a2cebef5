#include <algorithm>
#include <array>

#include "web/portal/acts.hpp"
#include "web/portal/company.hpp"
#include "web/words.hpp"

// One ID of the company, and what a 管理者 may do for it (O7, O11, O25, O26). The pages offer what the state allows; the rules
// judge anew.

namespace inkan::web {
namespace {

using lifecycle::CertificateStatus;
using lifecycle::ComputerChange;

/// Act is one thing to do for an ID: the end of its address and its pages.
struct Act {
  std::string_view name;
  const char* asks;
  const char* told;
  bool asks_password = false;
  bool asks_reason = false;
};

constexpr std::array kActs = {
    Act{.name = "reissue", .asks = "member_reissue", .told = "member_code", .asks_password = true},
    Act{.name = "hold", .asks = "member_hold", .told = "member_held"},
    Act{.name = "release", .asks = "member_release", .told = "member_released"},
    Act{.name = "revoke", .asks = "member_revoke", .told = "member_revoked", .asks_reason = true},
    Act{.name = "remind", .asks = "member_remind", .told = "member_reminded"},
};

const Act* find_act(const Visit& visit) {
  const std::string name = visit.request().path.substr(std::string_view("/company/act/").size());
  const auto found = std::ranges::find(kActs, name, &Act::name);
  return found == kActs.end() ? nullptr : &*found;
}

/// find_member is one ID of the contract. Error: `holder.unknown`, and those of load_members.
Result<MemberRow> find_member(const Visit& visit, const lifecycle::LoggedIn& who, const std::string& login_id) {
  auto members = load_members(visit, who);
  if (!members) return fail(members);
  for (MemberRow& row : *members)
    if (row.member.view.holder.id.login_id == login_id) return std::move(row);
  return fail(Code::not_found, "holder.unknown");
}

net::Response refused(const Visit& visit, const Error& error) {
  return error.id == "holder.unknown" ? message(visit, 404, "problem_not_found") : refuse_company(visit, error);
}

/// opens tells whether an act is worth offering in this state.
bool opens(const Visit& visit, const MemberRow& row, std::string_view act) {
  const lifecycle::HolderView& view = row.member.view;
  const lifecycle::AcquisitionPolicy& policy = visit.institution().acquisition;
  const bool valid = view.status && may_log_in(*view.status);
  const bool grace = view.status == CertificateStatus::expired_grace;
  const bool held = view.status == CertificateStatus::suspended;
  if (act == "hold") return valid || grace;
  if (act == "release") return held;
  if (act == "revoke") return valid || grace || held;
  if (act == "remind") return is_expiring(row) && !view.holder.mail.empty();
  if (!view.status) return view.holder.entitlement == lifecycle::Entitlement::acquirable;
  if (valid) return policy.computer_change == ComputerChange::administrator;
  return grace && policy.allows(lifecycle::RecoveryMethod::code);
}

std::string link_of(const std::string& login_id) { return "/company/id?id=" + net::percent_encode(login_id); }

Ask ask_of(const Visit& visit, const Act& act, const MemberRow& row) {
  const lifecycle::HolderView& view = row.member.view;
  Ask what{.page = act.asks,
           .facts = facts_of(visit, view.holder, view.certificate),
           .fields = {{"login_id", view.holder.id.login_id}},
           .back = link_of(view.holder.id.login_id),
           .asks_password = act.asks_password,
           .asks_reason = act.asks_reason};
  what.facts.emplace_back("fact.status", row.state);
  return what;
}

/// until is the end of a code's life, as a 管理者 must pass it on.
std::string until(const Visit& visit, const MemberRow& row, Instant made) {
  const lifecycle::AcquisitionPolicy& policy = visit.institution().acquisition;
  const auto& status = row.member.view.status;
  if (status && may_log_in(*status))
    return date_and_time(made + std::chrono::minutes{policy.new_computer_minutes}, visit.institution().zone);
  return date_and_time(made + std::chrono::days{policy.code_days}, visit.institution().zone);
}

net::Response allow_reissue(const Visit& visit, const lifecycle::LoggedIn& who, const Act& act, const MemberRow& row,
                            const Secret& password) {
  const std::string& login_id = row.member.view.holder.id.login_id;
  const Instant now = visit.now();
  const auto code = visit.desk().company.allow_reissue(visit.institution(), who, login_id, password);
  if (!code) return ask(visit, ask_of(visit, act, row), &code.error());
  Facts facts = facts_of(visit, row.member.view.holder, {});
  facts.emplace_back("fact.code_until", until(visit, row, now));
  return tell_code(visit, {.page = act.told, .facts = std::move(facts), .links = {{"company.back", "/company"}}}, *code);
}

Result<void> perform(const Visit& visit, const lifecycle::LoggedIn& who, const Act& act, const std::string& login_id,
                     const net::Form& form) {
  lifecycle::Company& company = visit.desk().company;
  const lifecycle::Institution& institution = visit.institution();
  const bool knowing = form.get("knowing") == "yes";
  const auto plain = [](const auto& result) { return result ? Result<void>() : Result<void>(fail(result)); };
  if (act.name == "hold") return plain(company.hold(institution, who, login_id, knowing));
  if (act.name == "release") return plain(company.release(institution, who, login_id));
  if (act.name == "remind") return company.remind(institution, who, login_id);
  const auto reason = reason_of(form.get("reason"));
  if (!reason) return fail(reason);
  return plain(company.revoke(institution, who, login_id, *reason, knowing));
}

}  // namespace

net::Response show_member(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto row = find_member(visit, *who, std::string(visit.request().find_query("id").value_or("")));
  if (!row) return refused(visit, row.error());
  const lifecycle::HolderView& view = row->member.view;
  if (row->member.self) return net::make_redirect("/certificate");
  std::vector<Values> acts;
  for (const Act& act : kActs) {
    if (!opens(visit, *row, act.name)) continue;
    acts.push_back(
        Values{}
            .set("act_link", "/company/act/" + std::string(act.name) + "?id=" + net::percent_encode(view.holder.id.login_id))
            .set("act_words", visit.word(std::string(act.asks) + ".title")));
  }
  Values values;
  put_row(values, visit, *row);
  values.show("none", acts.empty())
      .show("held", view.status == CertificateStatus::suspended)
      .repeat("act", std::move(acts))
      .show("logged_in", true);
  return visit.page(200, "member", std::move(values));
}

net::Response show_member_act(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const Act* act = find_act(visit);
  if (!act) return message(visit, 404, "problem_not_found");
  const auto row = find_member(visit, *who, std::string(visit.request().find_query("id").value_or("")));
  if (!row) return refused(visit, row.error());
  return ask(visit, ask_of(visit, *act, *row));
}

net::Response do_member_act(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const Act* act = find_act(visit);
  const auto form = net::parse_form(visit.request());
  if (!act || !form) return message(visit, act ? 400 : 404, act ? "problem_forbidden" : "problem_not_found");
  const auto row = find_member(visit, *who, std::string(form->get("login_id")));
  if (!row) return refused(visit, row.error());
  if (act->asks_password) return allow_reissue(visit, *who, *act, *row, Secret{std::string(form->get("password"))});
  const auto done = perform(visit, *who, *act, row->member.view.holder.id.login_id, *form);
  if (!done) return ask(visit, ask_of(visit, *act, *row), &done.error());
  const lifecycle::HolderView& view = row->member.view;
  return tell(
      visit,
      {.page = act->told, .facts = facts_of(visit, view.holder, view.certificate), .links = {{"company.back", "/company"}}});
}

}  // namespace inkan::web
