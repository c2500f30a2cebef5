#include "web/console/timeline.hpp"

#include <algorithm>
#include <array>

#include "web/words.hpp"

namespace inkan::web::console {
namespace {

/// kDetails are what of an entry's detail helps at a desk; serials are shown by their tail.
constexpr std::array kDetails = {"request", "number", "reason", "why", "address"};

std::string detail_words(const lifecycle::AuditEntry& entry) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : " / ") + part; };
  if (const auto serial = entry.detail.find("serial"); serial != entry.detail.end())
    if (const auto parsed = pki::SerialNumber::parse_hex(serial->second)) add("…" + serial_tail(*parsed));
  for (const char* name : kDetails)
    if (const auto found = entry.detail.find(name); found != entry.detail.end() && !found->second.empty()) add(found->second);
  return text;
}

}  // namespace

std::string action_words(const Visit& visit, const lifecycle::AuditEntry& entry) {
  std::string key = entry.action;
  std::ranges::replace(key, '.', '_');
  return visit.find_word("desk_action." + key).value_or(entry.action);
}

std::string actor_words(const Visit& visit, const lifecycle::AuditEntry& entry) {
  const auto blank = entry.actor.find(' ');
  const std::string kind = entry.actor.substr(0, blank);
  const std::string rest = blank == std::string::npos ? std::string() : entry.actor.substr(blank + 1);
  const std::string id = rest.substr(rest.find('/') + 1);  // all of it when there is no '/'
  if (kind == "holder")
    return id == entry.subject ? visit.word("desk_actor.holder") : visit.word("desk_actor.colleague") + " " + id;
  const auto words = visit.find_word("desk_actor." + kind);
  if (!words) return entry.actor;
  return kind == "staff" || kind == "rest" ? *words + " " + id : *words;
}

void put_timeline(Values& values, const Visit& visit, const std::vector<lifecycle::AuditRecord>& records) {
  std::vector<Values> events;
  for (const lifecycle::AuditRecord& record : records) {
    const std::string detail = detail_words(record.entry);
    Values event;
    event.set("at", visit.time(record.entry.at))
        .set("actor", actor_words(visit, record.entry))
        .set("action", action_words(visit, record.entry))
        .set("detail", detail)
        .show("has_detail", !detail.empty());
    events.push_back(std::move(event));
  }
  values.show("timeline", !events.empty()).show("no_timeline", events.empty());
  if (!events.empty()) values.sections["timeline"].front().repeat("event", std::move(events));
}

}  // namespace inkan::web::console
