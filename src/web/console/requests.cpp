// What needs two persons: asked for and signed by one, decided and signed by another.

#include "base/text.hpp"
#include "web/console/handlers.hpp"
#include "web/words.hpp"

namespace inkan::web::console {
namespace {

using lifecycle::RequestAct;
using lifecycle::RequestState;
using lifecycle::StaffOnDuty;
using lifecycle::StaffRequest;

/// base64 reads what the page's script sends; a broken text becomes no signature, which the verbs refuse.
Bytes base64(std::string_view text) {
  auto bytes = parse_base64(text);
  return bytes ? std::move(*bytes) : Bytes{};
}

/// public_key is the person's own, for the page to hold the chosen file against.
std::string public_key(const StaffOnDuty& who) {
  const auto certificate = pki::Certificate::parse(who.staff.certificate);
  return certificate ? to_base64(certificate->spki()) : std::string();
}

/// ask_page is the form of a request: for whom, what, how the caller was recognised.
net::Response ask_page(const Visit& visit, const StaffOnDuty& who, const net::Form& typed, const Error* wrong) {
  const auto act = lifecycle::parse_request_act(typed.get("act"));
  if (!act) return visit.message(404, "desk_not_found");
  const std::string login_id = name_of(visit, "/files/");
  if (!may_change(who)) return refused(visit, {Code::refused, "staff.role", {}}, "/files/" + login_id);
  Values values;
  values.set("login_id", login_id)
      .set("file", "/files/" + login_id)
      .set("act", std::string(to_text(*act)))
      .set("act_words", visit.word("desk_act." + std::string(to_text(*act))))
      .set("identity_check", std::string(typed.get("identity_check")))
      .set("call_back", std::string(typed.get("call_back")))
      .set("reason_wrong", wrong ? reason_words(visit, *wrong) : "")
      .show("wrong", wrong != nullptr)
      .show("first", *act == RequestAct::first)
      .show("reissue", *act == RequestAct::reissue)
      .show("release", *act == RequestAct::release);
  return visit.page(wrong ? 400 : 200, "desk_ask", std::move(values));
}

/// sign_page shows a statement in full, with the fields that carry it to the act once it is signed.
struct Statement {
  std::string page;
  std::string text;
  std::string act;   ///< address that takes the signature
  std::string back;  ///< address to give up to
  net::Pairs carried;
};
net::Response sign_page(const Visit& visit, const StaffOnDuty& who, const StaffRequest& request, const Statement& statement,
                        const Error* wrong = nullptr) {
  Values values;
  put_request(values, visit, request);
  std::vector<Values> fields;
  for (const auto& [name, value] : statement.carried)
    fields.push_back(Values{}.set("field_name", name).set("field_value", value));
  values.set("key", public_key(who))
      .set("to_act", statement.act)
      .set("back", statement.back)
      .set("reason_wrong", wrong ? reason_words(visit, *wrong) : "")
      .show("wrong", wrong != nullptr)
      .show("asking", request.request_signature.empty())
      .show("deciding", !request.request_signature.empty())
      .repeat("statement_line", lines(statement.text))
      .repeat("carried", std::move(fields));
  return visit.page(wrong ? 403 : 200, statement.page, std::move(values));
}

Statement request_statement(const Visit& visit, const StaffRequest& request) {
  const std::string file = "/files/" + request.holder.login_id;
  net::Pairs carried = {{"number", request.number},
                        {"act", std::string(to_text(request.act))},
                        {"identity_check", request.identity_check},
                        {"call_back", request.call_back}};
  if (request.about) carried.emplace_back("about", request.about->hex());
  return {.page = "desk_sign_request",
          .text = lifecycle::statement_of(visit.institution(), request),
          .act = file + "/request",
          .back = file,
          .carried = std::move(carried)};
}

Statement approval_statement(const Visit& visit, const StaffRequest& request) {
  const std::string address = "/requests/" + request.number;
  return {.page = "desk_sign_approval",
          .text = lifecycle::decision_of(visit.institution(), request),
          .act = address + "/approve",
          .back = address,
          .carried = {}};
}

/// carried_request is the request that a signed form carries: the statement is made anew from it, and the signature tells whether
/// it is the one that was shown.
Result<StaffRequest> carried_request(const Visit& visit, const StaffOnDuty& who, const net::Form& form) {
  const auto act = lifecycle::parse_request_act(form.get("act"));
  if (!act) return fail(act);
  StaffRequest request{.number = std::string(form.get("number")),
                       .holder = {visit.institution().id, name_of(visit, "/files/")},
                       .act = *act,
                       .state = RequestState::waiting,
                       .about = {},
                       .identity_check = std::string(form.get("identity_check")),
                       .call_back = std::string(form.get("call_back")),
                       .requested_by = who.staff.id.login_id,
                       .requested_at = visit.now(),
                       .request_signature = {},
                       .decided_by = {},
                       .decided_at = {},
                       .decision_signature = {},
                       .decision_note = {}};
  if (const auto about = form.find("about")) {
    auto serial = pki::SerialNumber::parse_hex(*about);
    if (!serial) return fail(serial);
    request.about = std::move(*serial);
  }
  return request;
}

net::Response request_page(const Visit& visit, const StaffOnDuty& who, const StaffRequest& request,
                           const Error* wrong = nullptr) {
  const bool waits = request.state == RequestState::waiting;
  const bool own = request.requested_by == who.staff.id.login_id;
  const std::string address = "/requests/" + request.number;
  Values values;
  put_request(values, visit, request);
  values.set("to_approve", address + "/approve")
      .set("to_refuse", address + "/refuse")
      .set("reason_wrong", wrong ? reason_words(visit, *wrong) : "")
      .show("wrong", wrong != nullptr)
      .show("asked", visit.request().find_query("done") == "asked" && waits)
      .show("mailed", request.state == RequestState::approved && request.act != RequestAct::release)
      .show("may_approve", may_decide(who, request))
      .show("may_refuse", may_decide(who, request))
      .show("may_withdraw", waits && own)
      .show("second_person", waits && own)
      .show("reads_only", waits && !own && !may_decide(who, request))
      .repeat("statement_line", lines(lifecycle::statement_of(visit.institution(), request)));
  return visit.page(wrong ? 400 : 200, "desk_request", std::move(values));
}

}  // namespace

std::vector<Values> lines(const std::string& text) {
  std::vector<Values> all;
  std::vector<std::string> each = split(text, '\n');
  if (!each.empty() && each.back().empty()) each.pop_back();  // every line ends in a line feed: the page's script puts it back
  for (std::string& line : each) all.push_back(Values{}.set("line", std::move(line)));
  return all;
}

void put_request(Values& values, const Visit& visit, const StaffRequest& request) {
  const bool decided = request.state != RequestState::waiting;
  values.set("r_number", request.number)
      .set("r_link", "/requests/" + request.number)
      .set("r_login_id", request.holder.login_id)
      .set("r_file", "/files/" + request.holder.login_id)
      .set("r_act", visit.word("desk_act." + std::string(to_text(request.act))))
      .set("r_state", visit.word("desk_request_state." + std::string(to_text(request.state))))
      .set("r_by", request.requested_by)
      .set("r_at", visit.time(request.requested_at))
      .set("r_identity_check", request.identity_check)
      .set("r_call_back", request.call_back)
      .set("r_decided_by", request.decided_by)
      .set("r_decided_at", request.decided_at ? visit.time(*request.decided_at) : "")
      .set("r_note", request.decision_note)
      .show("r_decided", decided)
      .show("r_noted", !request.decision_note.empty());
}

net::Response show_ask(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  return ask_page(visit, *who, net::Form({{"act", std::string(visit.request().find_query("act").value_or(""))}}), nullptr);
}

net::Response draft(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto form = net::parse_form(visit.request());
  if (!form) return visit.message(400, "desk_forbidden");
  const auto act = lifecycle::parse_request_act(form->get("act"));
  if (!act) return visit.message(400, "desk_forbidden");
  const std::string login_id = name_of(visit, "/files/");
  const auto drafted = visit.desk().bank_desk.draft(visit.institution(), who->staff.id,
                                                    {.act = *act,
                                                     .login_id = login_id,
                                                     .identity_check = std::string(form->get("identity_check")),
                                                     .call_back = std::string(form->get("call_back"))});
  if (drafted) return sign_page(visit, *who, *drafted, request_statement(visit, *drafted));
  if (drafted.error().id == "request.text") return ask_page(visit, *who, *form, &drafted.error());
  return refused(visit, drafted.error(), "/files/" + login_id);
}

net::Response ask(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto form = net::parse_form(visit.request());
  if (!form) return visit.message(400, "desk_forbidden");
  const auto request = carried_request(visit, *who, *form);
  if (!request) return visit.message(400, "desk_forbidden");
  const lifecycle::Signed signature{.by = who->staff.id.login_id, .signature = base64(form->get("signature"))};
  const auto asked = visit.desk().bank_desk.ask(visit.institution(), *request, signature);
  if (asked) return net::make_redirect("/requests/" + asked->number + "?done=asked");
  if (asked.error().id == "request.signature")
    return sign_page(visit, *who, *request, request_statement(visit, *request), &asked.error());
  return refused(visit, asked.error(), "/files/" + name_of(visit, "/files/"));
}

net::Response show_requests(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto waiting = visit.desk().bank_desk.waiting(*who, visit.institution());
  if (!waiting) return refused(visit, waiting.error(), "/search");
  std::vector<Values> rows;
  for (const StaffRequest& request : *waiting) {
    Values row;
    put_request(row, visit, request);
    row.show("own", request.requested_by == who->staff.id.login_id);
    rows.push_back(std::move(row));
  }
  Values values;
  values.show("requests", !rows.empty()).show("no_requests", rows.empty());
  if (!rows.empty()) values.sections["requests"].front().repeat("request", std::move(rows));
  return visit.page(200, "desk_requests", std::move(values));
}

net::Response show_request(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto request = visit.desk().bank_desk.find_request(visit.institution(), name_of(visit, "/requests/"));
  if (!request) return refused(visit, request.error(), "/requests");
  return request_page(visit, *who, *request);
}

net::Response show_approval(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto request = visit.desk().bank_desk.find_request(visit.institution(), name_of(visit, "/requests/"));
  if (!request) return refused(visit, request.error(), "/requests");
  if (!may_decide(*who, *request)) return request_page(visit, *who, *request);
  return sign_page(visit, *who, *request, approval_statement(visit, *request));
}

net::Response approve(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto form = net::parse_form(visit.request());
  if (!form) return visit.message(400, "desk_forbidden");
  const std::string number = name_of(visit, "/requests/");
  const lifecycle::Signed signature{.by = who->staff.id.login_id, .signature = base64(form->get("signature"))};
  const auto approved = visit.desk().bank_desk.approve(visit.institution(), number, signature);
  if (approved) return net::make_redirect("/requests/" + number);
  if (approved.error().id != "request.signature") return refused(visit, approved.error(), "/requests");
  const auto request = visit.desk().bank_desk.find_request(visit.institution(), number);
  if (!request) return refused(visit, request.error(), "/requests");
  return sign_page(visit, *who, *request, approval_statement(visit, *request), &approved.error());
}

net::Response refuse(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto form = net::parse_form(visit.request());
  if (!form) return visit.message(400, "desk_forbidden");
  const std::string number = name_of(visit, "/requests/");
  const auto refused_now =
      visit.desk().bank_desk.refuse(visit.institution(), number, who->staff.id, std::string(form->get("why")));
  if (refused_now) return net::make_redirect("/requests/" + number);
  if (refused_now.error().id == "request.text")
    if (const auto request = visit.desk().bank_desk.find_request(visit.institution(), number))
      return request_page(visit, *who, *request, &refused_now.error());
  return refused(visit, refused_now.error(), "/requests");
}

}  // namespace inkan::web::console
