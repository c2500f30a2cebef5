#include "pki/windows/key.hpp"

#include <ncrypt.h>

#include <vector>

#include "base/windows/text.hpp"
#include "pki/der.hpp"
#include "pki/windows/spki.hpp"

namespace inkan::pki {
namespace {

std::unexpected<Error> not_signed(DWORD number) { return fail(Code::unavailable, "key.sign", describe_error(number)); }

Bytes hash_of(ByteView message, const wchar_t* name) {
  BCRYPT_ALG_HANDLE algorithm = nullptr;
  check(BCryptOpenAlgorithmProvider(&algorithm, name, nullptr, 0) == 0, "Windows has no SHA-2");
  BCRYPT_HASH_HANDLE hash = nullptr;
  DWORD size = 0, got = 0;
  Bytes out;
  bool done = BCryptGetProperty(algorithm, BCRYPT_HASH_LENGTH, reinterpret_cast<PUCHAR>(&size), sizeof size, &got, 0) == 0 &&
              BCryptCreateHash(algorithm, &hash, nullptr, 0, nullptr, 0, 0) == 0;
  out.resize(size);
  done = done && BCryptHashData(hash, const_cast<PUCHAR>(message.data()), static_cast<ULONG>(message.size()), 0) == 0 &&
         BCryptFinishHash(hash, out.data(), size, 0) == 0;
  if (hash != nullptr) BCryptDestroyHash(hash);
  BCryptCloseAlgorithmProvider(algorithm, 0);
  check(done, "Windows cannot hash");
  return out;
}

/// write_unsigned writes a big-endian magnitude as a DER INTEGER.
void write_unsigned(DerWriter& out, ByteView magnitude) {
  while (magnitude.size() > 1 && magnitude[0] == 0) magnitude = magnitude.subspan(1);
  Bytes content;
  if (magnitude[0] >= 0x80) content.push_back(0);
  content.insert(content.end(), magnitude.begin(), magnitude.end());
  out.primitive(tag::kInteger, content);
}

Result<Bytes> sign_by_cng(const Container& container, KeyAlgorithm algorithm, ByteView message) {
  const CngKey key(container, 0);
  if (!key.is_open()) return not_signed(key.status());
  const bool elliptic = family_of(algorithm) == KeyFamily::ec;
  Bytes hash = hash_of(message, algorithm == KeyAlgorithm::p384 ? BCRYPT_SHA384_ALGORITHM : BCRYPT_SHA256_ALGORITHM);
  BCRYPT_PKCS1_PADDING_INFO padding{BCRYPT_SHA256_ALGORITHM};
  void* info = elliptic ? nullptr : &padding;
  const DWORD flags = elliptic ? 0 : BCRYPT_PAD_PKCS1;
  DWORD size = 0;
  SECURITY_STATUS status =
      NCryptSignHash(key.get(), info, hash.data(), static_cast<DWORD>(hash.size()), nullptr, 0, &size, flags);
  Bytes out(size);
  if (status == ERROR_SUCCESS)
    status = NCryptSignHash(key.get(), info, hash.data(), static_cast<DWORD>(hash.size()), out.data(), size, &size, flags);
  if (status != ERROR_SUCCESS) return not_signed(static_cast<DWORD>(status));
  out.resize(size);
  if (!elliptic) return out;
  DerWriter pair;  // CNG gives r and s side by side; X.509 wants Ecdsa-Sig-Value (RFC 5480 appendix A)
  pair.nest(tag::kSequence, [&] {
    write_unsigned(pair, ByteView(out).first(size / 2));
    write_unsigned(pair, ByteView(out).last(size / 2));
  });
  return pair.take();
}

Result<Bytes> sign_by_capi(const Container& container, ByteView message) {
  const CapiProvider provider(container, 0);
  if (!provider.is_open()) return not_signed(provider.status());
  HCRYPTHASH hash = 0;
  Bytes out;
  DWORD size = 0;
  bool done = CryptCreateHash(provider.get(), CALG_SHA_256, 0, 0, &hash) &&
              CryptHashData(hash, message.data(), static_cast<DWORD>(message.size()), 0) &&
              CryptSignHashW(hash, container.spec, nullptr, 0, nullptr, &size);
  out.resize(size);
  done = done && CryptSignHashW(hash, container.spec, nullptr, 0, out.data(), &size);
  const DWORD number = done ? 0 : GetLastError();
  if (hash != 0) CryptDestroyHash(hash);
  if (!done) return not_signed(number);
  out.resize(size);
  return Bytes(out.rbegin(), out.rend());  // CryptoAPI is little-endian
}

}  // namespace

PrivateKey::Held::Held(Container place, PublicKey key)
    : container(std::move(place)),
      name(to_wide(container.name)),
      provider(to_wide(container.provider)),
      info{.pwszContainerName = name.data(),
           .pwszProvName = provider.data(),
           .dwProvType = container.type,
           .dwFlags = container.flags,
           .cProvParam = 0,
           .rgProvParam = nullptr,
           .dwKeySpec = container.spec},
      public_key(std::move(key)) {}

PrivateKey::PrivateKey(std::unique_ptr<Held> held) : held_(std::move(held)) {}
PrivateKey::PrivateKey(PrivateKey&&) noexcept = default;
PrivateKey& PrivateKey::operator=(PrivateKey&&) noexcept = default;
PrivateKey::~PrivateKey() = default;

const PublicKey& PrivateKey::public_key() const { return held_->public_key; }
void* PrivateKey::native() const { return &held_->info; }

Result<Bytes> PrivateKey::sign(ByteView message) const {
  const Container& container = held_->container;
  return container.type == 0 ? sign_by_cng(container, public_key().algorithm(), message) : sign_by_capi(container, message);
}

Result<PrivateKey> AdoptedKey::from(const Container& container, ByteView spki) {
  auto key = CheckedKey::read(spki);
  if (!key) return fail(key);
  return PrivateKey(std::make_unique<PrivateKey::Held>(container, std::move(*key)));
}

const Container& AdoptedKey::place(const PrivateKey& key) { return key.held_->container; }

}  // namespace inkan::pki
