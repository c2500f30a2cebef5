// kill -9 at every named point of the issuing act, and at random moments, on SQLite and PostgreSQL; then I1–I5 and I9–I11.
//
// INKAN_KILLS sets the number of random kills (default 20; tools/soak asks for 1000).

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "crash/crash_bank.hpp"
#include "lifecycle/issuance.hpp"
#include "store/open.hpp"
#include "support/installation.hpp"

namespace inkan::crash {
namespace {

constexpr const char* kPoints[] = {"prepared", "reserve-before-commit", "reserve-after-commit",
                                   "signed",   "record-before-commit",  "record-after-commit"};

/// A Place is a folder and a store of one test; PostgreSQL gets a database of its own.
class Place {
 public:
  explicit Place(bool postgres) {
    if (!postgres) {
      url_ = "sqlite:" + (folder_.path() / "inkan.db").string();
      return;
    }
    const char* server = std::getenv("INKAN_TEST_POSTGRES");
    check(server != nullptr, "INKAN_TEST_POSTGRES names no server: run this test through ctest");
    const std::string name = "crash" + std::to_string(::getpid()) + "_" + std::to_string(++count_);
    const std::string command = "psql -q \"" + std::string(server) + "\" -c 'CREATE DATABASE " + name + "'";
    check(std::system(command.c_str()) == 0, "CREATE DATABASE");
    url_ = std::string(server) + " dbname=" + name;
  }

  const std::filesystem::path& folder() const { return folder_.path(); }
  const std::string& url() const { return url_; }

 private:
  static inline int count_ = 0;
  TempFolder folder_;
  std::string url_;
};

pid_t start(const Place& place, const char* point = nullptr, int count = 0) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    const std::string times = std::to_string(count);
    const char* program = INKAN_CRASH_BANK;
    if (point)
      ::execl(program, program, place.folder().c_str(), place.url().c_str(), point, times.c_str(), nullptr);
    else
      ::execl(program, program, place.folder().c_str(), place.url().c_str(), nullptr);
    ::_exit(127);
  }
  return pid;
}

void expect_killed(pid_t pid) {
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "the bank ended by itself: " << status;
}

/// Writes counts the changes to files in a folder as they happen: a random moment of the bank's work, without waiting by the
/// clock.
class Writes {
 public:
  explicit Writes(const std::filesystem::path& folder) : file_(::inotify_init1(IN_CLOEXEC)) {
    check(file_ >= 0 && ::inotify_add_watch(file_, folder.c_str(), IN_MODIFY | IN_CREATE) >= 0, "inotify");
  }
  ~Writes() { ::close(file_); }

  void wait_for(int count) const {
    alignas(inotify_event) char buffer[4096];
    while (count > 0) {
      const ssize_t size = ::read(file_, buffer, sizeof buffer);
      check(size > 0, "inotify");
      for (ssize_t at = 0; at < size;) {
        inotify_event event{};
        std::memcpy(&event, buffer + at, sizeof event);
        at += static_cast<ssize_t>(sizeof event + event.len);
        --count;
      }
    }
  }

 private:
  int file_;
};

std::map<std::string, std::string> witness(const std::filesystem::path& path) {
  std::map<std::string, std::string> lines;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string serial;
    std::string hash;
    words >> serial >> hash;
    const auto [at, fresh] = lines.emplace(serial, hash);
    EXPECT_TRUE(fresh || at->second == hash) << "I1: two different signatures under one serial";
  }
  return lines;
}

/// look_at opens the store as the next process would, lets recovery run, and holds witnesses and record together.
void look_at(const Place& place) {
  auto store = store::open({.url = place.url(), .node = "look", .migrate = true});
  ASSERT_TRUE(store) << store.error().id << " " << store.error().detail;
  const auto institutions = make_institutions();
  const MachineClock clock;
  SystemRng rng;
  const auto keys = ca::open_file_key_store(place.folder() / "ca", Secret("passphrase"));
  const auto issuer = ca::open_issuer(*keys, place.folder() / "ca");
  ASSERT_TRUE(issuer);
  const lifecycle::Services services{
      .store = **store, .issuer = **issuer, .institutions = institutions, .clock = clock, .rng = rng};
  ASSERT_TRUE(lifecycle::close_unfinished(services, clock.now() + std::chrono::seconds{1}));
  check_invariants(**store, institutions);

  const auto signatures = witness(place.folder() / "journal");
  const auto answers = witness(place.folder() / "answers");
  const auto read = (*store)->read([&](lifecycle::Reader& reader) -> Result<void> {
    for (const auto& [serial, tbs_hash] : signatures) {
      auto found = reader.find_by_serial("d1-g1", *pki::SerialNumber::parse_hex(serial));
      if (!found) return fail(found);
      EXPECT_TRUE(found->has_value()) << "I1: signed off the record: " << serial;
      if (!*found) continue;
      EXPECT_EQ((*found)->tbs_hash.hex(), tbs_hash) << "I1";
      EXPECT_TRUE((*found)->stage == lifecycle::Stage::issued || (*found)->revoked_at) << "I2, I3: " << serial;
    }
    for (const auto& [serial, fingerprint] : answers) {
      auto found = reader.find_by_serial("d1-g1", *pki::SerialNumber::parse_hex(serial));
      if (!found) return fail(found);
      EXPECT_TRUE(*found && (*found)->stage == lifecycle::Stage::issued) << "I4: acknowledged and lost: " << serial;
      EXPECT_TRUE(*found && (*found)->fingerprint && (*found)->fingerprint->hex() == fingerprint)
          << "I4: other bytes: " << serial;
    }
    return {};
  });
  ASSERT_TRUE(read);
  EXPECT_FALSE(signatures.empty()) << "nothing was ever signed: the test proved nothing";
}

class Crash : public ::testing::TestWithParam<bool> {};

TEST_P(Crash, I1_I5_I9_I11_hold_after_kill_at_every_named_point) {
  const Place place(GetParam());
  for (const char* point : kPoints) {
    for (const int count : {1, 7}) {
      SCOPED_TRACE(std::string(point) + " " + std::to_string(count));
      ASSERT_NO_FATAL_FAILURE(expect_killed(start(place, point, count)));
    }
  }
  look_at(place);
}

TEST_P(Crash, I3_hold_when_recovery_itself_is_killed) {
  const Place place(GetParam());
  ASSERT_NO_FATAL_FAILURE(expect_killed(start(place, "reserve-after-commit", 5)));
  ASSERT_NO_FATAL_FAILURE(expect_killed(start(place, "recovery-after-commit", 1)));
  ASSERT_NO_FATAL_FAILURE(expect_killed(start(place, "signed", 3)));
  look_at(place);
}

TEST_P(Crash, I1_I5_I9_I11_hold_after_kills_at_random_moments) {
  const char* wanted = std::getenv("INKAN_KILLS");
  const int kills = wanted ? std::atoi(wanted) : 20;
  SystemRng chance;
  unsigned seed = 0;
  chance.fill({reinterpret_cast<std::uint8_t*>(&seed), sizeof seed});
  std::printf("seed %u, %d kills\n", seed, kills);
  std::mt19937 random(seed);
  const Place place(GetParam());
  for (int i = 0; i < kills; ++i) {
    const Writes writes(place.folder());
    const pid_t pid = start(place);
    writes.wait_for(std::uniform_int_distribution<int>(1, 400)(random));
    ::kill(pid, SIGKILL);
    ASSERT_NO_FATAL_FAILURE(expect_killed(pid));
    if (i % 100 == 99) look_at(place);
  }
  look_at(place);
}

INSTANTIATE_TEST_SUITE_P(Stores, Crash, ::testing::Bool(), [](const auto& which) { return which.param ? "postgres" : "sqlite"; });

}  // namespace
}  // namespace inkan::crash
