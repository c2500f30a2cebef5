#pragma once

#include <windows.h>

#include <ncrypt.h>
#include <wincrypt.h>

#include <string>

#include "pki/windows/container.hpp"

/// Private to pki on Windows: keys by handle.
namespace inkan::pki {

struct PrivateKey::Held {
  Held(Container place, PublicKey key);
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

  Container container;
  std::wstring name;
  std::wstring provider;
  CRYPT_KEY_PROV_INFO info;  // looks into the two above
  PublicKey public_key;
};

/// AdoptedKey makes a PrivateKey of a container and the public half that Windows gave of it.
struct AdoptedKey {
  static Result<PrivateKey> from(const Container& container, ByteView spki);
  static const Container& place(const PrivateKey& key);
};

/// CngKey is an open key of CNG.
class CngKey {
 public:
  CngKey(const Container& container, DWORD flags);
  CngKey(const CngKey&) = delete;
  CngKey& operator=(const CngKey&) = delete;
  ~CngKey();
  bool is_open() const { return key_ != 0; }
  DWORD status() const { return static_cast<DWORD>(status_); }
  NCRYPT_KEY_HANDLE get() const { return key_; }
  /// give_up hands the key over to a call that frees it.
  NCRYPT_KEY_HANDLE give_up() { return std::exchange(key_, 0); }

 private:
  NCRYPT_KEY_HANDLE key_ = 0;
  SECURITY_STATUS status_ = 0;
};

/// CapiProvider is an open container of CryptoAPI.
class CapiProvider {
 public:
  CapiProvider(const Container& container, DWORD flags);
  CapiProvider(const CapiProvider&) = delete;
  CapiProvider& operator=(const CapiProvider&) = delete;
  ~CapiProvider();
  bool is_open() const { return open_; }
  DWORD status() const { return status_; }
  HCRYPTPROV get() const { return provider_; }

 private:
  HCRYPTPROV provider_ = 0;
  DWORD status_ = 0;
  bool open_ = false;
};

}  // namespace inkan::pki
