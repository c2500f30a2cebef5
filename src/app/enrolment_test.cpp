#include "app/enrolment.hpp"

#include <gtest/gtest.h>

#include "app/p12_store.hpp"
#include "support/fake_bank.hpp"
#include "support/tool.hpp"

namespace inkan::app {
namespace {

using Kind = Outcome::Kind;

/// FailingDisk dies just before the Nth change (which is just after the one before it), or half way through the Nth write. What
/// is dead does nothing any more.
class FailingDisk : public MachineDisk {
 public:
  enum class How { before, torn };
  FailingDisk(int at, How how) : left_(at), how_(how) {}

  Result<void> write(const std::filesystem::path& path, ByteView content) override {
    return act(true, [&](bool torn) { return MachineDisk::write(path, torn ? content.first(content.size() / 2) : content); });
  }
  Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    return act(false, [&](bool) { return MachineDisk::rename(from, to); });
  }
  Result<void> remove(const std::filesystem::path& path) override {
    return act(false, [&](bool) { return MachineDisk::remove(path); });
  }
  bool died() const { return dead_; }

 private:
  template <class Act>
  Result<void> act(bool writes, Act act) {
    const auto killed = [] { return fail(Code::unavailable, "file.write", "killed"); };
    if (dead_) return killed();
    const bool counted = how_ != How::torn || writes;
    if (!counted || --left_ > 0) return act(false);
    dead_ = true;
    if (how_ == How::torn) static_cast<void>(act(true));
    return killed();
  }
  int left_;
  How how_;
  bool dead_ = false;
};

class Renewal : public testing::Test {
 protected:
  Renewal() { put("2026-12-01T00:00:00+09:00"); }  // expires on 30 November: 20 days left

  void put(const char* expires) {
    const auto key = pki::PrivateKey::make(pki::KeyAlgorithm::p256);
    const pki::Certificate certificate = certify(key->public_key(), expires);
    before_ = certificate.fingerprint();
    folder_.write("a.p12", ByteView(*pki::make_pkcs12(*key, certificate, {}, "a", Secret("pw"))));
  }
  P12Store store(Disk& disk) { return P12Store(disk, path(), Secret("pw")); }
  Result<Outcome> run(Disk& disk) {
    P12Store opened = store(disk);
    return renew(bank_, opened, {}, kYes, [&](Step s) { steps_.push_back(s); });
  }
  Result<Outcome> run() { return run(disk_); }
  pki::Pkcs12 file() { return pki::parse_pkcs12(disk_.read(path()).value(), Secret("pw")).value(); }
  Digest in_file() { return file().certificate.fingerprint(); }
  std::filesystem::path path(const char* ending = "") const { return (folder_.path() / "a.p12").string() + ending; }
  bool there(const char* ending) { return disk_.exists(path(ending)); }
  void expect_clean() {
    for (const char* ending : {".pending", ".old", ".new", ".pending.new", ".old.new"}) EXPECT_FALSE(there(ending)) << ending;
  }

  TempFolder folder_;
  MachineDisk disk_;
  FakeBank bank_;
  Digest before_;
  std::vector<Step> steps_;
};

TEST_F(Renewal, D1_05_renews_in_the_window_with_a_new_key_and_uses_the_certificate) {
  const auto outcome = run();
  ASSERT_TRUE(outcome) << outcome.error().id;
  EXPECT_EQ(outcome->kind, Kind::done);
  EXPECT_EQ(to_iso(outcome->certificate.expiry_day), "2027-11-10");
  EXPECT_EQ(to_iso(*outcome->certificate.opens), "2027-10-11");
  EXPECT_EQ(steps_, (std::vector{Step::key, Step::issued, Step::saved, Step::used}));
  EXPECT_NE(in_file(), before_);
  EXPECT_EQ(bank_.used, in_file());
  EXPECT_EQ(file().chain.size(), 1U);
  expect_clean();
}

TEST_F(Renewal, D1_05_before_the_window_there_is_nothing_to_do) {
  put("2026-12-12T00:00:00+09:00");  // 31 days left
  const auto outcome = run();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->kind, Kind::nothing_to_do);
  EXPECT_EQ(to_iso(*outcome->certificate.opens), "2026-11-11");
  EXPECT_TRUE(bank_.issued.empty());
  expect_clean();
}

TEST_F(Renewal, a_revoked_certificate_is_never_nothing_to_do) {
  bank_.revoked = true;
  EXPECT_EQ(run().error().id, "certificate.revoked");
  put("2027-05-01T00:00:00+09:00");
  EXPECT_EQ(run().error().id, "certificate.revoked");
  EXPECT_TRUE(bank_.issued.empty());
  expect_clean();
}

TEST_F(Renewal, an_expired_certificate_and_another_banks_are_refused_before_anything_is_made) {
  put("2026-11-10T00:00:00+09:00");
  EXPECT_EQ(run().error().id, "certificate.expired");
  const auto key = pki::PrivateKey::make(pki::KeyAlgorithm::p256);
  const auto certificate = HeldCeremony(pki::KeyAlgorithm::p256, at("2026-01-01T00:00:00+09:00")).issue(key->public_key());
  folder_.write("a.p12", ByteView(*pki::make_pkcs12(*key, certificate, {}, "a", Secret("pw"))));
  EXPECT_EQ(run().error().id, "certificate.other_bank");
  expect_clean();
}

TEST_F(Renewal, a_lost_answer_is_asked_for_again_with_the_same_key) {
  bank_.lost_answers = 2;
  EXPECT_EQ(run().error().id, "net.timeout");
  EXPECT_TRUE(there(".pending"));
  EXPECT_EQ(run().error().id, "net.timeout");
  bank_.discovery_.now = at("2026-12-01T00:10:00+09:00");  // and it may finish after the last day (O4)
  ASSERT_TRUE(run());
  EXPECT_EQ(bank_.issued.size(), 1U);
  EXPECT_EQ(bank_.used, in_file());
  expect_clean();
}

TEST_F(Renewal, a_final_refusal_leaves_no_key_behind) {
  bank_.refusal = Error{Code::refused, "certificate.revoked", {}};
  EXPECT_EQ(run().error().id, "certificate.revoked");
  EXPECT_EQ(in_file(), before_);
  expect_clean();
}

TEST_F(Renewal, what_the_bank_judges_too_early_is_nothing_to_do) {
  bank_.refusal = Error{Code::refused, "renewal.not_yet", {}};
  EXPECT_EQ(run()->kind, Kind::nothing_to_do);
  expect_clean();
}

TEST_F(Renewal, a_certificate_for_another_key_is_not_saved) {
  bank_.sends_another = true;
  EXPECT_EQ(run().error().id, "bank.malformed");
  EXPECT_EQ(in_file(), before_);
  EXPECT_EQ(steps_, (std::vector{Step::key}));
}

TEST_F(Renewal, the_old_file_is_kept_until_the_new_certificate_was_used) {
  bank_.trial_fails = true;
  const auto outcome = run();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->kind, Kind::saved_not_used);
  EXPECT_EQ(outcome->trial->id, "net.timeout");
  EXPECT_TRUE(there(".old"));
  EXPECT_NE(in_file(), before_);
  bank_.trial_fails = false;
  EXPECT_EQ(run()->kind, Kind::done);
  EXPECT_EQ(bank_.issued.size(), 1U);
  expect_clean();
}

TEST_F(Renewal, another_certificates_unfinished_request_is_left_alone) {
  bank_.lost_answers = 1;
  ASSERT_FALSE(run());
  put("2026-12-05T00:00:00+09:00");
  EXPECT_EQ(run().error().id, "pending.other_certificate");
  EXPECT_TRUE(there(".pending"));
}

TEST_F(Renewal, the_login_password_goes_along_where_the_bank_asks_for_it) {
  bank_.discovery_.asks_password = true;
  EXPECT_EQ(run()->kind, Kind::done);
}

constexpr const char* kTransaction = "0123456789abcdef0123456789abcdef";

TEST_F(Renewal, a_renewal_that_a_page_began_is_taken_over_before_anything_is_asked_and_belongs_to_it) {
  P12Store opened = store(disk_);
  bank_.handed.short_form = true;
  const auto agree = [&](const Listed& listed, const Taken* taken) {
    EXPECT_EQ(bank_.taken_over, kTransaction);
    EXPECT_EQ(listed.id, "keiri01");
    return taken != nullptr && taken->short_form && bank_.issued.empty();
  };
  const auto outcome = renew(bank_, opened, {}, {kYes.password, agree}, [](Step) {}, kTransaction);
  ASSERT_TRUE(outcome) << outcome.error().id;
  EXPECT_EQ(outcome->kind, Kind::done);
  EXPECT_EQ(bank_.renewed_under, kTransaction);
}

TEST_F(Renewal, a_renewal_of_somebody_else_or_one_that_is_over_asks_nothing_and_makes_no_key) {
  P12Store opened = store(disk_);
  const auto never = [](const Listed&, const Taken*) {
    ADD_FAILURE() << "asked";
    return true;
  };
  bank_.handed.login_id = "keiri02";
  EXPECT_EQ(renew(bank_, opened, {}, {kYes.password, never}, [](Step) {}, kTransaction).error().id, "transaction.foreign");
  bank_.handed_refusal = Error{Code::expired, "transaction.used", {}};
  EXPECT_EQ(renew(bank_, opened, {}, {kYes.password, never}, [](Step) {}, kTransaction).error().id, "transaction.used");
  expect_clean();
}

TEST_F(Renewal, who_does_not_want_the_new_certificate_kept_gets_the_same_one_the_next_time) {
  P12Store opened = store(disk_);
  Questions ask = kYes;
  ask.keep = [] { return false; };
  EXPECT_EQ(renew(bank_, opened, {}, ask, [](Step) {}).error().id, "renewal.not_kept");
  ask.keep = [] { return true; };
  ASSERT_TRUE(renew(bank_, opened, {}, ask, [](Step) {}));
  EXPECT_EQ(bank_.issued.size(), 1U);
}

TEST_F(Renewal, a_person_who_says_no_changes_nothing) {
  P12Store opened = store(disk_);
  const auto outcome =
      renew(bank_, opened, {}, {[] { return Secret("login"); }, [](const Listed&, const Taken*) { return false; }}, [](Step) {});
  EXPECT_EQ(outcome.error().id, "renewal.declined");
  expect_clean();
}

// Every change of the disk is the last one of some run; the file always opens, and the next run ends as if nothing had happened.
TEST_F(Renewal, D1_19_killed_at_any_change_it_goes_on_with_the_same_key) {
  for (const auto how : {FailingDisk::How::before, FailingDisk::How::torn}) {
    for (int n = 1;; ++n) {
      SCOPED_TRACE(testing::Message() << "change " << n << ", way " << static_cast<int>(how));
      bank_.issued.clear();
      bank_.used.reset();
      put("2026-12-01T00:00:00+09:00");
      FailingDisk failing(n, how);
      const auto first = run(failing);
      if (!failing.died()) {
        EXPECT_GT(n, how == FailingDisk::How::torn ? 3 : 7);
        break;
      }
      EXPECT_FALSE(first);
      ASSERT_TRUE(store(disk_).certificates()) << "the file is whole at any time";
      const auto second = run();
      ASSERT_TRUE(second) << second.error().id;
      ASSERT_EQ(bank_.issued.size(), 1U) << "one certificate for one renewal";
      EXPECT_EQ(in_file(), bank_.issued.begin()->second.fingerprint());
      EXPECT_EQ(bank_.used, in_file());
      expect_clean();
    }
  }
}

class Issue : public Renewal {
 protected:
  Issue() { std::filesystem::remove(path()); }
  Result<Outcome> take(const char* code, const char* id = "keiri01") {
    P12Store opened = store(disk_);
    return issue(bank_, opened, {id, Secret("login"), Secret(code)}, [](Step) {});
  }
};

TEST_F(Issue, D2_23_takes_a_first_certificate_into_a_new_file) {
  const auto outcome = take("right");
  ASSERT_TRUE(outcome) << outcome.error().id;
  EXPECT_EQ(outcome->kind, Kind::done);
  EXPECT_EQ(bank_.used, in_file());
  expect_clean();
}

TEST_F(Issue, a_wrong_code_may_be_typed_again_for_the_same_key) {
  EXPECT_EQ(take("wrong").error().id, "acquisition.refused");
  EXPECT_TRUE(there(".pending"));
  bank_.lost_answers = 1;
  EXPECT_EQ(take("right").error().id, "net.timeout");
  ASSERT_TRUE(take("right"));
  EXPECT_EQ(bank_.issued.size(), 1U);
  expect_clean();
}

TEST_F(Issue, an_expired_file_is_replaced_and_a_wrong_file_password_shows_before_the_code_is_sent) {
  put("2026-11-01T00:00:00+09:00");
  P12Store wrong(disk_, path(), Secret("another"));
  EXPECT_EQ(issue(bank_, wrong, {"keiri01", Secret("login"), Secret("right")}, [](Step) {}).error().id, "pkcs12.wrong_password");
  EXPECT_TRUE(bank_.issued.empty());
  ASSERT_TRUE(take("right"));
  EXPECT_NE(in_file(), before_);
  expect_clean();
}

}  // namespace
}  // namespace inkan::app
