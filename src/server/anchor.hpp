#pragma once

#include <chrono>
#include <optional>

#include "server/audit_heads.hpp"

namespace inkan::server {

/// Anchor is the job that keeps signed heads of every node's audit log outside the store. What it cannot do it logs, and tries
/// again when it is due next: `audit.no_key`, `audit.not_anchored`, `audit.not_as_signed`.
class Anchor {
 public:
  /// Anchor takes the ceremony's folder, where the audit key is, and the file of heads.
  Anchor(lifecycle::Store& store, std::filesystem::path ca_folder, std::filesystem::path heads, std::chrono::minutes every);

  /// run_due does what run does once so many minutes have passed.
  void run_due(Instant now);
  /// run signs a head of each log that grew since its last one. No head is signed over records that do not begin with those
  /// under the last head: what is no longer there, or was written anew, is for people to judge. Gives the heads it signed.
  std::vector<SignedHead> run(Instant now);

 private:
  Result<void> open();
  Result<std::vector<std::string>> nodes();
  Result<std::optional<SignedHead>> sign(const std::string& node, Instant now);

  lifecycle::Store& store_;
  std::filesystem::path ca_folder_;
  std::filesystem::path heads_;
  std::chrono::minutes every_;
  Instant next_{};
  std::unique_ptr<ca::SigningKey> key_;
  std::optional<HeadsWriter> writer_;
};

}  // namespace inkan::server
