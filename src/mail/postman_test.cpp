#include "mail/postman.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "support/fake_clock.hpp"
#include "support/fake_rng.hpp"
#include "support/mail_keys.hpp"
#include "support/scripted_relay.hpp"

namespace inkan::mail {
namespace {

using lifecycle::Letter;
using lifecycle::LetterState;
using test::ScriptedRelay;
using testing::NiceMock;

/// Desk is a writer of letters alone; whatever else is asked of it is answered with nothing.
class Desk : public lifecycle::Writer {
 public:
  explicit Desk(std::vector<Letter>& letters) : letters_(letters) {}

  Result<std::vector<Letter>> waiting_letters(Instant now, int limit) override {
    std::vector<Letter> due;
    for (const Letter& letter : letters_)
      if (letter.state == LetterState::waiting && letter.next_attempt <= now && static_cast<int>(due.size()) < limit)
        due.push_back(letter);
    return due;
  }
  Result<void> set_letter(const Letter& letter) override {
    *std::ranges::find(letters_, letter.id, &Letter::id) = letter;
    return {};
  }
  Result<std::vector<lifecycle::CertificateRecord>> live_certificates(const lifecycle::HolderId& /*id*/) override {
    return std::vector<lifecycle::CertificateRecord>();  // replaced or revoked, all of them
  }

  using Id = lifecycle::HolderId;
  using Record = lifecycle::CertificateRecord;
  template <class T>
  using Found = Result<std::optional<T>>;
  template <class T>
  using List = Result<std::vector<T>>;
  MOCK_METHOD(Found<lifecycle::Holder>, find_holder, (const Id&), (override));
  MOCK_METHOD(List<lifecycle::Holder>, list_holders, (const std::string&, const std::string&, int), (override));
  MOCK_METHOD(List<lifecycle::OneTimeCode>, usable_codes, (const Id&, Instant), (override));
  MOCK_METHOD(Found<Record>, find_by_fingerprint, (const Digest&), (override));
  MOCK_METHOD(Found<Record>, find_by_serial, (const ca::AuthorityId&, const pki::SerialNumber&), (override));
  MOCK_METHOD(Found<Record>, find_by_key, (const Digest&), (override));
  MOCK_METHOD(List<Record>, certificates_of, (const Id&), (override));
  MOCK_METHOD(List<Record>, unfinished, (Instant), (override));
  MOCK_METHOD(List<Revoked>, revoked_for_crl, (const ca::AuthorityId&, Instant), (override));
  MOCK_METHOD(List<lifecycle::CertificateRecord>, live_under,
              (const ca::AuthorityId&, const std::optional<pki::SerialNumber>&, int), (override));
  MOCK_METHOD(List<pki::SerialNumber>, revoked_since, (const ca::AuthorityId&, Instant, Instant), (override));
  MOCK_METHOD(List<lifecycle::DueCertificate>, due, (const DueQuery&), (override));
  MOCK_METHOD(Found<lifecycle::Ticket>, find_ticket, (const std::string&), (override));
  MOCK_METHOD(Found<lifecycle::Ticket>, find_current_ticket, (const Id&), (override));
  MOCK_METHOD(Found<lifecycle::Ticket>, find_ticket_by_secret, (const Digest&), (override));
  MOCK_METHOD(Found<lifecycle::Session>, find_session, (const Digest&), (override));
  MOCK_METHOD(Found<lifecycle::Grant>, find_grant, (const std::string&, const Digest&), (override));
  MOCK_METHOD(Found<lifecycle::Grant>, find_grant_by_token, (const std::string&, const Digest&), (override));
  MOCK_METHOD(Found<lifecycle::Grant>, find_grant_of_session, (const std::string&, const Digest&), (override));
  MOCK_METHOD(List<lifecycle::Grant>, untold_grants, (const std::string&, const std::string&, const Digest&, int), (override));
  MOCK_METHOD(List<lifecycle::Notice>, notices_of, (const Id&, int), (override));
  MOCK_METHOD(Found<lifecycle::Notice>, find_notice, (const std::string&, const std::string&), (override));
  MOCK_METHOD(Found<Day>, day_done, (const std::string&, const std::string&), (override));
  MOCK_METHOD(Found<PublishedCrl>, latest_crl, (const ca::AuthorityId&), (override));
  MOCK_METHOD(Found<PublishedCrl>, latest_crl_head, (const ca::AuthorityId&), (override));
  MOCK_METHOD(List<PublishedShard>, shard_heads, (const ca::AuthorityId&), (override));
  MOCK_METHOD(Result<unsigned long long>, crl_number, (const ca::AuthorityId&), (override));
  MOCK_METHOD(Result<void>, set_crl_number, (const ca::AuthorityId&, unsigned long long), (override));
  MOCK_METHOD(List<std::string>, audit_nodes, (), (override));
  MOCK_METHOD(List<lifecycle::AuditRecord>, audit_records, (const std::string&, long long, int), (override));
  MOCK_METHOD(Result<lifecycle::Totals>, totals, (), (override));
  MOCK_METHOD(Found<lifecycle::Holder>, lock_holder, (const Id&), (override));
  MOCK_METHOD(Result<void>, put_holder, (const lifecycle::Holder&), (override));
  MOCK_METHOD(Result<void>, put_code, (const lifecycle::OneTimeCode&), (override));
  MOCK_METHOD(Result<void>, add_certificate, (const Record&), (override));
  MOCK_METHOD(Result<void>, set_certificate, (const Record&), (override));
  MOCK_METHOD(Result<void>, put_ticket, (const lifecycle::Ticket&), (override));
  MOCK_METHOD(Result<void>, put_session, (const lifecycle::Session&), (override));
  MOCK_METHOD(Result<void>, touch_session, (const Digest&, Instant), (override));
  MOCK_METHOD(Result<void>, put_grant, (const lifecycle::Grant&), (override));
  MOCK_METHOD(Result<void>, set_told, (const std::string&, const std::string&, const Digest&, Instant), (override));
  MOCK_METHOD(Result<void>, remove_session, (const Digest&), (override));
  MOCK_METHOD(Result<void>, remove_sessions_of, (const Digest&), (override));
  MOCK_METHOD(Result<void>, remove_sessions_before, (Instant), (override));
  MOCK_METHOD(Result<long long>, next_notice_numbers, (const std::string&, Day, int), (override));
  MOCK_METHOD(Result<bool>, add_notice, (const lifecycle::Notice&), (override));
  MOCK_METHOD(Result<void>, add_letter, (const Letter&), (override));
  MOCK_METHOD(Result<void>, set_day_done, (const std::string&, const std::string&, Day), (override));
  MOCK_METHOD(Result<void>, add_crl, (const ca::AuthorityId&, const PublishedCrl&), (override));
  MOCK_METHOD(void, audit, (lifecycle::AuditEntry), (override));
  MOCK_METHOD(List<lifecycle::Subtree>, audit_subtrees, (const std::string&, int, long long, int), (override));
  MOCK_METHOD(Found<lifecycle::Subtree>, last_audit_subtree, (const std::string&, int), (override));
  MOCK_METHOD(Result<void>, add_audit_subtrees, (const std::string&, const std::vector<lifecycle::Subtree>&), (override));
  using After = std::optional<std::pair<Day, std::string>>;
  MOCK_METHOD(List<lifecycle::Holder>, holders_of_contract, (const std::string&, const std::string&, int), (override));
  MOCK_METHOD(List<lifecycle::Holder>, search_holders, (const std::string&, const std::string&, int), (override));
  MOCK_METHOD(List<lifecycle::Holder>, unfetched, (const std::string&, Day, Day, const After&, int), (override));
  MOCK_METHOD(List<lifecycle::OneTimeCode>, codes_to_make, (Instant, int), (override));
  MOCK_METHOD(List<lifecycle::Contact>, contacts_of, (const Id&), (override));
  MOCK_METHOD(List<lifecycle::Contact>, undeliverable_contacts, (const std::string&, int), (override));
  MOCK_METHOD(Found<lifecycle::Staff>, find_staff, (const lifecycle::StaffId&), (override));
  MOCK_METHOD(Found<lifecycle::Staff>, find_staff_by_fingerprint, (const Digest&), (override));
  MOCK_METHOD(List<lifecycle::Staff>, list_staff, (const std::string&), (override));
  MOCK_METHOD(Found<lifecycle::StaffSession>, find_staff_session, (const Digest&), (override));
  MOCK_METHOD(Found<lifecycle::StaffRequest>, find_request, (const std::string&, const std::string&), (override));
  MOCK_METHOD(List<lifecycle::StaffRequest>, requests_of, (const Id&, int), (override));
  MOCK_METHOD(List<lifecycle::StaffRequest>, waiting_requests, (const std::string&, int), (override));
  MOCK_METHOD(Found<Letter>, find_letter, (long long), (override));
  MOCK_METHOD(List<lifecycle::AuditRecord>, audit_of, (const std::string&, const std::string&, int), (override));
  MOCK_METHOD(Result<void>, put_contact, (const lifecycle::Contact&), (override));
  MOCK_METHOD(Result<void>, remove_contact, (const Id&, const std::string&), (override));
  MOCK_METHOD(Result<void>, put_staff, (const lifecycle::Staff&), (override));
  MOCK_METHOD(Result<void>, put_staff_session, (const lifecycle::StaffSession&), (override));
  MOCK_METHOD(Result<void>, remove_staff_session, (const Digest&), (override));
  MOCK_METHOD(Result<void>, remove_staff_sessions_of, (const lifecycle::StaffId&), (override));
  MOCK_METHOD(Found<lifecycle::Tries>, find_tries, (const std::string&), (override));
  MOCK_METHOD(Result<lifecycle::Tries>, count_try, (const std::string&, Instant, Instant), (override));
  MOCK_METHOD(Result<void>, put_tries, (const lifecycle::Tries&), (override));
  MOCK_METHOD(Result<void>, remove_tries, (const std::string&), (override));
  MOCK_METHOD(Result<void>, remove_tries_before, (Instant), (override));
  MOCK_METHOD(List<Letter>, sealed_letters, (const std::string&, int), (override));
  MOCK_METHOD(Result<void>, put_request, (const lifecycle::StaffRequest&), (override));
  using Place = std::optional<std::pair<Instant, pki::SerialNumber>>;
  MOCK_METHOD(List<std::string>, sharers_of, (const std::string&, const std::string&, int), (override));
  MOCK_METHOD(List<lifecycle::DueCertificate>, unreached, (const UnreachedQuery&), (override));
  MOCK_METHOD(List<Record>, unconfirmed, (const std::string&, Instant, Day, const Place&, int), (override));
  MOCK_METHOD(Found<Instant>, muted_since, (const ca::AuthorityId&, const pki::SerialNumber&), (override));
  MOCK_METHOD(List<std::string>, digest_contracts, (const std::string&, int), (override));
  MOCK_METHOD(List<lifecycle::DigestLine>, digest_lines, (const std::string&, const std::string&), (override));
  MOCK_METHOD(Result<void>, set_mute, (const ca::AuthorityId&, const pki::SerialNumber&, const std::optional<Instant>&),
              (override));
  MOCK_METHOD(Result<void>, put_digest_line, (const lifecycle::DigestLine&), (override));
  MOCK_METHOD(Result<void>, remove_digest, (const std::string&, const std::string&), (override));

 private:
  std::vector<Letter>& letters_;
};

/// Drawer keeps letters as a store does: all of a transaction or nothing. It can be made to fail at the next settling.
class Drawer : public lifecycle::Store {
 public:
  Result<void> transact(const std::function<Result<void>(lifecycle::Writer&)>& work) override {
    if (fail_at == ++transactions) return fail(Code::unavailable, "store.unavailable");
    const std::vector<Letter> before = letters;
    NiceMock<Desk> desk(letters);
    ON_CALL(desk, audit).WillByDefault([this](const lifecycle::AuditEntry& entry) { audited.push_back(entry.action); });
    auto done = work(desk);
    if (!done) letters = before;
    return done;
  }
  Result<void> read(const std::function<Result<void>(lifecycle::Reader&)>& work) override {
    NiceMock<Desk> desk(letters);
    return work(desk);
  }
  Result<void> health() override { return {}; }

  std::vector<Letter> letters;
  std::vector<std::string> audited;
  int transactions = 0;
  int fail_at = 0;
};

class NoIssuer : public ca::Issuer {
 public:
  MOCK_METHOD(Result<ca::PreparedCertificate>, prepare, (const ca::CertificateOrder&), (const, override));
  MOCK_METHOD(Result<Bytes>, sign, (const ca::PreparedCertificate&), (const, override));
  MOCK_METHOD(Result<Bytes>, make_crl, (const ca::CrlOrder&), (const, override));
  MOCK_METHOD(Result<Bytes>, make_ocsp, (const ca::OcspOrder&), (const, override));
  MOCK_METHOD(std::vector<ca::Authority>, authorities, (), (const, override));
  MOCK_METHOD(Result<void>, health, (), (const, override));
};

class Post : public testing::Test {
 protected:
  Letter& add(const std::string& to = "keiri@example.test") {
    Letter letter;
    letter.id = static_cast<long long>(drawer_.letters.size()) + 1;
    letter.holder = {"d1", "keiri01"};
    letter.notice = "N-20261031-" + std::to_string(letter.id);
    letter.to = to;
    letter.subject = "電子証明書更新のお願い";
    letter.body = "あと30日です。\n";
    letter.message_id = "<" + letter.notice + ".d1@bank.test>";
    letter.next_attempt = clock_.now();
    return drawer_.letters.emplace_back(std::move(letter));
  }
  Relay relay_at(const std::string& url) const {
    return {.url = url,
            .user = {},
            .password = {},
            .trust = {},
            .sender = "no-reply@bank.test",
            .require_tls = false,
            .connect_timeout = std::chrono::milliseconds{500},
            .letter_timeout = std::chrono::milliseconds{500}};
  }
  Postman postman(const ScriptedRelay& relay) {
    return {outbox_, relay_at(relay.url()), clock_, {.names = {{"d1", "サンプル銀行"}}}};
  }
  std::vector<LetterState> states() const {
    std::vector<LetterState> all;
    for (const Letter& letter : drawer_.letters) all.push_back(letter.state);
    return all;
  }
  static std::vector<std::string> message_ids(const ScriptedRelay& relay) {
    std::vector<std::string> ids;
    for (const std::string& message : relay.messages()) {
      const auto at = message.find("Message-ID: ") + 12;
      ids.push_back(message.substr(at, message.find("\r\n", at) - at));
    }
    return ids;
  }

  FakeClock clock_{parse_rfc3339("2026-10-31T00:00:00Z").value()};
  FakeRng rng_;
  Drawer drawer_;
  NiceMock<NoIssuer> issuer_;
  lifecycle::Institutions institutions_;
  lifecycle::Outbox outbox_{lifecycle::Services{drawer_, issuer_, institutions_, clock_, rng_}};
};

TEST_F(Post, carries_all_that_is_due_over_one_connection) {
  for (int i = 0; i < 20; ++i) add();
  add().next_attempt = clock_.now() + std::chrono::seconds{1};
  const ScriptedRelay relay;
  const auto carried = postman(relay).carry();
  ASSERT_TRUE(carried);
  EXPECT_EQ(carried->accepted, 20);
  EXPECT_EQ(carried->delayed + carried->refused, 0);
  EXPECT_EQ(relay.messages().size(), 20u);
  EXPECT_EQ(relay.connections(), 1);
  EXPECT_EQ(std::ranges::count(states(), LetterState::accepted), 20);
  EXPECT_EQ(drawer_.letters.back().state, LetterState::waiting);
  EXPECT_EQ(postman(relay).carry()->accepted, 0);
  EXPECT_EQ(relay.messages().size(), 20u);
}

TEST_F(Post, a_letter_says_who_sends_it) {
  add();
  const ScriptedRelay relay;
  ASSERT_TRUE(postman(relay).carry());
  EXPECT_NE(relay.messages().at(0).find("From: =?UTF-8?B?44K144Oz44OX44Or6YqA6KGM?= <no-reply@bank.test>\r\n"),
            std::string::npos);
}

TEST_F(Post, letters_are_signed_for_their_readers_and_for_mail_servers_each_with_a_sender_of_its_own) {
  const test::MailKeys keys;
  keys.issue("bank");
  const auto bounces = [] { return BounceAddress::make("bounce.bank.test", Secret("0123456789abcdef")).value(); };
  const auto stationery = [&] {
    Stationery made{.names = {{"d1", "サンプル銀行"}}, .smime = {}, .dkim = {}, .bounces = bounces()};
    made.smime = Smime::load(keys.file("bank.pem"), Secret(keys.file("bank.key")), keys.kAddress, unsigned_domains()).value();
    for (const char* type : {"RSA -pkeyopt rsa_keygen_bits:2048", "ED25519"}) {
      const std::string pem = keys.make("dkim", std::string("-algorithm ") + type);
      made.dkim.push_back(Dkim::load({.domain = "bank.test", .selector = "s", .key = Secret(pem)}, keys.kAddress).value());
    }
    return made;
  };
  clock_.set(std::chrono::floor<std::chrono::seconds>(
      pki::Certificate::parse_pem(keys.file("bank.pem")).value().front().not_before() + std::chrono::hours{1}));
  add();
  add("keiri@docomo.ne.jp");
  const ScriptedRelay relay;
  Relay to = relay_at(relay.url());
  to.sender = keys.kAddress;
  Postman carrier(outbox_, std::move(to), clock_, stationery());
  EXPECT_EQ(carrier.carry()->accepted, 2);
  const auto messages = relay.messages();
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(keys.verify(messages[0]).status, 0);
  EXPECT_EQ(messages[1].find("multipart"), std::string::npos);
  for (const std::string& message : messages) {
    EXPECT_TRUE(message.starts_with("DKIM-Signature: v=1; a=rsa-sha256;"));
    EXPECT_NE(message.find("\r\nDKIM-Signature: v=1; a=ed25519-sha256;"), std::string::npos);
  }
  EXPECT_EQ(message_ids(relay), (std::vector{drawer_.letters[0].message_id, drawer_.letters[1].message_id}));
  ASSERT_EQ(relay.senders().size(), 2u);
  EXPECT_TRUE(relay.senders()[0].starts_with("MAIL FROM:<" + bounces().address_of(1) + ">"));
  EXPECT_TRUE(relay.senders()[1].starts_with("MAIL FROM:<" + bounces().address_of(2) + ">"));

  clock_.advance(std::chrono::days{3651});
  add().next_attempt = clock_.now();
  add().next_attempt = clock_.now();
  testing::internal::CaptureStderr();
  EXPECT_EQ(carrier.carry()->accepted, 2) << "a deadline missed would harm more";
  const std::string logged = testing::internal::GetCapturedStderr();
  EXPECT_EQ(relay.messages().back().find("multipart"), std::string::npos);
  EXPECT_NE(logged.find("mail.smime_expired"), std::string::npos);
  EXPECT_EQ(logged.find("mail.smime_expired"), logged.rfind("mail.smime_expired")) << "once a round";
}

TEST_F(Post, I10_a_failure_between_250_and_settling_repeats_the_same_message_id) {
  add();
  const ScriptedRelay relay;
  drawer_.fail_at = 2;  // claimed, sent, and then the settling is not kept
  const auto broken = postman(relay).carry();
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().id, "store.unavailable");
  EXPECT_EQ(postman(relay).carry()->accepted, 0) << "its lease runs";
  EXPECT_EQ(relay.messages().size(), 1u);
  clock_.advance(std::chrono::minutes{11});
  EXPECT_EQ(postman(relay).carry()->accepted, 1);
  const std::string id = drawer_.letters[0].message_id;
  EXPECT_EQ(message_ids(relay), (std::vector{id, id}));
  EXPECT_EQ(states(), std::vector{LetterState::accepted});
}

TEST_F(Post, I10_a_relay_lost_in_the_gap_repeats_the_same_message_id) {
  add();
  int ends = 0;
  const ScriptedRelay relay([&](std::string_view command, int /*connection*/) {
    return command == "." && ++ends == 1 ? std::string(ScriptedRelay::kHangUp) : ScriptedRelay::polite(command);
  });
  EXPECT_EQ(postman(relay).carry()->delayed, 1);
  clock_.advance(std::chrono::minutes{1});
  EXPECT_EQ(postman(relay).carry()->accepted, 1);
  const std::string id = drawer_.letters[0].message_id;
  EXPECT_EQ(message_ids(relay), (std::vector{id, id}));
}

TEST_F(Post, I10_a_letter_about_a_certificate_that_is_gone_is_not_sent) {
  add().about = pki::SerialNumber::make(rng_);
  add();
  const ScriptedRelay relay;
  EXPECT_EQ(postman(relay).carry()->accepted, 1);
  EXPECT_EQ(relay.messages().size(), 1u);
  EXPECT_EQ(states(), (std::vector{LetterState::dropped, LetterState::accepted}));
}

TEST_F(Post, one_letters_refusal_does_not_hold_up_the_others) {
  for (const char* to : {"a@example.test", "b@example.test", "c@example.test", "d@example.test"}) add(to);
  int asked = 0;
  const ScriptedRelay relay([&](std::string_view command, int /*connection*/) {
    if (command == "RCPT") ++asked;
    if (command == "RCPT" && asked == 1) return std::string("550 5.1.1 no such user");
    if (command == "RCPT" && asked == 2) return std::string("452 4.2.2 full");
    if (command == "." && asked == 3) return std::string();
    return ScriptedRelay::polite(command);
  });
  const auto carried = postman(relay).carry();
  ASSERT_TRUE(carried);
  EXPECT_EQ(carried->refused, 1);
  EXPECT_EQ(carried->delayed, 2);
  EXPECT_EQ(carried->accepted, 1);
  EXPECT_EQ(states(), (std::vector{LetterState::refused, LetterState::waiting, LetterState::waiting, LetterState::accepted}));
  EXPECT_EQ(drawer_.letters[1].next_attempt, clock_.now() + std::chrono::minutes{1});
}

TEST_F(Post, a_failing_relay_is_called_once_and_no_letter_is_lost) {
  for (int i = 0; i < 5; ++i) add();
  const ScriptedRelay relay(ScriptedRelay::saying("MAIL", "451 4.3.0 disk full"));
  const auto carried = postman(relay).carry();
  ASSERT_TRUE(carried);
  EXPECT_EQ(carried->delayed, 5);
  EXPECT_EQ(relay.connections(), 1);
  for (const LetterState state : states()) EXPECT_EQ(state, LetterState::waiting);
}

TEST_F(Post, a_letter_that_cannot_be_written_is_refused_and_not_tried_for_ever) {
  add("not an address");
  add().subject = "a\r\nBcc: x@y.test";
  add();
  const ScriptedRelay relay;
  const auto carried = postman(relay).carry();
  EXPECT_EQ(carried->refused, 2);
  EXPECT_EQ(carried->accepted, 1);
  EXPECT_EQ(std::ranges::count(drawer_.audited, "letter.refused"), 2);
}

TEST_F(Post, letters_claimed_but_not_tried_are_put_back_when_told_to_stop) {
  for (int i = 0; i < 3; ++i) add();
  const ScriptedRelay relay;
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(postman(relay).carry(stop.get_token())->delayed, 3);
  EXPECT_EQ(relay.connections(), 0);
  clock_.advance(std::chrono::minutes{1});
  EXPECT_EQ(postman(relay).carry()->accepted, 3);
}

TEST_F(Post, a_letter_whose_lease_is_nearly_over_is_left_to_its_next_carrier) {
  add("a@example.test");
  add("b@example.test");
  const ScriptedRelay relay([this](std::string_view command, int /*connection*/) {
    if (command == "RCPT") clock_.advance(std::chrono::minutes{10});  // a slow relay: the batch's lease ends meanwhile
    return ScriptedRelay::polite(command);
  });
  Postman carrier = postman(relay);
  ASSERT_TRUE(carrier.carry());
  EXPECT_EQ(message_ids(relay).size(), 2u) << "the second one under a new claim, once";
  EXPECT_EQ(drawer_.letters[1].attempts, 2);
  EXPECT_EQ(states(), (std::vector{LetterState::accepted, LetterState::accepted}));
}

}  // namespace
}  // namespace inkan::mail
