#include "app/windows/certificate_store.hpp"

#include <algorithm>

#include "app/windows/personal_store.hpp"

namespace inkan::app {
namespace {

constexpr std::string_view kUnused = "inkan unused: ";
constexpr int kMostContainers = 1000;  // of one purpose: an ID that took a new certificate so often

std::string container_name(const std::string& purpose, int number) {
  return "Inkan " + sha256(as_bytes(purpose)).hex().substr(0, 40) + " " + std::to_string(number);
}

bool is_named(const std::vector<Kept>& all, const std::string& container) {
  return std::ranges::any_of(all, [&](const Kept& kept) { return kept.container.name == container; });
}

const Kept* find_kept(const std::vector<Kept>& all, const pki::Certificate& certificate) {
  const auto found = std::ranges::find_if(all, [&](const Kept& kept) { return kept.certificate.der() == certificate.der(); });
  return found == all.end() ? nullptr : &*found;
}

std::optional<std::string> purpose_of(const Kept& kept) {
  if (!kept.description.starts_with(kUnused)) return std::nullopt;
  return kept.description.substr(kUnused.size());
}

/// Waiting is the container of a purpose that no certificate names: with its key where one waits there.
struct Waiting {
  std::string container;
  std::optional<pki::PrivateKey> key;
};

Result<Waiting> find_waiting(const std::string& purpose) {
  const auto all = list_personal();
  if (!all) return fail(all);
  for (int number = 0; number < kMostContainers; ++number) {
    Waiting waiting{.container = container_name(purpose, number), .key = {}};
    if (is_named(*all, waiting.container)) continue;
    auto key = pki::find_container(waiting.container);
    if (!key) return fail(key);
    waiting.key = std::move(*key);
    return waiting;
  }
  return fail(Code::refused, "windows.key", "too many keys of one purpose");
}

/// delete_identity leaves the certificate to the last: while it is there, the next run finds what is left of it.
Result<void> delete_identity(const Kept& kept) {
  if (auto gone = pki::delete_container(kept.container); !gone) return gone;
  return delete_personal(kept.certificate);
}

}  // namespace

Result<FolderLock> CertificateStore::lock() {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  return FolderLock::take(folder_);
}

Result<std::vector<pki::Certificate>> CertificateStore::certificates() {
  const auto kept = list_personal();
  if (!kept) return fail(kept);
  std::vector<pki::Certificate> all;
  for (const Kept& one : *kept) all.push_back(one.certificate);
  std::ranges::sort(all, {}, &pki::Certificate::not_after);
  return all;
}

Result<Identity> CertificateStore::open(const pki::Certificate& certificate) {
  const auto all = list_personal();
  if (!all) return fail(all);
  const Kept* kept = find_kept(*all, certificate);
  if (kept == nullptr) return fail(Code::not_found, "store.no_key");
  auto key = pki::open_container(kept->container);
  if (!key) return fail(key);
  if (key->public_key().der() != certificate.spki()) return fail(Code::not_found, "store.no_key");
  return Identity{std::move(*key), certificate};
}

Result<std::optional<Pending>> CertificateStore::find_pending(const std::string& purpose) {
  auto waiting = find_waiting(purpose);
  if (!waiting) return fail(waiting);
  if (!waiting->key) return std::nullopt;
  return Pending{purpose, std::move(*waiting->key)};
}

Result<Pending> CertificateStore::make_pending(const std::string& purpose, pki::KeyAlgorithm algorithm) {
  const auto waiting = find_waiting(purpose);
  if (!waiting) return fail(waiting);
  auto key = pki::make_container(waiting->container, algorithm);
  if (!key) return fail(key);
  return Pending{purpose, std::move(*key)};
}

Result<void> CertificateStore::drop_pending(const std::string& purpose) {
  const auto waiting = find_waiting(purpose);
  if (!waiting) return fail(waiting);
  return waiting->key ? pki::delete_container(pki::container_of(*waiting->key)) : Result<void>();
}

Result<void> CertificateStore::save(const Pending& pending, const pki::Certificate& certificate,
                                    const std::vector<pki::Certificate>& /*chain*/, const std::string& name) {
  return add_personal(certificate, pending.key, name, std::string(kUnused) + pending.purpose);
}

Result<bool> CertificateStore::is_unused(const pki::Certificate& certificate) {
  const auto all = list_personal();
  if (!all) return fail(all);
  const Kept* kept = find_kept(*all, certificate);
  return kept != nullptr && purpose_of(*kept).has_value();
}

Result<void> CertificateStore::mark_used(const pki::Certificate& certificate) {
  const auto all = list_personal();
  if (!all) return fail(all);
  const Kept* kept = find_kept(*all, certificate);
  if (kept == nullptr) return fail(Code::not_found, "store.no_key");
  const auto purpose = purpose_of(*kept);
  if (!purpose) return {};
  if (auto swept = drop_pending(*purpose); !swept) return swept;  // no second key waits for what is done
  for (const Kept& other : *all)
    if (*purpose == renewal_of(other.certificate.fingerprint()))
      if (auto gone = delete_identity(other); !gone) return gone;
  return clear_description(certificate);
}

Result<void> CertificateStore::remove(const pki::Certificate& certificate) {
  const auto all = list_personal();
  if (!all) return fail(all);
  const Kept* kept = find_kept(*all, certificate);
  if (kept == nullptr) return fail(Code::not_found, "store.no_key");
  if (auto dropped = drop_pending(renewal_of(certificate.fingerprint())); !dropped) return dropped;
  return delete_identity(*kept);
}

}  // namespace inkan::app
