#pragma once

#include "base/bytes.hpp"
#include "pki/key.hpp"

/// Private to pki: what an RSA modulus and exponent must not be.
namespace inkan::pki {

/// check_rsa judges a public key given as big-endian magnitudes (promises.md E5; CA/Browser Forum BR 6.1.5, 6.1.6, 6.1.1.3):
/// exactly 2048, 3072 or 4096 bits; 65537 <= e < 2^256 and odd; no factor below 752; no ROCA structure (CVE-2017-15361); primes
/// not so close that 100 rounds of Fermat's method find them (CVE-2022-26320). Errors: `key.too_small`, `key.unsupported`,
/// `key.weak_exponent`, `key.even_modulus`, `key.small_factor`, `key.roca`, `key.close_primes`.
Result<KeyAlgorithm> check_rsa(ByteView modulus, ByteView exponent);

}  // namespace inkan::pki
