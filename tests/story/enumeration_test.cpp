// An ID that does not exist must not be told from one that does, by the work it makes or by the time it takes (T9).

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <iostream>

#include "story/life.hpp"

namespace inkan::lifecycle {
namespace {

/// CountingStore counts what passes it by.
class CountingStore : public Store {
 public:
  explicit CountingStore(Store& store) : store_(store) {}
  Result<void> transact(const std::function<Result<void>(Writer&)>& work) override {
    ++writes;
    return store_.transact(work);
  }
  Result<void> read(const std::function<Result<void>(Reader&)>& work) override {
    ++reads;
    return store_.read(work);
  }
  Result<void> health() override { return store_.health(); }

  std::atomic<int> reads = 0;
  std::atomic<int> writes = 0;

 private:
  Store& store_;
};

/// Work is what one try cost.
struct Work {
  int reads = 0;
  int writes = 0;
  long long passwords = 0;
  std::string answer;
  auto operator<=>(const Work&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Work& work) {
  return out << work.reads << " reads, " << work.writes << " writes, " << work.passwords << " passwords, " << work.answer;
}

class Enumeration : public Life {
 protected:
  Enumeration() {
    policy().methods = {RecoveryMethod::code, RecoveryMethod::mail_code};
    policy().computer_change = ComputerChange::self;
  }
  Services counted() {
    Services services = bank.services();
    return {.store = store,
            .issuer = services.issuer,
            .institutions = services.institutions,
            .clock = services.clock,
            .rng = bank.rng};
  }
  template <class Verb>
  Work work_of(Verb verb) {
    const int reads = store.reads;
    const int writes = store.writes;
    const long long passwords = login.gate().looked_at();
    const auto answer = verb();
    check(!answer.has_value(), "a wrong password was taken");
    return {store.reads - reads, store.writes - writes, login.gate().looked_at() - passwords, answer.error().id};
  }
  /// works are what each door did for one ID, twelve times: ten wrong ones begin the rest.
  std::vector<Work> works(const std::string& login_id) {
    const Secret wrong("not the password");
    std::vector<Work> all;
    for (int round = 0; round < 4; ++round) {
      all.push_back(work_of([&] { return enrolment.open_acquisition(d1(), login_id, wrong, Secret("2345-6789-ABCD-EFGH")); }));
      all.push_back(work_of([&] { return codes.ask_mail_code(d1(), login_id, wrong); }));
      all.push_back(work_of([&] { return codes.hold_lost(d1(), login_id, wrong); }));
    }
    return all;
  }

  CountingStore store{*bank.store};
  Login login{counted()};
  Enrolment enrolment{counted(), login};
  Recovery codes{counted(), login};
};

TEST_F(Enumeration, T9_an_unknown_id_makes_the_same_work_as_a_wrong_password_in_every_state_of_an_id) {
  const auto unknown = works("nobody1");
  EXPECT_EQ(unknown.front().passwords, 1);
  EXPECT_EQ(unknown.back().answer, "login.locked");
  EXPECT_EQ(works("kanri01"), unknown) << "without a certificate";
  bank.certify("kanri02");
  EXPECT_EQ(works("kanri02"), unknown) << "with one";
  const auto revoked = bank.certify("keiri01");
  ASSERT_TRUE(bank.holders.revoke(revoked.authority, revoked.serial, pki::RevocationReason::unspecified, "test", true));
  EXPECT_EQ(works("keiri01"), unknown) << "revoked";
}

/// The measure without a verdict, since a busy machine is no judge: how well time alone tells the two apart. 0.5 is not at all.
TEST_F(Enumeration, T9_times_are_measured_and_shown) {
  const char* text = std::getenv("INKAN_TIMINGS");
  const int samples = text && *text ? std::atoi(text) : 20;
  const MachineClock machine;
  std::vector<double> known;
  std::vector<double> unknown;
  const auto time = [&](const std::string& login_id, std::vector<double>& into) {
    const auto before = machine.steady();
    EXPECT_FALSE(login.check_password({"d1", login_id}, Secret("not the password")));
    into.push_back(std::chrono::duration<double, std::milli>(machine.steady() - before).count());
  };
  time("kanri01", known);  // the first of each pays for what is made once
  time("nobody1", unknown);
  known.clear();
  unknown.clear();
  for (int i = 0; i < samples; ++i) {
    if (i % 8 == 0) bank.clock.advance(hours{2});  // never so many that the rest begins
    time("kanri01", known);
    time("nobody1", unknown);
  }
  double above = 0;
  for (const double a : known)
    for (const double b : unknown) above += a > b ? 1 : a == b ? 0.5 : 0;
  const auto median = [](std::vector<double> all) {
    std::ranges::nth_element(all, all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2));
    return all[all.size() / 2];
  };
  std::cout << "T9: " << samples << " wrong passwords of a known and of an unknown ID: median " << median(known) << " and "
            << median(unknown) << " ms, AUC " << above / (static_cast<double>(samples) * samples) << std::endl;
}

}  // namespace
}  // namespace inkan::lifecycle
