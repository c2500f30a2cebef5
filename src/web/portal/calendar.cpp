#include <fmt/format.h>

#include <array>
#include <charconv>

#include "web/portal/company.hpp"
#include "web/portal/handlers.hpp"

// 「更新カレンダー」: a month of a company's renewals, as a table.

namespace inkan::web {
namespace {

using std::chrono::days;
using std::chrono::months;
using std::chrono::year_month;
using std::chrono::year_month_day;

year_month month_of(Day day) {
  const year_month_day date{day};
  return date.year() / date.month();
}

/// parse_month reads "2026-11"; this month for anything else.
year_month parse_month(std::string_view text, Day today) {
  const auto day = parse_day(std::string(text) + "-01");
  return text.size() == 7 && day ? month_of(*day) : month_of(today);
}

Day first_of(year_month month) { return Day{std::chrono::local_days{month / 1}}; }

std::string query_of(year_month month) {
  return fmt::format("/company/calendar?month={:04}-{:02}", static_cast<int>(month.year()), static_cast<unsigned>(month.month()));
}

std::string name_of(const Visit& visit, year_month month) {
  const auto number = static_cast<unsigned>(month.month());
  const int year = static_cast<int>(month.year());
  return visit.language() == "en" ? fmt::format("{:04}-{:02}", year, number) : fmt::format("{}年{}月", year, number);
}

Values day_of(const Visit& visit, Day day, bool inside, const std::vector<RenewalDay>& all) {
  std::vector<Values> events;
  if (inside) {
    for (const RenewalDay& one : all) {
      if (one.day != day) continue;
      events.push_back(Values{}
                           .set("event_link", "/company/id?id=" + net::percent_encode(one.login_id))
                           .set("event_id", one.login_id)
                           .show("first", !one.last)
                           .show("last", one.last));
    }
  }
  Values values;
  values.set("number", inside ? std::to_string(static_cast<unsigned>(year_month_day{day}.day())) : "")
      .show("today", inside && day == visit.today())
      .repeat("event", std::move(events));
  return values;
}

}  // namespace

net::Response show_calendar(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto members = load_members(visit, *who);
  if (!members) return refuse_company(visit, members.error());
  const auto all = renewal_days(visit, *members);
  const year_month month = parse_month(visit.request().find_query("month").value_or(""), visit.today());
  const Day first = first_of(month);
  std::vector<Values> weeks;
  // A week begins on Sunday, as Japanese calendars do.
  for (Day day = first - days{std::chrono::weekday{first}.c_encoding()}; day < first_of(month + months{1});) {
    std::vector<Values> cells;
    for (int at = 0; at < 7; ++at, day += days{1}) cells.push_back(day_of(visit, day, month_of(day) == month, all));
    weeks.push_back(Values{}.repeat("day", std::move(cells)));
  }
  Values values;
  values.set("month", name_of(visit, month))
      .set("before", query_of(month - months{1}))
      .set("before_name", name_of(visit, month - months{1}))
      .set("after", query_of(month + months{1}))
      .set("after_name", name_of(visit, month + months{1}))
      .repeat("week", std::move(weeks))
      .show("logged_in", true);
  return visit.page(200, "calendar", std::move(values));
}

}  // namespace inkan::web
