#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "ca/key_store.hpp"
#include "ca/rules.hpp"
#include "server/config.hpp"
#include "server/profile.hpp"

/// The signer apart: CA keys in a process of their own (docs/decisions/0018-signer.md).
namespace inkan::server {

/// open_key_store is where a configuration keeps the CA's keys: encrypted files, or a token. Errors: `config.secret`,
/// `store.uri`, `store.pin_value`.
Result<std::unique_ptr<ca::KeyStore>> open_key_store(const Config& config);

/// open_issuer is the issuer that a configuration names: keys in this process, or a signer's socket. Errors: `config.secret`,
/// `issuer.*`, `key_store.*`.
Result<std::unique_ptr<ca::Issuer>> open_issuer(const Config& config);

/// holder_rules are what a signer allows each institution's present authority.
std::vector<ca::HolderRules> holder_rules(const std::vector<Profile>& profiles);

/// run_signer is the signer's process: it shuts itself in, opens keys and journal, listens, and stays until SIGINT or SIGTERM, or
/// until its standard input closes where `with_parent`. Errors: open_issuer's, `signer.*`, `journal.*`.
Result<void> run_signer(const std::filesystem::path& config, bool with_parent);

/// SignerChild keeps a signer running as a child of this process: it starts another when one ends, after 100 milliseconds at
/// first and after five seconds at most. Destroying it ends the child.
class SignerChild {
 public:
  explicit SignerChild(std::filesystem::path config);
  SignerChild(const SignerChild&) = delete;
  SignerChild& operator=(const SignerChild&) = delete;
  ~SignerChild();

 private:
  void keep();
  /// run_one starts a signer and waits for its end.
  void run_one();

  std::filesystem::path config_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  int leash_ = -1;  ///< a pipe's end: the child reads the other, and ends when it closes
  std::thread thread_;
};

}  // namespace inkan::server
