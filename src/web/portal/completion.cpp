#include "base/bytes.hpp"
#include "base/text.hpp"
#include "lifecycle/enrolment.hpp"
#include "web/portal/company_files.hpp"
#include "web/portal/handlers.hpp"
#include "web/words.hpp"

namespace inkan::web {

namespace {

/// calendar_of is the next renewal's first and last day as a calendar file, in base64. It stands in the page itself: the page is
/// on a host where nobody is logged in. The events bear the UIDs of the company's calendar, so that none stands twice.
Result<std::string> calendar_of(const Visit& visit, const lifecycle::CertificateRecord& certificate, Day first) {
  std::vector<CalendarDay> days;
  for (const bool last : {false, true}) {
    auto summary =
        fill(visit.word(last ? "calendar.event_last" : "calendar.event_first"), {{"login_id", certificate.holder.login_id}});
    if (!summary) return fail(summary);
    days.push_back(
        {.uid = renewal_uid(visit.site().portal_host, certificate.holder.login_id, serial_tail(certificate.serial), last),
         .day = last ? certificate.expiry_day : first,
         .summary = std::move(*summary)});
  }
  return to_base64(as_bytes(to_icalendar(days, visit.word("calendar.name"), visit.now())));
}

}  // namespace

net::Response show_completion(const Visit& visit, const lifecycle::CertificateRecord& certificate, const Completion& said) {
  const auto parsed = pki::Certificate::parse(certificate.der);
  if (!parsed) return visit.problem(parsed.error());
  std::vector<Values> parts;
  for (const pki::NamePart& part : parsed->subject().parts()) {
    if (!visit.chose("completion.fields", part.type)) continue;
    std::string name = part.type;
    for (const auto& [type, key] :
         {std::pair{"C", "fact.part_c"}, {"O", "fact.part_o"}, {"OU", "fact.part_ou"}, {"CN", "fact.part_cn"}})
      if (part.type == type) name = visit.word(key);
    parts.push_back(Values{}.set("part_name", name).set("part_value", part.value));
  }
  const Day first = certificate.expiry_day - std::chrono::days{visit.institution().renewal.window_days};
  const auto calendar = calendar_of(visit, certificate, first);
  if (!calendar) return visit.problem(calendar.error());
  Values values;
  values.set("serial", grouped_serial(certificate.serial))
      .set("expiry", visit.long_date(certificate.expiry_day))
      .set("window_days", std::to_string(visit.institution().renewal.window_days))
      .set("next_notice", visit.long_date(first))
      .set("calendar", *calendar)
      .set("calendar_file", "renewal-" + certificate.holder.login_id + "-" + to_compact(first) + ".ics")
      .set("today", visit.long_date(visit.today()))
      .set("portal", visit.portal() + "/")
      .show("has_serial", visit.chose("completion.fields", "serial"))
      .show("has_expiry", visit.chose("completion.fields", "expiry"))
      .show("from_issue", !visit.institution().renewal.carry_over_remaining)
      .show("replaced", said.replaced)
      .show("from_file", said.from_file)
      .show("steps", visit.chose("issue.steps", "yes"))
      .show("branded", visit.chose("issue.brand", "authority"))
      .repeat("subject", std::move(parts));
  const bool unnamed = !visit.chose("completion.fields", "CN");  // on the printed 控え the ID must stand all the same
  values.show("unnamed", unnamed);
  if (unnamed) values.sections["unnamed"].front().set("login_id", certificate.holder.login_id);
  return visit.page(200, "done_" + visit.screen("completion.screen"), std::move(values));
}

}  // namespace inkan::web
