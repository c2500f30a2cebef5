#include "mail/smtp.hpp"

#include <gtest/gtest.h>

#include "support/scripted_relay.hpp"

namespace inkan::mail {
namespace {

using test::ScriptedRelay;

const std::string kFrom = "no-reply@bank.test";
const std::string kTo = "keiri@example.test";
const std::string kMessage = "Subject: x\r\n\r\nline\r\n.dot\r\n..dots\r\n";

Relay plain(const std::string& url) {
  return {.url = url, .user = {}, .password = {}, .trust = {}, .sender = kFrom, .require_tls = false};
}

Delivery deliver(ScriptedRelay::Script script) {
  const ScriptedRelay relay(std::move(script));
  Smtp smtp(plain(relay.url()));
  return smtp.send(kFrom, kTo, kMessage);
}

TEST(Smtp, hands_a_letter_over_as_it_is) {
  const ScriptedRelay relay;
  Smtp smtp(plain(relay.url()));
  const Delivery delivery = smtp.send(kFrom, kTo, kMessage);
  EXPECT_EQ(delivery.outcome, Outcome::accepted) << delivery.why;
  EXPECT_EQ(delivery.why, "");
  EXPECT_EQ(relay.messages(), std::vector{kMessage});
}

TEST(Smtp, keeps_its_connection_for_the_letters_that_follow) {
  const ScriptedRelay relay;
  {
    Smtp smtp(plain(relay.url()));
    for (int i = 0; i < 5; ++i) EXPECT_EQ(smtp.send(kFrom, kTo, kMessage).outcome, Outcome::accepted);
    EXPECT_EQ(relay.connections(), 1);
    EXPECT_EQ(relay.messages().size(), 5u);
  }
}

TEST(Smtp, takes_up_a_connection_that_the_relay_closed) {
  for (const std::string& answer : {std::string("421 4.7.0 enough"), std::string(ScriptedRelay::kHangUp)}) {
    int mails = 0;
    const ScriptedRelay relay([&](std::string_view command, int connection) {
      if (command == "MAIL" && connection == 1 && ++mails == 2) return answer;
      return ScriptedRelay::polite(command);
    });
    Smtp smtp(plain(relay.url()));
    EXPECT_EQ(smtp.send(kFrom, kTo, kMessage).outcome, Outcome::accepted);
    EXPECT_EQ(smtp.send(kFrom, kTo, kMessage).outcome, Outcome::accepted) << answer;
    EXPECT_EQ(relay.connections(), 2);
    EXPECT_EQ(relay.messages().size(), 2u);
  }
}

TEST(Smtp, a_refusal_for_good_is_refused) {
  for (const char* command : {"RCPT", "DATA", "."}) {
    const Delivery delivery = deliver(ScriptedRelay::saying(command, "550-5.1.1 No\r\n550 5.1.1 such user"));
    EXPECT_EQ(delivery.outcome, Outcome::refused) << command;
    EXPECT_FALSE(delivery.relay_fault) << command;
  }
  EXPECT_EQ(deliver(ScriptedRelay::saying("RCPT", "550 5.1.1 No such user")).why, "RCPT 550 5.1.1 No such user");
}

TEST(Smtp, a_refusal_for_now_is_later) {
  for (const char* command : {"RCPT", "DATA", "."}) {
    const Delivery delivery = deliver(ScriptedRelay::saying(command, "452 4.2.2 Mailbox full"));
    EXPECT_EQ(delivery.outcome, Outcome::later) << command;
    EXPECT_FALSE(delivery.relay_fault) << "the next letter may fare better, after " << command;
  }
  EXPECT_EQ(deliver(ScriptedRelay::saying("RCPT", "452 4.2.2 Mailbox full")).why, "RCPT 452 4.2.2 Mailbox full");
}

TEST(Smtp, a_wrong_setting_of_ours_loses_no_letter) {
  for (const auto& [command, answer, why] : {std::tuple{"MAIL", "550 5.7.1 Sender rejected", "relay_sender"},
                                             std::tuple{"MAIL", "530 5.7.0 Must issue a STARTTLS command first", "relay_login"},
                                             std::tuple{"RCPT", "530 5.7.0 Authentication required", "relay_login"},
                                             std::tuple{"CONNECT", "554 5.7.1 We do not know you", "relay_unreachable"},
                                             std::tuple{"MAIL", "451 4.3.0 Disk full", "relay_unreachable"},
                                             std::tuple{"RCPT", "421 4.3.2 Shutting down", "relay_unreachable"}}) {
    const Delivery delivery = deliver(ScriptedRelay::saying(command, answer));
    EXPECT_EQ(delivery.outcome, Outcome::later) << answer;
    EXPECT_EQ(delivery.why, why) << answer;
    EXPECT_TRUE(delivery.relay_fault) << answer;
  }
}

TEST(Smtp, the_next_letter_fares_better_after_a_refusal) {
  const ScriptedRelay relay([refused = 0](std::string_view command, int /*connection*/) mutable {
    return command == "RCPT" && ++refused == 1 ? std::string("550 no") : ScriptedRelay::polite(command);
  });
  Smtp smtp(plain(relay.url()));
  EXPECT_EQ(smtp.send(kFrom, kTo, kMessage).outcome, Outcome::refused);
  EXPECT_EQ(smtp.send(kFrom, kTo, kMessage).outcome, Outcome::accepted);
}

TEST(Smtp, demands_starttls) {
  const ScriptedRelay relay;
  Relay strict = plain(relay.url());
  strict.require_tls = true;
  strict.user = "inkan";
  strict.password = Secret("open sesame");
  Smtp smtp(std::move(strict));
  const Delivery delivery = smtp.send(kFrom, kTo, kMessage);
  EXPECT_EQ(delivery.outcome, Outcome::later);
  EXPECT_EQ(delivery.why, "relay_without_tls");
  EXPECT_TRUE(delivery.relay_fault);
  for (const std::string& command : relay.commands()) EXPECT_TRUE(command == "EHLO" || command == "QUIT") << command;
}

TEST(Smtp, a_line_that_breaks_in_the_gap_is_later_and_the_repeat_is_the_same) {
  int ends = 0;
  const ScriptedRelay relay([&](std::string_view command, int /*connection*/) {
    return command == "." && ++ends == 1 ? std::string(ScriptedRelay::kHangUp) : ScriptedRelay::polite(command);
  });
  Smtp smtp(plain(relay.url()));
  EXPECT_EQ(smtp.send(kFrom, kTo, kMessage).outcome, Outcome::later);
  EXPECT_EQ(smtp.send(kFrom, kTo, kMessage).outcome, Outcome::accepted);
  EXPECT_EQ(relay.messages(), (std::vector{kMessage, kMessage}));
}

TEST(Smtp, a_relay_that_says_nothing_is_left_in_time) {
  for (const char* command : {"CONNECT", "EHLO", "RCPT", "."}) {
    const ScriptedRelay relay(ScriptedRelay::saying(command, ""));
    Relay impatient = plain(relay.url());
    impatient.connect_timeout = std::chrono::milliseconds{100};
    impatient.letter_timeout = std::chrono::milliseconds{150};
    Smtp smtp(std::move(impatient));
    const Delivery delivery = smtp.send(kFrom, kTo, kMessage);
    EXPECT_EQ(delivery.outcome, Outcome::later) << command;
    EXPECT_EQ(delivery.relay_fault, std::string_view(command) != ".") << "only this letter's answer is missing";
  }
}

TEST(Smtp, a_dead_relay_is_later) {
  std::string url;
  {
    const ScriptedRelay gone;
    url = gone.url();
  }
  Smtp smtp(plain(url));
  const Delivery delivery = smtp.send(kFrom, kTo, kMessage);
  EXPECT_EQ(delivery.outcome, Outcome::later);
  EXPECT_EQ(delivery.why, "relay_unreachable");
  EXPECT_TRUE(delivery.relay_fault);
}

TEST(Smtp, an_address_adds_no_command) {
  const ScriptedRelay relay;
  Smtp smtp(plain(relay.url()));
  for (const char* bad : {"a@b.test>\r\nRCPT TO:<c@d.test", "a@b.test> SIZE=1", "", "a b@c.test"})
    EXPECT_EQ(smtp.send(kFrom, bad, kMessage).outcome, Outcome::refused) << bad;
  EXPECT_EQ(smtp.send("a@b\r\nX", kTo, kMessage).outcome, Outcome::refused);
  EXPECT_EQ(relay.connections(), 0);
}

TEST(Smtp, an_answer_that_is_not_text_stays_out_of_our_records) {
  EXPECT_EQ(deliver(ScriptedRelay::saying("RCPT", "550 \x1b[2J\xFF")).why, "RCPT 550");
  EXPECT_EQ(deliver(ScriptedRelay::saying("RCPT", "550 " + std::string(400, 'x'))).why, "RCPT 550");
}

// ---- settings -------------------------------------------------------------------------------------------------------

std::string refusal(const std::function<void(Relay&)>& change) {
  Relay relay{.url = "smtp://relay.test:587", .user = "u", .password = Secret("p"), .trust = {}, .sender = kFrom};
  change(relay);
  const auto checked = check_relay(relay);
  return checked ? "" : checked.error().id;
}

TEST(Relay, is_checked_before_it_is_called) {
  EXPECT_EQ(refusal([](Relay&) {}), "");
  for (const char* good : {"smtps://relay.test", "smtp://[::1]:25", "smtp://relay.test:587/"})
    EXPECT_EQ(refusal([&](Relay& relay) { relay.url = good; }), "") << good;
  for (const char* bad : {"", "relay.test", "http://relay.test", "smtp://", "smtp://u:p@relay.test", "smtp://relay.test/path",
                          "smtp://relay.test?x=1", "file:///etc/passwd", "smtp://relay.test:99999"})
    EXPECT_EQ(refusal([&](Relay& relay) { relay.url = bad; }), "mail.relay_url") << bad;
  EXPECT_EQ(refusal([](Relay& relay) { relay.sender = "bank"; }), "mail.relay_sender");
  EXPECT_EQ(refusal([](Relay& relay) { relay.trust = "/nowhere/ca.pem"; }), "mail.relay_trust");
  EXPECT_EQ(refusal([](Relay& relay) { relay.letter_timeout = {}; }), "mail.relay_timeout");
  EXPECT_EQ(refusal([](Relay& relay) { relay.letter_timeout = std::chrono::minutes{3}; }), "mail.relay_timeout");
  EXPECT_EQ(refusal([](Relay& relay) { relay.password = Secret(); }), "mail.relay_password");
  EXPECT_EQ(refusal([](Relay& relay) { relay.require_tls = false; }), "mail.relay_password");
  EXPECT_EQ(refusal([](Relay& relay) {
              relay.require_tls = false;
              relay.url = "smtps://relay.test";
            }),
            "");
}

TEST(Relay, one_that_is_wrong_is_never_called) {
  const ScriptedRelay relay;
  Relay wrong = plain(relay.url());
  wrong.sender = "bank";
  Smtp smtp(std::move(wrong));
  const Delivery delivery = smtp.send(kFrom, kTo, kMessage);
  EXPECT_EQ(delivery.outcome, Outcome::later);
  EXPECT_EQ(delivery.why, "relay_misconfigured");
  EXPECT_EQ(relay.connections(), 0);
}

}  // namespace
}  // namespace inkan::mail
