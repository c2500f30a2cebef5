#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace inkan::server::demo {

/// MailSinkOptions is where the demo's mail server keeps letters and who may bring them.
struct MailSinkOptions {
  std::filesystem::path folder;   ///< made when it is not there
  std::filesystem::path bounces;  ///< Maildir for delivery reports; empty: none are written
  std::uint16_t port = 0;         ///< on loopback; 0: any free one
  std::string certificate_pem;    ///< chain, leaf first
  std::string key_pem;
  std::string user;
  Secret password;
  const Clock& clock;  ///< for the files' names
};

/// MailSink is the demo's mail server: SMTP on loopback, STARTTLS and AUTH demanded, so that letters travel in the demo as they
/// would at a bank. It delivers to nobody: each accepted message is one file YYYYMMDDTHHMMSSZ-NNNN-HASH.eml, whole and flushed
/// before the 250, with the envelope in Return-Path and Delivered-To ahead of what was received. NNNN counts on over restarts;
/// HASH is the start of the SHA-256 of the message as received.
///
/// Recipients named bounce… are found unknown and those named full… have no room: a report about them goes to the Maildir, as the
/// bank's mail server would deliver it.
class MailSink {
 public:
  /// start begins to serve. Errors: `file.write` (folder), `demo.mail_certificate`, `demo.mail_port`.
  static Result<std::unique_ptr<MailSink>> start(MailSinkOptions options);

  MailSink(const MailSink&) = delete;
  MailSink& operator=(const MailSink&) = delete;
  ~MailSink();  ///< stops

  std::uint16_t port() const { return port_; }

  /// stop closes every connection. A message whose 250 was not sent yet may have been kept. A second call does nothing.
  void stop();

 private:
  struct Engine;
  explicit MailSink(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;  // null once stopped
  std::uint16_t port_;
};

}  // namespace inkan::server::demo
