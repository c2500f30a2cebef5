#include "mail/message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "mail/address.hpp"

namespace inkan::mail {
namespace {

constexpr std::size_t kLine = 76;  // RFC 2045 6.8 for base64, RFC 2047 2 for lines with encoded words
constexpr std::size_t kEncodedWord = 75;
constexpr std::size_t kMostHeader = 1'000;
constexpr std::size_t kMostBody = 64 * 1024;
constexpr std::string_view kOpen = "=?UTF-8?B?";
constexpr std::string_view kClose = "?=";

bool is_message_id(std::string_view text) {
  if (text.size() > 250 || !text.starts_with('<') || !text.ends_with('>')) return false;
  text = text.substr(1, text.size() - 2);
  const auto at = text.find('@');
  return at != std::string_view::npos && is_dot_atom(text.substr(0, at)) && is_dot_atom(text.substr(at + 1));
}

bool is_body(std::string_view text) {
  return std::ranges::all_of(split(text, '\n'), [](std::string line) {
    std::ranges::replace(line, '\t', ' ');
    return is_plain_text(line);
  });
}

/// stands_as_is tells whether a header value may go out unencoded in `room` characters.
bool stands_as_is(std::string_view text, std::size_t room) {
  return text.size() <= room && text.find("=?") == std::string_view::npos && trim(text).size() == text.size() &&
         std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

/// whole_characters is the longest start of `text` of at most `most` octets that splits no UTF-8 character (RFC 2047 5).
std::string_view whole_characters(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  const auto is_inside = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U; };
  while (most > 0 && is_inside(most)) --most;
  return text.substr(0, most);
}

/// encoded_words writes text as RFC 2047 words, one a line, the first of them after `column` characters.
std::string encoded_words(std::string_view text, std::size_t column) {
  std::string out;
  while (!text.empty()) {
    const std::size_t room = std::min(kEncodedWord, kLine - column) - kOpen.size() - kClose.size();
    const std::string_view part = whole_characters(text, room / 4 * 3);
    out += fmt::format("{}{}{}{}", out.empty() ? "" : "\r\n ", kOpen, to_base64(as_bytes(part)), kClose);
    text.remove_prefix(part.size());
    column = 1;
  }
  return out;
}

std::string subject_line(std::string_view subject) {
  constexpr std::string_view kName = "Subject: ";
  const bool plain = stands_as_is(subject, kLine - kName.size());
  return fmt::format("{}{}\r\n", kName, plain ? std::string(subject) : encoded_words(subject, kName.size()));
}

/// quoted is RFC 5322 3.2.4's quoted-string.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string from_line(const Sender& sender) {
  constexpr std::string_view kName = "From: ";
  if (sender.name.empty()) return fmt::format("{}{}\r\n", kName, sender.address);
  const std::string as_is = quoted(sender.name);
  std::string line(kName);
  line += stands_as_is(as_is, kLine - kName.size()) ? as_is : encoded_words(sender.name, kName.size());
  const std::size_t column = line.size() - (line.rfind('\n') + 1);  // npos + 1 is 0
  line += column + sender.address.size() + 3 <= kLine ? " " : "\r\n ";
  return fmt::format("{}<{}>\r\n", line, sender.address);
}

/// body_lines is a body in base64. What is encoded has CRLF line ends, the canonical form of text (RFC 2045 6.8 and 6.6).
std::string body_lines(std::string_view body) {
  std::string canonical;
  for (const char c : body) canonical += c == '\n' ? "\r\n" : std::string(1, c);
  if (!canonical.empty() && !canonical.ends_with('\n')) canonical += "\r\n";
  return base64_lines(as_bytes(canonical));
}

}  // namespace

std::string to_mail_date(Instant instant) {
  constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{instant - day};
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", kDays[std::chrono::weekday{day}.c_encoding()],
                     static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), time.hours().count(), time.minutes().count(), time.seconds().count());
}

std::string base64_lines(ByteView bytes) {
  const std::string encoded = to_base64(bytes);
  std::string out;
  for (std::size_t at = 0; at < encoded.size(); at += kLine) out += encoded.substr(at, kLine) + "\r\n";
  return out;
}

Result<std::string> make_message(const lifecycle::Letter& letter, const Sender& sender, Instant now, const Smime* smime) {
  if (!is_address(sender.address)) return fail(Code::corrupt, "mail.address", "sender");
  if (!is_address(letter.to)) return fail(Code::invalid, "mail.address", "recipient");
  if (!is_message_id(letter.message_id)) return fail(Code::corrupt, "mail.message_id", letter.message_id);
  if (letter.subject.size() > kMostHeader || sender.name.size() > kMostHeader || letter.body.size() > kMostBody)
    return fail(Code::too_large, "mail.too_large");
  if (!is_plain_text(letter.subject)) return fail(Code::invalid, "mail.text", "subject");
  if (!is_plain_text(sender.name)) return fail(Code::corrupt, "mail.text", "sender");
  if (!is_body(letter.body)) return fail(Code::invalid, "mail.text", "body");

  std::string message = fmt::format("Date: {}\r\n", to_mail_date(now));
  message += from_line(sender);
  message += fmt::format("To: {}\r\n", letter.to);
  message += subject_line(letter.subject);
  message += fmt::format("Message-ID: {}\r\n", letter.message_id);
  message += "Auto-Submitted: auto-generated\r\n";  // RFC 3834: nobody's absence note answers it
  message += "MIME-Version: 1.0\r\n";
  const std::string part =
      "Content-Type: text/plain; charset=UTF-8\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n" +
      body_lines(letter.body);
  if (smime == nullptr) return message + part;
  const auto sealed = smime->sign(part, now);
  if (!sealed) return fail(sealed);
  return message + *sealed;
}

}  // namespace inkan::mail
