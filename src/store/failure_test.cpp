// What is left when something breaks: the Nth statement, the line, the disk, the process.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include <csignal>
#include <thread>

#include "support/committer_gate.hpp"
#include "support/faulty_engine.hpp"
#include "support/store_contract.hpp"

namespace inkan::store {
namespace {

using lifecycle::Reader;
using lifecycle::Writer;

/// act is one issuing act, with what a person of the bank asked for, in one transaction: whatever part of it is found, all of it
/// must be.
Result<void> act(Writer& writer, int number) {
  const auto id = samples::holder_id(number);
  if (auto put = writer.put_holder(samples::holder(number)); !put) return put;
  if (auto locked = writer.lock_holder(id); !locked) return fail(locked);
  if (auto put = writer.put_contact(samples::contact(id, "keiri@example.test")); !put) return put;
  if (auto put = writer.put_request(samples::request(number, id)); !put) return put;
  if (auto put = writer.put_ticket(samples::ticket(number, id)); !put) return put;
  const auto record = samples::reservation(number, id);
  if (auto added = writer.add_certificate(record); !added) return added;
  if (auto set = writer.set_certificate(samples::issued(record)); !set) return set;
  writer.audit(samples::entry(std::to_string(number)));
  return {};
}

class FailureContract : public testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<SqlStore> open_faulty() {
    auto store = SqlStore::open(std::make_unique<FaultyEngine>(place_.engine(), fault_), {.node = "n1", .migrate = true});
    EXPECT_TRUE(store) << store.error().detail;
    return std::move(*store);
  }

  /// is_kept tells whether the act of this number is on record, and fails the test when a part of it is.
  static bool is_kept(SqlStore& store, int number) {
    bool kept = false;
    const auto read = store.read([&](Reader& reader) -> Result<void> {
      const auto id = samples::holder_id(number);
      kept = reader.find_holder(id).value().has_value();
      EXPECT_EQ(reader.find_ticket("ticket" + std::to_string(number)).value().has_value(), kept);
      EXPECT_EQ(reader.contacts_of(id).value().size(), kept ? 1U : 0U);
      EXPECT_EQ(reader.requests_of(id, 10).value().size(), kept ? 1U : 0U);
      EXPECT_EQ(reader.live_certificates(id).value().size(), kept ? 1U : 0U);
      const auto chain = reader.audit_records("n1", 0, 1'000'000).value();
      EXPECT_TRUE(is_chain(chain));
      const auto entries =
          std::ranges::count_if(chain, [&](const auto& record) { return record.entry.subject == std::to_string(number); });
      EXPECT_EQ(entries, kept ? 1 : 0);
      return {};
    });
    EXPECT_TRUE(read) << read.error().detail;
    return kept;
  }

  /// fail_each lets the first, the second … statement of an act fail in turn, until one comes through untouched.
  void fail_each(Fault::How how) {
    const auto store = open_faulty();
    ASSERT_TRUE(store->transact([](Writer& writer) { return act(writer, 0); }));
    int number = 1;
    for (;; ++number) {
      fault_ = {.how = how, .calls_left = number - 1, .struck = false};
      const auto done = store->transact([&](Writer& writer) { return act(writer, number); });
      const bool struck = fault_.struck;
      fault_ = {};
      EXPECT_EQ(is_kept(*store, number), done.has_value()) << "statement " << number;
      EXPECT_EQ(done ? "store.unavailable" : done.error().id, "store.unavailable");
      if (!struck) break;
      ASSERT_TRUE(store->transact([&](Writer& writer) { return act(writer, 1000 + number); })) << "it recovers";
    }
    EXPECT_GT(number, 11);
  }

  StorePlace place_{GetParam()};
  Fault fault_;
};

TEST_P(FailureContract, a_refused_statement_leaves_nothing_half_done) { fail_each(Fault::How::refuse); }

TEST_P(FailureContract, a_line_cut_before_a_statement_leaves_nothing_half_done) { fail_each(Fault::How::cut_before); }

TEST_P(FailureContract, a_line_cut_before_an_answer_leaves_the_truth_told) {
  if (place_.is_postgres()) fail_each(Fault::How::cut_after);  // with SQLite there is no line
}

TEST_P(FailureContract, a_batch_fails_as_one_when_its_commit_fails) {
  const auto store = open_faulty();
  std::vector<Result<void>> results(4);
  std::vector<std::thread> threads;
  {
    CommitterGate gate(*store);
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&, i] {
        results[static_cast<std::size_t>(i)] = store->transact([&](Writer& writer) -> Result<void> {
          if (auto done = act(writer, i); !done) return done;
          if (i == 3) return fail(Code::refused, "test.refused");
          return {};
        });
      });
    fault_.commits_left = 1;  // the gate's own
    gate.open_when(4);
    for (std::thread& thread : threads) thread.join();
  }
  for (int i = 0; i < 4; ++i) {
    const auto& result = results[static_cast<std::size_t>(i)];
    EXPECT_EQ(result ? "" : result.error().id, i == 3 ? "test.refused" : "store.unavailable");
    EXPECT_FALSE(is_kept(*store, i));
  }
  EXPECT_TRUE(store->transact([](Writer& writer) { return act(writer, 5); })) << "it recovers";
}

TEST_P(FailureContract, lines_that_the_server_ends_are_opened_again) {
  if (!place_.is_postgres()) return;
  const auto store = place_.open();
  const auto end_all = [&] {
    place_.ask(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND application_name = 'inkan' "
        "AND query NOT LIKE '%pg_terminate%' AND pid IN (SELECT pid FROM ours)");
  };
  place_.ask("CREATE TABLE ours (pid int)");
  const auto note = [](Statements& statements) { return statements.run("INSERT INTO ours (pid) VALUES (pg_backend_pid())", {}); };
  const auto writer_noted = store->transact([&](Writer& writer) -> Result<void> {
    if (auto noted = note(static_cast<Writes&>(writer).statements()); !noted) return fail(noted);
    return act(writer, 1);
  });
  ASSERT_TRUE(writer_noted) << writer_noted.error().detail;

  const auto cut = store->transact([&](Writer& writer) -> Result<void> {
    if (auto put = writer.put_ticket(samples::ticket(2, samples::holder_id(1))); !put) return put;
    end_all();
    return act(writer, 2);
  });
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().id, "store.unavailable");
  EXPECT_FALSE(is_kept(*store, 2));
  EXPECT_TRUE(store->transact([](Writer& writer) { return act(writer, 3); }));
  EXPECT_TRUE(is_kept(*store, 3));

  // An idle reader that died is replaced before the work sees anything of it.
  EXPECT_TRUE(store->read([&](Reader& reader) -> Result<void> {
    long long pid = 0;
    const auto asked = static_cast<Reads<Reader>&>(reader).statements().run("SELECT pg_backend_pid()::bigint", {},
                                                                            [&](const Row& row) -> Result<void> {
                                                                              pid = row.number(0);
                                                                              return {};
                                                                            });
    if (!asked) return fail(asked);
    place_.ask("INSERT INTO ours (pid) VALUES (" + std::to_string(pid) + ")");
    return {};
  }));
  end_all();
  EXPECT_TRUE(is_kept(*store, 3));
  EXPECT_TRUE(store->health());
}

TEST_P(FailureContract, a_killed_process_loses_nothing_it_acknowledged) {
  place_.open();
  for (int round = 0; round < 5; ++round) {
    std::array<int, 2> pipe_ends{};
    ASSERT_EQ(pipe(pipe_ends.data()), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      const auto store = place_.open();
      std::vector<std::thread> threads;
      for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
          for (int i = 0;; ++i) {
            const int number = round * 1'000'000 + t * 100'000 + i;
            if (!store->transact([&](Writer& writer) { return act(writer, number); })) _exit(1);
            if (write(pipe_ends[1], &number, sizeof(number)) != sizeof(number)) _exit(2);
          }
        });
      for (std::thread& thread : threads) thread.join();
      _exit(0);
    }
    close(pipe_ends[1]);
    std::vector<int> acknowledged;
    int number = 0;
    while (read(pipe_ends[0], &number, sizeof(number)) == sizeof(number)) {
      acknowledged.push_back(number);
      if (acknowledged.size() == 30U + 7U * static_cast<unsigned>(round)) kill(child, SIGKILL);
    }
    close(pipe_ends[0]);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
    const auto store = place_.open();
    for (const int each : acknowledged) EXPECT_TRUE(is_kept(*store, each)) << each;
    EXPECT_TRUE(store->health());
  }
}

INSTANTIATE_TEST_SUITE_P(Store, FailureContract, testing::ValuesIn(store_engines()),
                         [](const auto& tested) { return tested.param; });

class SqliteFailure : public FailureContract {};

TEST_P(SqliteFailure, a_full_disk_is_unavailable_and_loses_nothing) {
  place_.open();
  int kept = 0;
  {
    auto opened = SqlStore::open(make_sqlite_engine({.path = place_.path(), .max_pages = 120}), {.node = "n1"});
    ASSERT_TRUE(opened) << opened.error().detail;
    SqlStore& store = **opened;
    Result<void> done;
    while (done && kept < 10'000) {
      done = store.transact([&](Writer& writer) { return act(writer, kept); });
      if (done) ++kept;
    }
    ASSERT_FALSE(done) << "120 pages were never full";
    EXPECT_EQ(done.error().id, "store.unavailable");
    EXPECT_FALSE(is_kept(store, kept));
    EXPECT_TRUE(is_kept(store, kept - 1)) << "it still reads";
  }
  const auto store = place_.open();
  for (int i = 0; i < kept; ++i) EXPECT_TRUE(is_kept(*store, i));
  EXPECT_TRUE(store->transact([&](Writer& writer) { return act(writer, kept); })) << "with room again";
  EXPECT_TRUE(is_kept(*store, kept));
}

/// Steps interrupts SQLite inside a statement: after `left` steps of its machine, on every connection opened while it stands.
/// SQLite then rolls the whole transaction back by itself, not only the statement.
class Steps {
 public:
  Steps() { sqlite3_auto_extension(entry()); }
  ~Steps() { sqlite3_cancel_auto_extension(entry()); }
  Steps(const Steps&) = delete;
  Steps& operator=(const Steps&) = delete;
  static inline std::atomic<long long> left = -1;  // below 0: never

 private:
  /// at_step counts inside transactions only: SQLite asks once more when a COMMIT is already done.
  static int at_step(void* database) {
    if (sqlite3_get_autocommit(static_cast<sqlite3*>(database)) != 0) return 0;
    if (left < 0) return 0;
    return --left < 0 ? 1 : 0;
  }
  static int install(sqlite3* database, char**, const sqlite3_api_routines*) {
    sqlite3_progress_handler(database, 1, at_step, database);
    return SQLITE_OK;
  }
  static void (*entry())(void) { return reinterpret_cast<void (*)(void)>(install); }
};

TEST_P(SqliteFailure, an_interruption_at_any_step_leaves_nothing_half_done) {
  const Steps steps;
  const auto store = place_.open();
  int number = 1;
  for (long long step = 0;; step += 5, ++number) {
    Steps::left = step;
    const auto done = store->transact([&](Writer& writer) { return act(writer, number); });
    const bool struck = Steps::left < 0;
    Steps::left = -1;
    EXPECT_EQ(is_kept(*store, number), done.has_value()) << "step " << step;
    if (!struck) break;
    EXPECT_FALSE(done);
  }
  EXPECT_GT(number, 50);
}

INSTANTIATE_TEST_SUITE_P(Store, SqliteFailure, testing::Values("sqlite"), [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace inkan::store
