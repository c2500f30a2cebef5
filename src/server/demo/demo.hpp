#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

/// The demo: a whole bank on loopback, with customers whose certificates have a past. It plays the world outside too: a mail
/// relay, a CA for server certificates, and a clock that can be moved. None of this is reachable from `inkan serve`.
namespace inkan::server::demo {

struct DemoOptions {
  std::filesystem::path dir;
  std::uint16_t port = 0;                 ///< first of six; 0: free ones
  std::optional<Instant> at;              ///< time to start at; absent: where the clock stands, or the machine's
  std::vector<std::string> institutions;  ///< ids; empty: all
  std::filesystem::path profiles;         ///< folder of profiles; empty: the shipped ones. For a new folder alone
};

/// run makes what is missing in the folder, serves, writes DIR/demo.json once every listener answers, prints a table of what to
/// try, and stays until SIGINT or SIGTERM. Errors: `demo.*`, and those of every part.
Result<void> run(const DemoOptions& options);

/// move_clock asks the demo that runs in a folder to move its time ("set" TIME or "advance" SPAN) and gives the new time once
/// every job that fell due has run. Errors: `demo.not_running`, `demo.clock`.
Result<std::string> move_clock(const std::filesystem::path& dir, const std::string& how, const std::string& value);

}  // namespace inkan::server::demo
