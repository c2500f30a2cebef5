// How works share a durable commit, what keeps them apart, and what readers see of them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "support/committer_gate.hpp"
#include "support/store_contract.hpp"

namespace inkan::store {
namespace {

using lifecycle::Reader;
using lifecycle::Writer;

class CommitterContract : public StoreContract {};

Result<void> put_audited(Writer& writer, int number) {
  writer.audit(samples::entry(std::to_string(number)));
  return writer.put_holder(samples::holder(number));
}

bool is_there(Reader& reader, int number) { return reader.find_holder(samples::holder_id(number)).value().has_value(); }

TEST_P(CommitterContract, works_that_wait_share_one_commit) {
  constexpr int kWorks = 20;
  std::vector<std::thread> threads;
  const long long before = store_->commits();
  {
    CommitterGate gate(*store_);
    for (int i = 0; i < kWorks; ++i)
      threads.emplace_back([this, i] { EXPECT_TRUE(store_->transact([i](Writer& writer) { return put_audited(writer, i); })); });
    gate.open_when(kWorks);
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(store_->commits() - before, 2) << "the gate's own, and one for all";
  EXPECT_EQ(audit("n1").size(), static_cast<std::size_t>(kWorks));
}

TEST_P(CommitterContract, one_that_fails_leaves_the_others_of_its_commit) {
  constexpr int kWorks = 9;
  std::vector<Result<void>> results(kWorks);
  std::vector<std::thread> threads;
  {
    CommitterGate gate(*store_);
    for (int i = 0; i < kWorks; ++i)
      threads.emplace_back([&, i] {
        results[static_cast<std::size_t>(i)] = store_->transact([i](Writer& writer) -> Result<void> {
          if (auto put = put_audited(writer, i); !put) return put;
          if (i % 3 == 0) return fail(Code::refused, "test.refused");
          if (i % 3 == 1) return writer.add_certificate(samples::reservation(i, {"d1", "nobody"}));  // the engine says no
          return {};
        });
      });
    gate.open_when(kWorks);
    for (std::thread& thread : threads) thread.join();
  }
  const auto read = store_->read([&](Reader& reader) -> Result<void> {
    for (int i = 0; i < kWorks; ++i) {
      const auto& result = results[static_cast<std::size_t>(i)];
      EXPECT_EQ(result.has_value(), i % 3 == 2);
      EXPECT_EQ(result ? "" : result.error().id, i % 3 == 2 ? "" : i % 3 == 0 ? "test.refused" : "store.constraint");
      EXPECT_EQ(is_there(reader, i), i % 3 == 2) << i;
    }
    return {};
  });
  EXPECT_TRUE(read);
  EXPECT_EQ(audit("n1").size(), 3U);
  EXPECT_TRUE(is_chain(audit("n1")));
}

TEST_P(CommitterContract, a_work_that_overlooks_an_error_is_not_kept) {
  EXPECT_EQ(refusal([](Writer& writer) -> Result<void> {
              if (auto put = put_audited(writer, 1); !put) return put;
              std::ignore = writer.add_certificate(samples::reservation(1, {"d1", "nobody"}));
              EXPECT_FALSE(writer.put_holder(samples::holder(2))) << "nothing runs after a failure";
              return {};
            }),
            "store.constraint");
  EXPECT_FALSE(ask<std::optional<lifecycle::Holder>>([](Reader& reader) { return reader.find_holder(samples::holder_id(1)); }));
  EXPECT_TRUE(audit("n1").empty());
}

TEST_P(CommitterContract, the_chain_has_no_gap_under_16_threads) {
  constexpr int kThreads = 16;
  constexpr int kEach = 12;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([this, t] {
      for (int i = 0; i < kEach; ++i) {
        const auto done = store_->transact([&](Writer& writer) -> Result<void> {
          if (auto put = put_audited(writer, t * kEach + i); !put) return put;
          if (i % 4 == 3) return fail(Code::refused, "test.refused");
          return {};
        });
        EXPECT_EQ(done.has_value(), i % 4 != 3);
        const auto read = store_->read([&](Reader& reader) -> Result<void> {
          EXPECT_EQ(is_there(reader, t * kEach + i), i % 4 != 3) << "what was acknowledged is seen";
          return {};
        });
        EXPECT_TRUE(read);
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(audit("n1").size(), static_cast<std::size_t>(kThreads * kEach * 3 / 4));
  EXPECT_TRUE(is_chain(audit("n1")));
  EXPECT_LT(store_->commits(), kThreads * kEach);
}

TEST_P(CommitterContract, a_read_keeps_its_view_and_waits_for_no_writer) {
  put_holders(1);
  const auto read = store_->read([&](Reader& reader) -> Result<void> {
    EXPECT_TRUE(is_there(reader, 1));
    EXPECT_FALSE(is_there(reader, 2));
    std::thread([this] { write([](Writer& writer) { return writer.put_holder(samples::holder(2)); }); }).join();
    EXPECT_FALSE(is_there(reader, 2)) << "committed after this read began";
    return {};
  });
  EXPECT_TRUE(read);
  CommitterGate gate(*store_);
  EXPECT_TRUE(ask<std::optional<lifecycle::Holder>>([](Reader& reader) { return reader.find_holder(samples::holder_id(2)); }));
  gate.open_when(0);
}

TEST_P(CommitterContract, more_readers_than_connections_take_turns) {
  put_holders(1);
  std::vector<std::thread> threads;
  for (int t = 0; t < 24; ++t)
    threads.emplace_back([this] {
      for (int i = 0; i < 20; ++i)
        EXPECT_TRUE(
            ask<std::optional<lifecycle::Holder>>([](Reader& reader) { return reader.find_holder(samples::holder_id(1)); }));
    });
  for (std::thread& thread : threads) thread.join();
}

TEST_P(CommitterContract, reopened_it_has_everything_and_the_chain_goes_on) {
  write([](Writer& writer) { return put_audited(writer, 1); });
  store_.reset();
  store_ = place_.open();
  write([](Writer& writer) { return put_audited(writer, 2); });
  EXPECT_TRUE(ask<std::optional<lifecycle::Holder>>([](Reader& reader) { return reader.find_holder(samples::holder_id(1)); }));
  EXPECT_EQ(audit("n1").size(), 2U);
  EXPECT_TRUE(is_chain(audit("n1")));
}

TEST_P(CommitterContract, nodes_have_chains_of_their_own) {
  const auto other = place_.open("n2");
  for (int i = 0; i < 3; ++i) {
    write([&](Writer& writer) { return put_audited(writer, i); });
    ASSERT_TRUE(other->transact([&](Writer& writer) { return put_audited(writer, 10 + i); }));
  }
  EXPECT_THAT(ask<std::vector<std::string>>([](Reader& reader) { return reader.audit_nodes(); }),
              testing::ElementsAre("n1", "n2"));
  for (const char* node : {"n1", "n2"}) {
    EXPECT_EQ(audit(node).size(), 3U);
    EXPECT_TRUE(is_chain(audit(node)));
  }
}

// PostgreSQL gives a node name to one process; on SQLite, where one writes at a time, two share the chain.
TEST_P(CommitterContract, a_node_name_never_has_two_chains) {
  if (place_.is_postgres()) {
    const auto second = SqlStore::open(make_postgres_engine({.connection = place_.url(), .wait_seconds = 1}), {.node = "n1"});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().id, "store.node_in_use");
    store_.reset();
    EXPECT_TRUE(place_.try_open());
    return;
  }
  const auto second = place_.open();
  for (int i = 0; i < 4; ++i)
    ASSERT_TRUE((i % 2 == 0 ? store_ : second)->transact([&](Writer& writer) { return put_audited(writer, i); }));
  EXPECT_EQ(audit("n1").size(), 4U);
  EXPECT_TRUE(is_chain(audit("n1")));
}

TEST_P(CommitterContract, health_makes_a_commit) {
  const long long before = store_->commits();
  EXPECT_TRUE(store_->health());
  EXPECT_TRUE(store_->health());
  EXPECT_EQ(store_->commits() - before, 2);
}

INSTANTIATE_TEST_SUITE_P(Store, CommitterContract, testing::ValuesIn(store_engines()),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace inkan::store
