// CA keys in a token: SoftHSM2, alone and behind p11-kit's daemon, which is killed while it works.
//
// INKAN_TOKEN_KILLS sets how often (default 30; tools/soak asks for 1000).

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <thread>

#include "ca/ceremony.hpp"
#include "ca/guarded_issuer.hpp"
#include "ca/journal.hpp"
#include "support/fake_clock.hpp"
#include "support/held_ceremony.hpp"

namespace inkan::ca {
namespace {

constexpr const char* kSoftHsm = "/usr/lib/softhsm/libsofthsm2.so";
constexpr const char* kClient = "/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-client.so";

template <class T>
std::string id_of(const Result<T>& result) {
  return result ? "no error" : result.error().id + " " + result.error().detail;
}

/// Hsm is a SoftHSM token in a folder of one test's own.
class Hsm {
 public:
  Hsm() {
    std::filesystem::create_directory(folder_.path() / "tokens");
    const std::string config = folder_.write("softhsm2.conf", "directories.tokendir = " + (folder_.path() / "tokens").string() +
                                                                  "\nobjectstore.backend = file\nlog.level = ERROR\n");
    ::setenv("SOFTHSM2_CONF", config.c_str(), 1);
    add("inkan-ca");
  }
  static void add(const std::string& label) {
    const ToolRun run = run_tool("softhsm2-util --init-token --free --so-pin 5678 --pin 1234 --label " + label);
    check(run.status == 0, run.output);
  }
  static pki::TokenAddress address(const char* module = kSoftHsm) { return {.module = module, .label = "inkan-ca"}; }
  static std::unique_ptr<KeyStore> keys(const char* module = kSoftHsm, const std::string& pin = "1234") {
    return open_token_key_store(address(module), Secret(pin));
  }
  const TempFolder& folder() const { return folder_; }

 private:
  TempFolder folder_;
};

/// Daemon is `p11-kit server` in front of the token: what a restarted HSM daemon is to its clients.
class Daemon {
 public:
  explicit Daemon(const TempFolder& folder) : socket_(folder.path() / "p11.socket") {
    std::signal(SIGPIPE, SIG_IGN);
    ::setenv("P11_KIT_SERVER_ADDRESS", ("unix:path=" + socket_.string()).c_str(), 1);
    start();
  }
  ~Daemon() { kill(); }
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  void start() {
    std::filesystem::remove(socket_);
    std::string words[] = {"p11-kit", "server", "-f", "-n", socket_.string(), "--provider", kSoftHsm, "pkcs11:"};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_t how;
    posix_spawnattr_init(&how);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP);  // it answers each client in a process of its own: all of them die
    check(::posix_spawnp(&daemon_, "p11-kit", &files, &how, arguments.data(), environ) == 0, "p11-kit server");
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
  }
  void kill() {
    if (daemon_ <= 0) return;
    ::kill(-daemon_, SIGKILL);
    ::waitpid(daemon_, nullptr, 0);
    daemon_ = 0;
  }

 private:
  std::filesystem::path socket_;
  pid_t daemon_ = 0;
};

class TokenOf : public testing::TestWithParam<pki::KeyAlgorithm> {};

TEST_P(TokenOf, makes_keys_that_stay_and_sign) {
  const Hsm hsm;
  const auto keys = Hsm::keys();
  const auto made = keys->make("t-g1", GetParam());
  ASSERT_TRUE(made) << id_of(made);
  EXPECT_EQ((*made)->public_key().algorithm(), GetParam());
  EXPECT_EQ(id_of(keys->make("t-g1", GetParam())), "key_store.exists t-g1");
  EXPECT_EQ(id_of(keys->load("t-g2")), "key_store.not_found t-g2");
  EXPECT_EQ(id_of(keys->load("../x")), "key_store.label ../x");
  const auto loaded = keys->load("t-g1");
  ASSERT_TRUE(loaded) << id_of(loaded);
  const auto signature = (*loaded)->sign(as_bytes("message"));
  ASSERT_TRUE(signature) << id_of(signature);
}

INSTANTIATE_TEST_SUITE_P(TokenKeyStore, TokenOf, testing::Values(pki::KeyAlgorithm::rsa2048, pki::KeyAlgorithm::p256),
                         [](const auto& param) { return std::string(to_text(param.param)); });

TEST(TokenKeyStore, a_whole_ceremony_is_held_in_a_token) {
  const Hsm hsm;
  const auto keys = Hsm::keys();
  const auto folder = hsm.folder().path() / "ca";
  SystemRng rng;
  const Instant now = HeldCeremony::default_now();
  const auto held = hold_ceremony(HeldCeremony::plan(pki::KeyAlgorithm::p256), *keys, folder, rng, now);
  ASSERT_TRUE(held) << id_of(held);
  EXPECT_FALSE(std::filesystem::exists(folder / "t-g1.key"));
  const auto issuer = open_issuer(*keys, folder);
  ASSERT_TRUE(issuer) << id_of(issuer);
  EXPECT_TRUE((*issuer)->health());
}

TEST(TokenKeyStore, a_wrong_pin_is_given_once) {
  const Hsm hsm;
  ASSERT_TRUE(Hsm::keys()->make("t-g1", pki::KeyAlgorithm::p256));
  const auto keys = Hsm::keys(kSoftHsm, "9999");
  EXPECT_TRUE(id_of(keys->load("t-g1")).starts_with("token.pin_wrong"));
  EXPECT_TRUE(id_of(keys->load("t-g1")).starts_with("token.pin_wrong"));
  EXPECT_TRUE(Hsm::keys()->load("t-g1"));
}

/// in_time tries again until it succeeds, for half a minute.
template <class Act>
auto in_time(Act act) {
  const MachineClock clock;
  const auto end = clock.steady() + std::chrono::seconds{30};
  auto done = act();
  while (!done && clock.steady() < end) done = act();
  return done;
}

TEST(TokenKeyStore, I12_a_daemon_that_was_restarted_is_found_again) {
  const Hsm hsm;
  Daemon daemon(hsm.folder());
  const auto keys = Hsm::keys(kClient);
  const auto key = in_time([&] { return keys->make("t-g1", pki::KeyAlgorithm::p256); });
  ASSERT_TRUE(key) << id_of(key);
  daemon.kill();
  EXPECT_TRUE(id_of((*key)->sign(as_bytes("message"))).starts_with("issuer.unavailable"));
  Hsm::add("another");  // the token may be in another slot afterwards
  daemon.start();
  const auto signature = in_time([&] { return (*key)->sign(as_bytes("message")); });
  EXPECT_TRUE(signature) << id_of(signature);
}

/// What was signed while the daemon dies again and again: each certificate that came out is sound and in the journal, no serial
/// was signed twice, and after each death the next one comes.
TEST(TokenKeyStore, I1_I12_the_daemon_is_killed_while_it_signs) {
  const char* wanted = std::getenv("INKAN_TOKEN_KILLS");
  const int kills = wanted == nullptr ? 30 : std::atoi(wanted);
  const Hsm hsm;
  const auto folder = hsm.folder().path() / "ca";
  const auto clock = std::make_shared<FakeClock>(HeldCeremony::default_now());
  SystemRng rng;
  ASSERT_TRUE(hold_ceremony(HeldCeremony::plan(pki::KeyAlgorithm::p256), *Hsm::keys(), folder, rng, clock->now()));
  clock->advance(std::chrono::hours{1});
  Daemon daemon(hsm.folder());
  const auto keys = Hsm::keys(kClient);
  auto opened = in_time([&] { return open_issuer(*keys, folder); });
  ASSERT_TRUE(opened) << id_of(opened);
  const Zone zone = Zone::find("Asia/Tokyo").value();
  const auto journal = hsm.folder().path() / "journal";
  const auto issuer = guard(std::move(*opened), {.rules = {{.authority = HeldCeremony::kId,
                                                            .subject = {{"O", "試験銀行"}, {"CN", "{login_id}"}},
                                                            .keys = {pki::KeyAlgorithm::p256},
                                                            .zone = zone}},
                                                 .journal = journal,
                                                 .clock = clock});
  ASSERT_TRUE(issuer) << id_of(issuer);
  const auto subject_key = pki::PrivateKey::make(pki::KeyAlgorithm::p256).value();
  const auto subject = pki::Name::make({{"O", "試験銀行"}, {"CN", "k1"}}).value();
  const Authority authority = (*issuer)->authorities().front();

  std::mutex mutex;
  std::map<std::string, Digest> out;  // serial → hash of what was signed
  std::atomic<long> signatures = 0, refusals = 0;
  std::atomic<bool> stopping = false;
  const auto sign_one = [&]() -> Result<void> {
    const auto prepared = (*issuer)->prepare({.authority = HeldCeremony::kId,
                                              .subject = subject,
                                              .key = subject_key.public_key(),
                                              .serial = pki::SerialNumber::make(rng),
                                              .not_before = clock->now() - kBackdate,
                                              .not_after = zone.end_of(one_year_after(zone.day_of(clock->now())))});
    if (!prepared) return fail(prepared);
    const auto der = (*issuer)->sign(*prepared);
    if (!der) {
      ++refusals;
      EXPECT_EQ(der.error().id, "issuer.unavailable") << der.error().detail;
      return fail(der);
    }
    const auto certificate = pki::Certificate::parse(*der);
    EXPECT_TRUE(certificate && certificate->verify_by(authority.certificate));
    const std::lock_guard lock(mutex);
    EXPECT_TRUE(out.emplace(certificate->serial().hex(), prepared->tbs_hash).second);
    ++signatures;
    return {};
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&] {
      while (!stopping) static_cast<void>(sign_one());
    });
  for (int i = 0; i < kills; ++i) {
    const long before = signatures;
    EXPECT_TRUE(in_time([&] { return signatures > before; })) << "no signature after kill " << i;
    daemon.kill();
    daemon.start();
  }
  const long before = signatures;
  EXPECT_TRUE(in_time([&] { return signatures > before; }));
  stopping = true;
  for (std::thread& thread : threads) thread.join();

  std::map<std::string, Digest> journalled;
  const auto read = read_journal(journal, [&](const JournalEntry& entry) -> Result<void> {
    if (entry.kind == JournalEntry::Kind::certificate) {
      EXPECT_TRUE(journalled.emplace(entry.subject, entry.hash).second) << "I1: a serial twice";
    }
    return {};
  });
  ASSERT_TRUE(read) << id_of(read);
  EXPECT_EQ(journalled, out);
  std::printf("%d kills, %ld signatures, %ld refusals\n", kills, signatures.load(), refusals.load());
}

}  // namespace
}  // namespace inkan::ca
