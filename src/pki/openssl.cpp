#include "pki/openssl.hpp"

#include <array>

#include "base/result.hpp"
#include "pki/digest.hpp"

namespace inkan::pki {
namespace {

const EVP_MD* fetch(const char* name) {
  EVP_MD* method = EVP_MD_fetch(nullptr, name, nullptr);
  check(method != nullptr, "libcrypto has no SHA");
  return method;  // kept for the life of the process
}

}  // namespace

std::string drain_errors() {
  const unsigned long first = ERR_get_error();
  ERR_clear_error();
  if (first == 0) return "no reason given";
  std::array<char, 256> text{};
  ERR_error_string_n(first, text.data(), text.size());
  return text.data();
}

const EVP_MD* sha1_method() {
  static const EVP_MD* method = fetch("SHA1");
  return method;
}
const EVP_MD* sha256_method() {
  static const EVP_MD* method = fetch("SHA256");
  return method;
}
const EVP_MD* sha384_method() {
  static const EVP_MD* method = fetch("SHA384");
  return method;
}
const EVP_MD* sha512_method() {
  static const EVP_MD* method = fetch("SHA512");
  return method;
}

Bytes sha1(ByteView bytes) {
  Bytes out(20);
  check(EVP_Digest(bytes.data(), bytes.size(), out.data(), nullptr, sha1_method(), nullptr) == 1, "SHA-1 failed");
  return out;
}

}  // namespace inkan::pki
