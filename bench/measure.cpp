#include "measure.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>

namespace inkan::bench {

void stop(const std::string& why) {
  std::fprintf(stderr, "bench: %s\n", why.c_str());
  std::exit(1);
}

double cpu_seconds(pid_t pid) {
  clockid_t clock{};
  timespec used{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0) stop("no process " + std::to_string(pid));
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

double family_cpu_seconds(pid_t pid) {
  double sum = cpu_seconds(pid);
  std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", pid));
  for (pid_t child = 0; children >> child;) sum += cpu_seconds(child);
  return sum;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double percentile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

std::string holder_name(std::size_t number) { return fmt::format("bench-{:07}", number); }

void write_strings(const std::filesystem::path& path, const std::vector<Bytes>& strings) {
  const std::filesystem::path fresh = path.string() + ".new";
  {
    std::ofstream out(fresh, std::ios::binary);
    for (const Bytes& string : strings) {
      out << string.size() << '\n';
      out.write(reinterpret_cast<const char*>(string.data()), static_cast<std::streamsize>(string.size()));
    }
    if (!out.flush()) stop("cannot write " + path.string());
  }
  std::filesystem::rename(fresh, path);
}

std::vector<Bytes> read_strings(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) stop("cannot read " + path.string());
  std::vector<Bytes> strings;
  for (std::size_t size = 0; in >> size;) {
    in.get();
    Bytes string(size);
    if (!in.read(reinterpret_cast<char*>(string.data()), static_cast<std::streamsize>(size))) stop(path.string() + " is cut off");
    strings.push_back(std::move(string));
  }
  return strings;
}

std::vector<KeyAndRequest> read_pool(const std::filesystem::path& path) {
  std::vector<Bytes> strings = read_strings(path);
  std::vector<KeyAndRequest> pool;
  for (std::size_t i = 0; i + 1 < strings.size(); i += 2) pool.push_back({std::move(strings[i]), std::move(strings[i + 1])});
  return pool;
}

Answer& Answer::add(const std::string& name, double value) {
  members_ += fmt::format("{}\"{}\":{:.10g}", members_.empty() ? "" : ",", name, value);
  return *this;
}

Answer& Answer::add(const std::string& name, const std::string& text) {
  members_ += fmt::format("{}\"{}\":\"{}\"", members_.empty() ? "" : ",", name, text);
  return *this;
}

void Answer::print() const { std::printf("{%s}\n", members_.c_str()); }

}  // namespace inkan::bench
