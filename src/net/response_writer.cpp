#include "net/response_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "net/grammar.hpp"

namespace inkan::net {

namespace {

// Fields that net writes itself; a handler's own would contradict them.
bool is_ours(std::string_view name) {
  constexpr std::array kOurs = {"Content-Length", "Transfer-Encoding", "Connection", "Date"};
  return std::any_of(kOurs.begin(), kOurs.end(), [&](std::string_view ours) { return same_name(ours, name); });
}

}  // namespace

const std::string& DateField::at(Instant now) {
  if (!text_.empty() && now == made_) return text_;
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto days = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day day(days);
  const std::chrono::hh_mm_ss time(now - days);
  made_ = now;
  text_ = fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday(days).c_encoding()],
                      static_cast<unsigned>(day.day()), kMonths[static_cast<unsigned>(day.month()) - 1],
                      static_cast<int>(day.year()), time.hours().count(), time.minutes().count(), time.seconds().count());
  return text_;
}

bool is_writable(const Response& response) {
  return response.status >= 200 && response.status <= 599 &&
         std::all_of(response.headers.begin(), response.headers.end(),
                     [](const Header& field) { return is_token(field.name) && is_field_value(field.value); });
}

bool sends_body(const Response& response, Answering answering) {
  return !answering.head && response.status != 204 && response.status != 304;
}

void write_head(std::string& out, const Response& response, Answering answering, std::string_view date) {
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status, reason_phrase(response.status),
                 date);
  for (const Header& field : response.headers) {
    if (is_ours(field.name)) continue;
    out.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  // RFC 9110 8.6: 204 carries no length, and a 304's would be that of the body it does not send.
  if (response.status != 204 && response.status != 304)
    fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", response.body.size());
  out.append(answering.keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
}

}  // namespace inkan::net
