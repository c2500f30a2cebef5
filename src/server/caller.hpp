#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>

#include "base/result.hpp"
#include "net/client.hpp"

namespace inkan::server {

/// Caller tells a system of the bank something, in a thread of its own, so that a slow one keeps nobody waiting: again at once
/// while there is more, once a second otherwise, and after a failure with rests that grow from one second to five minutes.
class Caller {
 public:
  /// tell gives how much it told. `failed` is given its error, and in how many seconds it is tried again.
  using Tell = std::function<Result<int>()>;
  using Failed = std::function<void(const Error&, std::chrono::seconds again)>;
  Caller(Tell tell, Failed failed) : tell_(std::move(tell)), failed_(std::move(failed)) {}
  ~Caller() { stop(); }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  void start();
  void stop();
  /// stopping is asked by a long round of telling, which then ends.
  bool stopping() const { return stopping_; }

 private:
  void run();

  Tell tell_;
  Failed failed_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

/// make_caller_client is a client for such a system: `trust` is a PEM file of roots for its server certificate, empty for the
/// system's store. Errors: `file.*`, `net.trust_malformed`.
Result<net::Client> make_caller_client(const std::filesystem::path& trust);

}  // namespace inkan::server
