#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/bytes.hpp"

namespace inkan::pki {

/// modulus_of is an RSA key's modulus, big-endian, out of a SubjectPublicKeyInfo whose form is right; empty for another kind of
/// key. The key is not judged.
std::optional<Bytes> modulus_of(ByteView spki);

/// find_shared_factors gives the places of moduli that have a prime in common with another one of the list: each of them can be
/// factored by whoever has both (Heninger et al., USENIX Security 2012, "Mining your Ps and Qs"). Equal moduli are one key, not a
/// finding. By products and remainders in a tree (Bernstein 2004): 10,000 moduli take seconds, where pairs would take hours.
std::vector<std::size_t> find_shared_factors(const std::vector<Bytes>& moduli);

}  // namespace inkan::pki
