#include "web/portal/reminder.hpp"

#include "web/words.hpp"

namespace inkan::web {
namespace {

constexpr int kNoticesShown = 20;

}  // namespace

Result<Reminder> load_reminder(const Visit& visit, const lifecycle::LoggedIn& who) {
  Reminder reminder;
  auto read = visit.desk().services.store.read([&](lifecycle::Reader& reader) -> Result<void> {
    auto notices = reader.notices_of(who.holder.id, kNoticesShown);
    if (!notices) return fail(notices);
    reminder.sent = std::move(*notices);
    auto ticket = reader.find_current_ticket(who.holder.id);
    if (!ticket) return fail(ticket);
    reminder.running = *ticket && (*ticket)->replaces == who.certificate.serial;
    return {};
  });
  if (!read) return fail(read);
  reminder.notice = screen_notice(visit.institution(), who.certificate, reminder.sent, visit.today());
  return reminder;
}

void put_notice(Values& values, const Visit& visit, const lifecycle::ScreenNotice& notice, bool running) {
  const Zone& zone = visit.institution().zone;
  const Instant not_after = zone.end_of(notice.expiry_day);
  const lifecycle::RenewalEnd end = renewal_end(visit.institution(), not_after);
  // The last day is the last one on which the service is open; where a maintenance is made up for, the expiry day itself (O19).
  const Day last = end.extended ? notice.expiry_day : zone.day_of(end.last);
  const int left = days_between(visit.today(), last);
  const bool over = end.last < visit.now();
  values.set("remaining", std::to_string(notice.remaining))
      .set("expiry_short", visit.short_date(notice.expiry_day))
      .set("days_left", std::to_string(left))
      .set("last_short", visit.short_date(last))
      .set("last_time", zone.wall_time(end.last).substr(0, 5))
      .set("last_minute", visit.minute(end.last))
      .set("number", notice.number)
      .show("days", left > 0)
      .show("last_day", left == 0 && notice.remaining == 0 && !end.extended && !over)
      .show("last_business", left == 0 && notice.remaining > 0 && !over)
      .show("over", over)
      .show("closes", left > 0 && !end.extended && end.last != not_after)
      .show("late", end.extended)
      .show("numbered", !notice.number.empty())
      .show("running", running);
}

std::string home_of(const Visit& visit) { return visit.screen("notice.placement") == "interstitial+main" ? "/main" : "/notices"; }

std::string first_page(const Visit& visit, const lifecycle::LoggedIn& who) {
  const std::string placement = visit.screen("notice.placement");
  const bool due = screen_notice(visit.institution(), who.certificate, {}, visit.today()).has_value();
  if (due && placement == "interstitial+main") return "/renewal/notice";
  if (due && placement == "renewal_choice") return "/renewal/choice";
  return home_of(visit);
}

}  // namespace inkan::web
