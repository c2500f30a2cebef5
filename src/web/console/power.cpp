// Taking power away: 一時停止 and 失効, by one person, at once, each after a page that names the consequence.

#include <array>

#include "lifecycle/holding.hpp"
#include "web/console/handlers.hpp"

namespace inkan::web::console {
namespace {

using pki::RevocationReason;

constexpr std::array kReasons = {RevocationReason::key_compromise, RevocationReason::affiliation_changed,
                                 RevocationReason::cessation_of_operation, RevocationReason::unspecified};

bool knows(const net::Form& form) { return form.get("knowing") == "yes"; }

/// find_view is the case for a page before an act; the file itself is opened, and audited, only by show_file.
Result<lifecycle::HolderView> find_view(const Visit& visit, const lifecycle::StaffOnDuty& who, const std::string& login_id) {
  const auto found = visit.desk().bank_desk.find(who, visit.institution(), login_id);
  if (!found) return fail(found);
  for (const lifecycle::HolderView& view : *found)
    if (view.holder.id.login_id == login_id) return view;
  return fail(Code::not_found, "holder.unknown");
}

/// Refused is an act that was asked for and not done: why, and what stood in its form.
struct Refused {
  Error error;
  net::Form form;
};

net::Response confirm_page(const Visit& visit, const lifecycle::StaffOnDuty& who, const std::string& page,
                           const std::optional<Refused>& refused_act = {}) {
  if (!may_change(who)) return refused(visit, {Code::refused, "staff.role", {}}, "/search");
  const auto view = find_view(visit, who, name_of(visit, "/files/"));
  if (!view) return refused(visit, view.error(), "/search");
  Values values;
  put_case(values, visit, *view);
  // The last usable 管理者 is no fault: the page names the consequence and asks to confirm it (O26).
  const bool last = refused_act && (refused_act->error.id == "company.last_administrator" || knows(refused_act->form));
  const bool wrong = refused_act && refused_act->error.id != "company.last_administrator";
  const bool by_others = view->certificate && view->certificate->held_at && !lifecycle::is_of_bank(view->certificate->held_by);
  values.show("wrong", wrong)
      .set("reason_wrong", wrong ? reason_words(visit, refused_act->error) : "")
      .set("typed_why", refused_act ? std::string(refused_act->form.get("why")) : "")
      .show("last", last);
  if (page == "desk_hold") values.show("taken_over", by_others);
  if (page == "desk_revoke") {
    std::vector<Values> options;
    for (const RevocationReason reason : kReasons)
      options.push_back(Values{}
                            .set("reason", std::string(to_text(reason)))
                            .show("picked", refused_act && refused_act->form.get("reason") == to_text(reason))
                            .set("reason_words", visit.word("desk_revocation." + std::string(to_text(reason)))));
    values.repeat("option", std::move(options));
  }
  const int status = wrong ? 400 : 409;
  return visit.page(refused_act ? status : 200, page, std::move(values));
}

net::Response after(const Visit& visit, const lifecycle::StaffOnDuty& who, const Result<lifecycle::CertificateRecord>& done,
                    const std::string& page, const std::string& word, const net::Form& form) {
  const std::string file = "/files/" + name_of(visit, "/files/");
  if (done) return net::make_redirect(file + "?done=" + word);
  if (done.error().id == "request.text" || done.error().id == "company.last_administrator")
    return confirm_page(visit, who, page, Refused{done.error(), form});
  return refused(visit, done.error(), file);
}

}  // namespace

net::Response show_hold(const Visit& visit) {
  const Entered who = enter(visit);
  return who ? confirm_page(visit, *who, "desk_hold") : who.error();
}

net::Response hold(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto form = net::parse_form(visit.request());
  if (!form) return visit.message(400, "desk_forbidden");
  const auto done = visit.desk().bank_desk.hold(*who, visit.institution(), name_of(visit, "/files/"),
                                                std::string(form->get("why")), knows(*form));
  return after(visit, *who, done, "desk_hold", "held", *form);
}

net::Response show_revoke(const Visit& visit) {
  const Entered who = enter(visit);
  return who ? confirm_page(visit, *who, "desk_revoke") : who.error();
}

net::Response revoke(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto form = net::parse_form(visit.request());
  if (!form) return visit.message(400, "desk_forbidden");
  const auto reason = pki::parse_revocation_reason(form->get("reason"));
  if (!reason) return confirm_page(visit, *who, "desk_revoke", Refused{reason.error(), *form});
  const auto done = visit.desk().bank_desk.revoke(*who, visit.institution(), name_of(visit, "/files/"), *reason,
                                                  std::string(form->get("why")), knows(*form));
  return after(visit, *who, done, "desk_revoke", "revoked", *form);
}

}  // namespace inkan::web::console
