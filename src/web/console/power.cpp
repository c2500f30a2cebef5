// Taking power away: 一時停止 and 失効, by one person, at once, each after a page that names the consequence.

#include <array>

#include "web/console/handlers.hpp"

namespace inkan::web::console {
namespace {

using pki::RevocationReason;

constexpr std::array kReasons = {RevocationReason::key_compromise, RevocationReason::affiliation_changed,
                                 RevocationReason::cessation_of_operation, RevocationReason::unspecified};

/// find_view is the case for a page before an act; the file itself is opened, and audited, only by show_file.
Result<lifecycle::HolderView> find_view(const Visit& visit, const lifecycle::StaffOnDuty& who, const std::string& login_id) {
  const auto found = visit.desk().bank_desk.find(who, visit.institution(), login_id);
  if (!found) return fail(found);
  for (const lifecycle::HolderView& view : *found)
    if (view.holder.id.login_id == login_id) return view;
  return fail(Code::not_found, "holder.unknown");
}

net::Response confirm_page(const Visit& visit, const lifecycle::StaffOnDuty& who, const std::string& page, const Error* wrong) {
  if (!may_change(who)) return refused(visit, {Code::refused, "staff.role", {}}, "/search");
  const auto view = find_view(visit, who, name_of(visit, "/files/"));
  if (!view) return refused(visit, view.error(), "/search");
  Values values;
  put_case(values, visit, *view);
  values.show("wrong", wrong != nullptr).set("reason_wrong", wrong ? reason_words(visit, *wrong) : "");
  if (page == "desk_revoke") {
    std::vector<Values> options;
    for (const RevocationReason reason : kReasons)
      options.push_back(Values{}
                            .set("reason", std::string(to_text(reason)))
                            .set("reason_words", visit.word("desk_revocation." + std::string(to_text(reason)))));
    values.repeat("option", std::move(options));
  }
  return visit.page(wrong ? 400 : 200, page, std::move(values));
}

net::Response after(const Visit& visit, const lifecycle::StaffOnDuty& who, const Result<lifecycle::CertificateRecord>& done,
                    const std::string& page, const std::string& word) {
  const std::string file = "/files/" + name_of(visit, "/files/");
  if (done) return net::make_redirect(file + "?done=" + word);
  if (done.error().id == "request.text") return confirm_page(visit, who, page, &done.error());
  return refused(visit, done.error(), file);
}

}  // namespace

net::Response show_hold(const Visit& visit) {
  const Entered who = enter(visit);
  return who ? confirm_page(visit, *who, "desk_hold", nullptr) : who.error();
}

net::Response hold(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto form = net::parse_form(visit.request());
  if (!form) return visit.message(400, "desk_forbidden");
  const auto done =
      visit.desk().bank_desk.hold(*who, visit.institution(), name_of(visit, "/files/"), std::string(form->get("why")));
  return after(visit, *who, done, "desk_hold", "held");
}

net::Response show_revoke(const Visit& visit) {
  const Entered who = enter(visit);
  return who ? confirm_page(visit, *who, "desk_revoke", nullptr) : who.error();
}

net::Response revoke(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto form = net::parse_form(visit.request());
  if (!form) return visit.message(400, "desk_forbidden");
  const auto reason = pki::parse_revocation_reason(form->get("reason"));
  if (!reason) return confirm_page(visit, *who, "desk_revoke", &reason.error());
  const auto done =
      visit.desk().bank_desk.revoke(*who, visit.institution(), name_of(visit, "/files/"), *reason, std::string(form->get("why")));
  return after(visit, *who, done, "desk_revoke", "revoked");
}

}  // namespace inkan::web::console
