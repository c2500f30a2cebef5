// Verbs on what is coming.

#include <algorithm>

#include "lifecycle/forecast.hpp"
#include "server/profile.hpp"
#include "server/verbs.hpp"
#include "server/walk.hpp"

namespace inkan::server {
namespace {

using lifecycle::DueCertificate;
using lifecycle::Institution;
using std::chrono::days;

/// read_variant reads the profile that an institution might have tomorrow.
Result<Institution> read_variant(const std::filesystem::path& file, const std::string& id) {
  const auto text = read_file(file);
  if (!text) return fail(text);
  auto profile = parse_profile(*text, file.string());
  if (!profile) return fail(profile);
  if (profile->institution.id != id) return fail(Code::invalid, "simulate.other_institution", profile->institution.id);
  return std::move(profile->institution);
}

std::string last_day(const DueCertificate& due, const Institution& institution) {
  return to_iso(due.expiry_day + days{institution.acquisition.grace_days});
}

}  // namespace

Result<Table> renewals_due(const Where& where, int within_days) {
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  Table table{.columns = {"institution", "login_id", "role", "company", "expiry", "remaining", "serial"}, .rows = {}};
  for (const Institution& each : (*bank)->institutions().all()) {
    const Day today = each.zone.day_of((*bank)->clock().now());
    const auto read = for_each_due((*bank)->store(), each.id, today, today + days{within_days}, [&](const DueCertificate& due) {
      table.rows.push_back({due.holder.institution, due.holder.login_id, std::string(lifecycle::to_text(due.role)), due.company,
                            to_iso(due.expiry_day), static_cast<long long>(days_between(today, due.expiry_day)),
                            due.serial.hex()});
    });
    if (!read) return fail(read);
  }
  return table;
}

Result<Table> simulate(const Where& where, const std::string& institution, int ahead) {
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  const auto found = (*bank)->institutions().find(institution);
  if (!found) return fail(found);
  const Day today = (*found)->zone.day_of((*bank)->clock().now());
  lifecycle::Forecast forecast(**found, today, ahead);
  // What expires after the last day looked at can still open its window before it.
  const Day first = today - days{(*found)->acquisition.grace_days};
  const Day last = today + days{ahead + lifecycle::farthest_reminder(**found)};
  const auto read =
      for_each_due((*bank)->store(), institution, first, last, [&](const DueCertificate& due) { forecast.add(due.expiry_day); });
  if (!read) return fail(read);
  Table table{.columns = {"day", "window_opens", "mails", "last_day", "last_grace_day"}, .rows = {}};
  for (const lifecycle::DayAhead& day : forecast.eventful())
    table.rows.push_back({to_iso(day.day), day.window_opens, day.mails, day.last_day, day.last_grace_day});
  return table;
}

Result<Table> simulate_profile(const Where& where, const std::string& institution, const std::filesystem::path& profile) {
  const auto then = read_variant(profile, institution);
  if (!then) return fail(then);
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  const auto now = (*bank)->institutions().find(institution);
  if (!now) return fail(now);
  const Day today = (*now)->zone.day_of((*bank)->clock().now());
  const int grace = std::max((*now)->acquisition.grace_days, then->acquisition.grace_days);
  const int window = std::max((*now)->renewal.window_days, then->renewal.window_days);
  Table table{.columns = {"login_id", "company", "expiry", "status", "status_then", "last_grace_day", "last_grace_day_then"},
              .rows = {}};
  const auto compare = [&](const DueCertificate& due) {
    const auto status = status_on(due.expiry_day, **now, today);
    const auto changed = status_on(due.expiry_day, *then, today);
    if (status == changed) return;
    table.rows.push_back({due.holder.login_id, due.company, to_iso(due.expiry_day), std::string(lifecycle::to_text(status)),
                          std::string(lifecycle::to_text(changed)), last_day(due, **now), last_day(due, *then)});
  };
  const auto read = for_each_due((*bank)->store(), institution, today - days{grace}, today + days{window}, compare);
  if (!read) return fail(read);
  return table;
}

}  // namespace inkan::server
