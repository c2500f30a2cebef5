#include "pki/cmp_mac.hpp"

#include <openssl/crmf.h>

#include "pki/der.hpp"
#include "pki/oid.hpp"
#include "pki/openssl.hpp"

namespace inkan::pki {
namespace {

using Parameters = Handle<OSSL_CRMF_PBMPARAMETER, OSSL_CRMF_PBMPARAMETER_free>;

constexpr unsigned long long kFewestRounds = 100, kMostRounds = 100'000;
constexpr std::size_t kSaltSize = 16;

/// Parts are what a PBMParameter says.
struct Parts {
  DerElement parameter;
  int hash = NID_undef;
  int mac = NID_undef;
  int rounds = 0;
};

/// read_algorithm reads an AlgorithmIdentifier without parameters, or with NULL.
ByteView read_algorithm(DerReader& reader) {
  DerReader algorithm = reader.enter(tag::kSequence);
  const ByteView id = algorithm.take(tag::kOid).content;
  if (algorithm.has(tag::kNull)) algorithm.take(tag::kNull);
  return algorithm.done() ? id : ByteView();
}

Result<Parts> read_parts(ByteView algorithm) {
  const auto refuse = [](std::string what) { return fail(Code::refused, "cmp.mac_algorithm", std::move(what)); };
  DerReader outer(algorithm);
  DerReader identifier = outer.enter(tag::kSequence);
  identifier.take(tag::kOid);
  Parts parts;
  parts.parameter = identifier.take(tag::kSequence);
  DerReader fields(parts.parameter.content);
  const ByteView salt = fields.take(tag::kOctetString).content;
  const ByteView hash = read_algorithm(fields);
  const auto rounds = read_number(fields.take(tag::kInteger));
  const ByteView mac = read_algorithm(fields);
  if (!outer.done() || !identifier.done() || !fields.done() || salt.size() > 128) return refuse("PBMParameter");
  if (!rounds || *rounds < kFewestRounds || *rounds > kMostRounds) return refuse("rounds");
  parts.rounds = static_cast<int>(*rounds);
  parts.hash = same(hash, oid::kSha256)   ? NID_sha256
               : same(hash, oid::kSha384) ? NID_sha384
               : same(hash, oid::kSha512) ? NID_sha512
                                          : NID_undef;
  parts.mac = same(mac, oid::kHmacWithSha256)   ? NID_hmacWithSHA256
              : same(mac, oid::kHmacWithSha384) ? NID_hmacWithSHA384
              : same(mac, oid::kHmacWithSha512) ? NID_hmacWithSHA512
                                                : NID_undef;
  if (parts.hash == NID_undef || parts.mac == NID_undef) return refuse("a hash that is too weak, or unknown");
  return parts;
}

}  // namespace

Bytes sha384(ByteView bytes) {
  Bytes out(48);
  unsigned int size = 0;
  check(EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, sha384_method(), nullptr) == 1 && size == out.size(),
        "libcrypto has SHA-384");
  return out;
}

Result<Bytes> password_mac(ByteView algorithm, const Secret& secret, ByteView message) {
  const auto refuse = [](std::string what) { return fail(Code::refused, "cmp.mac_algorithm", std::move(what)); };
  const Result<Parts> parts = read_parts(algorithm);
  if (!parts) return fail(parts);
  const unsigned char* at = parts->parameter.whole.data();
  const Parameters native(d2i_OSSL_CRMF_PBMPARAMETER(nullptr, &at, static_cast<long>(parts->parameter.whole.size())));
  if (!native) return refuse(drain_errors());
  unsigned char* mac = nullptr;
  std::size_t size = 0;
  const ByteView key = as_bytes(secret.reveal());
  if (OSSL_CRMF_pbm_new(nullptr, nullptr, native.get(), message.data(), message.size(), key.data(), key.size(), &mac, &size) != 1)
    return refuse(drain_errors());
  Bytes out(mac, mac + size);
  OPENSSL_free(mac);
  return out;
}

Result<Bytes> fresh_password_mac(ByteView algorithm) {
  const Result<Parts> parts = read_parts(algorithm);
  if (!parts) return fail(parts);
  const Parameters native(
      OSSL_CRMF_pbmp_new(nullptr, kSaltSize, parts->hash, static_cast<std::size_t>(parts->rounds), parts->mac));
  unsigned char* der = nullptr;
  const int size = native ? i2d_OSSL_CRMF_PBMPARAMETER(native.get(), &der) : 0;
  if (size <= 0) return fail(Code::internal, "cmp.mac_algorithm", drain_errors());
  DerWriter out;
  out.nest(tag::kSequence, [&] {
    out.oid(oid::kPasswordBasedMac);
    out.raw({der, static_cast<std::size_t>(size)});
  });
  OPENSSL_free(der);
  return out.take();
}

}  // namespace inkan::pki
