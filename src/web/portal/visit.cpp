#include "web/portal/visit.hpp"

#include <algorithm>

#include "base/chance.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "web/password_words.hpp"
#include "web/portal/screens.hpp"
#include "web/words.hpp"

namespace inkan::web {
Visit::Visit(const Desk& desk, const Site& site, const net::Request& request, std::string label)
    : desk_(desk), site_(site), request_(request), label_(std::move(label)), language_(preferred_language(request)) {}

std::string Visit::carry() const {
  const auto asked = request_.find_query("for");
  return asked ? "?for=" + net::percent_encode(*asked) : std::string();
}

std::string Visit::long_date(Day day) const { return web::long_date(day, language_); }
std::string Visit::short_date(Day day) const { return web::short_date(day, language_); }

std::string Visit::minute(Instant instant) const {
  const Zone& zone = institution().zone;
  return long_date(zone.day_of(instant)) + (language_ == "en" ? ", " : "") + zone.wall_time(instant).substr(0, 5);
}

std::string Visit::screen(const std::string& key) const { return screen_of(institution(), key, today()); }

bool Visit::chose(const std::string& key, const std::string& value) const {
  const auto words = split(screen(key), ' ');
  return std::ranges::find(words, value) != words.end();
}

std::string Visit::word(const std::string& key) const {
  const auto text = site_.pages.at(language_).catalogue().text(key);
  check(text.has_value(), "a text that the catalogue has: " + key);
  return *text;
}

int Visit::wrong_password(Values& values, const Error* refused) const {
  static const PasswordWords kWords = {"password.wrong_password", "password.few_left", "password.locked"};
  values.show("wrong", refused != nullptr);
  if (!refused) return 200;
  values.set("wrong_words", password_words(*refused, kWords, [this](const std::string& key) { return word(key); }));
  return password_status(*refused);
}

net::Response Visit::page(int status, const std::string& name, Values values) const {
  const auto html = site_.pages.at(language_).render(name, std::move(values));
  if (html) return net::make_html(status, *html);
  log(LogLevel::error, "web", "web.page_failed", {{"id", html.error().id}, {"detail", html.error().detail}});
  return net::make_text(500, "internal error\n");
}

net::Response Visit::closed(const std::optional<lifecycle::CertificateRecord>& shown) const {
  const auto opens = next_opening(institution().hours, institution().zone, now());
  const auto end = shown ? std::optional(renewal_end(institution(), shown->not_after)) : std::nullopt;
  const bool in_time = opens && end && *opens <= end->last;
  Values values;
  values.set("opens", opens ? minute(*opens) : "")
      .set("last_minute", end ? minute(end->last) : "")
      .set("portal", portal() + "/")
      .show("to_opening", opens.has_value())
      .show("late", in_time && end->extended)
      .show("last", in_time && !end->extended)
      .show("missed", end && !in_time);
  net::Response response = page(503, "problem_closed", std::move(values));
  if (opens) response.headers.set("Retry-After", std::to_string((*opens - now()).count()));
  return response;
}

net::Response Visit::problem(const Error& error) const {
  if (error.id == "service.closed") return closed();
  const std::string reference = make_token(desk_.services.rng, 5);
  const bool later = error.code == Code::unavailable || error.code == Code::too_many;
  log(later ? LogLevel::warning : LogLevel::error, "web", "web.problem",
      {{"reference", reference}, {"id", error.id}, {"detail", error.detail}, {"path", request_.path}});
  Values values;
  values.set("reference_number", reference).set("portal", portal() + "/");
  values.show("reference", true).show("to_portal", true).show("to_again", false).show("closable", false).show("to_main", false);
  return page(later ? 503 : 500, later ? "problem_busy" : "problem_internal", std::move(values));
}

}  // namespace inkan::web
