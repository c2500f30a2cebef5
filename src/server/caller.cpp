#include "server/caller.hpp"

#include <algorithm>

#include "base/file.hpp"

namespace inkan::server {
namespace {

constexpr std::chrono::seconds kLook{1};
constexpr std::chrono::seconds kFirstRest{1};
constexpr std::chrono::seconds kLongestRest{300};

}  // namespace

void Caller::start() {
  thread_ = std::thread([this] { run(); });
}

void Caller::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Caller::run() {
  std::chrono::seconds rest{0};
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    const auto told = tell_();
    if (!told) {
      rest = std::clamp(2 * rest, kFirstRest, kLongestRest);
      failed_(told.error(), rest);
    } else {
      rest = std::chrono::seconds{0};
    }
    lock.lock();
    if (!told || *told == 0) wake_.wait_for(lock, std::max(rest, kLook), [this] { return stopping(); });
  }
}

Result<net::Client> make_caller_client(const std::filesystem::path& trust) {
  net::ClientOptions options{.connect_timeout = std::chrono::milliseconds{5'000},
                             .exchange_timeout = std::chrono::milliseconds{10'000},
                             .response_bytes = 64 * 1024};
  if (!trust.empty()) {
    auto pem = read_file(trust);
    if (!pem) return fail(pem);
    options.trust_pem = std::move(*pem);
  }
  return net::Client::make(options);
}

}  // namespace inkan::server
