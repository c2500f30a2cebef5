// An issuing CA that its root revoked: what it signed opens nothing any more, at any door, and no folder of before brings it
// back.

#include "base/file.hpp"
#include "ca/ceremony.hpp"
#include "ca/revocation.hpp"
#include "lifecycle/codes.hpp"
#include "lifecycle/ended_authorities.hpp"
#include "lifecycle/generations.hpp"
#include "lifecycle/issuance.hpp"
#include "lifecycle/notices.hpp"
#include "lifecycle/read_from.hpp"
#include "story/life.hpp"

namespace inkan::lifecycle {
namespace {

using Kind = CertificateVerdict::Kind;

/// After is the same bank as it starts again after the ceremony.
struct After {
  Installation& bank;
  std::unique_ptr<ca::Issuer> issuer = ca::open_issuer(*bank.keys, bank.folder.path() / "ca").value();
  Institutions institutions = learned();
  Services services{
      .store = *bank.store, .issuer = *issuer, .institutions = institutions, .clock = bank.clock, .rng = bank.rng, .step = {}};
  Login login{services};
  Enrolment enrolment{services, login};
  Status status{services};

  Institutions learned() const {
    std::vector<Institution> all = bank.institutions.all();
    learn_revocations(all, *issuer);
    return Institutions(std::move(all));
  }
  const Institution& d1() const { return **institutions.find("d1"); }
  const Institution& d2() const { return **institutions.find("d2"); }
};

class RevokedAuthority : public Life {
 protected:
  void revoke(const ca::AuthorityId& id = "d1-g1") {
    const auto done = ca::revoke_authority({.authority = id, .reason = pki::RevocationReason::ca_compromise}, *bank.keys,
                                           bank.folder.path() / "ca", bank.clock.now());
    ASSERT_TRUE(done) << done.error().id << " " << done.error().detail;
  }
  std::string file(const char* name) { return read_file(bank.folder.path() / "ca" / name).value(); }
};

TEST_F(RevokedAuthority, certificates_of_it_open_nothing_and_renew_nothing_from_the_next_start_on) {
  const auto certificate = bank.certify("keiri01");
  bank.add_holder("other", "d2");
  const auto spared = bank.certify("other", "d2");
  const auto session = bank.login.open(d1(), certificate.fingerprint, kPassword);
  ASSERT_TRUE(session);
  bank.clock.set(bank.clock.now() + std::chrono::days{350});
  const auto begun = bank.enrolment.open_renewal(d1(), certificate.fingerprint, "");
  ASSERT_TRUE(begun) << begun.error().id;
  revoke();
  EXPECT_EQ(bank.login.judge(d1(), certificate.fingerprint)->kind, Kind::good) << "a running node learns of it at its next start";

  After after{bank};
  EXPECT_EQ(after.login.judge(after.d1(), certificate.fingerprint)->kind, Kind::revoked);
  EXPECT_FALSE(after.login.judge(after.d1(), certificate.fingerprint)->may_renew());
  EXPECT_FALSE(after.login.open(after.d1(), certificate.fingerprint, kPassword));
  EXPECT_FALSE(after.login.resume(after.d1(), session->token, certificate.fingerprint));
  EXPECT_FALSE(after.enrolment.open_renewal(after.d1(), certificate.fingerprint, ""));
  EXPECT_FALSE(after.enrolment.renew(after.d1(), certificate.fingerprint, make_request()));
  const_cast<Institution&>(after.d1()).authority = "d2-g1";  // as a profile that names the next one
  EXPECT_EQ(after.enrolment.submit(after.d1(), begun->ticket.id, make_request(), "test").error().id, "login.certificate")
      << "a renewal that was under way";
  EXPECT_EQ(after.login.judge(after.d2(), spared.fingerprint)->kind, Kind::good) << "the damage ends at one institution";
  EXPECT_EQ(ending_of(certificate, after.d1())->at, after.d1().revoked.at("d1-g1").revoked_at);
  EXPECT_FALSE(bank.find(certificate).revoked_at) << "it is judged before its record is";
}

TEST_F(RevokedAuthority, its_list_goes_on_and_ocsp_says_revoked_of_each_of_its_certificates) {
  const auto certificate = bank.certify("keiri01");
  revoke();
  After after{bank};
  EXPECT_TRUE(after.status.publish_crl("d1-g1"));
  EXPECT_TRUE(after.status.crl("d1-g1"));
  const std::string ca = (bank.folder.path() / "ca").string(), at = bank.folder.path().string();
  ASSERT_TRUE(write_file(at + "/own.pem", pki::Certificate::parse(certificate.der)->to_pem(), FileMode::open));
  const ToolRun asked =
      run_tool("openssl ocsp -no_nonce -issuer " + ca + "/d1-g1.pem -cert " + at + "/own.pem -reqout " + at + "/q");
  ASSERT_EQ(asked.status, 0) << asked.output;
  const auto answer = after.status.answer_ocsp(as_bytes(*read_file(at + "/q")));
  ASSERT_TRUE(write_file(at + "/a", as_text(answer.der), FileMode::open));
  const std::string said = run_tool("openssl ocsp -respin " + at + "/a -noverify -resp_text").output;
  EXPECT_NE(said.find("Cert Status: revoked"), std::string::npos) << said;
  EXPECT_NE(said.find("cACompromise"), std::string::npos) << said;
}

TEST_F(RevokedAuthority, is_not_served_by_and_the_next_generation_can_be_made) {
  revoke();
  After after{bank};
  const auto judged = judge_authorities(after.services);
  ASSERT_FALSE(judged);
  EXPECT_EQ(judged.error().id, "ca.revoked");
  EXPECT_NE(judged.error().detail.find("inkan ca rollover --institution d1"), std::string::npos) << judged.error().detail;
  EXPECT_EQ(after.issuer
                ->prepare({.authority = "d1-g1",
                           .subject = *pki::Name::make({{"CN", "x"}}),
                           .key = make_request().key(),
                           .serial = pki::SerialNumber::make(bank.rng),
                           .not_before = bank.clock.now(),
                           .not_after = bank.clock.now() + std::chrono::days{1}})
                .error()
                .id,
            "issuer.revoked_authority");
  EXPECT_EQ(next_generation(*after.issuer, after.d1()).value(), "d1-g2");
  EXPECT_TRUE(live_authorities_of(*after.issuer, after.d1()).empty());
  EXPECT_EQ(live_authorities_of(*after.issuer, after.d2()).size(), 1u);
}

TEST_F(RevokedAuthority, does_not_come_back_with_a_folder_of_before) {
  const auto list = bank.folder.path() / "ca" / "root.crl";
  const std::string before = file("root.crl");
  revoke("d2-g1");
  const std::string newest = file("root.crl");
  {
    After after{bank};
    EXPECT_EQ(judge_authorities(after.services).error().id, "ca.revoked");
    const_cast<Institution&>(after.d2()).authority = "d1-g1";  // as a profile that names another
    EXPECT_TRUE(judge_authorities(after.services));
  }
  ASSERT_TRUE(write_file(list, before, FileMode::open));
  EXPECT_TRUE(judge_authorities(After{bank}.services)) << "nobody has served by the newest yet: to judge is not to note";

  ASSERT_TRUE(write_file(list, newest, FileMode::open));
  EXPECT_TRUE(note_authorities(After{bank}.services));
  ASSERT_TRUE(write_file(list, before, FileMode::open));
  EXPECT_EQ(judge_authorities(After{bank}.services).error().id, "ca.root_list_old");
  EXPECT_EQ(note_authorities(After{bank}.services).error().id, "ca.root_list_old");

  // A ceremony in the old folder makes a list of the same number, then of a higher one, and both lack the entry.
  revoke("d1-g1");
  EXPECT_EQ(judge_authorities(After{bank}.services).error().id, "ca.root_list_old");
  const auto again =
      ca::hold_ceremony({.root_subject = After{bank}.issuer->authorities()[0].root.subject(), .authorities = {}}, *bank.keys,
                        bank.folder.path() / "ca", bank.rng, bank.clock.now() + std::chrono::days{300});
  ASSERT_TRUE(again) << again.error().detail;
  ASSERT_EQ(pki::Crl::parse(as_bytes(file("root.crl")))->number(), 3U);
  EXPECT_EQ(judge_authorities(After{bank}.services).error().id, "ca.root_list_old");

  std::filesystem::remove(list);
  EXPECT_EQ(judge_authorities(After{bank}.services).error().id, "ca.root_list_old");
}

TEST_F(RevokedAuthority, the_records_follow_and_everybody_is_told_once_and_reminded_no_more) {
  const auto certificate = bank.certify("keiri01");
  bank.add_holder("other", "d2");
  const auto spared = bank.certify("other", "d2");
  revoke();
  const Instant ended_at = After{bank}.d1().revoked.at("d1-g1").revoked_at;
  bank.clock.set(bank.clock.now() + std::chrono::days{340});  // ten days and more before its end: reminders are due
  After after{bank};
  EXPECT_EQ(retire_ended(after.services, 100).value(), 1);
  EXPECT_EQ(retire_ended(after.services, 100).value(), 0);
  const CertificateRecord record = bank.find(certificate);
  EXPECT_EQ(record.revoked_at, ended_at) << "since the CA was, not since the job came";
  EXPECT_EQ(record.reason, pki::RevocationReason::ca_compromise);
  EXPECT_FALSE(bank.find(spared).revoked_at);
  EXPECT_EQ(bank.audit_count("certificate.revoked"), 1);
  EXPECT_EQ(bank.audit_count("authority.revoked"), 1);

  EXPECT_EQ(told("keiri01", "revoked"), 1);
  const auto day = Notices(after.services).run_day(after.d1(), after.d1().zone.day_of(bank.clock.now()));
  ASSERT_TRUE(day) << day.error().detail;
  EXPECT_EQ(day->decided, 0) << "nobody is asked to renew what is over";
}

TEST_F(RevokedAuthority, what_the_bank_approved_since_stands_and_what_was_over_before_stays_as_it_was) {
  const auto certificate = bank.certify("keiri01");
  const auto expired = bank.certify("kanri01");
  bank.clock.set(expired.not_after - std::chrono::days{1});
  revoke();
  bank.clock.advance(std::chrono::days{2});  // past the end of both, but not before the CA's
  After after{bank};
  ASSERT_TRUE(bank.store->transact([&](Writer& writer) -> Result<void> {
    const auto code = release_code(writer, bank.rng,
                                   {.holder = {"d1", "keiri01"},
                                    .purpose = CodePurpose::certificate,
                                    .life = std::chrono::days{10},
                                    .actor = "staff d1/tanto01"},
                                   bank.clock.now());
    return code ? Result<void>() : fail(code);
  }));
  EXPECT_EQ(retire_ended(after.services, 100).value(), 2);
  EXPECT_EQ(told("keiri01", "revoked"), 0) << "it had run out by then";
  const auto usable =
      read_from(*bank.store, [&](Reader& reader) { return reader.usable_codes({"d1", "keiri01"}, bank.clock.now()); });
  EXPECT_EQ(usable->size(), 1U) << "the code that is in the post goes on";
}

TEST_F(RevokedAuthority, records_follow_some_at_a_time) {
  for (const char* login : {"keiri01", "kanri01", "kanri02"}) bank.certify(login);
  revoke();
  After after{bank};
  EXPECT_EQ(retire_ended(after.services, 2).value(), 2);
  EXPECT_EQ(retire_ended(after.services, 2).value(), 1);
  EXPECT_EQ(retire_ended(after.services, 2).value(), 0);
}

TEST_F(RevokedAuthority, a_repeat_does_not_hand_out_what_is_over) {
  const pki::Csr request = make_request();
  const HolderId id{"d1", "keiri01"};
  const auto issued = bank.enrolment.enrol_approved(d1(), "keiri01", request, "ra");
  ASSERT_TRUE(issued) << issued.error().id;
  const auto find = [&](const Institution& institution) {
    return read_from(*bank.store, [&](Reader& reader) { return find_issued(reader, institution, id, request.key().hash()); });
  };
  EXPECT_TRUE(find(d1()).value());
  revoke();
  After after{bank};
  EXPECT_EQ(find(after.d1()).error().id, "key.on_record");
  EXPECT_EQ(after.enrolment.enrol_approved(after.d1(), "keiri01", request, "ra").error().id, "key.on_record");
}

TEST_F(RevokedAuthority, a_transaction_that_ended_with_it_does_not_block_the_next_certificate) {
  const auto issued = bank.enrolment.enrol_approved(d1(), "keiri01", make_request(), "ra");  // and never used
  ASSERT_TRUE(issued) << issued.error().id;
  revoke();
  After after{bank};
  ASSERT_EQ(retire_ended(after.services, 100).value(), 1);
  const auto running = read_from(*bank.store, [&](Reader& reader) { return reader.find_current_ticket({"d1", "keiri01"}); });
  EXPECT_FALSE(running.value()) << "or the door would answer by the ticket of what is over, for ever";
  EXPECT_EQ(bank.audit_count("ticket.cancelled"), 1);
}

TEST(EndingOf, the_earlier_of_a_certificates_own_end_and_its_cas_counts_with_its_own_reason) {
  using enum pki::RevocationReason;
  const Instant early = std::chrono::sys_days{std::chrono::year{2026} / 11 / 1}, late = early + std::chrono::days{22};
  const auto serial = *pki::SerialNumber::parse_hex("01");
  CertificateRecord record{.serial = serial};
  const pki::RevokedEntry at_first{serial, early, ca_compromise}, at_last{serial, late, ca_compromise};
  EXPECT_FALSE(ending_of(record, std::nullopt));
  EXPECT_EQ(ending_of(record, at_last)->reason, ca_compromise);
  record.revoked_at = late;
  record.reason = superseded;
  EXPECT_EQ(ending_of(record, std::nullopt)->reason, superseded);
  EXPECT_EQ(ending_of(record, at_first)->at, early);
  EXPECT_EQ(ending_of(record, at_first)->reason, ca_compromise) << "what a thief had until then is not good";
  record.revoked_at = early;
  EXPECT_EQ(ending_of(record, at_last)->reason, superseded);
}

}  // namespace
}  // namespace inkan::lifecycle
