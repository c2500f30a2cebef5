#include "ca/succession.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "ca/revocation.hpp"
#include "ca/root_apart.hpp"
#include "ca/roots.hpp"
#include "support/held_ceremony.hpp"

namespace inkan::ca {
namespace {

template <class T>
std::string id_of(const Result<T>& result) {
  return result ? "no error" : result.error().id;
}

/// Succession is a bank with one root and one issuing CA, t-g1; after `hold` and `next_authority` with two of each.
struct Succession {
  HeldCeremony held;
  CeremonyPlan ceremony = [] {
    CeremonyPlan made = HeldCeremony::plan(pki::KeyAlgorithm::p256);
    made.root_crl_url = "http://pki.test/crl/root.crl";
    return made;
  }();
  SuccessionPlan plan{.subject = HeldCeremony::name("Test Root G2"),
                      .key = pki::KeyAlgorithm::p256,
                      .years = 20,
                      .status_url = "http://pki.test"};
  Instant now = held.now() + std::chrono::days{3000};

  std::filesystem::path ca() const { return held.certificates(); }
  auto hold() { return hold_succession(plan, held.keys(), ca(), held.rng(), now); }
  auto next_authority() {
    ceremony.authorities.push_back(ceremony.authorities[0]);
    ceremony.authorities.back().id = "t-g2";
    ceremony.authorities.back().subject = HeldCeremony::name("Test CA G2");
    ceremony.authorities.back().crl_url = "http://pki.test/crl/t-g2.crl";
    return hold_ceremony(ceremony, held.keys(), ca(), held.rng(), now);
  }
  /// issue puts a holder's certificate of an issuing CA into a file and gives its path.
  std::string issue(const AuthorityId& id) {
    const auto issuer = open_issuer(held.keys(), ca()).value();
    CertificateOrder order = held.order(pki::PrivateKey::make(pki::KeyAlgorithm::p256)->public_key());
    order.authority = id;
    order.not_before = now;
    order.not_after = now + std::chrono::days{300};
    const auto der = issuer->sign(issuer->prepare(order).value()).value();
    const auto file = held.folder().path() / (id + "-holder.pem");
    check(write_file(file, pki::Certificate::parse(der)->to_pem(), FileMode::open).has_value(), "written");
    return file.string();
  }
  std::string text(const std::string& name) const {
    return run_tool(fmt::format("openssl x509 -noout -text -in {}/{}", ca().string(), name)).output;
  }
  /// verify asks openssl whether whoever trusts `trust` alone takes a certificate by way of `by`.
  ToolRun verify(const std::string& trust, const std::vector<std::string>& by, const std::string& file,
                 const std::string& more = {}) const {
    std::string untrusted;
    for (const std::string& each : by) untrusted += fmt::format(" -untrusted {}/{}", ca().string(), each);
    return run_tool(fmt::format("openssl verify -x509_strict -purpose sslclient -attime {} {} -CAfile {}/{}{} {}",
                                to_epoch(now + std::chrono::hours{1}), more, ca().string(), trust, untrusted, file));
  }
};

TEST(Succession, makes_the_next_root_its_list_and_both_cross_certificates_of_the_right_form) {
  Succession desk;
  const std::string before = run_tool("cat " + desk.ca().string() + "/root.pem " + desk.ca().string() + "/t-g1*").output;
  const auto made = desk.hold();
  ASSERT_TRUE(made) << id_of(made) << made.error().detail;
  EXPECT_EQ(*made, (std::vector<std::string>{"root-g2.key", "root-g2-by-root.pem", "root-by-root-g2.pem", "root-g2.crl",
                                             "root-g2.pem"}));
  EXPECT_EQ(run_tool("cat " + desk.ca().string() + "/root.pem " + desk.ca().string() + "/t-g1*").output, before);

  const auto roots = load_roots(desk.ca());
  ASSERT_TRUE(roots) << id_of(roots);
  ASSERT_EQ(roots->all.size(), 2u);
  ASSERT_EQ(roots->crosses.size(), 2u);
  const auto& [old_root, new_root] = std::tie(roots->all[0].certificate, roots->all[1].certificate);
  const auto& [new_with_old, old_with_new] = std::tie(roots->crosses[0].certificate, roots->crosses[1].certificate);
  EXPECT_NE(new_root.subject().der(), old_root.subject().der());
  EXPECT_EQ(new_with_old.key_id(), new_root.key_id());
  EXPECT_EQ(old_with_new.key_id(), old_root.key_id());
  // RFC 9810 4.4.1
  EXPECT_EQ(new_with_old.not_before(), new_root.not_before());
  EXPECT_EQ(new_with_old.not_after(), old_root.not_after());
  EXPECT_EQ(old_with_new.not_before(), old_root.not_before());
  EXPECT_EQ(old_with_new.not_after(), old_root.not_after());

  const std::string text = desk.text("root-g2-by-root.pem");
  for (const char* line : {"Basic Constraints: critical\n                CA:TRUE, pathlen:1\n",
                           "Key Usage: critical\n                Certificate Sign, CRL Sign\n", "Policy: X509v3 Any Policy",
                           "URI:http://pki.test/crl/root.crl", "CA Issuers - URI:http://pki.test/ca/root.cer",
                           "Authority Key Identifier", "Subject Key Identifier", "Version: 3"})
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  EXPECT_NE(desk.text("root-by-root-g2.pem").find("URI:http://pki.test/crl/root-g2.crl"), std::string::npos);
  EXPECT_NE(desk.text("root-by-root-g2.pem").find("CA Issuers - URI:http://pki.test/ca/root-g2.cer"), std::string::npos);
}

TEST(Succession, lets_those_who_trust_one_root_alone_verify_what_comes_from_the_other) {
  Succession desk;
  ASSERT_TRUE(desk.hold());
  const auto made = desk.next_authority();
  ASSERT_TRUE(made) << id_of(made);
  const auto issuer = open_issuer(desk.held.keys(), desk.ca());
  ASSERT_TRUE(issuer) << id_of(issuer);
  EXPECT_NE((*issuer)->authorities()[0].root.fingerprint(), (*issuer)->authorities()[1].root.fingerprint());
  EXPECT_NE(desk.text("t-g2.pem").find("URI:http://pki.test/crl/root-g2.crl"), std::string::npos) << "the new root's own list";
  const std::string of_old = desk.issue("t-g1"), of_new = desk.issue("t-g2");
  for (const std::string policies : {"", "-explicit_policy -policy 1.3.6.1.4.1.99999.1.1"}) {
    EXPECT_EQ(desk.verify("root.pem", {"t-g1.pem"}, of_old, policies).status, 0);
    EXPECT_EQ(desk.verify("root-g2.pem", {"t-g2.pem"}, of_new, policies).status, 0);
    const ToolRun forward = desk.verify("root.pem", {"t-g2.pem", "root-g2-by-root.pem"}, of_new, policies);
    EXPECT_EQ(forward.status, 0) << "NewWithOld: " << forward.output;
    const ToolRun backward = desk.verify("root-g2.pem", {"t-g1.pem", "root-by-root-g2.pem"}, of_old, policies);
    EXPECT_EQ(backward.status, 0) << "OldWithNew: " << backward.output;
  }
  EXPECT_NE(desk.verify("root.pem", {"t-g2.pem"}, of_new).status, 0) << "not without the cross-certificate";
  EXPECT_NE(desk.verify("root-g2.pem", {"t-g1.pem"}, of_old).status, 0);
  EXPECT_NE(desk.verify("root.pem", {"t-g2.pem", "root-by-root-g2.pem"}, of_new).status, 0) << "nor by the other one";
}

TEST(Succession, is_checked_by_lists_along_the_whole_way) {
  Succession desk;
  ASSERT_TRUE(desk.hold());
  ASSERT_TRUE(desk.next_authority());
  const std::string ca = desk.ca().string();
  const auto lists = [&] {
    run_tool(fmt::format("for f in root root-g2; do openssl crl -inform DER -in {0}/$f.crl; done > {0}/lists.pem", ca));
    return desk.verify("root.pem", {"root-g2-by-root.pem"}, ca + "/t-g2.pem",
                       fmt::format("-purpose any -crl_check_all -CRLfile {}/lists.pem", ca));
  };
  const ToolRun good = lists();
  EXPECT_EQ(good.status, 0) << good.output;
  const auto revoked = revoke_authority({"t-g2", pki::RevocationReason::ca_compromise}, desk.held.keys(), desk.ca(), desk.now);
  ASSERT_TRUE(revoked) << id_of(revoked);
  EXPECT_EQ(revoked->number(), 2u) << "on the list of the root that signed it";
  EXPECT_NE(lists().output.find("certificate revoked"), std::string::npos);
  const auto roots = load_roots(desk.ca());
  EXPECT_TRUE(roots->all[0].list->entries().empty());
  EXPECT_EQ(roots->all[1].list->entries().size(), 1u);
}

TEST(Succession, broken_off_is_simply_held_again_and_a_whole_one_waits_for_its_first_issuing_ca) {
  Succession desk;
  ASSERT_TRUE(desk.hold());
  std::filesystem::remove(desk.ca() / "root-g2.pem");
  EXPECT_EQ(load_roots(desk.ca())->all.size(), 1u) << "its certificate is written last: until then there is no next root";
  EXPECT_TRUE(open_issuer(desk.held.keys(), desk.ca()));
  std::filesystem::remove(desk.ca() / "root-by-root-g2.pem");
  const auto again = desk.hold();
  ASSERT_TRUE(again) << id_of(again);
  EXPECT_EQ(again->size(), 4u) << "the key stays";
  EXPECT_EQ(load_roots(desk.ca())->crosses.size(), 2u);

  desk.plan.subject = HeldCeremony::name("Test Root G3");
  const auto third = desk.hold();
  EXPECT_EQ(id_of(third), "ca.next_root_pending");
  EXPECT_EQ(third.error().detail, "root-g2");
  ASSERT_TRUE(desk.next_authority());
  ASSERT_TRUE(desk.hold());
  EXPECT_EQ(load_roots(desk.ca())->all.back().label, "root-g3");
}

TEST(Succession, needs_both_keys_and_another_name) {
  Succession desk;
  const auto listing = [&] { return run_tool("ls " + desk.ca().string()).output; };
  const std::string before = listing();
  const auto empty = [&](const char* name) {
    return open_file_key_store(desk.held.folder().path() / name, Secret("passphrase"));
  };
  EXPECT_EQ(id_of(hold_succession(desk.plan, *empty("nowhere"), desk.ca(), desk.held.rng(), desk.now)), "key_store.not_found");
  SuccessionPlan bad = desk.plan;
  bad.subject = HeldCeremony::name("Test Root");
  EXPECT_EQ(id_of(hold_succession(bad, desk.held.keys(), desk.ca(), desk.held.rng(), desk.now)), "ceremony.plan");
  bad = desk.plan;
  bad.years = 41;
  EXPECT_EQ(id_of(hold_succession(bad, desk.held.keys(), desk.ca(), desk.held.rng(), desk.now)), "ceremony.plan");
  bad = desk.plan;
  bad.status_url = "ftp://x";
  EXPECT_EQ(id_of(hold_succession(bad, desk.held.keys(), desk.ca(), desk.held.rng(), desk.now)), "ceremony.plan");
  EXPECT_EQ(listing(), before);

  const auto keys = keep_one_apart("root-g2", empty("medium-2"),
                                   open_file_key_store(desk.held.folder().path() / "keys", Secret("test passphrase")));
  ASSERT_TRUE(hold_succession(desk.plan, *keys, desk.ca(), desk.held.rng(), desk.now));
  EXPECT_EQ(run_tool("ls " + (desk.held.folder().path() / "medium-2").string()).output, "root-g2.key\n");
}

TEST(Succession, a_cross_certificate_of_other_keys_is_not_served) {
  Succession desk, stranger;
  ASSERT_TRUE(desk.hold());
  ASSERT_TRUE(stranger.hold());
  for (const char* name : {"root-g2-by-root.pem", "root-by-root-g2.pem"}) {
    const std::string own = read_file(desk.ca() / name).value();
    ASSERT_TRUE(write_file(desk.ca() / name, read_file(stranger.ca() / name).value(), FileMode::open));
    EXPECT_EQ(id_of(open_issuer(desk.held.keys(), desk.ca())), "issuer.corrupt") << name;
    ASSERT_TRUE(write_file(desk.ca() / name, own, FileMode::open));
  }
  EXPECT_TRUE(open_issuer(desk.held.keys(), desk.ca()));
}

TEST(Roots, are_told_from_other_labels) {
  for (const char* label : {"root", "root-g2", "root-g10"}) EXPECT_TRUE(is_root_label(label)) << label;
  for (const char* label : {"", "root-g1", "root-g", "root-g2x", "root-gx", "d1-g1", "root-g2-by-root", "roots"})
    EXPECT_FALSE(is_root_label(label)) << label;
  EXPECT_EQ(next_root_label("root"), "root-g2");
  EXPECT_EQ(next_root_label("root-g9"), "root-g10");
}

}  // namespace
}  // namespace inkan::ca
