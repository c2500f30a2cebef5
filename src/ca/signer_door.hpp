#pragma once

#include <sys/types.h>

#include <atomic>
#include <filesystem>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/file.hpp"
#include "ca/issuer.hpp"

namespace inkan::ca {

/// SignerDoorOptions is where a signer listens, and to whom.
struct SignerDoorOptions {
  std::filesystem::path socket;
  std::string group;           ///< whose members may reach the socket; empty: its owner alone
  std::vector<uid_t> clients;  ///< users who are answered, as the kernel tells them (SO_PEERCRED)
};

/// SignerDoor answers for an issuer on a Unix socket, a thread for each line. Destroying it lets running signatures finish.
class SignerDoor {
 public:
  /// open listens. The issuer must outlive the door. Errors: `signer.socket`, `signer.running`.
  static Result<std::unique_ptr<SignerDoor>> open(const Issuer& issuer, SignerDoorOptions options);
  SignerDoor(const SignerDoor&) = delete;
  SignerDoor& operator=(const SignerDoor&) = delete;
  ~SignerDoor();

 private:
  struct Line {
    explicit Line(Descriptor open) : socket(std::move(open)) {}
    Descriptor socket;
    std::atomic<bool> ended = false;
    std::thread thread;
  };
  SignerDoor(const Issuer& issuer, SignerDoorOptions options, Descriptor socket);
  void accept_all();
  void answer_all(Line& line);
  bool may_ask(const Descriptor& line) const;
  void clear_ended();

  const Issuer& issuer_;
  SignerDoorOptions options_;
  Descriptor socket_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::list<Line> lines_;
  std::thread thread_;
};

}  // namespace inkan::ca
