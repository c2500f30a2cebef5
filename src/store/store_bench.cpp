// Issuing acts a second: a reserve and a record, each durable, from 1, 8 and 32 callers; beside them the bare SQL of the same
// rows with two commits an act, and the acts without their audit records. PostgreSQL takes part when INKAN_TEST_POSTGRES is set;
// start it with fsync=on for true figures.

#include <benchmark/benchmark.h>

#include <atomic>

#include "base/log.hpp"
#include "support/store_place.hpp"
#include "support/store_samples.hpp"

namespace inkan::store {
namespace {

using lifecycle::Writer;

constexpr int kHolders = 1000;

/// Bank is a database with holders, fresh for each benchmark.
struct Bank {
  explicit Bank(const std::string& engine) : place(engine), store(place.open()) {
    const auto filled = store->transact([](Writer& writer) -> Result<void> {
      for (int i = 0; i < kHolders; ++i)
        if (auto put = writer.put_holder(samples::holder(i)); !put) return put;
      return {};
    });
    check(filled.has_value(), "bench: holders");
  }
  StorePlace place;
  std::unique_ptr<SqlStore> store;
  std::atomic<int> number = 0;
};

/// Audited is false in one row alone, which shows what the record of an act costs. The product cannot leave it out.
template <bool Audited>
Result<void> reserve(Writer& writer, int number) {
  const auto id = samples::holder_id(number % kHolders);
  if (auto locked = writer.lock_holder(id); !locked) return fail(locked);
  if (auto put = writer.put_ticket(samples::ticket(number, id)); !put) return put;
  if (auto added = writer.add_certificate(samples::reservation(number, id)); !added) return added;
  if (Audited) writer.audit(samples::entry(samples::serial(number).hex()));
  return {};
}

template <bool Audited>
Result<void> record(Writer& writer, int number) {
  const auto id = samples::holder_id(number % kHolders);
  const auto certificate = samples::issued(samples::reservation(number, id));
  if (auto locked = writer.lock_holder(id); !locked) return fail(locked);
  if (auto found = writer.find_by_serial(certificate.authority, certificate.serial); !found) return fail(found);
  if (auto set = writer.set_certificate(certificate); !set) return set;
  auto ticket = samples::ticket(number, id);
  ticket.stage = lifecycle::TicketStage::issued;
  ticket.serial = certificate.serial;
  if (auto put = writer.put_ticket(ticket); !put) return put;
  if (Audited) writer.audit(samples::entry(certificate.serial.hex()));
  return {};
}

std::unique_ptr<Bank> bank;

template <bool Audited>
void act(benchmark::State& state) {
  const auto run = [&](const std::function<Result<void>(Writer&)>& work) {
    if (auto done = bank->store->transact(work); !done) state.SkipWithError(done.error().detail.c_str());
  };
  for (auto _ : state) {
    const int number = ++bank->number;
    run([&](Writer& writer) { return reserve<Audited>(writer, number); });
    run([&](Writer& writer) { return record<Audited>(writer, number); });
  }
  state.SetItemsProcessed(state.iterations());
  if (state.thread_index() == 0)
    state.counters["acts/commit"] = bank->number / static_cast<double>(std::max(1LL, bank->store->commits()));
}

/// bare runs the same rows through the same verbs on one connection without committer, savepoints and chain.
void bare(benchmark::State& state) {
  bank->store.reset();
  const auto engine = bank->place.engine();
  const auto connection = engine->connect(Access::write, "bare");
  check(connection.has_value(), "bench: connection");
  const auto run = [&](Result<void> (*work)(Writer&, int), int number) {
    auto done = (*connection)->run_script(engine->dialect().begin_write);
    Writes writes(**connection, engine->dialect());
    if (done) done = work(writes, number);
    if (done) done = (*connection)->run_script("COMMIT");
    if (!done) state.SkipWithError(done.error().detail.c_str());
  };
  for (auto _ : state) {
    const int number = ++bank->number;
    run(reserve<true>, number);
    run(record<true>, number);
  }
  state.SetItemsProcessed(state.iterations());
}

void open_sqlite(const benchmark::State&) { bank = std::make_unique<Bank>("sqlite"); }
void open_postgres(const benchmark::State&) { bank = std::make_unique<Bank>("postgres"); }
void close(const benchmark::State&) { bank.reset(); }

const bool registered = [] {
  set_log_level(LogLevel::error);
  for (const std::string& engine : store_engines()) {
    if (engine == "postgres" && std::getenv("INKAN_TEST_POSTGRES") == nullptr) continue;
    const auto open = engine == "postgres" ? open_postgres : open_sqlite;
    benchmark::RegisterBenchmark(("bare/" + engine).c_str(), bare)
        ->Setup(open)
        ->Teardown(close)
        ->MeasureProcessCPUTime()
        ->UseRealTime();
    for (const int threads : {1, 8, 32})
      for (const bool audited : {true, false})
        benchmark::RegisterBenchmark(((audited ? "act/" : "act_unaudited/") + engine).c_str(), audited ? act<true> : act<false>)
            ->Setup(open)
            ->Teardown(close)
            ->Threads(threads)
            ->MeasureProcessCPUTime()
            ->UseRealTime();
  }
  return true;
}();

}  // namespace
}  // namespace inkan::store
