#include "web/console/visit.hpp"

#include "base/chance.hpp"
#include "base/log.hpp"
#include "web/cookies.hpp"
#include "web/words.hpp"

namespace inkan::web::console {

Visit::Visit(const Desk& desk, const net::Request& request)
    : desk_(desk), request_(request), language_(preferred_language(request)) {
  if (!request.peer.fingerprint) return;
  const auto read = desk.services.store.read([&](lifecycle::Reader& reader) -> Result<void> {
    auto found = reader.find_staff_by_fingerprint(*request.peer.fingerprint);
    if (!found) return fail(found);
    if (*found && !(*found)->removed_at) staff_ = std::move(**found);
    return {};
  });
  if (!read) trouble_ = read.error();
  if (!staff_) return;
  const auto institution = desk.services.institutions.find(staff_->id.institution);
  if (institution)
    institution_ = *institution;
  else
    staff_.reset();
}

const Languages& Visit::pages() const { return staff_ ? desk_.institutions.at(staff_->id.institution) : desk_.strangers; }

std::string Visit::long_date(Day day) const { return web::long_date(day, language_); }

std::string Visit::time(Instant instant) const { return date_and_time(instant, institution_->zone); }

const Catalogue& Visit::catalogue() const { return pages().at(language_).catalogue(); }

std::string Visit::word(const std::string& key) const {
  const auto text = find_word(key);
  check(text.has_value(), "a text that the catalogue has: " + key);
  return *text;
}

std::optional<std::string> Visit::find_word(const std::string& key) const {
  const auto text = catalogue().text(key);
  if (!text) return {};
  return *text;
}

net::Response Visit::page(int status, const std::string& name, Values values, bool on_duty) const {
  values.show("on_duty", on_duty && staff_.has_value());
  if (staff_) values.set("staff_name", staff_->name).set("staff_role", word("desk_role." + std::string(to_text(staff_->role))));
  const auto html = pages().at(language_).render(name, std::move(values));
  if (html) return net::make_html(status, *html);
  log(LogLevel::error, "web", "web.page_failed", {{"id", html.error().id}, {"detail", html.error().detail}});
  return net::make_text(500, "internal error\n");
}

net::Response Visit::message(int status, const std::string& name, Values values) const {
  for (const char* section : {"reference", "to_back"})
    if (!values.sections.contains(section)) values.show(section, false);
  return page(status, name, std::move(values), false);
}

net::Response Visit::problem(const Error& error) const {
  const std::string reference = make_token(desk_.services.rng, 5);
  const bool later = error.code == Code::unavailable || error.code == Code::too_many;
  log(later ? LogLevel::warning : LogLevel::error, "web", "web.problem",
      {{"reference", reference}, {"id", error.id}, {"detail", error.detail}, {"path", request_.path}});
  return message(later ? 503 : 500, later ? "desk_busy" : "desk_internal",
                 Values{}.set("reference_number", reference).show("reference", true));
}

}  // namespace inkan::web::console
