#include "server/audit_heads.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <fmt/format.h>

#include "pki/signature.hpp"

namespace inkan::server {
namespace {

std::unexpected<Error> not_written(const std::string& what) {
  return fail(Code::unavailable, "audit.heads_write", what + ": " + std::strerror(errno));
}

/// Reading is a file of heads on its way.
struct Reading {
  HeadsFile file;
  Digest last;         ///< of the last whole line
  long long size = 0;  ///< octets of whole lines
};

Result<Reading> read_lines(const std::filesystem::path& path, const pki::PublicKey& key) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(Code::not_found, "audit.no_heads", path.string());
  Reading reading;
  long long number = 0;
  for (std::string line; std::getline(in, line) && !in.eof();) {
    ++number;
    const auto note = [&](const std::string& id) { reading.file.findings.push_back({.id = id, .line = number}); };
    auto head = parse_head(line);
    if (!head)
      note(head.error().id);
    else if (number > 1 && head->previous != reading.last)
      note("audit.head_missing");
    if (head) {
      if (const auto checked = check_head(*head, key); !checked)
        note(checked.error().id);
      else
        reading.file.heads.push_back(std::move(*head));
    }
    reading.last = sha256(as_bytes(line));
    reading.size += static_cast<long long>(line.size()) + 1;
  }
  return reading;
}

/// cut_to takes away what a full disk or a lost machine left of a line.
bool cut_to(int file, long long size) { return ::lseek(file, 0, SEEK_END) == size || ::ftruncate(file, size) == 0; }

}  // namespace

std::string signed_text(const SignedHead& head) {
  return fmt::format("inkan audit head 1\n{}\n{}\n{}\n{}\n{}\n", head.tree.size, head.tree.root.hex(), to_rfc3339(head.at),
                     head.previous.hex(), head.tree.node);
}

std::string to_line(const SignedHead& head) {
  return boost::json::serialize(boost::json::object{{"node", head.tree.node},
                                                    {"size", head.tree.size},
                                                    {"root", head.tree.root.hex()},
                                                    {"at", to_rfc3339(head.at)},
                                                    {"previous", head.previous.hex()},
                                                    {"signature", to_base64(head.signature)}});
}

Result<SignedHead> parse_head(std::string_view line) {
  const auto malformed = [] { return fail(Code::invalid, "audit.head_malformed", "no signed head"); };
  boost::system::error_code error;
  const auto value = boost::json::parse(line, error);
  const auto* object = error ? nullptr : value.if_object();
  if (object == nullptr || object->size() != 6) return malformed();
  const auto text = [&](const char* name) -> std::string {
    const auto* member = object->if_contains(name);
    return member != nullptr && member->is_string() ? std::string(member->get_string()) : std::string();
  };
  const auto* size = object->if_contains("size");
  const auto root = Digest::parse_hex(text("root")), previous = Digest::parse_hex(text("previous"));
  const auto at = parse_rfc3339(text("at"));
  auto signature = parse_base64(text("signature"));
  if (size == nullptr || !size->is_int64() || size->get_int64() < 0 || !root || !previous || !at || !signature)
    return malformed();
  SignedHead head{.tree = {.node = text("node"), .size = size->get_int64(), .root = *root},
                  .at = *at,
                  .previous = *previous,
                  .signature = std::move(*signature)};
  if (to_line(head) != line) return malformed();  // one head, one line: no second writing of it passes
  return head;
}

Result<void> check_head(const SignedHead& head, const pki::PublicKey& key) {
  const auto checked =
      pki::verify_signature(key.der(), pki::signature_algorithm(key.algorithm()), as_bytes(signed_text(head)), head.signature);
  if (!checked) return fail(Code::refused, "audit.head_forged", fmt::format("{} {}", head.tree.node, head.tree.size));
  return {};
}

std::map<std::string, SignedHead> HeadsFile::newest() const {
  std::map<std::string, SignedHead> newest;
  for (const SignedHead& head : heads) newest.insert_or_assign(head.tree.node, head);
  return newest;
}

Result<HeadsFile> read_heads(const std::filesystem::path& file, const pki::PublicKey& key) {
  auto reading = read_lines(file, key);
  if (!reading) return fail(reading);
  return std::move(reading->file);
}

Result<HeadsWriter> HeadsWriter::open(const std::filesystem::path& file, const pki::PublicKey& key) {
  Descriptor descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!descriptor.is_open()) return not_written(file.string());
  if (::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0) return fail(Code::conflict, "audit.heads_in_use", file.string());
  const auto reading = read_lines(file, key);
  if (!reading) return fail(reading);
  if (!reading->file.findings.empty()) {
    const HeadFinding& first = reading->file.findings.front();
    return fail(Code::corrupt, "audit.heads_damaged", fmt::format("{} line {}: {}", file.string(), first.line, first.id));
  }
  if (!cut_to(descriptor.get(), reading->size)) return not_written(file.string());
  HeadsWriter writer(std::move(descriptor));
  writer.newest_ = reading->file.newest();
  writer.last_ = reading->last;
  writer.size_ = reading->size;
  return writer;
}

Result<SignedHead> HeadsWriter::append(const lifecycle::TreeHead& tree, Instant now, const ca::SigningKey& key) {
  SignedHead head{.tree = tree, .at = now, .previous = last_, .signature = {}};
  auto signature = key.sign(as_bytes(signed_text(head)));
  if (!signature) return fail(signature);
  head.signature = std::move(*signature);
  std::string line = to_line(head);
  const Digest hash = sha256(as_bytes(line));
  line += '\n';
  if (!cut_to(file_.get(), size_)) return not_written(tree.node);
  const bool written = ::write(file_.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size());
  if (!written || ::fdatasync(file_.get()) != 0) return not_written(tree.node);
  size_ += static_cast<long long>(line.size());
  last_ = hash;
  newest_.insert_or_assign(tree.node, head);
  return head;
}

}  // namespace inkan::server
