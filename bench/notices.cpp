// One day of the notice job, as the server runs it: every due certificate decided, its notice, letter and audit record made
// durable.

#include <unistd.h>

#include <CLI/CLI.hpp>

#include "measure.hpp"
#include "server/bank.hpp"

int main(int argc, char** argv) {
  using namespace inkan;
  CLI::App app("Runs the notice job for one day.");
  std::filesystem::path file;
  std::string institution_id;
  int days_ahead = 0;
  app.add_option("--config", file)->required();
  app.add_option("--institution", institution_id)->required();
  app.add_option("--days-ahead", days_ahead, "the day, counted from today");
  CLI11_PARSE(app, argc, argv);

  const auto config = bench::need(server::load_config(file), "configuration");
  const auto bank = bench::need(server::Bank::open(config, std::make_shared<MachineClock>(), {}), "bank");
  const lifecycle::Institution& institution = *bench::need(bank->institutions().find(institution_id), "institution");
  const Day day = institution.zone.day_of(bank->clock().now()) + std::chrono::days{days_ahead};
  const double before = bench::cpu_seconds(::getpid());
  const auto start = std::chrono::steady_clock::now();
  const auto result = bench::need(bank->notices().run_day(institution, day), "run_day");
  const double cpu = bench::cpu_seconds(::getpid()) - before;
  bench::Answer()
      .add("day", to_iso(day))
      .add("notices", static_cast<double>(result.decided))
      .add("letters", static_cast<double>(result.letters))
      .add("cpu_seconds", cpu)
      .add("wall_seconds", bench::seconds_since(start))
      .print();
  return 0;
}
