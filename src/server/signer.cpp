#include "server/signer.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <spawn.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <functional>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "ca/ceremony.hpp"
#include "ca/guarded_issuer.hpp"
#include "ca/remote_issuer.hpp"
#include "ca/responder.hpp"
#include "ca/signer_door.hpp"
#include "pki/token_uri.hpp"
#include "server/bank.hpp"
#include "server/confinement.hpp"
#include "server/verbs.hpp"

namespace inkan::server {
namespace {

constexpr std::chrono::milliseconds kFirstPause{100};
constexpr std::chrono::milliseconds kLongestPause{5000};
constexpr std::chrono::seconds kSteady{10};  ///< a signer that lived so long was well
constexpr const char* kWithParent = "--with-parent";

Result<std::unique_ptr<ca::Issuer>> open_keys(const Config& config) {
  const auto keys = open_key_store(config);
  if (!keys) return fail(keys);
  return ca::open_issuer(**keys, config.ca_folder);
}

/// clients_of are the users whose processes are answered: the signer's own, root, and the one that the configuration names.
Result<std::vector<uid_t>> clients_of(const SignerPlace& place) {
  std::vector<uid_t> clients = {::getuid(), 0};
  if (place.client.empty()) return clients;
  const passwd* user = ::getpwnam(place.client.c_str());
  if (user == nullptr) return fail(Code::not_found, "signer.client", place.client + ": no such user");
  clients.push_back(user->pw_uid);
  return clients;
}

/// wait_for_end returns at SIGINT or SIGTERM, or when a parent's end of standard input is gone; it calls `hourly` now and every
/// hour until then.
void wait_for_end(bool with_parent, const std::function<void()>& hourly) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  const Descriptor received(::signalfd(-1, &signals, SFD_CLOEXEC));
  pollfd waits[] = {{.fd = received.get(), .events = POLLIN, .revents = 0}, {.fd = STDIN_FILENO, .events = POLLIN, .revents = 0}};
  int woken = 0;
  do {
    if (woken == 0) hourly();
    woken = ::poll(waits, with_parent ? 2 : 1, 3'600'000);
  } while (woken == 0 || (woken < 0 && errno == EINTR));
}

}  // namespace

Result<std::unique_ptr<ca::KeyStore>> open_key_store(const Config& config) {
  auto secret = read_secret(config.ca_token.empty() ? config.ca_passphrase_file : config.ca_pin_file);
  if (!secret) return fail(secret);
  if (config.ca_token.empty()) return ca::open_file_key_store(config.ca_folder, Secret(std::move(*secret)));
  auto uri = pki::parse_token_uri(config.ca_token);
  if (!uri) return fail(uri);
  return ca::open_token_key_store(std::move(uri->address), Secret(std::move(*secret)));
}

Result<std::unique_ptr<ca::Issuer>> open_issuer(const Config& config) {
  if (config.signer.mode == SignerMode::apart) return ca::open_remote_issuer(config.ca_folder, config.signer.socket);
  return open_keys(config);
}

std::vector<ca::HolderRules> holder_rules(const std::vector<Profile>& profiles) {
  std::vector<ca::HolderRules> rules;
  for (const Profile& profile : profiles) {
    const lifecycle::Institution& institution = profile.institution;
    const lifecycle::RenewalPolicy& renewal = institution.renewal;
    rules.push_back({.authority = institution.authority,
                     .subject = institution.subject,
                     .keys = institution.holder_keys,
                     .zone = institution.zone,
                     .carry_over_days = renewal.carry_over_remaining ? renewal.window_days : 0});
  }
  return rules;
}

Result<void> run_signer(const std::filesystem::path& path, bool with_parent) {
  close_on_signals();
  shut_in();
  const auto config = load_config(path);
  if (!config) return fail(config);
  if (config->signer.mode != SignerMode::apart)
    return fail(Code::invalid, "signer.mode", "the configuration keeps the keys inside: set signer.mode to \"apart\"");
  const auto profiles = load_institutions(*config);
  if (!profiles) return fail(profiles);
  const auto clients = clients_of(config->signer);
  if (!clients) return fail(clients);
  auto keys = open_keys(*config);
  if (!keys) return fail(keys);
  const auto issuer =
      ca::guard(std::move(*keys),
                {.rules = holder_rules(*profiles), .journal = config->signer.journal, .clock = std::make_shared<MachineClock>()});
  if (!issuer) return fail(issuer);
  const auto door =
      ca::SignerDoor::open(**issuer, {.socket = config->signer.socket, .group = config->signer.group, .clients = *clients});
  if (!door) return fail(door);
  log(LogLevel::info, "server", "signer.ready", {{"authorities", std::to_string((*issuer)->authorities().size())}});
  wait_for_end(with_parent, [&] {
    if (const auto renewed = ca::renew_responders(**issuer, {}); !renewed)
      log(LogLevel::error, "server", "responder.failed", {{"id", renewed.error().id}, {"detail", renewed.error().detail}});
  });
  log(LogLevel::info, "server", "signer.stopped");
  return {};
}

SignerChild::SignerChild(std::filesystem::path config) : config_(std::move(config)), thread_([this] { keep(); }) {}

SignerChild::~SignerChild() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (leash_ >= 0) ::close(std::exchange(leash_, -1));
  }
  wake_.notify_all();
  thread_.join();
}

void SignerChild::keep() {
  const MachineClock clock;
  std::chrono::milliseconds pause = kFirstPause;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    const auto begun = clock.steady();
    run_one();
    lock.lock();
    if (clock.steady() - begun > kSteady) pause = kFirstPause;
    wake_.wait_for(lock, pause, [this] { return stopping_; });
    pause = std::min(pause * 2, kLongestPause);
  }
}

void SignerChild::run_one() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return log(LogLevel::error, "server", "signer.not_started", {{"why", std::strerror(errno)}});
  const Descriptor inner(ends[0]);
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      ::close(ends[1]);
      return;
    }
    leash_ = ends[1];
  }
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, inner.get(), STDIN_FILENO);
  posix_spawnattr_t how;
  posix_spawnattr_init(&how);
  posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP);  // Ctrl-C is the server's; it ends the signer when it is done itself
  std::string words[] = {"inkan", "signer", "--config", config_.string(), kWithParent};
  char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), words[3].data(), words[4].data(), nullptr};
  pid_t child = -1;
  const int failed = ::posix_spawn(&child, "/proc/self/exe", &files, &how, arguments, environ);
  posix_spawnattr_destroy(&how);
  posix_spawn_file_actions_destroy(&files);
  int status = 0;
  while (failed == 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  const std::lock_guard lock(mutex_);
  if (leash_ >= 0) ::close(std::exchange(leash_, -1));
  if (failed != 0)
    log(LogLevel::error, "server", "signer.not_started", {{"why", std::strerror(failed)}});
  else if (!stopping_)
    log(LogLevel::error, "server", "signer.ended", {{"status", std::to_string(status)}});
}

}  // namespace inkan::server
