#include "server/demo/mail_sink.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "mail/bounce_box.hpp"
#include "mail/message.hpp"
#include "mail/smtp.hpp"
#include "server/demo/mail_dialogue.hpp"
#include "support/fake_clock.hpp"
#include "support/raw_line.hpp"
#include "support/test_certificates.hpp"
#include "support/tool.hpp"

namespace inkan::server::demo {
namespace {

// ---- the dialogue, without a line -----------------------------------------------------------------------------------

class Dialogue : public testing::Test {
 protected:
  std::string say(std::string_view line) { return dialogue_.take(line).text.substr(0, 3); }
  void log_in() {
    dialogue_.secure();
    say("EHLO me");
    ASSERT_EQ(say("AUTH PLAIN " + to_base64(as_bytes(std::string_view("\0inkan\0sesame", 13)))), "235");
  }
  /// offer goes through a whole message and gives the last answer.
  std::string offer(const std::vector<std::string>& lines) {
    EXPECT_EQ(say("MAIL FROM:<a@b.test> SIZE=10 BODY=8BITMIME"), "250");
    EXPECT_EQ(say("RCPT TO:<c@d.test>"), "250");
    EXPECT_EQ(say("DATA"), "354");
    for (const std::string& line : lines) EXPECT_EQ(say(line), "");
    return say(".");
  }

  std::vector<ReceivedMail> kept_;
  bool full_ = false;
  MailDialogue dialogue_{{.user = "inkan",
                          .password = "sesame",
                          .keep =
                              [this](const ReceivedMail& mail) {
                                if (!full_) kept_.push_back(mail);
                                return !full_;
                              },
                          .most_bytes = 100,
                          .most_recipients = 2}};
};

TEST_F(Dialogue, offers_starttls_first_and_auth_only_after_it) {
  EXPECT_EQ(dialogue_.take("EHLO me").text,
            "250-localhost\r\n250-SIZE 100\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 STARTTLS\r\n");
  EXPECT_EQ(say("AUTH PLAIN AGEAYg=="), "538");
  EXPECT_EQ(say("MAIL FROM:<a@b.test>"), "530");
  EXPECT_EQ(dialogue_.take("STARTTLS").next, MailDialogue::Next::start_tls);
  dialogue_.secure();
  EXPECT_EQ(say("AUTH PLAIN AGEAYg=="), "503") << "the EHLO before TLS is forgotten";
  EXPECT_NE(dialogue_.take("ehlo me").text.find("250 AUTH PLAIN LOGIN\r\n"), std::string::npos);
  EXPECT_EQ(say("STARTTLS"), "503");
}

TEST_F(Dialogue, knows_one_user_and_one_password) {
  dialogue_.secure();
  say("EHLO me");
  const auto plain = [&](std::string_view text) { return say("AUTH PLAIN " + to_base64(as_bytes(text))); };
  EXPECT_EQ(plain(std::string_view("\0inkan\0Sesame", 13)), "535");
  EXPECT_EQ(plain(std::string_view("\0other\0sesame", 13)), "535");
  EXPECT_EQ(plain(std::string_view("root\0inkan\0sesame", 17)), "535");
  EXPECT_EQ(plain("inkan"), "501");
  EXPECT_EQ(say("AUTH PLAIN ???"), "501");
  EXPECT_EQ(say("AUTH CRAM-MD5"), "504");
  EXPECT_EQ(say("MAIL FROM:<a@b.test>"), "530");
  EXPECT_EQ(say("AUTH LOGIN"), "334");
  EXPECT_EQ(say(to_base64(as_bytes("inkan"))), "334");
  EXPECT_EQ(say(to_base64(as_bytes("sesame"))), "235");
  EXPECT_EQ(say("AUTH LOGIN"), "503");
}

TEST_F(Dialogue, a_login_can_be_broken_off) {
  dialogue_.secure();
  say("EHLO me");
  EXPECT_EQ(say("AUTH PLAIN"), "334");
  EXPECT_EQ(say("*"), "501");
  EXPECT_EQ(say("NOOP"), "250");
}

TEST_F(Dialogue, keeps_a_message_without_its_dots) {
  log_in();
  EXPECT_EQ(offer({"Subject: x", "", "..", "..two", "end"}), "250");
  ASSERT_EQ(kept_.size(), 1u);
  EXPECT_EQ(kept_[0].from, "a@b.test");
  EXPECT_EQ(kept_[0].to, std::vector<std::string>{"c@d.test"});
  EXPECT_EQ(kept_[0].content, "Subject: x\r\n\r\n.\r\n.two\r\nend\r\n");
  EXPECT_EQ(offer({"second"}), "250");
}

TEST_F(Dialogue, has_limits) {
  log_in();
  EXPECT_EQ(say("MAIL FROM:<a@b.test> SIZE=101"), "552");
  EXPECT_EQ(offer({std::string(60, 'x'), std::string(60, 'x')}), "552");
  EXPECT_EQ(offer({"fits"}), "250");
  say("MAIL FROM:<>");
  EXPECT_EQ(say("RCPT TO:<a@b>"), "250");
  EXPECT_EQ(say("RCPT TO:<b@b>"), "250");
  EXPECT_EQ(say("RCPT TO:<c@b>"), "452");
}

TEST_F(Dialogue, says_not_now_when_a_message_cannot_be_kept) {
  log_in();
  full_ = true;
  EXPECT_EQ(offer({"x"}), "452");
  full_ = false;
  EXPECT_EQ(offer({"x"}), "250");
}

TEST_F(Dialogue, refuses_bare_line_ends_so_that_nothing_is_smuggled) {
  log_in();
  EXPECT_EQ(offer({"x\n.\nMAIL FROM:<evil@b.test>"}), "554");
  EXPECT_EQ(offer({"x\r."}), "554");
  EXPECT_TRUE(kept_.empty());
}

TEST_F(Dialogue, wants_its_order) {
  log_in();
  EXPECT_EQ(say("DATA"), "503");
  EXPECT_EQ(say("RCPT TO:<a@b>"), "503");
  EXPECT_EQ(say("MAIL FROM:<a@b.test>"), "250");
  EXPECT_EQ(say("DATA"), "503");
  EXPECT_EQ(say("MAIL FROM:<a@b.test>"), "503");
  EXPECT_EQ(say("RSET"), "250");
  EXPECT_EQ(say("MAIL FROM:a@b.test"), "501");
  EXPECT_EQ(say("MAIL FROM:<a@b.test> RET=FULL"), "555");
  EXPECT_EQ(say("VRFY you"), "252");
}

TEST_F(Dialogue, ends_with_who_only_makes_errors) {
  for (int i = 0; i < 9; ++i) EXPECT_EQ(say("GET / HTTP/1.1"), "500");
  EXPECT_EQ(dialogue_.take("Host: x").next, MailDialogue::Next::hang_up);
  EXPECT_EQ(MailDialogue({}).take("QUIT").next, MailDialogue::Next::hang_up);
}

// ---- the sink, with libcurl as its guest ----------------------------------------------------------------------------

class Sink : public testing::Test {
 protected:
  Sink() { trust_ = folder_.write("trust.pem", authority_.pem()); }
  void start() {
    std::filesystem::create_directories(bounces() / "new");
    auto started = MailSink::start({.folder = mails(),
                                    .bounces = bounces(),
                                    .certificate_pem = server_.pem(),
                                    .key_pem = server_.key_pem(),
                                    .user = "inkan",
                                    .password = Secret("sesame"),
                                    .clock = clock_});
    ASSERT_TRUE(started) << started.error().detail;
    sink_ = std::move(*started);
  }
  mail::Smtp guest(const char* password = "sesame") const {
    return mail::Smtp({.url = "smtp://localhost:" + std::to_string(sink_->port()),
                       .user = "inkan",
                       .password = Secret(password),
                       .trust = trust_,
                       .sender = "bank@bank.test"});
  }
  std::filesystem::path bounces() const { return folder_.path() / "bounces"; }
  std::filesystem::path mails() const { return folder_.path() / "demo" / "mail"; }
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(mails())) found.push_back(entry.path().filename().string());
    std::ranges::sort(found);
    return found;
  }
  std::string content(const std::string& name) const {
    std::ifstream file(mails() / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  FakeClock clock_{parse_rfc3339("2026-11-21T00:00:05Z").value()};
  TempFolder folder_;
  test::Issued authority_ = test::issue({.common_name = "Test Root", .alternative_names = {}, .authority = true});
  test::Issued server_ = test::issue({.common_name = "localhost", .alternative_names = "DNS:localhost"}, &authority_);
  std::string trust_;
  std::unique_ptr<MailSink> sink_;
};

TEST_F(Sink, reports_what_it_could_not_deliver_to_the_envelope_sender) {
  start();
  auto ours = mail::BounceAddress::make("bounce.bank.test", Secret("0123456789abcdef")).value();
  mail::Smtp smtp = guest();
  for (const auto& [letter, to] :
       {std::pair{1, "bounce@customer.example"}, {2, "full@customer.example"}, {3, "keiri@customer.example"}})
    ASSERT_EQ(smtp.send(ours.address_of(letter), to, "Message-ID: <a@b.test>\r\n\r\nx\r\n").outcome, mail::Outcome::accepted);
  EXPECT_EQ(smtp.send("", "bounce@customer.example", "x: y\r\n\r\n").outcome, mail::Outcome::accepted) << "no report on a report";
  EXPECT_EQ(names().size(), 4u) << "each is kept";
  auto box = mail::BounceBox::open(bounces(), std::move(ours)).value();
  const auto reports = box.collect().value();
  ASSERT_EQ(reports.size(), 2u);
  const mail::Bounce& unknown = reports[0].bounces.at(0);
  EXPECT_EQ(unknown.letter, 1);
  EXPECT_EQ(unknown.kind, mail::BounceKind::hard);
  EXPECT_EQ(unknown.recipient, "bounce@customer.example");
  EXPECT_EQ(unknown.message_id, "<a@b.test>");
  EXPECT_EQ(reports[1].bounces.at(0).kind, mail::BounceKind::soft);
}

const std::string kMessage = "Subject: x\r\n\r\n.dot\r\nend\r\n";

TEST_F(Sink, keeps_each_message_as_one_file) {
  start();
  mail::Smtp smtp = guest();
  const auto delivery = smtp.send("bank@bank.test", "keiri@example.test", kMessage);
  ASSERT_EQ(delivery.outcome, mail::Outcome::accepted) << delivery.why;
  clock_.advance(std::chrono::hours{24});
  EXPECT_EQ(smtp.send("", "keiri@example.test", kMessage).outcome, mail::Outcome::accepted);
  const std::string hash = sha256(as_bytes(kMessage)).hex().substr(0, 8);
  ASSERT_EQ(names(),
            (std::vector<std::string>{"20261121T000005Z-0001-" + hash + ".eml", "20261122T000005Z-0002-" + hash + ".eml"}));
  EXPECT_EQ(content(names()[0]), "Return-Path: <bank@bank.test>\r\nDelivered-To: keiri@example.test\r\n" + kMessage);
  EXPECT_EQ(content(names()[1]), "Return-Path: <>\r\nDelivered-To: keiri@example.test\r\n" + kMessage);
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(mails() / names()[0]).permissions(), perms::owner_read | perms::owner_write);
}

TEST_F(Sink, counts_on_after_a_restart) {
  start();
  EXPECT_EQ(guest().send("bank@bank.test", "a@b.test", kMessage).outcome, mail::Outcome::accepted);
  sink_->stop();
  sink_->stop();
  start();
  EXPECT_EQ(guest().send("bank@bank.test", "a@b.test", kMessage).outcome, mail::Outcome::accepted);
  ASSERT_EQ(names().size(), 2u);
  EXPECT_EQ(names()[1].substr(17, 4), "0002");
}

TEST_F(Sink, turns_a_wrong_password_away) {
  start();
  const auto delivery = guest("guess").send("bank@bank.test", "a@b.test", kMessage);
  EXPECT_EQ(delivery.outcome, mail::Outcome::later);
  EXPECT_EQ(delivery.why, "relay_login");
  EXPECT_TRUE(names().empty());
}

TEST_F(Sink, serves_several_guests_at_once) {
  start();
  std::vector<std::thread> guests;
  for (int i = 0; i < 8; ++i)
    guests.emplace_back([this, i] {
      mail::Smtp smtp = guest();
      for (int k = 0; k < 5; ++k)
        EXPECT_EQ(smtp.send("bank@bank.test", "keiri" + std::to_string(i) + "@example.test", kMessage).outcome,
                  mail::Outcome::accepted);
    });
  for (std::thread& thread : guests) thread.join();
  EXPECT_EQ(names().size(), 40u);
}

TEST_F(Sink, forgets_what_was_said_in_the_clear_before_tls) {
  start();
  test::RawLine line(sink_->port());
  line.receive_until("\r\n");
  line.send("EHLO me\r\nSTARTTLS\r\nNOOP\r\n");
  const std::string said = line.receive_all();
  EXPECT_NE(said.find("220 2.0.0"), std::string::npos);
  EXPECT_EQ(said.find("Still here"), std::string::npos);
}

TEST_F(Sink, cuts_a_line_that_has_no_end) {
  start();
  test::RawLine line(sink_->port());
  line.send(std::string(20'000, 'x'));
  line.receive_until("\r\n");
  EXPECT_EQ(line.receive_all(), "");
}

TEST_F(Sink, stops_while_guests_are_there) {
  start();
  test::RawLine line(sink_->port());
  line.receive_until("\r\n");
  sink_->stop();
  EXPECT_EQ(line.receive_all(), "");
}

TEST_F(Sink, does_not_start_without_its_parts) {
  const auto refusal = [&](MailSinkOptions options) {
    const auto started = MailSink::start(std::move(options));
    return started ? std::string() : started.error().id;
  };
  EXPECT_EQ(refusal({.folder = mails(), .certificate_pem = "x", .key_pem = "y", .user = "u", .password = {}, .clock = clock_}),
            "demo.mail_certificate");
  start();
  EXPECT_EQ(refusal({.folder = mails(),
                     .port = sink_->port(),
                     .certificate_pem = server_.pem(),
                     .key_pem = server_.key_pem(),
                     .user = "u",
                     .password = {},
                     .clock = clock_}),
            "demo.mail_port");
  EXPECT_EQ(refusal({.folder = folder_.write("file", "x"),
                     .certificate_pem = server_.pem(),
                     .key_pem = server_.key_pem(),
                     .user = "u",
                     .password = {},
                     .clock = clock_}),
            "file.write");
}

}  // namespace
}  // namespace inkan::server::demo
