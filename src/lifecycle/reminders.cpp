#include "lifecycle/reminders.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lifecycle/holders.hpp"
#include "lifecycle/letters.hpp"
#include "lifecycle/read_from.hpp"

namespace inkan::lifecycle {
namespace {

constexpr int kBatch = 200;
constexpr int kNoticesLookedAt = 20;
constexpr std::chrono::days kUnusedFor{7};
constexpr std::size_t kMembersListed = 50;

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

/// tell_unfetched tells one holder; false: nothing is due for this one.
Result<bool> tell_unfetched(Writer& writer, const Institution& institution, const HolderId& id, Day today, Instant now) {
  const auto holder = writer.find_holder(id);
  if (!holder) return fail(holder);
  if (!*holder || (*holder)->entitlement != Entitlement::acquirable) return false;
  // A re-issue was asked for by its holder a few days ago, and its code came with its own deadline.
  const auto certificates = writer.certificates_of(id);
  if (!certificates) return fail(certificates);
  if (!certificates->empty()) return false;
  const Day deadline = *(*holder)->acquire_until;
  const bool late = days_between(today, deadline) <= kFetchDays.back();
  const auto reminded = is_reminded(writer, **holder, late ? kFetchDays.back() : kFetchDays.front());
  if (!reminded) return fail(reminded);
  if (*reminded) return false;
  const Event event{.letter = "code_reminder", .values = {{"until_long", to_japanese_with_weekday(deadline)}}};
  if (auto told = tell(writer, institution, **holder, event, now); !told) return fail(told);
  return true;
}

/// old_one is the newest certificate beside this one that its holder can still log in with.
Result<std::optional<CertificateRecord>> old_one(Reader& reader, const Institution& institution, const CertificateRecord& fresh,
                                                 Day today) {
  auto live = reader.live_certificates(fresh.holder);
  if (!live) return fail(live);
  for (CertificateRecord& other : *live)
    if (other.serial != fresh.serial && may_log_in(status_of(other, institution, today))) return std::move(other);
  return std::optional<CertificateRecord>();
}

/// tell_unconfirmed tells one holder; false: the certificate was used, replaced or held since it was listed.
Result<bool> tell_unconfirmed(Writer& writer, const Institution& institution, const CertificateRecord& listed, Day today,
                              Instant now) {
  const auto holder = writer.lock_holder(listed.holder);
  if (!holder) return fail(holder);
  const auto certificate = writer.find_by_serial(listed.authority, listed.serial);
  if (!certificate) return fail(certificate);
  if (!*holder || !*certificate || (*certificate)->confirmed_at || (*certificate)->revoked_at || (*certificate)->held_at)
    return false;
  const auto old = old_one(writer, institution, **certificate, today);
  if (!old) return fail(old);
  Event event{.letter = *old ? "unconfirmed" : "unused", .kind = kUnconfirmed, .certificate = **certificate, .once = true};
  if (*old) {
    std::map<std::string, std::string> of_old;  // what can be done until then is done with the old one
    add_last_minute(of_old, institution, (*old)->expiry_day);
    event.values = {{"old_until", to_japanese_with_weekday((*old)->expiry_day)}, {"closes", of_old["closes"]}};
  }
  if (auto told = tell(writer, institution, **holder, event, now); !told) return fail(told);
  return true;
}

/// post writes the paper letter of one ID that mail does not reach; false: it is reached by another address.
Result<bool> post(Writer& writer, const Institution& institution, const DueCertificate& due, Day today, Instant now) {
  const auto contacts = writer.contacts_of(due.holder);
  if (!contacts) return fail(contacts);
  if (!works_of(*contacts).empty()) return false;
  const auto running = writer.next_notice_numbers(institution.id, today, 1);
  if (!running) return fail(running);
  const std::string number = notice_number(today, *running);
  const int remaining = days_between(today, due.expiry_day);
  auto values = common_values(institution, due.holder.login_id, due.role, due.company, number);
  values["today_long"] = to_japanese_with_weekday(today);
  values["time"] = institution.zone.wall_time(now);
  add_certificate_values(values, due.expiry_day, due.serial);
  add_remaining_values(values, remaining);
  add_last_minute(values, institution, due.expiry_day);
  const auto words = render_letter(institution, "post", values);
  if (!words) return fail(words);
  const auto added = add_decided(writer,
                                 {.number = number,
                                  .holder = due.holder,
                                  .serial = due.serial,
                                  .kind = "post",
                                  .decided_on = today,
                                  .remaining = remaining,
                                  .subject = words->subject,
                                  .body = words->body},
                                 now);
  if (!added) return fail(added);
  if (!*added) return false;
  const auto kept = writer.add_letter({.holder = due.holder,
                                       .notice = number,
                                       .to = {},
                                       .subject = words->subject,
                                       .body = words->body,
                                       .message_id = message_id(institution, number, 0),
                                       .state = LetterState::sealed,
                                       .next_attempt = now,
                                       .about = due.serial});
  if (!kept) return fail(kept);
  return true;
}

/// member_line is one user in a 管理者's list.
std::string member_line(const DigestLine& line, const std::vector<Holder>& company, Day today) {
  return fmt::format("  末尾 {}  {}{}{}", masked_among(line.holder.login_id, company), to_japanese_with_weekday(line.expiry_day),
                     line.expiry_day < today ? " 期限切れ" : "まで", line.reached ? "" : "（メール不達）");
}

std::string list_of(const std::vector<DigestLine>& lines, const std::vector<Holder>& company, Day today) {
  std::string text;
  for (std::size_t at = 0; at < std::min(lines.size(), kMembersListed); ++at)
    text += (at == 0 ? "" : "\n") + member_line(lines[at], company, today);
  if (lines.size() > kMembersListed) text += fmt::format("\n  ほか{}件", lines.size() - kMembersListed);
  return text;
}

/// tell_contract tells the 管理者 of one contract; gives how many.
Result<long long> tell_contract(Writer& writer, const Institution& institution, const std::string& contract, Day today,
                                Instant now) {
  const auto lines = writer.digest_lines(institution.id, contract);
  if (!lines) return fail(lines);
  const auto colleagues = writer.holders_of_contract(institution.id, contract, kContractLimit);
  if (!colleagues) return fail(colleagues);
  long long told = 0;
  for (const Holder& holder : *colleagues) {
    if (lines->empty() || holder.role != Role::administrator || holder.entitlement == Entitlement::terminated) continue;
    const Event event{.letter = "digest", .values = {{"members", list_of(*lines, *colleagues, today)}}};
    if (auto done = tell(writer, institution, holder, event, now); !done) return fail(done);
    ++told;
  }
  if (auto removed = writer.remove_digest(institution.id, contract); !removed) return fail(removed);
  return told;
}

/// tell_each carries `act` out on all that `find` finds after the last one of the page before; a page is one transaction. What
/// `act` says true to is counted.
template <class Item, class Find, class Act>
Result<void> tell_each(const Services& services, long long& decided_in_all, const Find& find, const Act& act) {
  std::optional<Item> last;
  while (true) {
    auto page = read_from(services.store, [&](Reader& reader) -> Result<std::vector<Item>> { return find(reader, last); });
    if (!page) return fail(page);
    if (page->empty()) return {};
    long long decided = 0;
    auto done = services.store.transact([&](Writer& writer) -> Result<void> {
      decided = 0;
      for (const Item& item : *page) {
        const Result<bool> one = act(writer, item, services.clock.now());
        if (!one) return fail(one);
        decided += *one ? 1 : 0;
      }
      return {};
    });
    if (!done) return done;
    decided_in_all += decided;
    last = std::move(page->back());
  }
}

}  // namespace

Result<void> remind_unfetched(const Services& services, const Institution& institution, Day today, long long& decided) {
  return tell_each<Holder>(
      services, decided,
      [&](Reader& reader, const std::optional<Holder>& last) {
        const auto after = last ? std::optional(std::pair(*last->acquire_until, last->id.login_id)) : std::nullopt;
        return reader.unfetched(institution.id, today, today + std::chrono::days{kFetchDays.front()}, after, kBatch);
      },
      [&](Writer& writer, const Holder& seen, Instant now) { return tell_unfetched(writer, institution, seen.id, today, now); });
}

Result<void> remind_unconfirmed(const Services& services, const Institution& institution, Day today, long long& decided) {
  const Instant until = institution.zone.end_of(today - kUnusedFor);
  return tell_each<CertificateRecord>(
      services, decided,
      [&](Reader& reader, const std::optional<CertificateRecord>& last) {
        const auto after = last ? std::optional(std::pair(*last->issued_at, last->serial)) : std::nullopt;
        return reader.unconfirmed(institution.id, until, today, after, kBatch);
      },
      [&](Writer& writer, const CertificateRecord& listed, Instant now) {
        return tell_unconfirmed(writer, institution, listed, today, now);
      });
}

Result<void> write_post(const Services& services, const Institution& institution, Day today, long long& decided) {
  if (institution.renewal.post_days == 0) return {};
  return tell_each<DueCertificate>(
      services, decided,
      [&](Reader& reader, const std::optional<DueCertificate>& last) {
        return reader.unreached({.institution = institution.id,
                                 .kind = "post",
                                 .first = today,
                                 .last = today + std::chrono::days{institution.renewal.post_days},
                                 .after = last ? last->holder.login_id : std::string(),
                                 .limit = kBatch});
      },
      [&](Writer& writer, const DueCertificate& due, Instant now) { return post(writer, institution, due, today, now); });
}

Result<void> tell_digests(const Services& services, const Institution& institution, Day today, long long& decided) {
  while (true) {
    const auto contracts =
        read_from(services.store, [&](Reader& reader) { return reader.digest_contracts(institution.id, kBatch); });
    if (!contracts) return fail(contracts);
    if (contracts->empty()) return {};
    for (const std::string& contract : *contracts) {
      long long told = 0;
      auto done = services.store.transact([&](Writer& writer) -> Result<void> {
        const auto one = tell_contract(writer, institution, contract, today, services.clock.now());
        if (!one) return fail(one);
        told = *one;
        return {};
      });
      if (!done) return done;
      decided += told;
    }
  }
}

}  // namespace inkan::lifecycle
