#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inkan::server::demo {

/// ReceivedMail is one message and its envelope; `content` has CRLF line ends and no dots of transparency.
struct ReceivedMail {
  std::string from;  ///< empty: the null sender
  std::vector<std::string> to;
  std::string content;
};

/// MailRules is what a MailDialogue holds its guest to.
struct MailRules {
  std::string_view user;
  std::string_view password;
  /// keep makes a message durable; false: not now.
  std::function<bool(const ReceivedMail&)> keep;
  std::size_t most_bytes = 1024 * 1024;
  std::size_t most_recipients = 100;
};

/// MailDialogue is the server's side of one SMTP session (RFC 5321) without the line: EHLO, STARTTLS (RFC 3207), AUTH PLAIN and
/// LOGIN after it (RFC 4954), MAIL, RCPT, DATA, RSET, NOOP, VRFY, QUIT, with SIZE (RFC 1870) and 8BITMIME.
///
/// Deviations: HELO is answered, but nothing can follow it, since AUTH needs EHLO. A bare CR or LF in a message is refused (554),
/// so that nobody reads its end elsewhere than we do.
class MailDialogue {
 public:
  enum class Next { go_on, start_tls, hang_up };
  /// Answer is what to send, CRLF included (empty: nothing, more lines are awaited), and what to do after it.
  struct Answer {
    std::string text;
    Next next = Next::go_on;
  };

  explicit MailDialogue(MailRules rules) : rules_(std::move(rules)) {}

  static std::string_view greeting() { return "220 localhost ESMTP Inkan demo\r\n"; }

  /// take answers one line, its CRLF taken off.
  Answer take(std::string_view line);

  /// secure is to be called after the TLS handshake: all that was said before it is forgotten (RFC 3207 4.2).
  void secure();

 private:
  enum class Mode { command, plain, login_user, login_password, data };

  Answer take_command(std::string_view line);
  Answer take_data(std::string_view line);
  Answer hello(bool extended);
  Answer start_tls(std::string_view rest);
  Answer begin_login(std::string_view rest);
  Answer take_plain(std::string_view encoded);
  Answer take_login_user(std::string_view encoded);
  Answer take_login_password(std::string_view encoded);
  Answer judge_login(bool known);
  Answer mail_from(std::string_view rest);
  Answer rcpt_to(std::string_view rest);
  Answer data();
  Answer end_of_data();
  Answer complain(std::string_view text);

  MailRules rules_;
  Mode mode_ = Mode::command;
  bool extended_ = false;
  bool secure_ = false;
  bool known_ = false;
  int complaints_ = 0;
  std::string login_user_;
  std::optional<ReceivedMail> mail_;
  bool too_large_ = false;
  bool bare_line_end_ = false;
};

}  // namespace inkan::server::demo
