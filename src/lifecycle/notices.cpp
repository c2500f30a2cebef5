#include "lifecycle/notices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lifecycle/holders.hpp"
#include "lifecycle/letters.hpp"

namespace inkan::lifecycle {
namespace {

constexpr int kBatch =
    200;  // certificates decided in one transaction: long enough to share a flush, short enough to let others in
constexpr const char* kJob = "notices";
constexpr int kNoticesLookedAt = 20;

std::string kind_name(int days) { return fmt::format("before-{}", days); }

Result<Letter> render(const Institution& institution, const DueCertificate& due, int remaining, const std::string& number,
                      Instant now) {
  auto values = common_values(institution, due.holder.login_id, due.role, due.company, number);
  add_certificate_values(values, due.expiry_day, due.serial);
  values["remaining"] = std::to_string(remaining);
  auto letter = render_letter(institution, "renewal", values);
  if (!letter) return fail(letter);
  return Letter{.holder = due.holder,
                .notice = number,
                .to = due.mail,
                .subject = std::move(letter->subject),
                .body = std::move(letter->body),
                .message_id = message_id(institution, number, 0),
                .state = LetterState::waiting,
                .next_attempt = now,
                .about = due.serial};
}

Result<void> decide(Writer& writer, const Institution& institution, const DueCertificate& due, const std::string& kind, Day today,
                    Instant now, Notices::DayResult& result) {
  const int remaining = days_between(today, due.expiry_day);
  const auto number = next_number(writer, institution, today);
  if (!number) return fail(number);
  auto letter = render(institution, due, remaining, *number, now);
  if (!letter) return fail(letter);
  auto added = writer.add_notice({.number = *number,
                                  .holder = due.holder,
                                  .serial = due.serial,
                                  .kind = kind,
                                  .decided_on = today,
                                  .remaining = remaining,
                                  .subject = letter->subject,
                                  .body = letter->body});
  if (!added) return fail(added);
  if (!*added) return {};
  ++result.decided;
  if (!due.mail.empty()) {
    if (auto kept = writer.add_letter(*letter); !kept) return kept;
    ++result.letters;
  }
  writer.audit({.at = now,
                .actor = "job notices",
                .action = "notice.decided",
                .institution = institution.id,
                .subject = due.holder.login_id,
                .detail = {{"number", *number}, {"kind", kind}, {"serial", due.serial.hex()}}});
  return {};
}

Result<void> run_kind(const Services& services, const Institution& institution, const CertificateReader::DueQuery& first,
                      Day today, Notices::DayResult& result) {
  CertificateReader::DueQuery query = first;
  while (true) {
    std::vector<DueCertificate> batch;
    auto read = services.store.read([&](Reader& reader) -> Result<void> {
      auto due = reader.due(query);
      if (!due) return fail(due);
      batch = std::move(*due);
      return {};
    });
    if (!read) return read;
    if (batch.empty()) return {};
    Notices::DayResult decided;
    auto done = services.store.transact([&](Writer& writer) -> Result<void> {
      decided = {};
      for (const DueCertificate& due : batch)
        if (auto one = decide(writer, institution, due, query.kind, today, services.clock.now(), decided); !one) return one;
      return {};
    });
    if (!done) return done;
    result.decided += decided.decided;
    result.letters += decided.letters;
    query.after = {{batch.back().expiry_day, batch.back().serial}};
  }
}

/// kFetchDays are the days before the deadline on which a first certificate that nobody fetched is called to mind: of 80 days,
/// day 60 and day 75 (O27).
constexpr std::array kFetchDays = {20, 5};

/// is_reminded tells whether a holder was reminded within the present threshold already; what an outage missed goes out late,
/// once.
Result<bool> is_reminded(Writer& writer, const Holder& holder, int threshold) {
  const auto notices = writer.notices_of(holder.id, kNoticesLookedAt);
  if (!notices) return fail(notices);
  return std::any_of(notices->begin(), notices->end(), [&](const Notice& notice) {
    return notice.kind == "code_reminder" && notice.decided_on >= *holder.acquire_until - std::chrono::days{threshold};
  });
}

Result<void> remind_unfetched(const Services& services, const Institution& institution, Day today, Notices::DayResult& result) {
  std::optional<std::pair<Day, std::string>> after;
  while (true) {
    std::vector<Holder> batch;
    auto read = services.store.read([&](Reader& reader) -> Result<void> {
      auto found = reader.unfetched(institution.id, today, today + std::chrono::days{kFetchDays.front()}, after, kBatch);
      if (!found) return fail(found);
      batch = std::move(*found);
      return {};
    });
    if (!read) return read;
    if (batch.empty()) return {};
    long long decided = 0;
    auto done = services.store.transact([&](Writer& writer) -> Result<void> {
      decided = 0;
      for (const Holder& seen : batch) {
        const auto holder = writer.find_holder(seen.id);
        if (!holder) return fail(holder);
        if (!*holder || (*holder)->entitlement != Entitlement::acquirable) continue;
        // A re-issue was asked for by its holder a few days ago, and its code came with its own deadline.
        const auto certificates = writer.certificates_of(seen.id);
        if (!certificates) return fail(certificates);
        if (!certificates->empty()) continue;
        const int left = days_between(today, *(*holder)->acquire_until);
        const auto reminded = is_reminded(writer, **holder, left <= kFetchDays.back() ? kFetchDays.back() : kFetchDays.front());
        if (!reminded) return fail(reminded);
        if (*reminded) continue;
        auto told =
            tell(writer, institution, **holder,
                 {.letter = "code_reminder", .values = {{"until_long", to_japanese_with_weekday(*(*holder)->acquire_until)}}},
                 services.clock.now());
        if (!told) return told;
        ++decided;
      }
      return {};
    });
    if (!done) return done;
    result.decided += decided;
    after = {*batch.back().acquire_until, batch.back().id.login_id};
  }
}

}  // namespace

Result<Notices::DayResult> Notices::run_day(const Institution& institution, Day today) {
  DayResult result;
  std::vector<int> days = institution.renewal.mail_days;
  std::sort(days.begin(), days.end());
  // Each kind covers the days from its own threshold down to the next smaller one, so that what an outage missed goes out late
  // and once, and a bigger kind is skipped where a smaller one is due (O17).
  int from = 0;
  for (const int threshold : days) {
    auto done = run_kind(services_, institution,
                         {.institution = institution.id,
                          .kind = kind_name(threshold),
                          .first = today + std::chrono::days{from},
                          .last = today + std::chrono::days{threshold},
                          .after = {},
                          .limit = kBatch},
                         today, result);
    if (!done) return fail(done);
    from = threshold + 1;
  }
  if (auto reminded = remind_unfetched(services_, institution, today, result); !reminded) return fail(reminded);
  auto noted = services_.store.transact([&](Writer& writer) { return writer.set_day_done(kJob, institution.id, today); });
  if (!noted) return fail(noted);
  return result;
}

Result<Notices::DayResult> Notices::catch_up(const Institution& institution) {
  const Day today = institution.zone.day_of(services_.clock.now());
  std::optional<Day> done;
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    auto day = reader.day_done(kJob, institution.id);
    if (!day) return fail(day);
    done = *day;
    return {};
  });
  if (!read) return fail(read);
  if (done && *done >= today) return DayResult{};
  return run_day(institution, today);
}

Result<Letter> Notices::preview(const Institution& institution, const std::string& login_id) {
  auto view = Holders(services_).view(institution, login_id);
  if (!view) return fail(view);
  if (!view->certificate) return fail(Code::not_found, "certificate.unknown", login_id);
  const Instant now = services_.clock.now();
  const DueCertificate due{.holder = view->holder.id,
                           .authority = view->certificate->authority,
                           .serial = view->certificate->serial,
                           .expiry_day = view->certificate->expiry_day,
                           .role = view->holder.role,
                           .company = view->holder.company,
                           .mail = view->holder.mail};
  const Day today = institution.zone.day_of(now);
  return render(institution, due, days_between(today, due.expiry_day), "N-00000000-000000", now);
}

std::optional<ScreenNotice> screen_notice(const Institution& institution, const CertificateRecord& certificate,
                                          const std::vector<Notice>& notices, Day today) {
  if (status_of(certificate, institution, today) != CertificateStatus::renewable) return {};
  ScreenNotice notice{.remaining = remaining_days(certificate, today), .expiry_day = certificate.expiry_day, .number = {}};
  for (const Notice& sent : notices) {
    if (sent.serial != certificate.serial || !sent.kind.starts_with("before-")) continue;
    notice.number = sent.number;  // newest first
    break;
  }
  return notice;
}

}  // namespace inkan::lifecycle
