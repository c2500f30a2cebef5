#include "mail/bounce.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "support/tool.hpp"

namespace inkan::mail {
namespace {

BounceAddress ours(const std::string& key = "0123456789abcdef") {
  return BounceAddress::make("bounce.bank.test", Secret(key)).value();
}

/// seed is a report of tests/corpus/mail_bounce with the address of letter 31 in it.
std::string seed(const std::string& name, const std::string& address = ours().address_of(31)) {
  std::ifstream in(std::string(INKAN_SOURCE_DIR) + "/tests/corpus/mail_bounce/" + name, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::string placeholder = "bounces+1f-0123456789abcdef0123456789abcdef@bounce.bank.test";
  for (auto at = text.find(placeholder); at != std::string::npos; at = text.find(placeholder, at + 1))
    text.replace(at, placeholder.size(), address);
  EXPECT_FALSE(text.empty()) << name;
  return text;
}

Result<std::vector<Bounce>> read(const std::string& text) { return read_bounces(as_bytes(text), ours()); }

// ---- the address ----------------------------------------------------------------------------------------------------

TEST(BounceAddress, stands_for_one_letter) {
  for (const long long letter : {0LL, 1LL, 31LL, 9'223'372'036'854'775'807LL}) {
    const std::string address = ours().address_of(letter);
    EXPECT_LE(address.find('@'), 64u) << address;
    EXPECT_EQ(ours().find_letter(address), letter);
    std::string folded = address;
    for (char& c : folded) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    EXPECT_EQ(ours().find_letter(folded), letter);
  }
}

TEST(BounceAddress, cannot_be_made_without_the_key) {
  const std::string good = ours().address_of(31);
  EXPECT_TRUE(good.starts_with("bounces+1f-")) << good;
  for (std::size_t at = 8; at < good.size(); ++at) {
    std::string bent = good;
    bent[at] = bent[at] == '1' ? '2' : '1';
    EXPECT_FALSE(ours().find_letter(bent)) << bent;
  }
  EXPECT_FALSE(ours("another key, 16+").find_letter(good));
  for (const char* none : {"", "bounces+@bounce.bank.test", "bounces+1f@bounce.bank.test", "bounces+-1-00@bounce.bank.test",
                           "bounces+ffffffffffffffffff-00@bounce.bank.test", "keiri@example.test"})
    EXPECT_FALSE(ours().find_letter(none)) << none;
  EXPECT_FALSE(ours().find_letter(good + ".evil.test"));
  EXPECT_FALSE(ours().find_letter("bounces+0" + good.substr(8))) << "one spelling only";
}

TEST(BounceAddress, has_a_key_and_a_domain_worth_the_name) {
  EXPECT_EQ(BounceAddress::make("bounce.bank.test", Secret("short")).error().id, "mail.bounce_key");
  EXPECT_EQ(BounceAddress::make("bounce bank", Secret("0123456789abcdef")).error().id, "mail.bounce_domain");
  EXPECT_EQ(BounceAddress::make("", Secret("0123456789abcdef")).error().id, "mail.bounce_domain");
}

// ---- reports --------------------------------------------------------------------------------------------------------

TEST(Bounce, a_mail_servers_report_is_read) {
  const auto bounces = read(seed("postfix"));
  ASSERT_TRUE(bounces) << bounces.error().id << bounces.error().detail;
  ASSERT_EQ(bounces->size(), 1u);
  const Bounce& bounce = bounces->front();
  EXPECT_EQ(bounce.letter, 31);
  EXPECT_EQ(bounce.kind, BounceKind::hard);
  EXPECT_EQ(bounce.recipient, "keiri@example.test");
  EXPECT_EQ(bounce.status, "5.1.1");
  EXPECT_EQ(bounce.text, "550 5.1.1 <keiri@example.test>: Recipient address rejected: User unknown in local recipient table");
  EXPECT_EQ(bounce.message_id, "<N-20261031-000123.d1@bank.test>");
}

TEST(Bounce, each_failed_recipient_counts_and_the_diagnosis_says_what_the_status_does_not) {
  const auto bounces = read(seed("exchange"));
  ASSERT_TRUE(bounces) << bounces.error().detail;
  ASSERT_EQ(bounces->size(), 2u);
  EXPECT_EQ(bounces->at(0).status, "5.2.2");
  EXPECT_EQ(bounces->at(0).kind, BounceKind::soft);
  EXPECT_EQ(bounces->at(0).message_id, "<N-20261031-000123.d1@bank.test>");
  EXPECT_EQ(bounces->at(1).status, "5.7.1");
  EXPECT_EQ(bounces->at(1).recipient, "kanri@example.test");
}

TEST(Bounce, a_transfer_encoding_is_undone) {
  const auto bounces = read(seed("encoded"));
  ASSERT_TRUE(bounces) << bounces.error().detail;
  EXPECT_EQ(bounces->at(0).status, "5.1.2");
}

TEST(Bounce, a_delay_is_no_bounce) {
  const auto bounces = read(seed("delayed"));
  ASSERT_TRUE(bounces) << bounces.error().detail;
  EXPECT_TRUE(bounces->empty());
}

TEST(Bounce, a_forged_report_does_nothing) {
  EXPECT_EQ(read(seed("postfix", "bounces+1f-0123456789abcdef0123456789abcdef@bounce.bank.test")).error().id,
            "bounce.unknown_address");
  EXPECT_EQ(read(seed("postfix", ours("another key, 16+").address_of(31))).error().id, "bounce.unknown_address");
  EXPECT_EQ(read(seed("postfix", "keiri@example.test")).error().id, "bounce.unknown_address");
}

TEST(Bounce, only_the_header_says_which_letter_it_is_about) {
  const std::string body = "Subject: x\n\n" + seed("postfix");
  EXPECT_EQ(read(body).error().id, "bounce.unknown_address");
  std::string folded = seed("delayed");
  folded.replace(folded.find("To: bounces"), 4, "To:\n ");
  EXPECT_TRUE(read(folded)) << read(folded).error().id;
  std::string received = seed("postfix", "keiri@example.test");
  received.insert(0, "Received: from a.test by b.test for <" + ours().address_of(31) + ">; Sat, 31 Oct 2026 09:05:12 +0900\n");
  EXPECT_TRUE(read(received));
  EXPECT_FALSE(read("To: " + ours().address_of(31))) << "and nothing else";
}

TEST(Bounce, what_is_no_report_is_told_apart) {
  EXPECT_EQ(read(seed("plain")).error().id, "bounce.malformed");
  EXPECT_EQ(parse_delivery_report({}).error().id, "bounce.malformed");
  EXPECT_EQ(read(seed("postfix") + std::string(kMostReportBytes, 'x')).error().id, "bounce.too_large");
  std::string without = seed("postfix");
  without.replace(without.find("Action: failed"), 14, "Action: banana");
  EXPECT_EQ(read(without).error().id, "bounce.malformed");
  std::string cut = seed("postfix");
  cut.resize(cut.find("Final-Recipient"));
  EXPECT_EQ(read(cut).error().id, "bounce.malformed");
}

TEST(Bounce, only_plain_text_leaves_a_report) {
  const auto with = [](const std::string& diagnosis) {
    std::string text = seed("postfix");
    const auto at = text.find("550 5.1.1 ");
    return read(text.replace(at, 10, diagnosis)).value().front().text;
  };
  EXPECT_EQ(with("550 \x1b[31m"), "");
  EXPECT_EQ(with("550 \xFF"), "");
  EXPECT_LE(with(std::string(1'000, 'x')).size(), 200u);
  std::string japanese;
  for (int i = 0; i < 100; ++i) japanese += "漢";
  EXPECT_EQ(with(japanese).size(), 198u) << "no character is split";
}

TEST(Bounce, codes_are_judged_by_what_they_say_of_the_address) {
  for (const char* hard : {"5.0.0", "5.1.1", "5.1.2", "5.1.10", "5.2.0", "5.2.1", "5.4.4"})
    EXPECT_EQ(judge_bounce(hard), BounceKind::hard) << hard;
  for (const char* soft : {"4.1.1", "4.2.2", "4.4.7", "5.1.7", "5.1.8", "5.2.2", "5.2.3", "5.3.4", "5.4.1", "5.6.0", "5.7.1"})
    EXPECT_EQ(judge_bounce(soft), BounceKind::soft) << soft;
}

}  // namespace
}  // namespace inkan::mail
