#include <cstdint>

#include "pki/ocsp.hpp"

/// A request that is taken keeps its bounds, and each of its CertIDs reads alone.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto request = inkan::pki::OcspRequest::parse({data, size});
  if (!request) return 0;
  inkan::check(!request->ids().empty() && request->ids().size() <= 16 && request->nonce().size() <= 128,
               "a request out of bounds");
  for (const inkan::pki::CertId& id : request->ids()) {
    const auto again = inkan::pki::parse_cert_id(id.der);
    inkan::check(again && again->issuer_key_hash == id.issuer_key_hash && again->serial == id.serial,
                 "a CertID that reads in two ways");
  }
  return 0;
}
