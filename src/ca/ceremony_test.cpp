#include "ca/ceremony.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.hpp"
#include "ca/addresses.hpp"
#include "ca/responder.hpp"
#include "support/held_ceremony.hpp"

namespace inkan::ca {
namespace {

using pki::KeyAlgorithm;

std::string id_of(const auto& result) { return result ? "no error" : result.error().id; }

/// A folder in which ceremonies are held, broken off, and held again.
struct Desk {
  TempFolder folder;
  FakeRng rng;
  std::unique_ptr<KeyStore> keys = open_file_key_store(folder.path() / "keys", Secret("passphrase"));
  CeremonyPlan plan = HeldCeremony::plan(KeyAlgorithm::p256);
  Instant now = HeldCeremony::default_now();

  std::filesystem::path ca() const { return folder.path() / "ca"; }
  auto hold() { return hold_ceremony(plan, *keys, ca(), rng, now); }
  void remove(const std::string& name) const { std::filesystem::remove(folder.path() / name); }
};

unsigned mode_of(const std::filesystem::path& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777u : 0u;
}

TEST(Ceremony, makes_root_authority_responder_and_addresses) {
  Desk desk;
  const auto made = desk.hold();
  ASSERT_TRUE(made) << id_of(made);
  EXPECT_EQ(*made, (std::vector<std::string>{"root.key", "root.pem", "root.crl", "t-g1.key", "t-g1.pem", "t-g1-ocsp.key",
                                             "t-g1-ocsp.pem", "t-g1.json"}));
  EXPECT_EQ(mode_of(desk.folder.path() / "keys"), 0700u);
  EXPECT_EQ(mode_of(desk.ca()), 0700u);
  for (const char* key : {"root.key", "t-g1.key", "t-g1-ocsp.key"})
    EXPECT_EQ(mode_of(desk.folder.path() / "keys" / key), 0600u) << key;
  EXPECT_TRUE(open_issuer(*desk.keys, desk.ca()));
}

TEST(Ceremony, makes_certificates_of_the_right_form) {
  HeldCeremony held(KeyAlgorithm::rsa2048);
  const std::string ca = held.certificates().string();
  const auto text = [&](const char* file) {
    return run_tool(fmt::format("openssl x509 -noout -text -in {}/{}", ca, file)).output;
  };
  const auto expect = [](const std::string& output, std::initializer_list<const char*> wanted) {
    for (const char* line : wanted) EXPECT_NE(output.find(line), std::string::npos) << line << "\n" << output;
  };
  expect(text("root.pem"), {"X509v3 Basic Constraints: critical\n                CA:TRUE\n",
                            "Key Usage: critical\n                Certificate Sign, CRL Sign\n", "Subject Key Identifier",
                            "Not Before: Nov 30 02:55:00 2026 GMT", "Not After : Nov 30 02:54:59 2046 GMT"});
  expect(text("t-g1.pem"), {"CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign\n", "TLS Web Client Authentication, OCSP Signing",
                            "Authority Key Identifier", "Not After : Nov 30 02:54:59 2036 GMT"});
  expect(text("t-g1-ocsp.pem"), {"Digital Signature\n", "Extended Key Usage: \n                OCSP Signing\n", "OCSP No Check"});
  const ToolRun chain =
      run_tool(fmt::format("openssl verify -x509_strict -attime {} -CAfile {}/root.pem -untrusted {}/t-g1.pem {}/t-g1-ocsp.pem",
                           to_epoch(held.now()), ca, ca, ca));
  EXPECT_EQ(chain.status, 0) << chain.output;
}

pki::Certificate responder_in(const Desk& desk) {
  return pki::Certificate::parse_pem(*read_file(desk.ca() / "t-g1-ocsp.pem"))->front();
}

TEST(Responder, O5_renews_itself_thirty_days_before_its_end_for_the_key_it_has) {
  Desk desk;
  ASSERT_TRUE(desk.hold());
  const pki::Certificate first = responder_in(desk);
  EXPECT_EQ(first.not_after(), desk.now + kResponderLife);
  const auto issuer = open_issuer(*desk.keys, desk.ca());
  ASSERT_TRUE(issuer);
  const Instant due = first.not_after() - kResponderRenewal;
  EXPECT_EQ(*renew_responders(**issuer, due - std::chrono::seconds{1}), 0);
  EXPECT_EQ(responder_in(desk).serial(), first.serial());
  EXPECT_EQ(*renew_responders(**issuer, due), 1);
  EXPECT_EQ(*renew_responders(**issuer, due), 0);
  const pki::Certificate second = responder_in(desk);
  EXPECT_NE(second.serial(), first.serial());
  EXPECT_EQ(second.spki(), first.spki());
  EXPECT_EQ(second.subject().der(), first.subject().der());
  EXPECT_EQ(second.not_after(), due + kResponderLife);
  EXPECT_EQ(responder_terms(desk.ca())->front().not_after, second.not_after());
  const std::string ca = desk.ca().string();
  const ToolRun chain =
      run_tool(fmt::format("openssl verify -x509_strict -attime {} -CAfile {}/root.pem -untrusted {}/t-g1.pem {}/t-g1-ocsp.pem",
                           to_epoch(due), ca, ca, ca));
  EXPECT_EQ(chain.status, 0) << chain.output;
  EXPECT_NE(run_tool("openssl x509 -noout -text -in " + ca + "/t-g1-ocsp.pem").output.find("OCSP No Check"), std::string::npos);
}

TEST(Responder, signs_nothing_that_outlives_its_certificate_and_never_outlives_its_authority) {
  Desk desk;
  ASSERT_TRUE(desk.hold());
  const auto issuer = open_issuer(*desk.keys, desk.ca());
  ASSERT_TRUE(issuer);
  const Authority authority = (*issuer)->authorities().front();
  pki::StatusAnswer answer;
  answer.cert_id_der = parse_hex("3049300906052b0e03021a05000414" + to_hex(authority.name_sha1) + "0414" +
                                 to_hex(authority.key_sha1) + "021040000000000000000000000000000001")
                           .value();
  const auto sign = [&](Instant next_update) {
    const Instant now = next_update - std::chrono::hours{1};
    return id_of((*issuer)->make_ocsp({authority.id, {answer}, now, now, next_update, {}}));
  };
  const Instant end = responder_in(desk).not_after();
  EXPECT_EQ(sign(end), "no error");
  EXPECT_EQ(sign(end + std::chrono::seconds{1}), "issuer.refused");
  EXPECT_EQ(*renew_responders(**issuer, end), 1) << "late is better than never";
  EXPECT_EQ(sign(end + std::chrono::seconds{1}), "no error");
  const Instant last = authority.certificate.not_after();
  EXPECT_EQ(*renew_responders(**issuer, last - std::chrono::days{40}), 1);
  EXPECT_EQ(responder_in(desk).not_after(), last);
  EXPECT_EQ(*renew_responders(**issuer, last - std::chrono::days{1}), 0) << "no later end can be had";
}

TEST(Responder, that_cannot_be_kept_is_used_all_the_same) {
  Desk desk;
  ASSERT_TRUE(desk.hold());
  const auto issuer = open_issuer(*desk.keys, desk.ca());
  const Instant end = responder_in(desk).not_after();
  std::filesystem::create_directory(desk.ca() / "t-g1-ocsp.pem.new");  // no file can be written there
  EXPECT_EQ(*renew_responders(**issuer, end), 1);
  EXPECT_EQ(responder_in(desk).not_after(), end);
  EXPECT_EQ(*renew_responders(**issuer, end), 0);
}

TEST(Ceremony, held_again_changes_nothing) {
  Desk desk;
  ASSERT_TRUE(desk.hold());
  const std::string before = run_tool("cat " + desk.ca().string() + "/*").output;
  const auto again = desk.hold();
  ASSERT_TRUE(again) << id_of(again);
  EXPECT_TRUE(again->empty());
  EXPECT_EQ(run_tool("cat " + desk.ca().string() + "/*").output, before);
}

TEST(Ceremony, broken_off_at_any_file_is_simply_held_again) {
  const std::vector<std::string> files{"keys/root.key", "ca/root.pem",        "ca/root.crl",      "keys/t-g1.key",
                                       "ca/t-g1.pem",   "keys/t-g1-ocsp.key", "ca/t-g1-ocsp.pem", "ca/t-g1.json"};
  for (std::size_t last = 0; last < files.size(); ++last) {
    Desk desk;
    ASSERT_TRUE(desk.hold());
    for (std::size_t i = last; i < files.size(); ++i) desk.remove(files[i]);
    if (last > 0) {
      EXPECT_EQ(id_of(open_issuer(*desk.keys, desk.ca())), "issuer.none");
    }
    const auto again = desk.hold();
    ASSERT_TRUE(again) << files[last] << " " << id_of(again);
    EXPECT_EQ(again->size(), files.size() - last);
    EXPECT_TRUE(open_issuer(*desk.keys, desk.ca())) << files[last];
  }
}

TEST(Ceremony, leftovers_of_a_broken_write_do_no_harm) {
  Desk desk;
  std::filesystem::create_directories(desk.ca());
  desk.folder.write("ca/root.pem.new", "half a file");
  ASSERT_TRUE(desk.hold());
  EXPECT_FALSE(std::filesystem::exists(desk.ca() / "root.pem.new"));
}

TEST(Ceremony, the_roots_key_may_be_taken_away) {
  Desk desk;
  ASSERT_TRUE(desk.hold());
  desk.remove("keys/root.key");
  EXPECT_TRUE(desk.hold());
  EXPECT_TRUE(open_issuer(*desk.keys, desk.ca()));
  desk.plan.authorities.push_back(desk.plan.authorities[0]);
  desk.plan.authorities[1].id = "t-g2";
  EXPECT_EQ(id_of(desk.hold()), "key_store.not_found");  // and no second root is made in silence
}

pki::Crl root_list(const Desk& desk) {
  const std::string der = read_file(desk.ca() / kRootListName).value();
  return pki::Crl::parse(as_bytes(der)).value();
}

TEST(RootList, is_empty_lives_for_a_year_and_belongs_to_each_authority) {
  Desk desk;
  ASSERT_TRUE(desk.hold());
  const pki::Crl list = root_list(desk);
  EXPECT_EQ(list.number(), 1u);
  EXPECT_TRUE(list.entries().empty());
  EXPECT_EQ(list.next_update() - list.this_update(), std::chrono::days{365});
  const auto issuer = open_issuer(*desk.keys, desk.ca());
  ASSERT_TRUE(issuer);
  for (const Authority& authority : (*issuer)->authorities()) {
    EXPECT_EQ(authority.root_list, list.der());
    EXPECT_TRUE(list.verify_by(authority.root));
  }
}

TEST(RootList, is_renewed_by_the_ceremony_that_has_the_roots_key) {
  Desk desk;
  ASSERT_TRUE(desk.hold());
  desk.now += std::chrono::days{184};
  EXPECT_TRUE(desk.hold()->empty()) << "it lives for half a year and more";
  desk.now += std::chrono::days{2};
  EXPECT_EQ(*desk.hold(), std::vector<std::string>{kRootListName});
  EXPECT_EQ(root_list(desk).number(), 2u);
  desk.remove("keys/root.key");
  desk.now += std::chrono::days{300};
  EXPECT_TRUE(desk.hold()->empty()) << "without the key it stays";
  EXPECT_EQ(root_list(desk).number(), 2u);
}

TEST(RootList, of_another_root_is_not_served) {
  Desk desk, stranger;
  ASSERT_TRUE(desk.hold());
  ASSERT_TRUE(stranger.hold());
  std::filesystem::copy_file(stranger.ca() / kRootListName, desk.ca() / kRootListName,
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(id_of(open_issuer(*desk.keys, desk.ca())), "issuer.corrupt");
  EXPECT_EQ(id_of(desk.hold()), "issuer.corrupt");
}

TEST(Ceremony, refuses_plans_that_cannot_be) {
  const auto refusal = [](auto change) {
    Desk desk;
    change(desk.plan);
    return id_of(desk.hold());
  };
  for (const char* id : {"", "root", "x-ocsp", "../x", "A", "a b"})
    EXPECT_EQ(refusal([&](CeremonyPlan& p) { p.authorities[0].id = id; }), "ceremony.plan") << id;
  for (const char* url : {"", "ftp://x", "http://a b", "http://\"", "http://銀行"})
    EXPECT_EQ(refusal([&](CeremonyPlan& p) { p.authorities[0].crl_url = url; }), "ceremony.plan") << url;
  for (const char* policy : {"", "1", "1.2.", "3.1", "1.40.1", "1.2.x", "01.2"})
    EXPECT_EQ(refusal([&](CeremonyPlan& p) { p.authorities[0].policy_oid = policy; }), "ceremony.plan") << policy;
  EXPECT_EQ(refusal([](CeremonyPlan& p) { p.root_years = 0; }), "ceremony.plan");
  EXPECT_EQ(refusal([](CeremonyPlan& p) { p.authorities[0].years = 41; }), "ceremony.plan");
  EXPECT_EQ(refusal([](CeremonyPlan& p) { p.authorities.push_back(p.authorities[0]); }), "ceremony.plan");
  EXPECT_EQ(refusal([](CeremonyPlan& p) { p.authorities[0].subject = p.root_subject; }), "ceremony.plan");
}

TEST(Ceremony, an_authority_never_outlives_its_root) {
  Desk desk;
  desk.plan.root_years = 5;
  ASSERT_TRUE(desk.hold());
  const auto issuer = open_issuer(*desk.keys, desk.ca());
  ASSERT_TRUE(issuer);
  const Authority authority = (*issuer)->authorities().front();
  EXPECT_EQ(authority.certificate.not_after(), authority.root.not_after());
}

TEST(Ceremony, a_leap_day_ends_on_the_28th) {
  Desk desk;
  desk.plan.root_years = 1;
  desk.now = std::chrono::sys_days{std::chrono::year{2028} / 2 / 29} + std::chrono::hours{12};
  ASSERT_TRUE(desk.hold());
  const auto issuer = open_issuer(*desk.keys, desk.ca());
  EXPECT_EQ(to_rfc3339((*issuer)->authorities().front().root.not_after()), "2029-02-28T11:54:59Z");
}

TEST(OpenIssuer, refuses_parts_that_do_not_belong_together) {
  Desk one, two;
  ASSERT_TRUE(one.hold());
  ASSERT_TRUE(two.hold());
  EXPECT_EQ(id_of(open_issuer(*one.keys, two.ca())), "issuer.corrupt");
  std::filesystem::copy_file(two.ca() / "root.pem", one.ca() / "root.pem", std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(id_of(open_issuer(*one.keys, one.ca())), "issuer.corrupt");
  Desk spoiled;
  ASSERT_TRUE(spoiled.hold());
  spoiled.folder.write("ca/t-g1.json", "{}");
  EXPECT_EQ(id_of(open_issuer(*spoiled.keys, spoiled.ca())), "issuer.corrupt");
  EXPECT_EQ(id_of(open_issuer(*spoiled.keys, spoiled.folder.path() / "nowhere")), "issuer.none");
  const auto wrong = open_file_key_store(two.folder.path() / "keys", Secret("wrong"));
  EXPECT_EQ(id_of(open_issuer(*wrong, two.ca())), "key.wrong_passphrase");
}

TEST(KeyStore, keeps_keys_under_labels) {
  TempFolder folder;
  const auto keys = open_file_key_store(folder.path() / "k", Secret("p"));
  EXPECT_EQ(id_of(keys->load("a")), "key_store.not_found");
  const auto made = keys->make("a", KeyAlgorithm::p256);
  ASSERT_TRUE(made) << id_of(made);
  EXPECT_EQ(id_of(keys->make("a", KeyAlgorithm::p256)), "key_store.exists");
  const auto loaded = keys->load("a");
  ASSERT_TRUE(loaded);
  EXPECT_EQ((*loaded)->public_key().der(), (*made)->public_key().der());
  for (const char* label : {"", "..", "a/b", "A", "a.key"}) {
    EXPECT_EQ(id_of(keys->load(label)), "key_store.label") << label;
    EXPECT_EQ(id_of(keys->make(label, KeyAlgorithm::p256)), "key_store.label") << label;
  }
}

TEST(KeyStore, says_when_it_cannot_write) {
  TempFolder folder;
  folder.write("file", "not a folder");
  const auto keys = open_file_key_store(folder.path() / "file" / "k", Secret("p"));
  EXPECT_EQ(id_of(keys->make("a", KeyAlgorithm::p256)), "key_store.write");
}

TEST(Addresses, come_back_as_written) {
  const Addresses addresses{"http://a/crl", "https://a/ocsp?x=1,2", "http://a/ca", "1.2.3"};
  const auto back = parse_addresses(to_json(addresses));
  ASSERT_TRUE(back) << id_of(back);
  EXPECT_EQ(*back, addresses);
  for (const char* bad : {"", "{", "[]", "{\n\"crl_url\": 1\n}", "{\n\"other\": \"x\"\n}"})
    EXPECT_EQ(id_of(parse_addresses(bad)), "addresses.malformed") << bad;
}

}  // namespace
}  // namespace inkan::ca
