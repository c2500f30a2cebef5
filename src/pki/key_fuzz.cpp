#include <cstdint>

#include "pki/key.hpp"

/// A key that is taken has an algorithm that can be named, and is the same when read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto key = inkan::pki::PublicKey::parse({data, size});
  if (!key) return 0;
  inkan::check(inkan::pki::parse_key_algorithm(to_text(key->algorithm())).has_value(), "a key without a name");
  const auto again = inkan::pki::PublicKey::parse(key->der());
  inkan::check(again && again->key_id() == key->key_id(), "a key that reads in two ways");
  return 0;
}
