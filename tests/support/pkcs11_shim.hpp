#pragma once

/// A PKCS#11 library that hands every call on to another one and fails where a test says so. Tests load it as the module and
/// reach its orders through the symbol `pkcs11_shim_orders`.
namespace inkan {

/// ShimOrders is what the library does; a test may change it between any two calls.
struct ShimOrders {
  const char* module = nullptr;  ///< the library behind it

  int fail_at = 0;            ///< the Nth change fails (0: none)
  unsigned long error = 0;    ///< with this CKR_…
  bool dies = false;          ///< and from then on every call does, as if the token had been pulled out
  bool torn = false;          ///< the Nth change is done by halves first: of a pair one key is left, of two attributes both
  bool keeps_public = false;  ///< with torn: which half is left
  int changes = 0;            ///< how many there were
  bool dead = false;

  int tries_left = -1;  ///< of the PIN, counted down by wrong ones; -1: the token's own way
};

}  // namespace inkan
