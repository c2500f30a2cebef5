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
  values.set("remaining", std::to_string(notice.remaining))
      .set("expiry_short", visit.short_date(notice.expiry_day))
      .set("number", notice.number)
      .show("days", notice.remaining > 0)
      .show("last_day", notice.remaining == 0)
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
