#include "wire/freshness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace inkan::wire {
namespace {

bool same_etag(std::string_view list, const std::string& quoted) {
  for (const std::string& item : split(list, ',')) {
    std::string_view etag = trim(item);
    if (etag == "*") return true;
    if (etag.starts_with("W/")) etag.remove_prefix(2);  // If-None-Match compares weakly (RFC 9110 13.1.2)
    if (etag == quoted) return true;
  }
  return false;
}

}  // namespace

std::string to_http_date(Instant instant) {
  static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto days = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss time(instant - days);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday(days).c_encoding()],
                     static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), time.hours().count(), time.minutes().count(), time.seconds().count());
}

net::Response serve_fresh(const net::Request& request, net::Response response, const Freshness& freshness, Instant now) {
  const std::string quoted = '"' + freshness.etag + '"';
  const std::string modified = to_http_date(freshness.made);
  const auto none_match = request.find_header("If-None-Match");
  const auto modified_since = request.find_header("If-Modified-Since");
  if (none_match ? same_etag(*none_match, quoted) : modified_since == modified) {
    response.status = 304;
    response.body.clear();
  }
  const auto age = std::max(std::chrono::seconds{0}, freshness.until - now);
  response.headers.set("ETag", quoted);
  response.headers.set("Last-Modified", modified);
  response.headers.set("Expires", to_http_date(freshness.until));
  response.headers.set("Cache-Control", fmt::format("max-age={}, public, no-transform, must-revalidate", age.count()));
  return response;
}

}  // namespace inkan::wire
