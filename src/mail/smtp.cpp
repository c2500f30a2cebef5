#include "mail/smtp.hpp"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <fstream>
#include <optional>
#include <string_view>

#include "base/log.hpp"
#include "base/text.hpp"
#include "mail/address.hpp"
#include "mail/curl.hpp"

namespace inkan::mail {
namespace {

/// Talk is what was said about the letter under way.
struct Talk {
  std::string command;      // the last one we gave: its first word only
  std::string reply;        // the last line of the relay's answer to MAIL, RCPT or DATA
  std::string_view unsent;  // what is left of the message
  bool over = false;        // libcurl says QUIT within a failed attempt, after what decided
};

/// command_in is the command a line of ours begins with. Other lines answer the relay in AUTH: they are secrets and not looked
/// at.
std::string_view command_in(std::string_view line) {
  constexpr std::array<std::string_view, 7> kCommands = {"EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA"};
  for (const std::string_view command : kCommands)
    if (line.starts_with(command)) return command;
  return {};
}

bool is_about_letter(std::string_view command) { return command == "MAIL" || command == "RCPT" || command == "DATA"; }

int on_talk(CURL* /*curl*/, curl_infotype kind, char* data, std::size_t size, void* self) {
  Talk& talk = *static_cast<Talk*>(self);
  const std::string_view line(data, size);
  if (kind == CURLINFO_HEADER_OUT) {
    talk.over = talk.over || line.starts_with("QUIT");
    if (const auto command = command_in(line); !command.empty()) talk.command = command;
  }
  if (kind == CURLINFO_HEADER_IN && !talk.over) talk.reply = is_about_letter(talk.command) ? trim(line) : std::string_view();
  return 0;
}

std::size_t on_read(char* out, std::size_t size, std::size_t count, void* self) {
  Talk& talk = *static_cast<Talk*>(self);
  const std::size_t taken = std::min(size * count, talk.unsent.size());
  std::memcpy(out, talk.unsent.data(), taken);
  talk.unsent.remove_prefix(taken);
  return taken;
}

/// said is the relay's answer for the audit trail: one short line of plain text, or nothing.
std::string said(const Talk& talk, long code) {
  constexpr std::size_t kMost = 200;
  const bool fits = talk.reply.size() <= kMost && is_plain_text(talk.reply);
  return fmt::format("{} {}", talk.command, fits && !talk.reply.empty() ? talk.reply : std::to_string(code));
}

bool speaks_of_login(long code) { return code == 530 || code == 534 || code == 535 || code == 538; }

Delivery relay_fault(LogLevel level, std::string_view id, const std::string& detail) {
  log(level, "mail", fmt::format("mail.{}", id), {{"detail", detail}});
  return {Outcome::later, std::string(id), true};
}

/// fault_of is the refusal that lies in the setting of the connection, if any.
std::optional<Delivery> fault_of(CURLcode result, long code) {
  const std::string detail = fmt::format("{}, last reply {}", curl_easy_strerror(result), code);
  switch (result) {
    case CURLE_USE_SSL_FAILED: return relay_fault(LogLevel::error, "relay_without_tls", detail);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE: return relay_fault(LogLevel::error, "relay_untrusted", detail);
    case CURLE_LOGIN_DENIED: return relay_fault(LogLevel::error, "relay_login", detail);
    default: break;
  }
  if (speaks_of_login(code)) return relay_fault(LogLevel::error, "relay_login", detail);
  return {};
}

Delivery judge(CURLcode result, long code, const Talk& talk) {
  if (result == CURLE_OK) return {Outcome::accepted, {}, false};
  if (auto fault = fault_of(result, code)) return *fault;
  const bool permanent = code >= 500 && code <= 599;
  if (talk.command == "MAIL" && permanent) return relay_fault(LogLevel::error, "relay_sender", fmt::format("MAIL {}", code));
  const bool judged = talk.command == "RCPT" || talk.command == "DATA";
  if (judged && permanent) return {Outcome::refused, said(talk, code), false};
  if (judged && code >= 400 && code != 421) return {Outcome::later, said(talk, code), false};
  // A line lost or a relay silent once the data is under way may be this letter's doing: the next one is tried.
  if (talk.command == "DATA" && code != 421) return {Outcome::later, "DATA not answered", false};
  return relay_fault(LogLevel::warning, "relay_unreachable",
                     fmt::format("{}, after {}, last reply {}", curl_easy_strerror(result),
                                 talk.command.empty() ? "connecting" : talk.command, code));
}

Result<void> check_url(const std::string& url) {
  const CurlUrl parsed(curl_url());
  const auto refused = [&](const char* why) { return fail(Code::corrupt, "mail.relay_url", fmt::format("{}: {}", url, why)); };
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return refused("not a URL");
  const auto part = [&](CURLUPart which) {
    char* text = nullptr;
    if (curl_url_get(parsed.get(), which, &text, 0) != CURLUE_OK) return std::string();
    return std::string(CurlText(text).get());
  };
  if (const std::string scheme = part(CURLUPART_SCHEME); scheme != "smtp" && scheme != "smtps")
    return refused("smtp: or smtps: is needed");
  if (part(CURLUPART_HOST).empty()) return refused("no host");
  const std::string path = part(CURLUPART_PATH);
  const bool bare = part(CURLUPART_USER).empty() && part(CURLUPART_PASSWORD).empty() && part(CURLUPART_QUERY).empty() &&
                    part(CURLUPART_FRAGMENT).empty() && (path.empty() || path == "/");
  if (!bare)
    return fail(Code::corrupt, "mail.relay_url", "only scheme, host and port belong in it");  // a password may stand there
  return {};
}

/// in_brackets is an address as MAIL and RCPT want it; an empty one is the null sender (RFC 5321 4.5.5).
std::string in_brackets(const std::string& address) { return "<" + address + ">"; }

bool start_curl() {
  static const bool started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return started;
}

}  // namespace

struct Smtp::Line {
  Relay relay;
  std::optional<Error> fault;
  Talk talk;
  CurlEasy curl;  // last: letting go of it says QUIT, which on_talk hears

  bool open();
  Delivery send(const std::string& envelope_from, const std::string& to, const std::string& message);
};

bool Smtp::Line::open() {
  if (curl) return true;
  if (!start_curl()) return false;
  curl.reset(curl_easy_init());
  if (!curl) return false;
  bool good = true;
  const auto set = [&](CURLoption option, auto value) { good = curl_easy_setopt(curl.get(), option, value) == CURLE_OK && good; };
  set(CURLOPT_URL, relay.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set(CURLOPT_PROXY, "");  // never one from the environment
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(relay.connect_timeout.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(relay.letter_timeout.count()));
  set(CURLOPT_USE_SSL, static_cast<long>(relay.require_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!relay.trust.empty()) {
    set(CURLOPT_CAINFO, relay.trust.c_str());
    set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // else the machine's CAs would vouch too
  }
  if (!relay.user.empty()) {
    std::string password(relay.password.reveal());
    set(CURLOPT_USERNAME, relay.user.c_str());
    set(CURLOPT_PASSWORD, password.c_str());
    set(CURLOPT_SASL_IR, 1L);
    ::explicit_bzero(password.data(), password.size());  // libcurl keeps its own copy for the connections to come
  }
  set(CURLOPT_UPLOAD, 1L);
  set(CURLOPT_READFUNCTION, &on_read);
  set(CURLOPT_READDATA, &talk);
  set(CURLOPT_VERBOSE, 1L);  // for on_talk, which is the only reader
  set(CURLOPT_DEBUGFUNCTION, &on_talk);
  set(CURLOPT_DEBUGDATA, &talk);
  if (!good) curl.reset();
  return good;
}

Delivery Smtp::Line::send(const std::string& envelope_from, const std::string& to, const std::string& message) {
  const std::string from = in_brackets(envelope_from);
  const CurlList recipients(curl_slist_append(nullptr, in_brackets(to).c_str()));
  const auto attempt = [&] {
    talk = {.command = {}, .reply = {}, .unsent = message, .over = false};
    const CURLcode result = curl_easy_perform(curl.get());
    long code = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &code);
    return std::pair{result, code};
  };
  curl_easy_setopt(curl.get(), CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl.get(), CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(message.size()));
  auto [result, code] = attempt();
  // A relay may close a connection it has served long enough, with 421 or without a word. Nothing was said about this letter
  // then, so it is tried once more on a fresh one.
  long fresh = 1;
  curl_easy_getinfo(curl.get(), CURLINFO_NUM_CONNECTS, &fresh);
  const bool closed_on_us = result != CURLE_OK && fresh == 0 && talk.command == "MAIL" && (code == 0 || code == 421);
  if (closed_on_us) std::tie(result, code) = attempt();
  curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT, static_cast<curl_slist*>(nullptr));
  return judge(result, code, talk);
}

Result<void> check_relay(const Relay& relay) {
  if (auto url = check_url(relay.url); !url) return url;
  if (!is_address(relay.sender)) return fail(Code::corrupt, "mail.relay_sender", relay.sender);
  if (!relay.trust.empty() && !std::ifstream(relay.trust).good())
    return fail(Code::corrupt, "mail.relay_trust", relay.trust.string());
  constexpr std::chrono::minutes kLongest{2};  // far within the lease of a claimed letter
  const auto fits = [&](std::chrono::milliseconds timeout) { return timeout.count() > 0 && timeout <= kLongest; };
  if (!fits(relay.connect_timeout) || !fits(relay.letter_timeout))
    return fail(Code::corrupt, "mail.relay_timeout", "more than nothing, and at most two minutes");
  if (relay.user.empty()) return {};
  if (relay.password.empty()) return fail(Code::corrupt, "mail.relay_password", "a user needs one");
  const bool always_tls = relay.require_tls || relay.url.starts_with("smtps:");
  if (!always_tls) return fail(Code::corrupt, "mail.relay_password", "a password is not sent without TLS");
  return {};
}

Smtp::Smtp(Relay relay) : line_(std::make_unique<Line>(Line{.relay = std::move(relay), .fault = {}, .talk = {}, .curl = {}})) {
  if (const auto checked = check_relay(line_->relay); !checked) line_->fault = checked.error();
}

Smtp::Smtp(Smtp&&) noexcept = default;
Smtp& Smtp::operator=(Smtp&&) noexcept = default;
Smtp::~Smtp() = default;

const Relay& Smtp::relay() const { return line_->relay; }

Delivery Smtp::send(const std::string& envelope_from, const std::string& to, const std::string& message) {
  if (line_->fault) return relay_fault(LogLevel::error, "relay_misconfigured", line_->fault->id);
  if (!is_address(to)) return {Outcome::refused, "mail.address", false};
  if (!envelope_from.empty() && !is_address(envelope_from)) return {Outcome::refused, "mail.address", false};
  if (!line_->open()) return relay_fault(LogLevel::error, "relay_misconfigured", "libcurl takes these settings not");
  return line_->send(envelope_from, to, message);
}

}  // namespace inkan::mail
