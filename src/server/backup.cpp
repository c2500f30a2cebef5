#include "server/backup.hpp"

#include <fmt/format.h>

#include <charconv>
#include <fstream>

#include "base/file.hpp"
#include "lifecycle/read_from.hpp"
#include "pki/seal.hpp"
#include "server/config.hpp"
#include "server/toml.hpp"
#include "store/copy.hpp"
#include "store/open.hpp"

namespace inkan::server {
namespace {

constexpr std::size_t kPart = std::size_t{64} << 20;
constexpr int kFormat = 1;
constexpr const char* kManifest = "manifest.toml";

/// Scratch is a file that is gone afterwards, with the logs that a database leaves beside it.
class Scratch {
 public:
  explicit Scratch(std::filesystem::path path) : path_(std::move(path)) {}
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path_.string() + suffix, ignored);
  }

 private:
  std::filesystem::path path_;
};

Result<std::vector<lifecycle::AuditHead>> heads_of(const std::string& url) {
  const auto store = store::open({.url = url, .node = "backup", .migrate = false});
  if (!store) return fail(store);
  return lifecycle::read_from(**store, [](lifecycle::Reader& reader) { return lifecycle::verify_audit(reader); });
}

/// seal_parts writes a file's content into the folder, part by part.
Result<std::vector<BackupPart>> seal_parts(const std::filesystem::path& file, const std::filesystem::path& folder,
                                           const pki::Certificate& recipient) {
  std::vector<BackupPart> parts;
  std::ifstream in(file, std::ios::binary);
  std::string piece(kPart, '\0');
  while (in) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const auto got = static_cast<std::size_t>(in.gcount());
    if (got == 0) break;
    const auto sealed = pki::seal_whole(as_bytes(std::string_view(piece).substr(0, got)), recipient);
    if (!sealed) return fail(sealed);
    BackupPart part{.file = fmt::format("records.{:03}.cms", parts.size() + 1), .sealed = sha256(*sealed)};
    if (auto written = write_through(folder / part.file, as_text(*sealed)); !written) return fail(written);
    parts.push_back(std::move(part));
  }
  if (in.bad() || parts.empty()) return fail(Code::unavailable, "file.read", file.string());
  return parts;
}

Result<void> open_part(const std::filesystem::path& file, const BackupPart& part, const pki::PrivateKey& key,
                       std::ofstream& out) {
  const auto sealed = read_file(file);
  if (!sealed) return fail(Code::corrupt, "backup.malformed", part.file + " is missing");
  if (sha256(as_bytes(*sealed)) != part.sealed)
    return fail(Code::corrupt, "backup.malformed", part.file + " is not what was written");
  const auto plain = pki::open_sealed(as_bytes(*sealed), key);
  if (!plain) return fail(plain);
  out.write(reinterpret_cast<const char*>(plain->data()), static_cast<std::streamsize>(plain->size()));
  return {};
}

Result<long long> parse_count(const std::string& text) {
  long long count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count < 0) return fail(Code::corrupt, "backup.malformed", text);
  return count;
}

bool is_plain_name(const std::string& file) { return !file.empty() && std::filesystem::path(file).filename() == file; }

}  // namespace

std::string to_toml(const Manifest& manifest) {
  std::string text =
      fmt::format("# A backup of Inkan's records: docs/operations.md\nformat = {}\nmade_at = \"{}\"\nrows = \"{}\"\n", kFormat,
                  to_rfc3339(manifest.made_at), manifest.rows);
  for (const BackupPart& part : manifest.parts)
    text += fmt::format("\n[[part]]\nfile = \"{}\"\nsha256 = \"{}\"\n", part.file, part.sealed.hex());
  for (const lifecycle::AuditHead& head : manifest.heads)
    text +=
        fmt::format("\n[[head]]\nnode = \"{}\"\nsequence = \"{}\"\nhash = \"{}\"\n", head.node, head.sequence, head.hash.hex());
  return text;
}

Result<Manifest> read_manifest(const std::filesystem::path& folder) {
  auto file = Section::load(folder / kManifest);
  if (!file) return fail(file);
  const auto malformed = [&](const std::string& what) { return fail(Code::corrupt, "backup.malformed", what); };
  if (file->number("format", 0, 1'000'000, 0) != kFormat) return malformed("another format");
  Manifest manifest;
  const auto made_at = parse_rfc3339(file->text("made_at"));
  const auto rows = parse_count(file->text("rows"));
  if (!made_at || !rows) return malformed("made_at, rows");
  manifest.made_at = *made_at;
  manifest.rows = *rows;
  for (Section& part : file->sections("part")) {
    const std::string name = part.text("file");
    const auto hash = Digest::parse_hex(part.text("sha256"));
    if (!is_plain_name(name) || !hash) return malformed("part " + name);
    manifest.parts.push_back({.file = name, .sealed = *hash});
  }
  for (Section& head : file->sections("head")) {
    const auto sequence = parse_count(head.text("sequence"));
    const auto hash = Digest::parse_hex(head.text("hash"));
    const std::string node = head.text("node");
    if (!sequence || !hash) return malformed("head " + node);
    manifest.heads.push_back({.node = node, .sequence = *sequence, .hash = *hash});
  }
  if (auto closed = file->close(); !closed) return fail(closed);
  return manifest;
}

Result<Manifest> make_backup(const std::string& store, const std::filesystem::path& folder, const pki::Certificate& recipient,
                             Instant now) {
  const std::filesystem::path passing = folder.string() + ".new";
  if (std::filesystem::exists(folder)) return fail(Code::conflict, "backup.exists", folder.string());
  std::error_code ignored;
  std::filesystem::remove_all(passing, ignored);  // of a backup that broke off
  if (auto made = make_folder(passing); !made) return fail(made);
  Manifest manifest{.made_at = now, .rows = 0, .heads = {}, .parts = {}};
  {
    const std::filesystem::path plain = passing / "records.db";
    const Scratch gone_afterwards(plain);
    const std::string url = "sqlite:" + plain.string();
    const auto rows = store::copy(store, url);
    if (!rows) return fail(rows);
    manifest.rows = *rows;
    auto heads = heads_of(url);
    if (!heads) return fail(heads);
    manifest.heads = std::move(*heads);
    auto parts = seal_parts(plain, passing, recipient);
    if (!parts) return fail(parts);
    manifest.parts = std::move(*parts);
  }
  if (auto written = write_through(passing / kManifest, to_toml(manifest)); !written) return fail(written);
  if (auto renamed = rename_file(passing, folder); !renamed) return fail(renamed);
  return manifest;
}

Result<Manifest> open_backup(const std::filesystem::path& folder, const pki::PrivateKey& key, const std::filesystem::path& into) {
  auto manifest = read_manifest(folder);
  if (!manifest) return manifest;
  if (auto secret = write_through(into, ""); !secret) return fail(secret);  // nobody else's to read, from the first byte on
  std::ofstream out(into, std::ios::binary);
  for (const BackupPart& part : manifest->parts)
    if (auto opened = open_part(folder / part.file, part, key, out); !opened) return fail(opened);
  out.close();
  if (!out) return fail(Code::unavailable, "file.write", into.string());
  const std::string url = "sqlite:" + into.string();
  if (auto whole = store::check_file(url); !whole) return fail(whole);
  if (auto up = store::migrate(url); !up) return fail(up);
  const auto heads = heads_of(url);
  if (!heads) return fail(heads);
  if (*heads != manifest->heads) return fail(Code::corrupt, "backup.malformed", "the audit trail ends elsewhere");
  return manifest;
}

}  // namespace inkan::server
