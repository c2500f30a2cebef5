#include <cstdint>

#include "pki/csr.hpp"

/// A request that is taken says the same when read again, and its key passes alone.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto request = inkan::pki::Csr::parse({data, size});
  if (!request) return 0;
  const auto again = inkan::pki::Csr::parse(request->der());
  inkan::check(again && again->subject_der() == request->subject_der(), "a request that reads in two ways");
  inkan::check(inkan::pki::PublicKey::parse(request->key().der()).has_value(), "a key that passes only inside a request");
  return 0;
}
