#include <algorithm>
#include <array>

#include "pki/key.hpp"

/// The table of key algorithms, for OpenSSL's keys and for those in Windows' stores.
namespace inkan::pki {
namespace {

struct Kind {
  KeyAlgorithm algorithm;
  KeyFamily family;
  std::string_view text;
  std::string_view words;
};

constexpr std::array kKinds = {
    Kind{KeyAlgorithm::rsa2048, KeyFamily::rsa, "rsa2048", "RSA 2048 bit"},
    Kind{KeyAlgorithm::rsa3072, KeyFamily::rsa, "rsa3072", "RSA 3072 bit"},
    Kind{KeyAlgorithm::rsa4096, KeyFamily::rsa, "rsa4096", "RSA 4096 bit"},
    Kind{KeyAlgorithm::p256, KeyFamily::ec, "p256", "ECDSA P-256"},
    Kind{KeyAlgorithm::p384, KeyFamily::ec, "p384", "ECDSA P-384"},
    Kind{KeyAlgorithm::mldsa44, KeyFamily::ml_dsa, "mldsa44", "ML-DSA-44"},
    Kind{KeyAlgorithm::mldsa65, KeyFamily::ml_dsa, "mldsa65", "ML-DSA-65"},
    Kind{KeyAlgorithm::mldsa87, KeyFamily::ml_dsa, "mldsa87", "ML-DSA-87"},
};

const Kind& kind_of(KeyAlgorithm algorithm) {
  const auto found = std::ranges::find(kKinds, algorithm, &Kind::algorithm);
  check(found != kKinds.end(), "a key algorithm without a row");
  return *found;
}

}  // namespace

std::string_view to_text(KeyAlgorithm algorithm) { return kind_of(algorithm).text; }
std::string_view to_words(KeyAlgorithm algorithm) { return kind_of(algorithm).words; }
KeyFamily family_of(KeyAlgorithm algorithm) { return kind_of(algorithm).family; }

Result<KeyAlgorithm> parse_key_algorithm(std::string_view text) {
  const auto found = std::ranges::find(kKinds, text, &Kind::text);
  if (found == kKinds.end()) return fail(Code::invalid, "key.unknown_algorithm", std::string(text));
  return found->algorithm;
}

}  // namespace inkan::pki
