#include <cstdint>

#include "pki/certificate.hpp"
#include "pki/cms.hpp"

/// A certificate that is taken comes back from PEM and from CMS as it was; verifying it with its own key ends.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(inkan::pki::parse_certs_only({data, size}));
  static_cast<void>(inkan::pki::Certificate::parse_pem({reinterpret_cast<const char*>(data), size}));
  const auto certificate = inkan::pki::Certificate::parse({data, size});
  if (!certificate) return 0;
  const auto pem = inkan::pki::Certificate::parse_pem(certificate->to_pem());
  inkan::check(pem && pem->front().der() == certificate->der(), "a certificate that PEM changes");
  const auto cms = inkan::pki::make_certs_only({*certificate});
  inkan::check(cms && inkan::pki::parse_certs_only(*cms)->front().der() == certificate->der(), "a certificate that CMS changes");
  inkan::check(inkan::pki::SerialNumber::parse_hex(certificate->serial().hex()).value() == certificate->serial(),
               "a serial that changes");
  static_cast<void>(certificate->subject().to_text());
  static_cast<void>(certificate->verify_by(*certificate));
  return 0;
}
