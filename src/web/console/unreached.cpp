// 「メール不達」: whose certificate expires within the window and whom mail does not reach (O15, O16).

#include "web/console/handlers.hpp"

namespace inkan::web::console {

net::Response show_unreached(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto list = visit.desk().bank_desk.unreached(*who, visit.institution());
  if (!list) return refused(visit, list.error(), "/search");
  std::vector<Values> rows;
  for (const lifecycle::Unreached& one : list->ids) {
    Values row;
    row.set("login_id", one.due.holder.login_id)
        .set("file", "/files/" + one.due.holder.login_id)
        .set("company", one.due.company)
        .set("role", visit.word("role." + std::string(to_text(one.due.role))))
        .set("expiry", visit.long_date(one.due.expiry_day))
        .set("left", std::to_string(one.remaining))
        .set("address", visit.word(one.has_address ? "desk_unreached.fails" : "desk_unreached.none"))
        .show("by_post", one.by_post);
    rows.push_back(std::move(row));
  }
  const auto& policy = visit.institution().renewal;
  Values values;
  values.set("count", std::to_string(rows.size()))
      .set("window_days", std::to_string(policy.window_days))
      .set("post_days", std::to_string(policy.post_days))
      .show("posts", policy.post_days > 0)
      .show("more", list->more)
      .show("found", !rows.empty())
      .show("nothing", rows.empty());
  if (!rows.empty()) values.sections["found"].front().repeat("row", std::move(rows));
  return visit.page(200, "desk_unreached", std::move(values));
}

}  // namespace inkan::web::console
