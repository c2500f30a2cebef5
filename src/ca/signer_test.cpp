// The signer apart: messages, the line, its own judgement and its journal, over a real ceremony.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "ca/addresses.hpp"
#include "ca/authority.hpp"
#include "ca/ceremony_folder.hpp"
#include "ca/guarded_issuer.hpp"
#include "ca/infrastructure.hpp"
#include "ca/journal.hpp"
#include "ca/remote_issuer.hpp"
#include "ca/responder.hpp"
#include "ca/signer_door.hpp"
#include "ca/signer_line.hpp"
#include "ca/signer_message.hpp"
#include "pki/der.hpp"
#include "support/fake_clock.hpp"
#include "support/held_ceremony.hpp"

namespace inkan::ca {
namespace {

using pki::KeyAlgorithm;

const pki::PublicKey& subject_key() {
  static const pki::PrivateKey key = pki::PrivateKey::make(KeyAlgorithm::p256).value();
  return key.public_key();
}

template <class T>
std::string id_of(const Result<T>& result) {
  return result ? "no error" : result.error().id;
}
/// why_of is what forbade a signature.
template <class T>
std::string why_of(const Result<T>& result) {
  return result ? "no error" : result.error().id + ": " + result.error().detail;
}

/// Apart is a signer with its door, and the server's end of the line.
class Apart {
 public:
  Apart() : clock(std::make_shared<FakeClock>(held.now() + std::chrono::days{1})) {
    remote = open_remote_issuer(held.certificates(), socket()).value();
    start();
  }
  void start() {
    auto guarded =
        guard(open_issuer(held.keys(), held.certificates()).value(), {.rules = {rules()}, .journal = journal(), .clock = clock});
    check(guarded.has_value(), guarded ? "" : guarded.error().id + " " + guarded.error().detail);
    issuer_ = std::move(*guarded);
    auto door = SignerDoor::open(*issuer_, {.socket = socket(), .group = {}, .clients = {::getuid()}});
    check(door.has_value(), door ? "" : door.error().id + " " + door.error().detail);
    door_ = std::move(*door);
  }
  const Issuer& inner() const { return *issuer_; }
  void stop() {
    door_.reset();
    issuer_.reset();
  }

  static HolderRules rules() {
    return {.authority = HeldCeremony::kId,
            .subject = {{"O", "試験銀行"}, {"OU", "{company}"}, {"CN", "{login_id} {name}"}},
            .keys = {KeyAlgorithm::p256, KeyAlgorithm::rsa2048},
            .zone = Zone::find("Asia/Tokyo").value(),
            .carry_over_days = 30};
  }
  /// order is a certificate that the rules allow.
  CertificateOrder order() {
    CertificateOrder wanted = held.order(subject_key());
    const HolderRules own = rules();
    wanted.not_before = clock->now() - kBackdate;
    wanted.not_after = own.zone.end_of(one_year_after(own.zone.day_of(clock->now())));
    return wanted;
  }
  CrlOrder list(unsigned long long number) const {
    return {.authority = HeldCeremony::kId,
            .number = number,
            .this_update = clock->now(),
            .next_update = clock->now() + std::chrono::hours{24},
            .revoked = {}};
  }
  /// sign is what a server that was taken over asks for: any bytes, with their right hash.
  Result<Bytes> sign(Bytes tbs) const {
    const Digest hash = sha256(tbs);
    return remote->sign({.authority = HeldCeremony::kId, .tbs = std::move(tbs), .tbs_hash = hash});
  }
  Result<Bytes> sign(const CertificateOrder& order) const { return sign(remote->prepare(order).value().tbs); }

  std::vector<JournalEntry> lines() const {
    std::vector<JournalEntry> all;
    const auto read = read_journal(journal(), [&](const JournalEntry& entry) -> Result<void> {
      all.push_back(entry);
      return {};
    });
    check(read.has_value(), read ? "" : read.error().detail);
    return all;
  }
  std::filesystem::path socket() const { return held.folder().path() / "signer.socket"; }
  std::filesystem::path journal() const { return held.folder().path() / "signer.journal"; }

  HeldCeremony held;
  std::shared_ptr<FakeClock> clock;
  std::unique_ptr<Issuer> remote;

 private:
  std::unique_ptr<Issuer> issuer_;
  std::unique_ptr<SignerDoor> door_;
};

TEST(SignerMessage, says_the_same_on_both_sides) {
  HeldCeremony held;
  const CrlOrder list{.authority = "t-g1",
                      .number = 0x0102030405060708,
                      .this_update = held.now(),
                      .next_update = held.now() + std::chrono::hours{1},
                      .revoked = {{pki::SerialNumber::make(held.rng()), held.now(), pki::RevocationReason::superseded},
                                  {pki::SerialNumber::make(held.rng()), held.now(), pki::RevocationReason::unspecified}},
                      .shard = 1024};
  const OcspOrder answer{.authority = "t-g1",
                         .answers = {{.cert_id_der = {1, 2, 3},
                                      .status = pki::StatusAnswer::Status::revoked,
                                      .revoked_at = held.now(),
                                      .reason = pki::RevocationReason::key_compromise}},
                         .produced_at = held.now(),
                         .this_update = held.now(),
                         .next_update = held.now() + std::chrono::hours{1},
                         .nonce = {9, 9}};
  for (const SignerOrder& order :
       {SignerOrder(SignOrder{"t-g1", {1, 2, 3}}), SignerOrder(list), SignerOrder(answer), SignerOrder(HealthOrder{})}) {
    const Bytes written = to_bytes(order);
    const auto read = parse_signer_order(written);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->index(), order.index());
    EXPECT_EQ(to_bytes(*read), written);
    for (std::size_t cut = 0; cut < written.size(); ++cut)
      EXPECT_EQ(id_of(parse_signer_order(ByteView(written).first(cut))), "signer.malformed") << cut;
    Bytes longer = written;
    longer.push_back(0);
    EXPECT_EQ(id_of(parse_signer_order(longer)), "signer.malformed");
  }
  EXPECT_EQ(parse_answer(to_answer(Bytes{4, 5})).value(), (Bytes{4, 5}));
  const auto refused = parse_answer(to_answer(Result<Bytes>(fail(Code::refused, "issuer.refused", "cert.eku"))));
  EXPECT_EQ(refused.error().code, Code::refused);
  EXPECT_EQ(why_of(refused), "issuer.refused: cert.eku");
  EXPECT_EQ(id_of(parse_answer({})), "signer.malformed");
}

TEST(SignerMessage, a_count_makes_no_room_for_what_is_not_there) {
  Bytes order =
      to_bytes(SignerOrder(CrlOrder{.authority = "t", .number = 1, .this_update = {}, .next_update = {}, .revoked = {}}));
  std::fill(order.end() - 4, order.end(), std::uint8_t{0xff});
  EXPECT_EQ(id_of(parse_signer_order(order)), "signer.malformed");
}

TEST(SignerApart, issues_lists_and_answers_as_the_keys_inside_do) {
  Apart apart;
  const auto der = apart.sign(apart.order());
  ASSERT_TRUE(der) << why_of(der);
  EXPECT_TRUE(pki::Certificate::parse(*der)->verify_by(apart.held.authority().certificate));
  const auto list = apart.remote->make_crl(apart.list(1));
  EXPECT_TRUE(list) << why_of(list);
  EXPECT_TRUE(apart.remote->health());
  ASSERT_EQ(apart.remote->authorities().size(), 1U);
  EXPECT_EQ(apart.remote->authorities()[0].key_sha1, apart.held.authority().key_sha1);

  const auto lines = apart.lines();
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[1].kind, JournalEntry::Kind::certificate);
  EXPECT_EQ(lines[1].subject, pki::Certificate::parse(*der)->serial().hex());
  pki::DerReader outer(*der);
  EXPECT_EQ(lines[1].hash, sha256(outer.enter(pki::tag::kSequence).take(pki::tag::kSequence).whole));
  EXPECT_EQ(lines[2].kind, JournalEntry::Kind::crl);
  EXPECT_EQ(lines[2].subject, "1");
}

TEST(SignerApart, serves_many_at_once) {
  Apart apart;
  std::vector<CertificateOrder> orders;
  for (int i = 0; i < 80; ++i) orders.push_back(apart.order());
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 20; ++t)
    threads.emplace_back([&, t] {
      for (std::size_t i = t; i < orders.size(); i += 20) EXPECT_TRUE(apart.sign(orders[i]));
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(apart.lines().size(), 81U);
}

TEST(SignerApart, I12_refuses_while_it_is_away_and_goes_on_by_itself) {
  Apart apart;
  ASSERT_TRUE(apart.sign(apart.order()));
  apart.stop();
  const auto refused = apart.sign(apart.order());
  EXPECT_EQ(id_of(refused), "issuer.unavailable");
  EXPECT_EQ(refused.error().code, Code::unavailable);
  EXPECT_EQ(id_of(apart.remote->health()), "issuer.unavailable");
  apart.start();
  EXPECT_TRUE(apart.sign(apart.order()));
  EXPECT_TRUE(apart.remote->health());
}

TEST(SignerApart, tells_when_the_folders_differ) {
  Apart apart;
  HeldCeremony other;
  const auto stranger = open_remote_issuer(other.certificates(), apart.socket()).value();
  EXPECT_EQ(id_of(stranger->health()), "issuer.other_authorities");
}

// ---- a server that was taken over --------------------------------------------------------------------------------------

/// expect_refused looks at the answer, and for the refusal in the journal.
void expect_refused(const Apart& apart, const Result<Bytes>& result, const std::string& finding) {
  EXPECT_EQ(id_of(result), "issuer.refused");
  EXPECT_NE(why_of(result).find(finding), std::string::npos) << why_of(result);
  const JournalEntry last = apart.lines().back();
  EXPECT_EQ(last.kind, JournalEntry::Kind::refused);
  EXPECT_NE(last.reason.find(finding), std::string::npos) << last.reason;
}

TEST(SignerTakenOver, T22_asks_for_a_ca_certificate) {
  Apart apart;
  const Party root{.name = apart.held.authority().certificate.subject(), .key = subject_key()};
  const pki::Name name = HeldCeremony::name("Sub CA");
  const Party subject{.name = name, .key = subject_key()};
  const Term term = term_of(apart.clock->now(), 1);
  expect_refused(apart,
                 apart.sign(infrastructure_tbs({.rank = Rank::issuing,
                                                .signer = root,
                                                .signer_term = term,
                                                .subject = subject,
                                                .serial = pki::SerialNumber::make(apart.held.rng()),
                                                .term = term,
                                                .policy_oid = "1.3.6.1.4.1.99999.1.1"})
                                .value()),
                 "cert.basic_constraints");
}

TEST(SignerTakenOver, asks_for_a_responder_of_its_own) {
  Apart apart;
  const Party authority{.name = apart.held.authority().certificate.subject(), .key = subject_key()};
  const pki::Name name = HeldCeremony::name("OCSP");
  const Party subject{.name = name, .key = subject_key()};
  const Term term = term_of(apart.clock->now(), 1);
  expect_refused(apart,
                 apart.sign(infrastructure_tbs({.rank = Rank::responder,
                                                .signer = authority,
                                                .signer_term = term,
                                                .subject = subject,
                                                .serial = pki::SerialNumber::make(apart.held.rng()),
                                                .term = term})
                                .value()),
                 "cert.eku.purpose");
}

TEST(SignerTakenOver, T16_asks_for_another_institutions_certificate) {
  Apart apart;
  CertificateOrder order = apart.order();
  order.subject = pki::Name::make({{"O", "別の銀行"}, {"OU", "法人"}, {"CN", "k00012345 山田"}}).value();
  expect_refused(apart, apart.sign(order), "cert.subject.rule");
  order.subject = pki::Name::make({{"O", "試験銀行"}, {"CN", "k00012345 山田"}}).value();
  expect_refused(apart, apart.sign(order), "cert.subject.rule");
  Bytes tbs = apart.remote->prepare(apart.order()).value().tbs;
  const Bytes& issuer = apart.held.authority().certificate.subject().der();
  const auto at = std::search(tbs.begin(), tbs.end(), issuer.begin(), issuer.end());
  *(at + static_cast<std::ptrdiff_t>(issuer.size()) - 1) = 'X';
  expect_refused(apart, apart.sign(tbs), "cert.issuer");
}

TEST(SignerTakenOver, I11_asks_for_other_dates) {
  Apart apart;
  const CertificateOrder sound = apart.order();
  CertificateOrder order = sound;
  order.not_after = apart.held.authority().certificate.not_after();  // ten years
  expect_refused(apart, apart.sign(order), "cert.validity.term");
  order.not_after = sound.not_after + std::chrono::seconds{1};
  expect_refused(apart, apart.sign(order), "cert.validity.term");
  order.not_after = sound.not_after + std::chrono::days{31};
  expect_refused(apart, apart.sign(order), "cert.validity.term");
  order.not_after = sound.not_after + std::chrono::days{30};
  EXPECT_TRUE(apart.sign(order));
  order = apart.order();
  order.not_before -= std::chrono::minutes{3};  // backdated (WoSign 2016)
  expect_refused(apart, apart.sign(order), "cert.validity.start");
  order.not_before = apart.clock->now() + std::chrono::minutes{1};
  expect_refused(apart, apart.sign(order), "cert.validity.start");
}

TEST(SignerTakenOver, asks_for_a_key_of_another_kind) {
  Apart apart;
  static const pki::PrivateKey other = pki::PrivateKey::make(KeyAlgorithm::p384).value();
  CertificateOrder order = apart.order();
  order.key = other.public_key();
  expect_refused(apart, apart.sign(order), "cert.key.rule");
}

TEST(SignerTakenOver, I1_asks_for_a_serial_twice_also_after_a_restart) {
  Apart apart;
  const CertificateOrder order = apart.order();
  ASSERT_TRUE(apart.sign(order));
  expect_refused(apart, apart.sign(order), "cert.serial.twice");
  apart.stop();
  apart.start();
  expect_refused(apart, apart.sign(order), "cert.serial.twice");
}

TEST(SignerTakenOver, I8_asks_for_a_list_with_an_older_number_also_after_a_restart) {
  Apart apart;
  ASSERT_TRUE(apart.remote->make_crl(apart.list(7)));
  expect_refused(apart, apart.remote->make_crl(apart.list(7)), "crl.number");
  apart.stop();
  apart.start();
  expect_refused(apart, apart.remote->make_crl(apart.list(6)), "crl.number");
  CrlOrder order = apart.list(8);
  order.next_update = order.this_update + std::chrono::days{8};
  expect_refused(apart, apart.remote->make_crl(order), "crl.next_update");
  order = apart.list(8);
  order.this_update -= std::chrono::hours{1};
  expect_refused(apart, apart.remote->make_crl(order), "crl.this_update");
  EXPECT_TRUE(apart.remote->make_crl(apart.list(8)));
}

TEST(SignerTakenOver, I8_asks_for_shards_each_with_its_own_numbers_and_entries) {
  Apart apart;
  Addresses addresses = apart.held.authority().addresses;
  addresses.crl_shards = 4;
  apart.held.folder().write("ca/t-g1.json", to_json(addresses));
  apart.stop();
  apart.start();
  apart.remote = open_remote_issuer(apart.held.certificates(), apart.socket()).value();
  const auto shard = [&](unsigned number_of_shard, unsigned long long number) {
    CrlOrder order = apart.list(number);
    order.shard = number_of_shard;
    return order;
  };
  ASSERT_TRUE(apart.remote->make_crl(apart.list(7)));
  ASSERT_TRUE(apart.remote->make_crl(shard(1, 5))) << "the whole list's number is not its own";
  ASSERT_TRUE(apart.remote->make_crl(shard(2, 1)));
  const JournalEntry line = apart.lines().back();
  EXPECT_EQ(line.authority, "t-g1/2");
  EXPECT_EQ(line.subject, "1");
  apart.stop();
  apart.start();
  expect_refused(apart, apart.remote->make_crl(shard(1, 5)), "crl.number");
  expect_refused(apart, apart.remote->make_crl(shard(5, 1)), "crl.shard");
  CrlOrder foreign = shard(1, 6);
  while (foreign.revoked.empty()) {
    const auto serial = pki::SerialNumber::make(apart.held.rng());
    if (shard_of(serial.bytes(), 4) == 2) foreign.revoked.push_back({serial, apart.clock->now()});
  }
  expect_refused(apart, apart.remote->make_crl(foreign), "crl.entry.shard");
  foreign.shard = 2;
  EXPECT_TRUE(apart.remote->make_crl(foreign));
  EXPECT_TRUE(apart.remote->make_crl(shard(1, 6)));
}

TEST(SignerTakenOver, says_what_is_no_order) {
  Apart apart;
  for (const Bytes& message : {Bytes{9}, Bytes{1}, Bytes{2, 0, 0}, Bytes(kLongestOrder + 1, 1)}) {
    const auto line = connect_to(apart.socket());
    ASSERT_TRUE(line);
    ASSERT_TRUE(send_message(*line, message) || message.size() > kLongestOrder);
    const auto answer = receive_message(*line, [](std::uint8_t) { return kLongestAnswer; });
    EXPECT_EQ(answer ? id_of(parse_answer(*answer)) : "signer.malformed", "signer.malformed");
  }
  EXPECT_TRUE(apart.remote->health());
}

TEST(SignerTakenOver, the_socket_is_its_owners_and_strangers_get_no_answer) {
  Apart apart;
  struct stat about{};
  ASSERT_EQ(::stat(apart.socket().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
  const auto path = apart.held.folder().path() / "other.socket";
  const auto door = SignerDoor::open(apart.held.issuer(), {.socket = path, .group = {}, .clients = {::getuid() + 1}});
  ASSERT_TRUE(door);
  const auto remote = open_remote_issuer(apart.held.certificates(), path).value();
  EXPECT_EQ(id_of(remote->health()), "issuer.unavailable");
}

TEST(Signer, O5_renews_responders_by_its_own_clock_and_writes_it_down_and_nobody_can_ask_for_it) {
  Apart apart;
  const Instant end = responder_terms(apart.held.certificates())->front().not_after;
  EXPECT_EQ(*renew_responders(apart.inner(), end), 0) << "whatever time the caller says it is";
  apart.clock->set(end - std::chrono::days{3});
  EXPECT_EQ(*renew_responders(*apart.remote, end), 0) << "the server has no key and no verb for it";
  EXPECT_EQ(*renew_responders(apart.inner(), {}), 1);
  EXPECT_GT(responder_terms(apart.held.certificates())->front().not_after, end);
  std::vector<std::string> told;
  ASSERT_TRUE(read_journal(apart.journal(), [&](const JournalEntry& entry) -> Result<void> {
    if (entry.kind == JournalEntry::Kind::responder) told.push_back(entry.authority + " " + entry.subject);
    return {};
  }));
  const auto certificate = read_certificate(apart.held.certificates() / "t-g1-ocsp.pem");
  EXPECT_EQ(told, std::vector<std::string>{std::string(HeldCeremony::kId) + " " + certificate->serial().hex()});
  apart.stop();
  apart.start();  // the journal is read back, the certificate found
  EXPECT_EQ(*renew_responders(apart.inner(), {}), 0);
}

}  // namespace
}  // namespace inkan::ca
