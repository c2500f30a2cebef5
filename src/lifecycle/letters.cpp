#include "lifecycle/letters.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "lifecycle/holders.hpp"
#include "pki/seal.hpp"

namespace inkan::lifecycle {
namespace {

constexpr std::size_t kTail = 3;

std::string tail(std::string_view text, std::size_t count) {
  return std::string(text.substr(text.size() - std::min(text.size(), count)));
}

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

std::string short_date(Day day) {
  const std::chrono::year_month_day ymd{day};
  return fmt::format("{}月{}日", static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
}

std::string last_minute(const Zone& zone, Instant last) {
  const std::string clock = zone.wall_time(last);
  return fmt::format("{}{}時{}分まで", to_japanese_with_weekday(zone.day_of(last)), clock.substr(0, 2), clock.substr(3, 2));
}

/// recipients are the addresses an event goes to: the holder's checked ones that mail reaches, else all checked ones, else the
/// main one; for an ID without any address the company's 管理者 get it (O16).
Result<std::vector<std::string>> recipients(Writer& writer, const Holder& holder) {
  auto contacts = writer.contacts_of(holder.id);
  if (!contacts) return fail(contacts);
  std::vector<std::string> reached = works_of(*contacts);
  if (!reached.empty()) return reached;
  std::vector<std::string> checked;
  for (const Contact& contact : *contacts)
    if (contact.checked_at) checked.push_back(contact.address);
  if (!checked.empty()) return checked;
  if (!holder.mail.empty()) return std::vector<std::string>{holder.mail};
  if (holder.role == Role::administrator) return std::vector<std::string>{};
  auto colleagues = writer.holders_of_contract(holder.id.institution, holder.contract, kContractLimit);
  if (!colleagues) return fail(colleagues);
  for (const Holder& colleague : *colleagues)
    if (colleague.role == Role::administrator && !colleague.mail.empty() && colleague.entitlement != Entitlement::terminated)
      reached.push_back(colleague.mail);
  return reached;
}

std::map<std::string, std::string> values_of(const Institution& institution, const Holder& holder, const Event& event,
                                             const std::string& number, Instant now) {
  auto values = common_values(institution, holder.id.login_id, holder.role, holder.company, number);
  values["today_long"] = to_japanese_with_weekday(institution.zone.day_of(now));
  values["time"] = institution.zone.wall_time(now);
  if (event.certificate) {
    add_certificate_values(values, event.certificate->expiry_day, event.certificate->serial);
    add_remaining_values(values, remaining_days(*event.certificate, institution.zone.day_of(now)));
  }
  if (event.letter == "remind") add_last_minute(values, institution, event.certificate->expiry_day);
  for (const auto& [name, value] : event.values) values[name] = value;
  return values;
}

}  // namespace

const std::vector<std::string> kEventLetters = {
    "issued",        "renewed",         "acquired",       "held",          "released",      "revoked",         "locked",
    "code",          "code_letter",     "code_requested", "code_released", "code_reminder", "computer_change", "address_check",
    "address_added", "address_removed", "undeliverable",  "unconfirmed",   "unused",        "digest",          "expired",
    "post",          "remind"};

const std::vector<std::string>& letter_placeholders() {
  static const std::vector<std::string> names = {"bank", "self", "login", "company", "masked_id", "role", "number"};
  return names;
}

std::vector<std::string> own_placeholders(std::string_view letter) {
  if (letter == "renewal") return {"remaining", "countdown", "expiry_long", "expiry_short", "serial_tail", "closes"};
  std::vector<std::string> names = {"today_long", "time"};
  const auto add = [&](std::initializer_list<const char*> more) { names.insert(names.end(), more.begin(), more.end()); };
  if (letter == "issued" || letter == "renewed" || letter == "acquired" || letter == "held" || letter == "released" ||
      letter == "revoked")
    add({"expiry_long", "expiry_short", "serial_tail"});
  if (letter == "remind" || letter == "post") add({"expiry_long", "expiry_short", "serial_tail", "remaining", "countdown"});
  if (letter == "remind" || letter == "post") add({"closes"});
  if (letter == "unconfirmed") add({"expiry_long", "expiry_short", "serial_tail", "old_until", "closes"});
  if (letter == "unused") add({"expiry_long", "expiry_short", "serial_tail"});
  if (letter == "expired") add({"expiry_long", "expiry_short", "serial_tail", "grace_until_long", "closes"});
  if (letter == "digest") add({"members"});
  if (letter == "code" || letter == "code_letter") add({"code", "until_long"});
  if (letter == "code_requested") add({"stop_number", "sent_at"});
  if (letter == "code_released" || letter == "code_reminder") add({"until_long"});
  if (letter == "address_check") add({"code"});
  if (letter == "address_added" || letter == "address_removed") add({"masked_address"});
  if (letter == "undeliverable") add({"masked_address", "masked_user"});
  return names;
}

std::vector<std::string> works_of(const std::vector<Contact>& contacts) {
  std::vector<std::string> reached;
  for (const Contact& contact : contacts)
    if (contact.checked_at && !contact.undeliverable_since) reached.push_back(contact.address);
  return reached;
}

std::string masked(const std::string& login_id) { return "…" + tail(login_id, kTail); }

std::string masked_among(const std::string& login_id, const std::vector<Holder>& company) {
  for (std::size_t shown = kTail; shown < login_id.size(); ++shown) {
    const std::string end = tail(login_id, shown);
    const bool alone = std::ranges::none_of(
        company, [&](const Holder& other) { return other.id.login_id != login_id && other.id.login_id.ends_with(end); });
    if (alone) return "…" + end;
  }
  return login_id;
}

std::string masked_address(const std::string& address) {
  const auto at = address.find('@');
  if (at == std::string::npos) return "…";
  return address.substr(0, 1) + "…" + address.substr(at);
}

std::map<std::string, std::string> common_values(const Institution& institution, const std::string& login_id, Role role,
                                                 const std::string& company, const std::string& number) {
  const auto word = [&](const char* key) {
    const auto found = institution.words.find(key);
    return found == institution.words.end() ? std::string() : found->second;
  };
  return {{"bank", institution.name}, {"self", word("term.self")},     {"login", word("term.login")},
          {"company", company},       {"masked_id", masked(login_id)}, {"role", std::string(to_japanese(role))},
          {"number", number}};
}

void add_certificate_values(std::map<std::string, std::string>& values, Day expiry, const pki::SerialNumber& serial) {
  values["expiry_long"] = to_japanese_with_weekday(expiry);
  values["expiry_short"] = short_date(expiry);
  values["serial_tail"] = upper(tail(serial.hex(), 4));
}

void add_remaining_values(std::map<std::string, std::string>& values, int remaining) {
  values["remaining"] = std::to_string(remaining);
  values["countdown"] = remaining == 0 ? "有効期限は、本日です" : fmt::format("有効期限まで、あと{}日です", remaining);
}

void add_last_acquisition(std::map<std::string, std::string>& values, const Institution& institution, Day grace_until) {
  values["grace_until_long"] = to_japanese_with_weekday(grace_until);
  const Instant end = institution.zone.end_of(grace_until);
  const Instant last = last_opening(institution.hours, institution.zone, end).value_or(end);
  values["closes"] = last == end ? std::string() : "\n  再取得の受付 " + last_minute(institution.zone, last);
}

void add_last_minute(std::map<std::string, std::string>& values, const Institution& institution, Day expiry) {
  const Instant not_after = institution.zone.end_of(expiry);
  const RenewalEnd end = renewal_end(institution, not_after);
  values["closes"].clear();
  if (end.last == not_after) return;
  values["closes"] = "\n  更新の受付 " + last_minute(institution.zone, end.last) +
                     (end.extended ? "\n  （期限の日のメンテナンスのため延長します）" : "");
  if (!end.extended) values["expiry_short"] = short_date(institution.zone.day_of(end.last));
}

Result<LetterTemplate> render_letter(const Institution& institution, const std::string& name,
                                     const std::map<std::string, std::string>& values) {
  const auto words = institution.letters.find(name);
  if (words == institution.letters.end()) return fail(Code::corrupt, "letter.missing", name);
  auto subject = fill(words->second.subject, values);
  if (!subject) return fail(subject);
  auto body = fill(words->second.body, values);
  if (!body) return fail(body);
  return LetterTemplate{.subject = std::move(*subject), .body = std::move(*body)};
}

std::string message_id(const Institution& institution, const std::string& number, std::size_t copy) {
  const std::string place = copy == 0 ? std::string() : fmt::format(".{}", copy + 1);
  return fmt::format("<{}.{}{}@{}>", number, institution.id, place, institution.mail_domain);
}

std::string notice_number(Day day, long long running) { return fmt::format("N-{}-{:06}", to_compact(day), running); }

Result<bool> add_decided(Writer& writer, const Notice& notice, Instant now) {
  const auto added = writer.add_notice(notice);
  if (!added || !*added) return added;
  writer.audit({.at = now,
                .actor = "job notices",
                .action = "notice.decided",
                .institution = notice.holder.institution,
                .subject = notice.holder.login_id,
                .detail = {{"number", notice.number}, {"kind", notice.kind}, {"serial", notice.serial->hex()}}});
  return true;
}

namespace {

/// Written is a letter of one event, its notice on record, before it takes a way to somebody.
struct Written {
  std::string number;
  LetterTemplate letter;
};

std::optional<pki::SerialNumber> about(const Event& event) {
  return event.once && event.certificate ? std::optional(event.certificate->serial) : std::nullopt;
}

/// write puts the notice on record; nothing is written, and nothing given, when an event that is told once was told before.
Result<std::optional<Written>> write(Writer& writer, const Institution& institution, const Holder& holder, const Event& event,
                                     Instant now) {
  const Day today = institution.zone.day_of(now);
  const auto running = writer.next_notice_numbers(institution.id, today, 1);
  if (!running) return fail(running);
  const std::string number = notice_number(today, *running);
  auto values = values_of(institution, holder, event, number, now);
  auto letter = render_letter(institution, event.letter, values);
  if (!letter) return fail(letter);
  // What is read again under お送りしたお知らせ shows no code.
  std::optional<LetterTemplate> covered;
  if (event.secret) {
    values["code"] = "****-****-****-****";
    auto rendered = render_letter(institution, event.letter, values);
    if (!rendered) return fail(rendered);
    covered = std::move(*rendered);
  }
  const LetterTemplate& kept = covered ? *covered : *letter;
  auto added = writer.add_notice({.number = number,
                                  .holder = holder.id,
                                  .serial = about(event),
                                  .kind = event.kind.empty() ? event.letter : event.kind,
                                  .decided_on = today,
                                  .remaining = event.certificate ? remaining_days(*event.certificate, today) : 0,
                                  .subject = kept.subject,
                                  .body = kept.body});
  if (!added) return fail(added);
  if (!*added) return std::optional<Written>();
  return Written{.number = number, .letter = std::move(*letter)};
}

void audit_told(Writer& writer, const Institution& institution, const Holder& holder, const Event& event, const Written& written,
                std::size_t copies, Instant now) {
  writer.audit({.at = now,
                .actor = "story",
                .action = "notice.told",
                .institution = institution.id,
                .subject = holder.id.login_id,
                .detail = {{"number", written.number}, {"letter", event.letter}, {"copies", std::to_string(copies)}}});
}

Letter letter_to(const Institution& institution, const Holder& holder, const Event& event, const Written& written,
                 const std::string& to, std::size_t copy, Instant now) {
  return {.holder = holder.id,
          .notice = written.number,
          .to = to,
          .subject = written.letter.subject,
          .body = written.letter.body,
          .message_id = message_id(institution, written.number, copy),
          .state = LetterState::waiting,
          .next_attempt = now,
          .about = about(event),
          .wipe = event.secret};
}

Result<void> tell_all(Writer& writer, const Institution& institution, const Holder& holder,
                      const std::vector<std::string>& addresses, const Event& event, Instant now) {
  const auto told = write(writer, institution, holder, event, now);
  if (!told) return fail(told);
  if (!*told) return {};
  const Written& written = **told;
  for (std::size_t copy = 0; copy < addresses.size(); ++copy) {
    auto put = writer.add_letter(letter_to(institution, holder, event, written, addresses[copy], copy, now));
    if (!put) return put;
  }
  audit_told(writer, institution, holder, event, written, addresses.size(), now);
  return {};
}

}  // namespace

Result<void> tell(Writer& writer, const Institution& institution, const Holder& holder, const Event& event, Instant now) {
  const auto addresses = recipients(writer, holder);
  if (!addresses) return fail(addresses);
  return tell_all(writer, institution, holder, *addresses, event, now);
}

Result<void> tell_at(Writer& writer, const Institution& institution, const Holder& holder, const std::string& address,
                     const Event& event, Instant now) {
  return tell_all(writer, institution, holder, {address}, event, now);
}

Result<void> tell_sealed(Writer& writer, const Institution& institution, const Holder& holder, const Event& event, Instant now) {
  if (institution.acquisition.printer.empty()) return fail(Code::refused, "recovery.no_address");
  const auto printer = pki::Certificate::parse(institution.acquisition.printer);
  if (!printer) return fail(printer);
  const auto told = write(writer, institution, holder, event, now);
  if (!told) return fail(told);
  if (!*told) return {};
  const Written& written = **told;
  const auto sealed = pki::seal(as_bytes(written.letter.body), *printer);
  if (!sealed) return fail(sealed);
  Letter letter = letter_to(institution, holder, event, written, {}, 0, now);
  letter.body = to_base64(*sealed);
  letter.state = LetterState::sealed;
  if (auto put = writer.add_letter(letter); !put) return put;
  audit_told(writer, institution, holder, event, written, 1, now);
  return {};
}

}  // namespace inkan::lifecycle
