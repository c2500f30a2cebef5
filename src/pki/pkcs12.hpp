#pragma once

#include <string>
#include <vector>

#include "pki/certificate.hpp"
#include "pki/key.hpp"

namespace inkan::pki {

/// Pkcs12 is the content of a PKCS#12 file (RFC 7292): one key, its certificate, and the CA certificates that came along.
struct Pkcs12 {
  PrivateKey key;
  Certificate certificate;
  std::vector<Certificate> chain;
};

/// parse_pkcs12 opens a file. Errors: `pkcs12.malformed`, `pkcs12.wrong_password`, `pkcs12.no_key`.
Result<Pkcs12> parse_pkcs12(ByteView file, const Secret& password);

/// make_pkcs12 writes a file that NSS, OpenSSL 3 and Windows take: PBES2 AES-256-CBC, PBKDF2 and MAC with HMAC-SHA-256.
/// Error: `pkcs12.make`.
Result<Bytes> make_pkcs12(const PrivateKey& key, const Certificate& certificate, const std::vector<Certificate>& chain,
                          const std::string& friendly_name, const Secret& password);

}  // namespace inkan::pki
