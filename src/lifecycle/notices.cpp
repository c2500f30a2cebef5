#include "lifecycle/notices.hpp"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <set>

#include "lifecycle/holders.hpp"
#include "lifecycle/letters.hpp"
#include "lifecycle/read_from.hpp"
#include "lifecycle/reminders.hpp"

namespace inkan::lifecycle {
namespace {

constexpr int kBatch =
    500;  // certificates decided in one transaction: long enough to share a flush, short enough to let others in
constexpr const char* kJob = "notices";
constexpr std::string_view kAfter = "after-";

/// Render fills the reminders of one day: what they have in common is made once.
class Render {
 public:
  Render(const Institution& institution, Day today, Instant now) : institution_(institution), today_(today), now_(now) {}

  /// fill gives a letter without its addressee. `name` is the letter's.
  Result<LetterTemplate> fill(const DueCertificate& due, const std::string& name, const std::string& number) {
    auto& of_role = values_[due.role];
    if (of_role.empty()) {
      of_role = common_values(institution_, {}, due.role, {}, {});
      of_role["today_long"] = to_japanese_with_weekday(today_);
      of_role["time"] = institution_.zone.wall_time(now_);
    }
    of_role["company"] = due.company;
    of_role["masked_id"] = masked(due.holder.login_id);
    of_role["number"] = number;
    add_certificate_values(of_role, due.expiry_day, due.serial);
    add_remaining_values(of_role, days_between(today_, due.expiry_day));
    if (name == "renewal") add_last_minute(of_role, institution_, due.expiry_day);
    if (name == "expired")
      add_last_acquisition(of_role, institution_, due.expiry_day + std::chrono::days{institution_.acquisition.grace_days});
    return render_letter(institution_, name, of_role);
  }

 private:
  const Institution& institution_;
  Day today_;
  Instant now_;
  std::map<Role, std::map<std::string, std::string>> values_;
};

/// Decider decides certificates of one kind of reminder, in one running transaction.
struct Decider {
  Writer& writer;
  const Institution& institution;
  const std::string& kind;
  Day today;
  Instant now;
  Notices::DayResult& result;
  Render render{institution, today, now};

  Result<void> decide(const DueCertificate& due, const std::string& number) {
    const auto words = render.fill(due, kind.starts_with(kAfter) ? "expired" : "renewal", number);
    if (!words) return fail(words);
    const auto added = add_decided(writer,
                                   {.number = number,
                                    .holder = due.holder,
                                    .serial = due.serial,
                                    .kind = kind,
                                    .decided_on = today,
                                    .remaining = days_between(today, due.expiry_day),
                                    .subject = words->subject,
                                    .body = words->body},
                                   now);
    if (!added) return fail(added);
    if (!*added) return {};
    ++result.decided;
    return send(due, *words, number);
  }

  /// send puts the letters into the outbox, and the user's line into the company's digest.
  Result<void> send(const DueCertificate& due, const LetterTemplate& words, const std::string& number) {
    std::vector<std::string> to = {due.mail};
    bool reached = due.main_works;
    if (!reached) {
      const auto contacts = writer.contacts_of(due.holder);
      if (!contacts) return fail(contacts);
      auto others = works_of(*contacts);
      reached = !others.empty();
      if (reached) to = std::move(others);
      if (!reached && due.mail.empty()) to.clear();
    }
    for (std::size_t copy = 0; copy < to.size(); ++copy) {
      const auto kept = writer.add_letter({.holder = due.holder,
                                           .notice = number,
                                           .to = to[copy],
                                           .subject = words.subject,
                                           .body = words.body,
                                           .message_id = message_id(institution, number, copy),
                                           .state = LetterState::waiting,
                                           .next_attempt = now,
                                           .about = due.serial});
      if (!kept) return kept;
      ++result.letters;
    }
    const CompanyDigest digest = institution.renewal.company_digest;
    const bool listed = digest == CompanyDigest::all || (digest == CompanyDigest::unreached && !reached);
    if (!listed || due.role != Role::user) return {};
    return writer.put_digest_line(
        {.holder = due.holder, .contract = due.contract, .kind = kind, .expiry_day = due.expiry_day, .reached = reached});
  }
};

Result<void> run_kind(const Services& services, const Institution& institution, const CertificateReader::DueQuery& first,
                      Day today, Notices::DayResult& result) {
  CertificateReader::DueQuery query = first;
  while (true) {
    const auto batch = read_from(services.store, [&](Reader& reader) { return reader.due(query); });
    if (!batch) return fail(batch);
    if (batch->empty()) return {};
    Notices::DayResult decided;
    auto done = services.store.transact([&](Writer& writer) -> Result<void> {
      decided = {};
      const auto first_number = writer.next_notice_numbers(institution.id, today, static_cast<int>(batch->size()));
      if (!first_number) return fail(first_number);
      Decider decider{.writer = writer,
                      .institution = institution,
                      .kind = query.kind,
                      .today = today,
                      .now = services.clock.now(),
                      .result = decided};
      long long number = *first_number;
      for (const DueCertificate& due : *batch)
        if (auto one = decider.decide(due, notice_number(today, number++)); !one) return one;
      return {};
    });
    if (!done) return done;
    result.decided += decided.decided;
    result.letters += decided.letters;
    query.after = {{batch->back().expiry_day, batch->back().serial}};
  }
}

}  // namespace

Result<Notices::DayResult> Notices::run_day(const Institution& institution, Day today) {
  DayResult result;
  const RenewalPolicy& policy = institution.renewal;
  // Each kind covers the days from its own threshold down to the next smaller one, so that what an outage missed goes out late
  // and once, and a bigger kind is skipped where a smaller one is due (O17).
  std::map<int, bool> before;  // and whether a holder may mute it
  for (const int days : policy.more_mail_days) before[days] = true;
  for (const int days : policy.mail_days) before[days] = false;
  const auto run = [&](std::string_view kind, int threshold, Day first, Day last, bool spare_muted) {
    return run_kind(services_, institution,
                    {.institution = institution.id,
                     .kind = fmt::format("{}{}", kind, threshold),
                     .first = first,
                     .last = last,
                     .after = {},
                     .limit = kBatch,
                     .spare_muted = spare_muted},
                    today, result);
  };
  int from = 0;
  for (const auto& [threshold, may_mute] : before) {
    auto done = run("before-", threshold, today + std::chrono::days{from}, today + std::chrono::days{threshold}, may_mute);
    if (!done) return fail(done);
    from = threshold + 1;
  }
  // After expiry the same, the other way round: of 1, 30 and 75 the first covers the days 1 to 29.
  int until = institution.acquisition.grace_days;
  for (const int threshold : std::set<int, std::greater<>>(policy.grace_mail_days.begin(), policy.grace_mail_days.end())) {
    auto done = run(kAfter, threshold, today - std::chrono::days{until}, today - std::chrono::days{threshold}, true);
    if (!done) return fail(done);
    until = threshold - 1;
  }
  for (const auto& also : {remind_unfetched, remind_unconfirmed, write_post, tell_digests})
    if (auto done = also(services_, institution, today, result.decided); !done) return fail(done);
  auto noted = services_.store.transact([&](Writer& writer) { return writer.set_day_done(kJob, institution.id, today); });
  if (!noted) return fail(noted);
  return result;
}

Result<Notices::DayResult> Notices::catch_up(const Institution& institution) {
  const Day today = institution.zone.day_of(services_.clock.now());
  const auto done = read_from(services_.store, [&](Reader& reader) { return reader.day_done(kJob, institution.id); });
  if (!done) return fail(done);
  if (*done && **done >= today) return DayResult{};
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
  const std::string number = "N-00000000-000000";
  const auto words = Render(institution, institution.zone.day_of(now), now).fill(due, "renewal", number);
  if (!words) return fail(words);
  return Letter{.holder = due.holder,
                .notice = number,
                .to = due.mail,
                .subject = words->subject,
                .body = words->body,
                .message_id = message_id(institution, number, 0),
                .next_attempt = now,
                .about = due.serial};
}

Result<void> Notices::set_mute(const Institution& institution, const LoggedIn& who, bool muted) {
  return services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    if (auto locked = writer.lock_holder(who.holder.id); !locked) return fail(locked);
    const auto verdict = judge_certificate(writer, institution, who.session.fingerprint, now);
    if (!verdict) return fail(verdict);
    if (verdict->kind != CertificateVerdict::Kind::good) return fail(Code::unauthenticated, "login.certificate");
    const CertificateRecord& certificate = *verdict->certificate;
    const auto since = writer.muted_since(certificate.authority, certificate.serial);
    if (!since) return fail(since);
    if (since->has_value() == muted) return {};
    AuditEntry entry = entry_for(who.holder.id, now, actor_of(who.holder.id), muted ? "notice.muted" : "notice.unmuted");
    entry.detail["serial"] = certificate.serial.hex();
    writer.audit(std::move(entry));
    return writer.set_mute(certificate.authority, certificate.serial, muted ? std::optional(now) : std::nullopt);
  });
}

Result<bool> Notices::is_muted(const LoggedIn& who) {
  const auto since = read_from(
      services_.store, [&](Reader& reader) { return reader.muted_since(who.certificate.authority, who.certificate.serial); });
  if (!since) return fail(since);
  return since->has_value();
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
