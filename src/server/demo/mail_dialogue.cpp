#include "server/demo/mail_dialogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/bytes.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"

namespace inkan::server::demo {
namespace {

constexpr int kMostComplaints = 10;

MailDialogue::Answer reply(std::string_view text) { return {fmt::format("{}\r\n", text), MailDialogue::Next::go_on}; }

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return out;
}

/// Path is an address of MAIL or RCPT with its parameters, upper case.
struct Path {
  std::string address;
  std::vector<std::string> parameters;
};

/// find_path reads "FROM:<address> NAME=VALUE …" (RFC 5321 4.1.2).
std::optional<Path> find_path(std::string_view text, std::string_view keyword) {
  if (upper(text.substr(0, keyword.size())) != keyword) return {};
  text = trim(text.substr(keyword.size()));
  const auto close = text.find('>');
  if (!text.starts_with('<') || close == std::string_view::npos) return {};
  Path path{.address = std::string(text.substr(1, close - 1)), .parameters = {}};
  const bool printable = std::ranges::all_of(path.address, [](char c) { return c > ' ' && c <= '~' && c != '<'; });
  if (!printable || path.address.size() > 254) return {};
  for (const std::string& parameter : split(trim(text.substr(close + 1)), ' '))
    if (!parameter.empty()) path.parameters.push_back(upper(parameter));
  return path;
}

std::optional<std::string> decoded(std::string_view encoded) {
  const auto bytes = parse_base64(encoded);
  if (!bytes) return {};
  return std::string(as_text(*bytes));
}

}  // namespace

MailDialogue::Answer MailDialogue::take(std::string_view line) {
  if (mode_ == Mode::data) return take_data(line);
  if (mode_ == Mode::command) return take_command(line);
  const Mode asked = std::exchange(mode_, Mode::command);
  if (line == "*") return reply("501 5.7.0 Cancelled");
  if (asked == Mode::plain) return take_plain(line);
  return asked == Mode::login_user ? take_login_user(line) : take_login_password(line);
}

void MailDialogue::secure() {
  *this = MailDialogue(std::move(rules_));
  secure_ = true;
}

MailDialogue::Answer MailDialogue::take_command(std::string_view line) {
  const auto space = std::min(line.find(' '), line.size());
  const std::string verb = upper(line.substr(0, space));
  const std::string_view rest = trim(line.substr(space));
  if (verb == "EHLO" || verb == "HELO") return rest.empty() ? complain("501 5.5.4 Who?") : hello(verb == "EHLO");
  if (verb == "STARTTLS") return start_tls(rest);
  if (verb == "AUTH") return begin_login(rest);
  if (verb == "MAIL") return mail_from(rest);
  if (verb == "RCPT") return rcpt_to(rest);
  if (verb == "DATA") return data();
  if (verb == "RSET") {
    mail_.reset();
    return reply("250 2.0.0 Forgotten");
  }
  if (verb == "NOOP") return reply("250 2.0.0 Still here");
  if (verb == "VRFY") return reply("252 2.1.5 Try it");
  if (verb == "QUIT") return {"221 2.0.0 Goodbye\r\n", Next::hang_up};
  return complain("500 5.5.2 Not understood");
}

MailDialogue::Answer MailDialogue::complain(std::string_view text) {
  if (++complaints_ < kMostComplaints) return reply(text);
  return {"421 4.7.0 Too many errors\r\n", Next::hang_up};
}

MailDialogue::Answer MailDialogue::hello(bool extended) {
  mail_.reset();
  extended_ = extended;
  if (!extended) return reply("250 localhost");
  return reply(fmt::format("250-localhost\r\n250-SIZE {}\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 {}", rules_.most_bytes,
                           secure_ ? "AUTH PLAIN LOGIN" : "STARTTLS"));
}

MailDialogue::Answer MailDialogue::start_tls(std::string_view rest) {
  if (secure_) return complain("503 5.5.1 Already done");
  if (!rest.empty()) return complain("501 5.5.4 No parameters");
  return {"220 2.0.0 Go on\r\n", Next::start_tls};
}

MailDialogue::Answer MailDialogue::begin_login(std::string_view rest) {
  if (!secure_) return complain("538 5.7.11 Encryption is needed first");
  if (!extended_ || known_ || mail_) return complain("503 5.5.1 Not now");
  const auto space = std::min(rest.find(' '), rest.size());
  const std::string mechanism = upper(rest.substr(0, space));
  const std::string_view initial = trim(rest.substr(space));
  if (mechanism == "PLAIN") {
    if (!initial.empty()) return take_plain(initial);
    mode_ = Mode::plain;
    return reply("334 ");
  }
  if (mechanism != "LOGIN") return complain("504 5.5.4 PLAIN or LOGIN");
  if (!initial.empty()) return take_login_user(initial);
  mode_ = Mode::login_user;
  return reply("334 VXNlcm5hbWU6");  // "Username:"
}

MailDialogue::Answer MailDialogue::take_plain(std::string_view encoded) {
  const auto text = decoded(encoded);  // RFC 4616: authzid NUL authcid NUL passwd
  if (!text) return complain("501 5.5.2 Not base64");
  const std::vector<std::string> parts = split(*text, '\0');
  if (parts.size() != 3) return complain("501 5.5.2 Not PLAIN");
  const bool same_user = same_secret(parts[1], rules_.user);
  const bool itself = parts[0].empty() || parts[0] == parts[1];
  return judge_login(same_secret(parts[2], rules_.password) && same_user && itself);
}

MailDialogue::Answer MailDialogue::take_login_user(std::string_view encoded) {
  const auto text = decoded(encoded);
  if (!text) return complain("501 5.5.2 Not base64");
  login_user_ = *text;
  mode_ = Mode::login_password;
  return reply("334 UGFzc3dvcmQ6");  // "Password:"
}

MailDialogue::Answer MailDialogue::take_login_password(std::string_view encoded) {
  const auto text = decoded(encoded);
  if (!text) return complain("501 5.5.2 Not base64");
  const bool same_user = same_secret(login_user_, rules_.user);
  return judge_login(same_secret(*text, rules_.password) && same_user);
}

MailDialogue::Answer MailDialogue::judge_login(bool known) {
  known_ = known;
  return known ? reply("235 2.7.0 Welcome") : complain("535 5.7.8 Wrong user or password");
}

MailDialogue::Answer MailDialogue::mail_from(std::string_view rest) {
  if (!known_) return complain("530 5.7.0 Authentication required");
  if (mail_) return complain("503 5.5.1 One at a time");
  const auto path = find_path(rest, "FROM:");
  if (!path) return complain("501 5.1.7 Bad sender");
  for (const std::string& parameter : path->parameters) {
    if (parameter.starts_with("SIZE=")) {
      std::size_t size = 0;
      const auto [end, error] = std::from_chars(parameter.data() + 5, parameter.data() + parameter.size(), size);
      if (error != std::errc() || end != parameter.data() + parameter.size()) return complain("501 5.5.4 Bad SIZE");
      if (size > rules_.most_bytes) return reply("552 5.3.4 Too large");
    } else if (!parameter.starts_with("BODY=") && !parameter.starts_with("AUTH=")) {
      return complain("555 5.5.4 Unknown parameter");
    }
  }
  mail_ = ReceivedMail{.from = path->address, .to = {}, .content = {}};
  return reply("250 2.1.0 Go on");
}

MailDialogue::Answer MailDialogue::rcpt_to(std::string_view rest) {
  if (!mail_) return complain("503 5.5.1 MAIL first");
  const auto path = find_path(rest, "TO:");
  if (!path || path->address.find('@') == std::string::npos) return complain("501 5.1.3 Bad recipient");
  if (!path->parameters.empty()) return complain("555 5.5.4 Unknown parameter");
  if (mail_->to.size() >= rules_.most_recipients) return reply("452 4.5.3 Too many recipients");
  mail_->to.push_back(path->address);
  return reply("250 2.1.5 Go on");
}

MailDialogue::Answer MailDialogue::data() {
  if (!mail_ || mail_->to.empty()) return complain("503 5.5.1 RCPT first");
  mode_ = Mode::data;
  too_large_ = bare_line_end_ = false;
  return reply("354 End with <CRLF>.<CRLF>");
}

MailDialogue::Answer MailDialogue::take_data(std::string_view line) {
  if (line == ".") return end_of_data();
  if (line.starts_with('.')) line.remove_prefix(1);  // RFC 5321 4.5.2
  bare_line_end_ = bare_line_end_ || line.find_first_of("\r\n") != std::string_view::npos;
  too_large_ = too_large_ || mail_->content.size() + line.size() + 2 > rules_.most_bytes;
  if (!too_large_) mail_->content.append(line).append("\r\n");
  return {};
}

MailDialogue::Answer MailDialogue::end_of_data() {
  mode_ = Mode::command;
  const ReceivedMail mail = std::move(*mail_);
  mail_.reset();
  if (too_large_) return reply("552 5.3.4 Too large");
  if (bare_line_end_) return reply("554 5.6.0 A bare CR or LF");
  return reply(rules_.keep(mail) ? "250 2.0.0 Kept" : "452 4.3.1 Not now");
}

}  // namespace inkan::server::demo
