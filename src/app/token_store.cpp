#include "app/token_store.hpp"

#include <algorithm>

namespace inkan::app {
namespace {

using pki::TokenObject;

constexpr std::string_view kPending = "inkan pending: ";
constexpr std::string_view kUnused = "inkan unused: ";

/// purpose_of is the purpose in the label of a key whose certificate was not used yet.
std::optional<std::string> purpose_of(const TokenObject& key) {
  for (const std::string_view mark : {kPending, kUnused})
    if (key.label.starts_with(mark)) return key.label.substr(mark.size());
  return std::nullopt;
}

const TokenObject* find_by_id(const std::vector<TokenObject>& objects, const Bytes& id) {
  const auto found = std::ranges::find(objects, id, &TokenObject::id);
  return found == objects.end() ? nullptr : &*found;
}

const TokenObject* find_by_value(const std::vector<TokenObject>& objects, const Bytes& value) {
  const auto found = std::ranges::find(objects, value, &TokenObject::value);
  return found == objects.end() ? nullptr : &*found;
}

/// find_renewed is the certificate that a renewal's purpose is about.
const TokenObject* find_renewed(const std::vector<TokenObject>& certificates, const std::string& purpose) {
  const auto found = std::ranges::find_if(
      certificates, [&](const TokenObject& certificate) { return renewal_of(sha256(certificate.value)) == purpose; });
  return found == certificates.end() ? nullptr : &*found;
}

}  // namespace

TokenStore::TokenStore(std::unique_ptr<pki::Token> token, std::filesystem::path folder, pki::TokenUri wanted)
    : token_(std::move(token)), folder_(std::move(folder)), wanted_(std::move(wanted)) {}

Result<FolderLock> TokenStore::lock() {
  auto taken = FolderLock::take(folder_);
  known_.reset();  // another process may have changed the token until now
  return taken;
}

Result<TokenStore::Content> TokenStore::load() {
  if (known_) return *known_;
  auto certificates = token_->find(TokenObject::Kind::certificate);
  if (!certificates) return fail(certificates);
  auto keys = token_->find(TokenObject::Kind::private_key);
  if (!keys) return fail(keys);
  auto public_keys = token_->find(TokenObject::Kind::public_key);
  if (!public_keys) return fail(public_keys);
  known_ = Content{std::move(*certificates), std::move(*keys), std::move(*public_keys)};
  return *known_;
}

pki::Token& TokenStore::changing() {
  known_.reset();
  return *token_;
}

bool TokenStore::is_wanted(const Content& content, const TokenObject& certificate) const {
  const auto named = [&](const TokenObject& one) {
    return (wanted_.object.empty() || one.label == wanted_.object) && (wanted_.id.empty() || one.id == wanted_.id);
  };
  if (named(certificate)) return true;
  // What was begun for the one that was named goes on under that name.
  const TokenObject* key = find_by_id(content.keys, certificate.id);
  const auto purpose = key != nullptr ? purpose_of(*key) : std::nullopt;
  const TokenObject* renewed = purpose ? find_renewed(content.certificates, *purpose) : nullptr;
  return renewed != nullptr && named(*renewed);
}

Result<std::vector<pki::Certificate>> TokenStore::certificates() { return list(true); }

Result<std::vector<pki::Certificate>> TokenStore::keyless() { return list(false); }

Result<std::vector<pki::Certificate>> TokenStore::list(bool with_key) {
  const auto content = load();
  if (!content) return fail(content);
  std::vector<pki::Certificate> all;
  for (const TokenObject& object : content->certificates) {
    const bool has_key = !object.id.empty() && find_by_id(content->keys, object.id) != nullptr;
    if (has_key != with_key || !is_wanted(*content, object)) continue;
    if (auto certificate = pki::Certificate::parse(object.value)) all.push_back(std::move(*certificate));
  }
  std::ranges::sort(all, {}, &pki::Certificate::not_after);
  return all;
}

Result<Identity> TokenStore::open(const pki::Certificate& certificate) {
  const auto content = load();
  if (!content) return fail(content);
  const TokenObject* object = find_by_value(content->certificates, certificate.der());
  if (object == nullptr) return fail(Code::not_found, "store.no_key");
  auto key = token_->open_key(object->id);
  if (!key) return fail(key);
  if (key->public_key().der() != certificate.spki()) return fail(Code::not_found, "store.no_key");
  return Identity{std::move(*key), certificate};
}

Result<std::optional<Pending>> TokenStore::open_pending(const Content& content, const TokenObject& key,
                                                        const std::string& purpose) {
  // A run that was cut off while it made the pair may have left the halves under two ids, or one half alone.
  bool whole = find_by_id(content.public_keys, key.id) != nullptr;
  for (const TokenObject& half : content.public_keys) {
    if (whole || half.label != key.label) continue;
    if (auto set = changing().set_id(half, key.id); !set) return fail(set);
    whole = true;
  }
  auto opened = token_->open_key(key.id);
  if (!opened && !whole) return std::nullopt;  // nothing was sent with half a pair
  if (!opened) return fail(opened);
  return Pending{purpose, std::move(*opened)};
}

Result<std::optional<Pending>> TokenStore::find_pending(const std::string& purpose) {
  const auto content = load();
  if (!content) return fail(content);
  const std::string label = std::string(kPending) + purpose;
  for (const TokenObject& key : content->keys) {
    if (key.label != label || find_by_id(content->certificates, key.id) != nullptr) continue;
    return open_pending(*content, key, purpose);
  }
  return std::nullopt;
}

Result<Pending> TokenStore::make_pending(const std::string& purpose, pki::KeyAlgorithm algorithm) {
  if (auto swept = drop_pending(purpose); !swept) return fail(swept);  // half a pair
  const auto key = changing().make_key_pair(algorithm, std::string(kPending) + purpose);
  if (!key) return fail(key);
  auto opened = token_->open_key(key->id);
  if (!opened) return fail(opened);
  return Pending{purpose, std::move(*opened)};
}

Result<void> TokenStore::destroy_all(const Objects& objects, const std::function<bool(const TokenObject&)>& which) {
  for (const TokenObject& object : objects)
    if (which(object))
      if (auto gone = changing().destroy(object); !gone) return gone;
  return {};
}

Result<void> TokenStore::drop_pending(const std::string& purpose) {
  const auto content = load();
  if (!content) return fail(content);
  const std::string label = std::string(kPending) + purpose;
  const auto waits = [&](const TokenObject& object) {
    return object.label == label && find_by_id(content->certificates, object.id) == nullptr;
  };
  if (auto gone = destroy_all(content->keys, waits); !gone) return gone;
  return destroy_all(content->public_keys, waits);
}

Result<void> TokenStore::save(const Pending& pending, const pki::Certificate& certificate,
                              const std::vector<pki::Certificate>& /*chain*/, const std::string& name) {
  const auto content = load();
  if (!content) return fail(content);
  // A slow token may have finished a key for a run that was cut off, after the next one had looked: the label alone is not
  // enough.
  const auto key = std::ranges::find_if(content->keys, [&](const TokenObject& one) {
    if (one.label != std::string(kPending) + pending.purpose) return false;
    const auto opened = token_->open_key(one.id);
    return opened && opened->public_key().der() == pending.key.public_key().der();
  });
  if (key == content->keys.end()) return fail(Code::not_found, "store.no_key");
  if (find_by_value(content->certificates, certificate.der()) == nullptr)
    if (auto put = changing().put_certificate(certificate, key->id, name); !put) return put;
  return changing().set_label(*key, std::string(kUnused) + pending.purpose);
}

Result<bool> TokenStore::is_unused(const pki::Certificate& certificate) {
  const auto content = load();
  if (!content) return fail(content);
  const TokenObject* object = find_by_value(content->certificates, certificate.der());
  const TokenObject* key = object != nullptr ? find_by_id(content->keys, object->id) : nullptr;
  return key != nullptr && purpose_of(*key).has_value();
}

/// destroy_identity leaves the certificate to the last: while it is there, the next run finds what is left of it.
Result<void> TokenStore::destroy_identity(const Content& content, const TokenObject& certificate) {
  const auto same = [&](const TokenObject& object) { return object.id == certificate.id; };
  if (auto gone = destroy_all(content.keys, same); !gone) return gone;
  if (auto gone = destroy_all(content.public_keys, same); !gone) return gone;
  return changing().destroy(certificate);
}

Result<void> TokenStore::mark_used(const pki::Certificate& certificate) {
  const auto content = load();
  if (!content) return fail(content);
  const TokenObject* object = find_by_value(content->certificates, certificate.der());
  const TokenObject* key = object != nullptr ? find_by_id(content->keys, object->id) : nullptr;
  if (key == nullptr) return fail(Code::not_found, "store.no_key");
  const auto purpose = purpose_of(*key);
  if (!purpose) return {};
  if (auto swept = drop_pending(*purpose); !swept) return swept;  // no second key waits for what is done
  if (const TokenObject* renewed = find_renewed(content->certificates, *purpose)) {
    const auto gone = destroy_identity(*content, *renewed);
    // A token that keeps what it has: the old certificate is retired at the bank all the same, and `tidy` names it.
    if (!gone && gone.error().id != "token.refused") return gone;
  }
  for (const TokenObject& half : content->public_keys)
    if (half.id == key->id)
      if (auto named = changing().set_label(half, object->label); !named) return named;
  return changing().set_label(*key, object->label);
}

Result<void> TokenStore::remove(const pki::Certificate& certificate) {
  const auto content = load();
  if (!content) return fail(content);
  const TokenObject* object = find_by_value(content->certificates, certificate.der());
  if (object == nullptr) return fail(Code::not_found, "store.no_key");
  if (auto dropped = drop_pending(renewal_of(certificate.fingerprint())); !dropped) return dropped;
  return destroy_identity(*content, *object);
}

}  // namespace inkan::app
