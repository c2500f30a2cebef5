#include <cstdint>

#include "pki/crl.hpp"

/// A list that is taken is version 2 with a number, and reads the same again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto crl = inkan::pki::Crl::parse({data, size});
  if (!crl) return 0;
  const auto again = inkan::pki::Crl::parse(crl->der());
  inkan::check(again && again->number() == crl->number() && again->entries().size() == crl->entries().size() &&
                   again->distribution_point() == crl->distribution_point(),
               "a list that changes");
  return 0;
}
