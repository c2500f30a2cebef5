#include "web/console/handlers.hpp"
#include "web/console/screens.hpp"
#include "web/words.hpp"

namespace inkan::web::console {

std::string state_words(const Visit& visit, const lifecycle::HolderView& view) {
  if (view.holder.entitlement == lifecycle::Entitlement::terminated) return visit.word("desk.terminated");
  if (!view.certificate) {
    const bool approved = view.holder.entitlement == lifecycle::Entitlement::acquirable;
    return visit.word(approved ? "desk.acquirable" : "desk.no_certificate");
  }
  const auto words = status_words(visit.catalogue(), visit.institution(), *view.certificate, visit.today(), visit.language());
  check(words.has_value(), "words for every state");
  return words->status;
}

void put_case(Values& values, const Visit& visit, const lifecycle::HolderView& view) {
  const lifecycle::Holder& holder = view.holder;
  values.set("login_id", holder.id.login_id)
      .set("role", visit.word("role." + std::string(to_text(holder.role))))
      .set("company", holder.company)
      .set("name", holder.name)
      .set("state", state_words(visit, view))
      .set("file", "/files/" + holder.id.login_id)
      .set("expiry", view.certificate ? visit.long_date(view.certificate->expiry_day) : "-")
      .set("serial", view.certificate ? grouped_serial(view.certificate->serial) : "-");
}

net::Response show_search(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const std::string text(visit.request().find_query("q").value_or(""));
  std::vector<Values> rows;
  std::vector<Values> screens;
  if (!text.empty()) {
    const auto found = visit.desk().bank_desk.find(*who, visit.institution(), text);
    if (!found) return refused(visit, found.error(), "/search");
    for (const lifecycle::HolderView& view : *found) {
      Values row;
      put_case(row, visit, view);
      rows.push_back(std::move(row));
    }
    for (const ScreenNamed& screen : find_screens(visit.catalogue(), text)) {
      Values part;
      part.set("screen_code", screen.code)
          .set("screen_title", screen.title)
          .set("screen_lead", screen.lead)
          .set("screen_next", screen.next)
          .show("has_lead", !screen.lead.empty())
          .show("has_next", !screen.next.empty());
      screens.push_back(std::move(part));
    }
  }
  Values values;
  values.set("typed", text)
      .set("count", std::to_string(rows.size()))
      .show("found", !rows.empty())
      .show("nothing", !text.empty() && rows.empty() && screens.empty())
      .show("screens", !screens.empty());
  if (!screens.empty()) values.sections["screens"].front().repeat("screen", std::move(screens));
  if (!rows.empty()) values.sections["found"].front().repeat("row", std::move(rows));
  return visit.page(200, "desk_search", std::move(values));
}

}  // namespace inkan::web::console
