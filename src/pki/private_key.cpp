#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include <array>
#include <climits>

#include "pki/key.hpp"
#include "pki/native_key.hpp"

namespace inkan::pki {
namespace {

constexpr int kPassphraseRounds = 100'000;  // PBKDF2-HMAC-SHA-256, about 30 ms once for each key at start-up

EVP_PKEY* generate(KeyAlgorithm algorithm) {
  switch (algorithm) {
    case KeyAlgorithm::rsa2048: return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048});
    case KeyAlgorithm::rsa3072: return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{3072});
    case KeyAlgorithm::rsa4096: return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{4096});
    case KeyAlgorithm::p256: return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    case KeyAlgorithm::p384: return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384");
    case KeyAlgorithm::mldsa44:
    case KeyAlgorithm::mldsa65:
    case KeyAlgorithm::mldsa87: return EVP_PKEY_Q_keygen(nullptr, nullptr, std::string(to_words(algorithm)).c_str());
  }
  return nullptr;
}

Result<Bytes> spki_of(EVP_PKEY* key) {
  unsigned char* out = nullptr;
  const int size = i2d_PUBKEY(key, &out);
  if (size <= 0) return fail(Code::internal, "key.malformed", drain_errors());
  Bytes spki(out, out + size);
  OPENSSL_free(out);
  return spki;
}

/// A context that is ready to sign: copying it costs less than setting one up for every signature.
DigestContext signing_context(EVP_PKEY* key, KeyAlgorithm algorithm) {
  DigestContext context(EVP_MD_CTX_new());
  const EVP_MD* method = family_of(algorithm) == KeyFamily::ml_dsa ? nullptr
                         : algorithm == KeyAlgorithm::p384         ? sha384_method()
                                                                   : sha256_method();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, method, nullptr, key) != 1) return nullptr;
  return context;
}

}  // namespace

bool is_available(KeyAlgorithm algorithm) {
  if (family_of(algorithm) != KeyFamily::ml_dsa) return true;
  const Handle<EVP_KEYMGMT, EVP_KEYMGMT_free> known(
      EVP_KEYMGMT_fetch(nullptr, std::string(to_words(algorithm)).c_str(), nullptr));
  ERR_clear_error();
  return known != nullptr;
}

struct PrivateKey::Held {
  NativeKey native;
  PublicKey key;
  DigestContext ready;
};

PrivateKey::PrivateKey(std::unique_ptr<Held> held) : held_(std::move(held)) {}
PrivateKey::PrivateKey(PrivateKey&&) noexcept = default;
PrivateKey& PrivateKey::operator=(PrivateKey&&) noexcept = default;
PrivateKey::~PrivateKey() = default;

Result<PrivateKey> PrivateKey::make(KeyAlgorithm algorithm) {
  if (!is_available(algorithm)) return fail(Code::invalid, "key.unavailable", std::string(to_words(algorithm)));
  NativeKey native(generate(algorithm));
  if (!native) return fail(Code::internal, "key.generation", drain_errors());
  return AdoptedKey::from(std::move(native));
}

Result<PrivateKey> AdoptedKey::from(NativeKey native) {
  const Result<Bytes> spki = spki_of(native.get());
  if (!spki) return fail(spki);
  Result<PublicKey> key = PublicKey::parse(*spki);
  if (!key) return fail(key);
  DigestContext ready = signing_context(native.get(), key->algorithm());
  if (!ready) return fail(Code::internal, "key.sign", drain_errors());
  return PrivateKey(std::make_unique<PrivateKey::Held>(std::move(native), std::move(*key), std::move(ready)));
}

Result<PrivateKey> PrivateKey::parse_pem(std::string_view pem, const Secret& passphrase) {
  const auto malformed = [] { return fail(Code::invalid, "key.malformed", drain_errors()); };
  if (pem.size() > 64 * 1024) return malformed();
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const Handle<X509_SIG, X509_SIG_free> sealed(bio ? PEM_read_bio_PKCS8(bio.get(), nullptr, nullptr, nullptr) : nullptr);
  if (!sealed) return malformed();
  const std::string_view secret = passphrase.reveal();
  const Handle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> open(
      PKCS8_decrypt(sealed.get(), secret.data(), static_cast<int>(secret.size())));
  if (!open) return fail(Code::unauthenticated, "key.wrong_passphrase", drain_errors());
  NativeKey native(EVP_PKCS82PKEY(open.get()));
  if (!native) return malformed();
  return AdoptedKey::from(std::move(native));
}

Result<PrivateKey> PrivateKey::parse_open_pem(const Secret& pem) {
  const auto malformed = [] { return fail(Code::invalid, "key.malformed", drain_errors()); };
  const std::string_view text = pem.reveal();
  if (text.size() > 64 * 1024) return malformed();
  const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  // Without a passphrase to give, libcrypto would ask on the terminal for one.
  const auto none = [](char* /*out*/, int /*size*/, int /*writing*/, void* /*self*/) { return -1; };
  NativeKey native(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, none, nullptr) : nullptr);
  if (!native) return malformed();
  return AdoptedKey::from(std::move(native));
}

const PublicKey& PrivateKey::public_key() const { return held_->key; }

Result<Bytes> PrivateKey::sign(ByteView message) const {
  const DigestContext context(EVP_MD_CTX_new());
  Bytes signature(static_cast<std::size_t>(EVP_PKEY_get_size(held_->native.get())));
  std::size_t size = signature.size();
  if (!context || EVP_MD_CTX_copy_ex(context.get(), held_->ready.get()) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) != 1)
    return fail(Code::unavailable, "key.sign", drain_errors());
  signature.resize(size);
  return signature;
}

Result<std::string> PrivateKey::to_pem(const Secret& passphrase) const {
  const auto refuse = [] { return fail(Code::internal, "key.encrypt", drain_errors()); };
  std::array<unsigned char, 16> salt{};
  if (RAND_bytes(salt.data(), static_cast<int>(salt.size())) != 1) return refuse();
  X509_ALGOR* scheme = PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), kPassphraseRounds, salt.data(), static_cast<int>(salt.size()),
                                         nullptr, NID_hmacWithSHA256);
  const Handle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> open(EVP_PKEY2PKCS8(held_->native.get()));
  if (scheme == nullptr || !open) {
    X509_ALGOR_free(scheme);
    return refuse();
  }
  const std::string_view secret = passphrase.reveal();
  const Handle<X509_SIG, X509_SIG_free> sealed(
      PKCS8_set0_pbe(secret.data(), static_cast<int>(secret.size()), open.get(), scheme));
  if (!sealed) {
    X509_ALGOR_free(scheme);  // the call keeps it only when it succeeds
    return refuse();
  }
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_PKCS8(bio.get(), sealed.get()) != 1) return refuse();
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

void* PrivateKey::native() const { return held_->native.get(); }

}  // namespace inkan::pki
