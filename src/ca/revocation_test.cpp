#include "ca/revocation.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "ca/guarded_issuer.hpp"
#include "ca/journal.hpp"
#include "ca/root_list.hpp"
#include "support/fake_clock.hpp"
#include "support/held_ceremony.hpp"

namespace inkan::ca {
namespace {

using pki::RevocationReason;

template <class T>
std::string id_of(const Result<T>& result) {
  return result ? "no error" : result.error().id;
}

const pki::PublicKey& subject_key() {
  static const pki::PrivateKey key = pki::PrivateKey::make(pki::KeyAlgorithm::p256).value();
  return key.public_key();
}

/// Ended is a bank whose only issuing CA is about to be revoked, or was.
struct Ended {
  HeldCeremony held;
  Instant now = held.now() + std::chrono::days{3};

  Result<pki::Crl> revoke(RevocationReason reason = RevocationReason::ca_compromise, const AuthorityId& id = HeldCeremony::kId) {
    return revoke_authority({.authority = id, .reason = reason}, held.keys(), held.certificates(), now);
  }
  std::unique_ptr<Issuer> reopen() { return open_issuer(held.keys(), held.certificates()).value(); }
  std::string list() const { return read_file(held.certificates() / kRootListName).value(); }
};

TEST(Revocation, is_on_the_roots_next_list_with_its_reason_and_openssl_reads_it) {
  Ended ended;
  const pki::SerialNumber serial = ended.held.authority().certificate.serial();
  const auto list = ended.revoke();
  ASSERT_TRUE(list) << id_of(list);
  EXPECT_EQ(list->number(), 2u);
  ASSERT_EQ(list->entries().size(), 1u);
  EXPECT_EQ(list->entries()[0].serial, serial);
  EXPECT_EQ(list->entries()[0].revoked_at, ended.now);
  EXPECT_EQ(list->entries()[0].reason, RevocationReason::ca_compromise);
  const std::string ca = ended.held.certificates().string();
  const std::string text = run_tool(fmt::format("openssl crl -inform DER -in {}/root.crl -noout -text", ca)).output;
  EXPECT_NE(text.find("CA Compromise"), std::string::npos) << text;
  const auto verify = [&] {
    return run_tool(
        fmt::format("openssl crl -inform DER -in {0}/root.crl -out {0}/list.pem; openssl verify -attime {1} -crl_check "
                    "-CRLfile {0}/list.pem -CAfile {0}/root.pem {0}/t-g1.pem",
                    ca, to_epoch(ended.now + std::chrono::hours{1})));
  };
  const ToolRun refused = verify();
  EXPECT_NE(refused.output.find("certificate revoked"), std::string::npos) << refused.output;
}

TEST(Revocation, cannot_be_done_twice_and_stays_on_every_later_list) {
  Ended ended;
  ASSERT_TRUE(ended.revoke());
  const std::string before = ended.list();
  ended.now += std::chrono::days{1};
  const auto again = ended.revoke(RevocationReason::superseded);
  EXPECT_EQ(id_of(again), "ca.already_revoked");
  EXPECT_NE(again.error().detail.find("cACompromise"), std::string::npos) << again.error().detail;
  EXPECT_EQ(ended.list(), before);

  const Instant later = ended.now + std::chrono::days{300};
  ASSERT_TRUE(hold_ceremony(HeldCeremony::plan(pki::KeyAlgorithm::p256), ended.held.keys(), ended.held.certificates(),
                            ended.held.rng(), later));
  const auto renewed = pki::Crl::parse(as_bytes(ended.list()));
  EXPECT_EQ(renewed->number(), 3u);
  EXPECT_EQ(renewed->entries().size(), 1u);
  EXPECT_TRUE(ended.reopen()->authorities().front().revoked);
}

TEST(Revocation, ends_signing_but_not_lists_and_status_answers) {
  Ended ended;
  const auto prepared = ended.held.issuer().prepare(ended.held.order(subject_key()));
  ASSERT_TRUE(prepared);
  ASSERT_FALSE(ended.held.authority().revoked);
  ASSERT_TRUE(ended.revoke(RevocationReason::cessation_of_operation));
  const auto issuer = ended.reopen();
  const Authority authority = issuer->authorities().front();
  ASSERT_TRUE(authority.revoked);
  EXPECT_EQ(authority.revoked->reason, RevocationReason::cessation_of_operation);
  EXPECT_EQ(id_of(issuer->prepare(ended.held.order(subject_key()))), "issuer.revoked_authority");
  EXPECT_EQ(id_of(issuer->sign(*prepared)), "issuer.revoked_authority") << "what was prepared before";
  EXPECT_TRUE(issuer->make_crl({authority.id, 1, ended.now, ended.now + std::chrono::hours{24}, {}}));
  pki::StatusAnswer answer{.cert_id_der = {}, .status = pki::StatusAnswer::Status::revoked, .revoked_at = ended.now};
  answer.reason = RevocationReason::ca_compromise;
  answer.cert_id_der = parse_hex("3049300906052b0e03021a05000414" + to_hex(authority.name_sha1) + "0414" +
                                 to_hex(authority.key_sha1) + "021040000000000000000000000000000001")
                           .value();
  EXPECT_EQ(id_of(issuer->make_ocsp({authority.id, {answer}, ended.now, ended.now, ended.now + std::chrono::hours{1}, {}})),
            "no error");
}

TEST(Revocation, is_refused_by_a_signer_apart_too_and_stands_in_its_journal) {
  Ended ended;
  const auto prepared = ended.held.issuer().prepare(ended.held.order(subject_key()));
  ASSERT_TRUE(ended.revoke());
  const auto journal = ended.held.folder().path() / "journal";
  const auto guarded = guard(ended.reopen(), {.rules = {}, .journal = journal, .clock = std::make_shared<FakeClock>(ended.now)});
  ASSERT_TRUE(guarded);
  const auto refused = (*guarded)->sign(*prepared);
  EXPECT_EQ(id_of(refused), "issuer.refused");
  EXPECT_NE(refused.error().detail.find("cert.authority.revoked"), std::string::npos) << refused.error().detail;
  bool written = false;
  ASSERT_TRUE(read_journal(journal, [&](const JournalEntry& entry) -> Result<void> {
    written = written || entry.reason.find("cert.authority.revoked") != std::string::npos;
    return {};
  }));
  EXPECT_TRUE(written);
}

TEST(Revocation, of_what_is_no_issuing_ca_or_without_the_roots_key_changes_nothing) {
  Ended ended;
  const std::string before = ended.list();
  for (const char* id : {"", "root", "t-g2", "t-g1-ocsp", "../ca/t-g1", "T-G1"})
    EXPECT_EQ(id_of(ended.revoke(RevocationReason::superseded, id)), "issuer.unknown_authority") << id;
  const auto away = open_file_key_store(ended.held.folder().path() / "elsewhere", Secret("passphrase"));
  EXPECT_EQ(
      id_of(revoke_authority({HeldCeremony::kId, RevocationReason::superseded}, *away, ended.held.certificates(), ended.now)),
      "key_store.not_found");
  EXPECT_EQ(ended.list(), before);
  ASSERT_TRUE(write_file(ended.held.certificates() / kRootListName, "no list", FileMode::open));
  EXPECT_EQ(id_of(ended.revoke()), "issuer.corrupt");
}

TEST(Revocation, has_three_reasons_and_no_holders_certificate_has_the_cas) {
  for (const char* text : {"cACompromise", "superseded", "cessationOfOperation"})
    EXPECT_TRUE(parse_authority_reason(text)) << text;
  for (const char* text : {"", "keyCompromise", "unspecified", "ca_compromise", "certificateHold"})
    EXPECT_EQ(id_of(parse_authority_reason(text)), "ca.revocation_reason") << text;
  EXPECT_EQ(id_of(pki::parse_revocation_reason("cACompromise")), "revocation.unknown_reason");
}

}  // namespace
}  // namespace inkan::ca
