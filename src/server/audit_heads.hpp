#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "ca/key_store.hpp"
#include "lifecycle/audit_trail.hpp"

/// Signed heads of the audit logs, in a file outside the store that only grows: one JSON object a line (docs/audit.md).
namespace inkan::server {

/// SignedHead is one line: what a node's log was at a time, and the hash of the line before, so that one line that is kept
/// anywhere vouches for all before it.
struct SignedHead {
  lifecycle::TreeHead tree;
  Instant at;
  Digest previous;  ///< SHA-256 of the line before, without its end; of the first line zeros
  Bytes signature;  ///< by the audit key, over signed_text

  bool operator==(const SignedHead&) const = default;
};

/// signed_text is what the signature of a head is over.
std::string signed_text(const SignedHead& head);
/// to_line writes a head as a line without its end; parse_head reads it. Error: `audit.head_malformed`.
std::string to_line(const SignedHead& head);
Result<SignedHead> parse_head(std::string_view line);
/// check_head judges the signature. Error: `audit.head_forged`.
Result<void> check_head(const SignedHead& head, const pki::PublicKey& key);

/// HeadFinding is a line of a file of heads that is not what was written: `audit.head_malformed`, `audit.head_forged`,
/// `audit.head_missing` (the line before it is not the one it names).
struct HeadFinding {
  std::string id;
  long long line = 0;
};

/// HeadsFile is what a file of heads holds: the heads whose signature is right, and what is wrong with the others. A file that
/// begins in the middle (a copy of the newest lines) is no finding.
struct HeadsFile {
  std::vector<SignedHead> heads;
  std::vector<HeadFinding> findings;

  /// newest are each node's last heads.
  std::map<std::string, SignedHead> newest() const;
};

/// read_heads reads a file of heads; what follows the last line's end was broken off and is left out. Error: `audit.no_heads`.
Result<HeadsFile> read_heads(const std::filesystem::path& file, const pki::PublicKey& key);

/// HeadsWriter appends heads to one file; nobody else does meanwhile.
class HeadsWriter {
 public:
  /// open makes the file when it is not there, and takes away what a line that broke off left. Errors: `audit.heads_in_use`,
  /// `audit.heads_write`, `audit.heads_damaged` (a line is not what was written).
  static Result<HeadsWriter> open(const std::filesystem::path& file, const pki::PublicKey& key);

  /// newest are each node's last heads in the file.
  const std::map<std::string, SignedHead>& newest() const { return newest_; }

  /// append signs a head and has it on the disk when it returns. Errors: `audit.heads_write`, the key's.
  Result<SignedHead> append(const lifecycle::TreeHead& tree, Instant now, const ca::SigningKey& key);

 private:
  explicit HeadsWriter(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
  std::map<std::string, SignedHead> newest_;
  Digest last_;
  long long size_ = 0;
};

}  // namespace inkan::server
