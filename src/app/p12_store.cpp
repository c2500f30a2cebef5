#include "app/p12_store.hpp"

namespace inkan::app {
namespace {

constexpr std::string_view kPurpose = "Inkan-Purpose: ";

bool is_of(const Pending& pending, const pki::Certificate& certificate) {
  return pending.key.public_key().der() == certificate.spki();
}

}  // namespace

P12Store::P12Store(Disk& disk, std::filesystem::path path, Secret password)
    : disk_(disk), path_(std::move(path)), password_(std::move(password)) {}

Result<std::optional<pki::Pkcs12>> P12Store::load() const {
  const auto file = disk_.read(path_);
  if (!file && file.error().code == Code::not_found) return std::nullopt;
  if (!file) return fail(file);
  auto content = pki::parse_pkcs12(*file, password_);
  if (!content) return fail(content);
  return std::move(*content);
}

Result<std::optional<Pending>> P12Store::load_pending() const {
  const auto file = disk_.read(beside(".pending"));
  if (!file && file.error().code == Code::not_found) return std::nullopt;
  if (!file) return fail(file);
  const std::string_view text = as_text(*file);
  if (!text.starts_with(kPurpose)) return fail(Code::corrupt, "pending.malformed", path_.string() + ".pending");
  auto key = pki::PrivateKey::parse_pem(text, password_);
  if (!key && key.error().code == Code::unauthenticated) return fail(Code::unauthenticated, "pending.wrong_password");
  if (!key) return fail(Code::corrupt, "pending.malformed", key.error().detail);
  const std::string_view line = text.substr(kPurpose.size(), text.find('\n') - kPurpose.size());
  return Pending{std::string(line), std::move(*key)};
}

Result<std::vector<pki::Certificate>> P12Store::certificates() {
  const auto content = load();
  if (!content) return fail(content);
  if (!*content) return std::vector<pki::Certificate>();
  return std::vector{(*content)->certificate};
}

Result<Identity> P12Store::open(const pki::Certificate& certificate) {
  auto content = load();
  if (!content) return fail(content);
  if (!*content || (*content)->certificate.der() != certificate.der()) return fail(Code::not_found, "store.no_key");
  return Identity{std::move((*content)->key), std::move((*content)->certificate)};
}

Result<std::optional<Pending>> P12Store::find_pending(const std::string& purpose) {
  auto kept = load_pending();
  if (!kept || !*kept) return kept;
  if ((*kept)->purpose == purpose) return kept;
  const auto present = load();
  if (!present) return fail(present);
  if (!*present || !is_of(**kept, (*present)->certificate))
    return fail(Code::conflict, "pending.other_certificate", path_.string() + ".pending");
  // An earlier run saved the file and was cut off before this one went: the key is the file's own.
  if (auto dropped = disk_.remove(beside(".pending")); !dropped) return fail(dropped);
  return std::nullopt;
}

Result<Pending> P12Store::make_pending(const std::string& purpose, pki::KeyAlgorithm algorithm) {
  auto key = pki::PrivateKey::make(algorithm);
  if (!key) return fail(key);
  const auto sealed = key->to_pem(password_);
  if (!sealed) return fail(sealed);
  const std::string text = std::string(kPurpose) + purpose + "\n" + *sealed;
  if (auto written = disk_.replace(beside(".pending"), as_bytes(text)); !written) return fail(written);
  return Pending{purpose, std::move(*key)};
}

Result<void> P12Store::drop_pending(const std::string& /*purpose*/) { return disk_.remove(beside(".pending")); }

Result<void> P12Store::save(const Pending& pending, const pki::Certificate& certificate,
                            const std::vector<pki::Certificate>& chain, const std::string& name) {
  const auto file = pki::make_pkcs12(pending.key, certificate, chain, name, password_);
  if (!file) return fail(file);
  // What was written must open again before anything is replaced by it.
  if (const auto again = pki::parse_pkcs12(*file, password_); !again)
    return fail(Code::internal, "pkcs12.make", again.error().id);
  if (disk_.exists(path_)) {
    const auto before = disk_.read(path_);
    if (!before) return fail(before);
    if (auto kept = disk_.replace(beside(".old"), *before); !kept) return kept;
  }
  if (auto written = disk_.replace(path_, *file); !written) return written;
  return disk_.remove(beside(".pending"));
}

Result<bool> P12Store::is_unused(const pki::Certificate& certificate) {
  const auto kept = load_pending();
  if (!kept) return fail(kept);
  // A FILE.old beside a pending key of another certificate is older than that request and stops nothing.
  return *kept ? is_of(**kept, certificate) : disk_.exists(beside(".old"));
}

Result<void> P12Store::mark_used(const pki::Certificate& /*certificate*/) {
  if (auto dropped = disk_.remove(beside(".pending")); !dropped) return dropped;
  return disk_.remove(beside(".old"));
}

Result<void> P12Store::remove(const pki::Certificate& certificate) {
  if (const auto present = open(certificate); !present) return fail(present);
  for (const char* ending : {".pending", ".old", ""})
    if (auto gone = disk_.remove(beside(ending)); !gone) return gone;
  return {};
}

}  // namespace inkan::app
