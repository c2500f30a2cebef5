#include "app/p12_store.hpp"

#include "pki/der.hpp"

namespace inkan::app {
namespace {

constexpr std::string_view kPurpose = "Inkan-Purpose: ";
constexpr std::string_view kRequest = "CERTIFICATE REQUEST";

/// pem_block is the content of the first block of a label, or nothing.
std::optional<Bytes> pem_block(std::string_view text, std::string_view label) {
  const std::string begin = "-----BEGIN " + std::string(label) + "-----";
  const auto start = text.find(begin);
  const auto end = text.find("-----END " + std::string(label) + "-----");
  if (start == std::string_view::npos || end == std::string_view::npos || end < start) return std::nullopt;
  auto der = parse_base64(text.substr(start + begin.size(), end - start - begin.size()));
  if (!der) return std::nullopt;
  return std::move(*der);
}

}  // namespace

P12Store::P12Store(Disk& disk, std::filesystem::path path, Secret password)
    : disk_(disk), path_(std::move(path)), password_(std::move(password)) {}

Result<void> P12Store::put(const std::filesystem::path& path, ByteView content) {
  const std::filesystem::path passing = path.string() + ".new";
  if (auto written = disk_.write(passing, content); !written) return written;
  return disk_.rename(passing, path);
}

Result<pki::Pkcs12> P12Store::load() const {
  const auto file = disk_.read(path_);
  if (!file) return fail(file);
  return pki::parse_pkcs12(*file, password_);
}

Result<std::optional<Pending>> P12Store::load_pending() const {
  const auto file = disk_.read(beside(".pending"));
  if (!file && file.error().code == Code::not_found) return std::optional<Pending>();
  if (!file) return fail(file);
  const std::string_view text = as_text(*file);
  auto request = pem_block(text, kRequest);
  if (!text.starts_with(kPurpose) || !request) return fail(Code::corrupt, "pending.malformed", path_.string() + ".pending");
  auto key = pki::PrivateKey::parse_pem(text, password_);
  if (!key && key.error().code == Code::unauthenticated) return fail(Code::unauthenticated, "pending.wrong_password");
  if (!key) return fail(Code::corrupt, "pending.malformed", key.error().detail);
  const std::string_view line = text.substr(kPurpose.size(), text.find('\n') - kPurpose.size());
  return Pending{std::string(line), std::move(*key), std::move(*request)};
}

Result<void> P12Store::keep_pending(const Pending& pending) {
  const auto key = pending.key.to_pem(password_);
  if (!key) return fail(key);
  const std::string text = std::string(kPurpose) + pending.purpose + "\n" + *key + pki::to_pem_block(kRequest, pending.request);
  return put(beside(".pending"), as_bytes(text));
}

Result<void> P12Store::drop_pending() { return disk_.remove(beside(".pending")); }

Result<void> P12Store::save(const pki::PrivateKey& key, const pki::Certificate& certificate,
                            const std::vector<pki::Certificate>& chain) {
  const auto file = pki::make_pkcs12(key, certificate, chain, certificate.subject().find("CN"), password_);
  if (!file) return fail(file);
  // What was written must open again before anything is replaced by it.
  if (const auto again = pki::parse_pkcs12(*file, password_); !again)
    return fail(Code::internal, "pkcs12.make", again.error().id);
  if (exists()) {
    const auto before = disk_.read(path_);
    if (!before) return fail(before);
    if (auto kept = put(beside(".old"), *before); !kept) return kept;
  }
  return put(path_, *file);
}

Result<void> P12Store::drop_old() { return disk_.remove(beside(".old")); }

}  // namespace inkan::app
