#include "pki/windows/container.hpp"

#include <cstring>

#include "base/windows/text.hpp"
#include "pki/der.hpp"
#include "pki/oid.hpp"
#include "pki/windows/key.hpp"

namespace inkan::pki {
namespace {

std::unexpected<Error> refused(DWORD number) { return fail(Code::unavailable, "windows.key", describe_error(number)); }

Container cng_container(const std::string& name) { return {.name = name, .provider = to_utf8(MS_KEY_STORAGE_PROVIDER)}; }

Container capi_container(const std::string& name) {
  return {.name = name, .provider = to_utf8(MS_ENH_RSA_AES_PROV_W), .type = PROV_RSA_AES, .spec = AT_KEYEXCHANGE};
}

/// spki_of writes what CNG tells of a public key as a SubjectPublicKeyInfo; wine's crypt32 cannot do so for CNG's keys.
Bytes spki_of(KeyAlgorithm algorithm, const Bytes& blob) {
  DerWriter out;
  const auto part = [&](std::size_t at, std::size_t size) { return ByteView(blob).subspan(at, size); };
  const auto number = [&](std::size_t at, std::size_t size) {
    Bytes content = to_bytes(part(at, size));
    if (content[0] >= 0x80) content.insert(content.begin(), 0);
    out.primitive(tag::kInteger, content);
  };
  out.nest(tag::kSequence, [&] {
    if (family_of(algorithm) == KeyFamily::ec) {
      out.nest(tag::kSequence, [&] {
        out.oid(oid::kEcPublicKey);
        out.oid(algorithm == KeyAlgorithm::p256 ? ByteView(oid::kPrime256v1) : ByteView(oid::kSecp384r1));
      });
      Bytes point{4};
      point.insert(point.end(), blob.begin() + sizeof(BCRYPT_ECCKEY_BLOB), blob.end());
      out.bits(point);
      return;
    }
    out.nest(tag::kSequence, [&] {
      out.oid(oid::kRsaEncryption);
      out.null();
    });
    BCRYPT_RSAKEY_BLOB head;
    std::memcpy(&head, blob.data(), sizeof head);
    DerWriter key;
    std::swap(key, out);
    out.nest(tag::kSequence, [&] {
      number(sizeof head + head.cbPublicExp, head.cbModulus);
      number(sizeof head, head.cbPublicExp);
    });
    std::swap(key, out);
    out.bits(key.bytes());
  });
  return out.take();
}

Result<PrivateKey> open_cng(const Container& container, DWORD flags) {
  const CngKey key(container, flags);
  const auto gone = [](SECURITY_STATUS status) {
    return fail(Code::not_found, "store.no_key", describe_error(static_cast<DWORD>(status)));
  };
  if (!key.is_open()) return gone(static_cast<SECURITY_STATUS>(key.status()));
  DWORD size = 0;
  for (const auto& [type, elliptic] : {std::pair(BCRYPT_RSAPUBLIC_BLOB, false), std::pair(BCRYPT_ECCPUBLIC_BLOB, true)}) {
    if (NCryptExportKey(key.get(), 0, type, nullptr, nullptr, 0, &size, 0) != ERROR_SUCCESS) continue;
    Bytes blob(size);
    if (NCryptExportKey(key.get(), 0, type, nullptr, blob.data(), size, &size, 0) != ERROR_SUCCESS) continue;
    blob.resize(size);
    if (blob.size() < sizeof(BCRYPT_RSAKEY_BLOB) && !elliptic) continue;
    const bool p256 = blob.size() == sizeof(BCRYPT_ECCKEY_BLOB) + 64;
    const KeyAlgorithm kind = !elliptic ? KeyAlgorithm::rsa2048 : p256 ? KeyAlgorithm::p256 : KeyAlgorithm::p384;
    return AdoptedKey::from(container, spki_of(kind, blob));
  }
  return gone(NTE_NOT_SUPPORTED);
}

Result<PrivateKey> open_capi(const Container& container, DWORD flags) {
  const CapiProvider provider(container, flags);
  const auto gone = [](DWORD number) { return fail(Code::not_found, "store.no_key", describe_error(number)); };
  if (!provider.is_open()) return gone(provider.status());
  DWORD size = 0;
  if (!CryptExportPublicKeyInfo(provider.get(), container.spec, X509_ASN_ENCODING, nullptr, &size)) return gone(GetLastError());
  Bytes info(size);
  auto* key = reinterpret_cast<CERT_PUBLIC_KEY_INFO*>(info.data());
  if (!CryptExportPublicKeyInfo(provider.get(), container.spec, X509_ASN_ENCODING, key, &size)) return gone(GetLastError());
  // Not every provider writes the NULL that RFC 3279 2.3.1 wants, so the frame is ours and only the key's bits are its own.
  DerWriter out;
  out.nest(tag::kSequence, [&] {
    out.nest(tag::kSequence, [&] {
      out.oid(oid::kRsaEncryption);
      out.null();
    });
    out.bits(ByteView(key->PublicKey.pbData, key->PublicKey.cbData));
  });
  return AdoptedKey::from(container, out.bytes());
}

/// make_cng makes a key and tells whether CNG kept it: wine takes it and forgets it with the handle.
bool make_cng(const Container& container, KeyAlgorithm algorithm) {
  NCRYPT_PROV_HANDLE provider = 0;
  if (NCryptOpenStorageProvider(&provider, to_wide(container.provider).c_str(), 0) != ERROR_SUCCESS) return false;
  const bool elliptic = family_of(algorithm) == KeyFamily::ec;
  const wchar_t* kind = !elliptic                         ? BCRYPT_RSA_ALGORITHM
                        : algorithm == KeyAlgorithm::p256 ? BCRYPT_ECDSA_P256_ALGORITHM
                                                          : BCRYPT_ECDSA_P384_ALGORITHM;
  DWORD bits = algorithm == KeyAlgorithm::rsa4096 ? 4096 : algorithm == KeyAlgorithm::rsa3072 ? 3072 : 2048;
  NCRYPT_KEY_HANDLE key = 0;
  const bool made = NCryptCreatePersistedKey(provider, &key, kind, to_wide(container.name).c_str(), 0, 0) == ERROR_SUCCESS &&
                    (elliptic || NCryptSetProperty(key, NCRYPT_LENGTH_PROPERTY, reinterpret_cast<PBYTE>(&bits), sizeof bits,
                                                   NCRYPT_PERSIST_FLAG) == ERROR_SUCCESS) &&
                    NCryptFinalizeKey(key, NCRYPT_SILENT_FLAG) == ERROR_SUCCESS;  // without an export policy nothing leaves it
  if (key != 0) NCryptFreeObject(key);
  NCryptFreeObject(provider);
  return made && CngKey(container, NCRYPT_SILENT_FLAG).is_open();
}

Result<void> make_capi(const Container& container, KeyAlgorithm algorithm) {
  const CapiProvider provider(container, CRYPT_NEWKEYSET | CRYPT_SILENT);
  if (!provider.is_open()) return refused(provider.status());
  const DWORD bits = algorithm == KeyAlgorithm::rsa4096 ? 4096 : algorithm == KeyAlgorithm::rsa3072 ? 3072 : 2048;
  HCRYPTKEY key = 0;
  if (!CryptGenKey(provider.get(), container.spec, bits << 16, &key)) return refused(GetLastError());  // no CRYPT_EXPORTABLE
  CryptDestroyKey(key);
  return {};
}

}  // namespace

CngKey::CngKey(const Container& container, DWORD flags) {
  NCRYPT_PROV_HANDLE provider = 0;
  status_ = NCryptOpenStorageProvider(&provider, to_wide(container.provider).c_str(), 0);
  if (status_ != ERROR_SUCCESS) return;
  status_ = NCryptOpenKey(provider, &key_, to_wide(container.name).c_str(), container.spec, flags);
  if (status_ != ERROR_SUCCESS) key_ = 0;
  NCryptFreeObject(provider);
}

CngKey::~CngKey() {
  if (key_ != 0) NCryptFreeObject(key_);
}

CapiProvider::CapiProvider(const Container& container, DWORD flags) {
  const std::wstring name = to_wide(container.name), provider = to_wide(container.provider);
  open_ = CryptAcquireContextW(&provider_, name.c_str(), provider.empty() ? nullptr : provider.c_str(), container.type,
                               flags | container.flags) != 0;
  if (!open_) status_ = GetLastError();
}

CapiProvider::~CapiProvider() {
  if (open_ && provider_ != 0) CryptReleaseContext(provider_, 0);
}

const Container& container_of(const PrivateKey& key) { return AdoptedKey::place(key); }

Result<PrivateKey> open_container(const Container& container) {
  return container.type == 0 ? open_cng(container, 0) : open_capi(container, 0);
}

Result<PrivateKey> make_container(const std::string& name, KeyAlgorithm algorithm) {
  const Container cng = cng_container(name);
  if (make_cng(cng, algorithm)) return open_cng(cng, 0);
  const Container capi = capi_container(name);
  if (auto made = make_capi(capi, algorithm); !made) return fail(made);
  return open_capi(capi, 0);
}

Result<std::optional<PrivateKey>> find_container(const std::string& name) {
  if (auto key = open_cng(cng_container(name), NCRYPT_SILENT_FLAG)) return std::move(*key);
  const Container container = capi_container(name);
  if (!CapiProvider(container, CRYPT_SILENT).is_open()) return std::nullopt;
  if (auto key = open_capi(container, CRYPT_SILENT)) return std::move(*key);
  if (auto gone = delete_container(container); !gone) return fail(gone);  // a container whose key was never made
  return std::nullopt;
}

Result<void> delete_container(const Container& container) {
  if (container.type == 0) {
    CngKey key(container, 0);
    if (!key.is_open()) return {};
    const SECURITY_STATUS status = NCryptDeleteKey(key.give_up(), 0);
    if (status != ERROR_SUCCESS) return refused(static_cast<DWORD>(status));
    return {};
  }
  HCRYPTPROV none = 0;
  const std::wstring name = to_wide(container.name), provider = to_wide(container.provider);
  if (CryptAcquireContextW(&none, name.c_str(), provider.empty() ? nullptr : provider.c_str(), container.type,
                           CRYPT_DELETEKEYSET | container.flags))
    return {};
  const DWORD number = GetLastError();
  const bool absent = number == static_cast<DWORD>(NTE_BAD_KEYSET) || number == static_cast<DWORD>(NTE_KEYSET_NOT_DEF);
  return absent ? Result<void>() : refused(number);
}

}  // namespace inkan::pki
