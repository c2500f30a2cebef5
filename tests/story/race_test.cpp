// Many renewals against as many revocations, at once and on both databases (T15). Which of the two comes first is chance; what
// follows from it is not.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <map>
#include <thread>

#include "lifecycle/audit_trail.hpp"
#include "support/installation.hpp"
#include "support/store_place.hpp"

namespace inkan::lifecycle {
namespace {

constexpr int kThreads = 4;  // of each kind

/// many is how many holders race; INKAN_RACES asks for more.
int many() {
  const char* text = std::getenv("INKAN_RACES");
  return text && *text ? std::atoi(text) : 400;
}

std::string name_of(int number) { return "keiri" + std::to_string(100'000 + number); }

class Race : public testing::TestWithParam<std::string> {
 protected:
  Race() {
    std::vector<NewHolder> all;
    for (int i = 0; i < many(); ++i)
      all.push_back(
          {.id = {"d1", name_of(i)}, .company = "青空商事株式会社", .name = "経理担当者", .mail = {}, .password = Secret("")});
    bank_.import_holders(all);
    in_threads([&](int i) { first_[static_cast<std::size_t>(i)] = bank_.certify(name_of(i)); });
    bank_.clock.set(first_.front()->not_after - std::chrono::days{20});
  }

  /// in_threads does something for every holder, shared out to threads that start together.
  static std::vector<std::thread> start(const std::function<void(int)>& act) {
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t)
      threads.emplace_back([act, t] {
        for (int i = t; i < many(); i += kThreads) act(i);
      });
    return threads;
  }
  static void in_threads(const std::function<void(int)>& act) {
    for (std::thread& thread : start(act)) thread.join();
  }

  StorePlace place_{GetParam()};
  Installation bank_{place_.url()};
  std::vector<std::optional<CertificateRecord>> first_{static_cast<std::size_t>(many())};
};

/// Points of the issuing act, in order; a revocation sets out when its renewal has come to one of them.
constexpr std::array<std::string_view, 4> kPoints = {"prepared", "reserve-after-commit", "signed", "record-after-commit"};
thread_local int renewing_now = 0;

TEST_P(Race, I6_I7_T15_nothing_is_renewed_after_its_revocation) {
  std::vector<std::atomic<std::size_t>> reached(static_cast<std::size_t>(many()));
  const auto reach = [&](std::size_t place, std::size_t point) {
    reached[place] = point;
    reached[place].notify_all();
  };
  Enrolment enrolment(bank_.services([&](std::string_view point) {
    const auto found = std::ranges::find(kPoints, point);
    if (found != kPoints.end())
      reach(static_cast<std::size_t>(renewing_now), static_cast<std::size_t>(found - kPoints.begin()) + 1);
  }),
                      bank_.login);
  std::atomic<int> renewed = 0;
  std::atomic<int> refused = 0;
  auto renewing = start([&](int i) {
    renewing_now = i;
    const auto done = enrolment.renew(bank_.institution(), first_[static_cast<std::size_t>(i)]->fingerprint, make_request());
    reach(static_cast<std::size_t>(i), kPoints.size());
    ++(done ? renewed : refused);
    if (!done) {
      EXPECT_TRUE(done.error().id == "login.certificate" || done.error().id == "ticket.expired") << done.error().id;
    }
  });
  auto revoking = start([&](int i) {
    const auto place = static_cast<std::size_t>(i);
    const std::size_t wanted = place / kThreads % (kPoints.size() + 1);
    for (std::size_t now = reached[place]; now < wanted; now = reached[place]) reached[place].wait(now);
    const CertificateRecord& first = *first_[place];
    const auto done =
        bank_.holders.revoke(first.authority, first.serial, pki::RevocationReason::key_compromise, "operator", true);
    EXPECT_TRUE(done) << done.error().id;
  });
  for (std::thread& thread : renewing) thread.join();
  for (std::thread& thread : revoking) thread.join();

  // The chain of the one node is the order in which all of it was committed.
  std::map<std::string, long long> revoked_at;
  const auto read = bank_.store->read([&](Reader& reader) {
    return walk_audit(reader, [&](const AuditRecord& record) -> Result<void> {
      const AuditEntry& entry = record.entry;
      if (entry.action == "certificate.revoked") revoked_at.emplace(entry.subject, record.sequence);
      if (entry.action != "certificate.reserved" && entry.action != "certificate.issued") return {};
      const auto before = revoked_at.find(entry.subject);
      EXPECT_TRUE(before == revoked_at.end()) << entry.action << " of " << entry.subject << " after its revocation";
      return {};
    });
  });
  ASSERT_TRUE(read);
  EXPECT_EQ(static_cast<int>(revoked_at.size()), many());
  EXPECT_GT(renewed, 0);
  EXPECT_GT(refused, 0);
  std::cout << GetParam() << ": " << renewed << " renewed before, " << refused << " refused after " << many() << " revocations"
            << std::endl;
  check_invariants(*bank_.store, bank_.institutions);
}

INSTANTIATE_TEST_SUITE_P(Stores, Race, testing::ValuesIn(store_engines()), [](const auto& each) { return each.param; });

}  // namespace
}  // namespace inkan::lifecycle
