#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <type_traits>

#include "base/log.hpp"
#include "ca/key_store.hpp"

namespace inkan::ca {
namespace {

using pki::Token;
using pki::TokenObject;

/// OpenToken is the token with the keys that were asked for so far. Whatever fails closes it; the next wish opens it.
class OpenToken {
 public:
  OpenToken(pki::TokenAddress address, Secret pin) : address_(std::move(address)), pin_(std::move(pin)) {}
  ~OpenToken() { close(); }
  OpenToken(const OpenToken&) = delete;
  OpenToken& operator=(const OpenToken&) = delete;

  Result<pki::PublicKey> make(const std::string& label, pki::KeyAlgorithm algorithm) {
    const std::lock_guard lock(mutex_);
    if (auto opened = open(); !opened) return fail(opened);
    const auto existing = find(label);
    if (!existing) return fail(existing);
    if (*existing) return fail(Code::conflict, "key_store.exists", label);
    if (const auto made = token_->make_key_pair(algorithm, label); !made) return fail(made);
    close();  // libp11 sees a key that came after it looked only when it looks anew
    const auto key = key_of(label);
    return key ? Result<pki::PublicKey>((*key)->public_key()) : fail(key);
  }

  Result<pki::PublicKey> load(const std::string& label) {
    const std::lock_guard lock(mutex_);
    const auto key = twice([&] { return key_of(label); });
    return key ? Result<pki::PublicKey>((*key)->public_key()) : fail(key);
  }

  /// sign signs with the key that this label and this public half belong to.
  Result<Bytes> sign(const std::string& label, const pki::PublicKey& known, ByteView message) {
    const std::lock_guard lock(mutex_);
    return twice([&]() -> Result<Bytes> {
      const auto key = key_of(label);
      if (!key) return fail(key);
      if ((*key)->public_key().der() != known.der()) return fail(Code::corrupt, "key_store.other_key", label);
      return (*key)->sign(message);
    });
  }

 private:
  /// twice tries once more on a token that was opened anew.
  template <class Act>
  std::invoke_result_t<Act> twice(Act act) {
    auto done = act();
    if (done || done.error().id == "key_store.not_found" || done.error().id == "key_store.several") return done;
    log(LogLevel::warning, "ca", "token.reopened", {{"id", done.error().id}, {"detail", done.error().detail}});
    close();
    done = act();
    if (!done) close();
    return done;
  }

  void close() {
    keys_.clear();  // before the token that they are in
    token_.reset();
  }

  Result<void> open() {
    if (token_) return {};
    if (refused_) return std::unexpected<Error>(*refused_);
    auto token = Token::open(address_);
    if (!token) return fail(token);
    if (auto in = (*token)->log_in(pin_); !in) {
      if (in.error().id.starts_with("token.pin")) refused_ = in.error();
      return in;
    }
    token_ = std::move(*token);
    return {};
  }

  Result<std::optional<TokenObject>> find(const std::string& label) const {
    auto objects = token_->find(TokenObject::Kind::private_key);
    if (!objects) return fail(objects);
    std::erase_if(*objects, [&](const TokenObject& each) { return each.label != label; });
    if (objects->size() > 1) return fail(Code::corrupt, "key_store.several", label);
    return objects->empty() ? std::nullopt : std::optional<TokenObject>(std::move(objects->front()));
  }

  Result<const pki::PrivateKey*> key_of(const std::string& label) {
    if (auto opened = open(); !opened) return fail(opened);
    if (const auto known = keys_.find(label); known != keys_.end()) return &known->second;
    const auto object = find(label);
    if (!object) return fail(object);
    if (!*object) return fail(Code::not_found, "key_store.not_found", label);
    auto key = token_->open_key((*object)->id);
    if (!key) return fail(key);
    return &keys_.emplace(label, std::move(*key)).first->second;
  }

  pki::TokenAddress address_;
  Secret pin_;
  std::mutex mutex_;
  std::unique_ptr<Token> token_;
  std::map<std::string, pki::PrivateKey> keys_;
  std::optional<Error> refused_;
};

/// A key whose bytes are in the token alone.
class TokenSigningKey : public SigningKey {
 public:
  TokenSigningKey(std::shared_ptr<OpenToken> token, std::string label, pki::PublicKey key)
      : token_(std::move(token)), label_(std::move(label)), key_(std::move(key)) {}
  const pki::PublicKey& public_key() const override { return key_; }
  Result<Bytes> sign(ByteView message) const override {
    Result<Bytes> signature = token_->sign(label_, key_, message);
    if (!signature) return fail(Code::unavailable, "issuer.unavailable", signature.error().id + " " + signature.error().detail);
    return signature;
  }

 private:
  std::shared_ptr<OpenToken> token_;
  std::string label_;
  pki::PublicKey key_;
};

class TokenKeyStore : public KeyStore {
 public:
  explicit TokenKeyStore(std::shared_ptr<OpenToken> token) : token_(std::move(token)) {}
  Result<std::unique_ptr<SigningKey>> make(const std::string& label, pki::KeyAlgorithm algorithm) override {
    if (!is_label(label)) return fail(Code::invalid, "key_store.label", label);
    return opened(label, token_->make(label, algorithm));
  }
  Result<std::unique_ptr<SigningKey>> load(const std::string& label) const override {
    if (!is_label(label)) return fail(Code::invalid, "key_store.label", label);
    return opened(label, token_->load(label));
  }

 private:
  Result<std::unique_ptr<SigningKey>> opened(const std::string& label, Result<pki::PublicKey> key) const {
    if (!key) return fail(key);
    return std::make_unique<TokenSigningKey>(token_, label, std::move(*key));
  }
  std::shared_ptr<OpenToken> token_;
};

}  // namespace

std::unique_ptr<KeyStore> open_token_key_store(pki::TokenAddress address, Secret pin) {
  return std::make_unique<TokenKeyStore>(std::make_shared<OpenToken>(std::move(address), std::move(pin)));
}

}  // namespace inkan::ca
