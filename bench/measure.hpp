#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/bytes.hpp"

/// What the programs of bench/ share: CPU clocks of processes, pools of keys and requests, and the one line each prints.
namespace inkan::bench {

/// stop says why on stderr and ends the program: a benchmark that met anything unexpected has no result.
[[noreturn]] void stop(const std::string& why);

/// need gives a Result's value, or stops with its Error.
template <class T>
T need(Result<T> result, const std::string& what) {
  if (!result) stop(what + ": " + result.error().id + " " + result.error().detail);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// cpu_seconds is the user and system time that a process has used so far, all its threads together: utime + stime of
/// /proc/PID/stat, read from the kernel's own clock of the process so that it is not rounded to ticks of 10 ms.
double cpu_seconds(pid_t pid);

/// family_cpu_seconds is cpu_seconds of a process and its children, for nginx and PostgreSQL. A child that ended is not seen.
double family_cpu_seconds(pid_t pid);

/// seconds_since is steady wall time.
double seconds_since(std::chrono::steady_clock::time_point start);

/// percentile of a sorted row, 0 when it is empty.
double percentile(const std::vector<double>& sorted, double share);

/// holder_name is the login ID of the holder by this number (from 0) that bench_seed makes.
std::string holder_name(std::size_t number);

/// KeyAndRequest is a private key (DER, PKCS#8) and a PKCS#10 request made with it.
struct KeyAndRequest {
  Bytes key;
  Bytes request;
};

/// write_pool and read_pool keep byte strings in a file, in order; a pool of requests holds key and request in turn.
void write_strings(const std::filesystem::path& path, const std::vector<Bytes>& strings);
std::vector<Bytes> read_strings(const std::filesystem::path& path);
std::vector<KeyAndRequest> read_pool(const std::filesystem::path& path);

/// Answer is the one line of JSON that a program prints when it is done.
class Answer {
 public:
  Answer& add(const std::string& name, double value);
  Answer& add(const std::string& name, const std::string& text);  ///< plain ASCII without quotes
  void print() const;

 private:
  std::string members_;
};

}  // namespace inkan::bench
