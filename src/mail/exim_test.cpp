// Letters through a mail server that others wrote, read back from its mailbox by a reader that others wrote.

#include <gtest/gtest.h>

#include <fstream>

#include "mail/bounce.hpp"
#include "mail/message.hpp"
#include "mail/smtp.hpp"
#include "support/exim.hpp"
#include "support/mail_keys.hpp"

namespace inkan::mail {
namespace {

using test::Exim;

const std::string kFrom = "no-reply@notice.bank.test";
constexpr const char* kSubject = "【髙﨑信用金庫㈱】①電子証明書更新のお願い（11月30日まで）";
constexpr const char* kBody =
    "髙﨑商事㈱ ご担当者様\n電子証明書の有効期限まで、あと30日です。\n.\n  有効期限 2026年11月30日（月）\n";

std::string message(const std::string& number, const Smime* smime = nullptr) {
  lifecycle::Letter letter;
  letter.to = "keiri@example.test";
  letter.subject = kSubject;
  letter.body = kBody;
  letter.message_id = "<" + number + ".d1@bank.test>";
  return make_message(letter, {"髙﨑信用金庫", kFrom}, parse_rfc3339("2026-10-31T00:00:00Z").value(), smime).value();
}

Relay relay_to(const Exim& exim, const char* password = Exim::kPassword) {
  return {.url = exim.url(), .user = Exim::kUser, .password = Secret(password), .trust = exim.trust(), .sender = kFrom};
}

/// read_back decodes mail files with Python's email package: Message-ID, subject, sender's name and body of each, sorted.
std::string read_back(const std::vector<std::filesystem::path>& mails) {
  const TempFolder folder;
  std::string command = "PYTHONIOENCODING=utf-8 python3 " + folder.write("read.py", R"(
import email, email.policy, sys
out = []
for path in sys.argv[1:]:
    m = email.message_from_binary_file(open(path, "rb"), policy=email.policy.default)
    assert not m.defects, m.defects
    out.append("\n".join((m["Message-ID"], m["Subject"], m["From"].addresses[0].display_name, m.get_content().replace("\r\n", "\n"))))
print("".join(sorted(out)), end="")
)");
  for (const auto& mail : mails) command += " '" + mail.string() + "'";
  const ToolRun run = run_tool(command);
  EXPECT_EQ(run.status, 0);
  return run.output;
}

TEST(Exim, takes_letters_over_starttls_with_a_login_and_delivers_them_word_for_word) {
  const Exim exim;
  {
    Smtp smtp(relay_to(exim));
    for (const char* number : {"N-1", "N-2", "N-3"}) {
      const Delivery delivery = smtp.send(kFrom, "keiri@example.test", message(number));
      EXPECT_EQ(delivery.outcome, Outcome::accepted) << delivery.why << "\n" << exim.log();
    }
  }
  std::string expected;
  for (const char* number : {"N-1", "N-2", "N-3"}) {
    expected += "<" + std::string(number) + ".d1@bank.test>\n" + kSubject + "\n髙﨑信用金庫\n" + kBody;
  }
  EXPECT_EQ(read_back(exim.deliver()), expected);
  const std::string log = exim.log();
  EXPECT_NE(log.find("P=esmtpsa"), std::string::npos) << "TLS and AUTH were used\n" << log;
  EXPECT_NE(log.find("X=TLS1.3"), std::string::npos) << log;
  EXPECT_NE(log.find("A=plain:inkan"), std::string::npos) << log;
}

TEST(Exim, a_signature_outlives_its_way_through_a_mail_server) {
  const Exim exim;
  const test::MailKeys keys;
  keys.issue("bank", "rsa:2048");
  const auto smime = Smime::load(keys.file("bank.pem"), Secret(keys.file("bank.key")), kFrom, {});
  {
    Smtp smtp(relay_to(exim));
    EXPECT_EQ(smtp.send(kFrom, "keiri@example.test", message("N-1", &*smime)).outcome, Outcome::accepted);
  }
  const auto mails = exim.deliver();
  ASSERT_EQ(mails.size(), 1u);
  std::ifstream in(mails.front(), std::ios::binary);
  const std::string kept{std::istreambuf_iterator<char>(in), {}};
  const ToolRun verified = keys.verify(kept);
  EXPECT_EQ(verified.status, 0) << verified.output << kept;
}

TEST(Exim, its_bounce_is_read) {
  const Exim exim;
  const auto ours = BounceAddress::make("bounce.bank.test", Secret("0123456789abcdef")).value();
  {
    Smtp smtp(relay_to(exim));
    EXPECT_EQ(smtp.send(ours.address_of(31), "gone@example.test", message("N-1")).outcome, Outcome::accepted);
  }
  static_cast<void>(exim.deliver());  // the letter fails, and a bounce waits
  const auto mails = exim.deliver();
  ASSERT_EQ(mails.size(), 1u) << exim.log();
  std::ifstream in(mails.front(), std::ios::binary);
  const std::string report{std::istreambuf_iterator<char>(in), {}};
  const auto bounces = read_bounces(as_bytes(report), ours);
  ASSERT_TRUE(bounces) << bounces.error().id << "\n" << report;
  ASSERT_EQ(bounces->size(), 1u) << report;
  EXPECT_EQ(bounces->front().letter, 31);
  EXPECT_EQ(bounces->front().kind, BounceKind::hard);
  EXPECT_EQ(bounces->front().recipient, "gone@example.test");
  EXPECT_EQ(bounces->front().message_id, "<N-1.d1@bank.test>");
}

TEST(Exim, its_refusals_are_told_apart) {
  const Exim exim;
  Smtp smtp(relay_to(exim));
  const auto to = [&](const char* recipient) { return smtp.send(kFrom, recipient, message("N-1")); };
  EXPECT_EQ(to("full@example.test").outcome, Outcome::later);
  EXPECT_EQ(to("full@example.test").why, "RCPT 452 4.2.2 Mailbox full");
  EXPECT_EQ(to("unknown@example.test").outcome, Outcome::refused);
  EXPECT_EQ(to("unknown@example.test").why, "RCPT 550 5.1.1 No such user");
  EXPECT_EQ(to("spam@example.test").outcome, Outcome::refused);
  EXPECT_EQ(to("spam@example.test").why, "DATA 554 5.7.1 Content refused");
  EXPECT_EQ(to("keiri@example.test").outcome, Outcome::accepted);
  EXPECT_EQ(exim.deliver().size(), 1u);
}

TEST(Exim, a_wrong_password_delays_the_letter_and_is_not_logged) {
  const Exim exim;
  testing::internal::CaptureStderr();
  Delivery delivery;
  {
    Smtp smtp(relay_to(exim, "Wr0ng-Pass!"));
    delivery = smtp.send(kFrom, "keiri@example.test", message("N-1"));
  }
  const std::string logged = testing::internal::GetCapturedStderr();
  EXPECT_EQ(delivery.outcome, Outcome::later);
  EXPECT_EQ(delivery.why, "relay_login");
  EXPECT_TRUE(delivery.relay_fault);
  EXPECT_NE(logged.find("mail.relay_login"), std::string::npos) << logged;
  for (const std::string& secret : {std::string("Wr0ng-Pass!"), to_base64(as_bytes("Wr0ng-Pass!")),
                                    to_base64(as_bytes(std::string_view("\0inkan\0Wr0ng-Pass!", 18))), std::string("keiri@")}) {
    EXPECT_EQ(logged.find(secret), std::string::npos);
    EXPECT_EQ(delivery.why.find(secret), std::string::npos);
  }
}

TEST(Exim, a_letter_without_login_waits) {
  const Exim exim;
  Relay relay = relay_to(exim);
  relay.user.clear();
  Smtp smtp(std::move(relay));
  EXPECT_EQ(smtp.send(kFrom, "keiri@example.test", message("N-1")).why, "relay_login");
}

TEST(Exim, a_certificate_that_does_not_hold_ends_the_talk_before_the_password) {
  const Exim exim;
  const TempFolder folder;
  const test::Issued stranger = test::issue({.common_name = "Test Root", .alternative_names = {}, .authority = true});
  Relay untrusted = relay_to(exim);
  untrusted.trust = folder.write("stranger.pem", stranger.pem());
  Relay misnamed = relay_to(exim);
  misnamed.url.replace(misnamed.url.find("localhost"), 9, "127.0.0.1");
  for (Relay* relay : {&untrusted, &misnamed}) {
    Smtp smtp(std::move(*relay));
    const Delivery delivery = smtp.send(kFrom, "keiri@example.test", message("N-1"));
    EXPECT_EQ(delivery.outcome, Outcome::later);
    EXPECT_EQ(delivery.why, "relay_untrusted");
    EXPECT_TRUE(delivery.relay_fault);
  }
  EXPECT_EQ(exim.log().find("A=plain"), std::string::npos);
}

}  // namespace
}  // namespace inkan::mail
