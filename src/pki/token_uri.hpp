#pragma once

#include <string>
#include <string_view>

#include "pki/token.hpp"

namespace inkan::pki {

/// TokenUri is a PKCS#11 URI (RFC 7512): which token, which certificate on it, where its PIN is.
struct TokenUri {
  TokenAddress address;
  std::string object;      ///< the certificate's label; empty: any
  Bytes id;                ///< its CKA_ID; empty: any
  std::string pin_source;  ///< a file; empty: none named
};

/// parse_token_uri reads "pkcs11:token=…;object=…?module-path=…". Without a module-path every library that the system has
/// registered with p11-kit is asked. Errors: `store.uri`, `store.pin_value` (a PIN may not stand on a command line),
/// `store.pin_source` (a program instead of a file).
Result<TokenUri> parse_token_uri(const std::string& text);

}  // namespace inkan::pki
