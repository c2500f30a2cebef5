#pragma once

#include <cstdint>

/// The object identifiers in use, as the content octets DER carries, under the names their standards give them.
namespace inkan::pki::oid {

// RFC 8017 (PKCS#1), RFC 4055
inline constexpr std::uint8_t kRsaEncryption[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1};
inline constexpr std::uint8_t kRsaPss[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10};
inline constexpr std::uint8_t kMgf1[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8};
inline constexpr std::uint8_t kMd5WithRsa[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 4};
inline constexpr std::uint8_t kSha1WithRsa[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5};
inline constexpr std::uint8_t kSha256WithRsa[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11};
inline constexpr std::uint8_t kSha384WithRsa[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12};
inline constexpr std::uint8_t kSha512WithRsa[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13};

// RFC 5480, RFC 5758
inline constexpr std::uint8_t kEcPublicKey[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1};
inline constexpr std::uint8_t kPrime256v1[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7};
inline constexpr std::uint8_t kSecp384r1[] = {0x2b, 0x81, 0x04, 0x00, 0x22};
inline constexpr std::uint8_t kEcdsaWithSha1[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1};
inline constexpr std::uint8_t kEcdsaWithSha256[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2};
inline constexpr std::uint8_t kEcdsaWithSha384[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3};
inline constexpr std::uint8_t kEcdsaWithSha512[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4};

// FIPS 204, RFC 9881
inline constexpr std::uint8_t kMlDsa44[] = {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 17};
inline constexpr std::uint8_t kMlDsa65[] = {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 18};
inline constexpr std::uint8_t kMlDsa87[] = {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 19};

// hashes: RFC 3279, RFC 5754
inline constexpr std::uint8_t kSha1[] = {0x2b, 0x0e, 3, 2, 0x1a};
inline constexpr std::uint8_t kSha256[] = {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1};
inline constexpr std::uint8_t kSha384[] = {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2};
inline constexpr std::uint8_t kSha512[] = {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3};

// X.520 attributes (RFC 5280 appendix A.1)
inline constexpr std::uint8_t kCommonName[] = {0x55, 4, 3};
inline constexpr std::uint8_t kCountry[] = {0x55, 4, 6};
inline constexpr std::uint8_t kOrganization[] = {0x55, 4, 10};
inline constexpr std::uint8_t kOrganizationalUnit[] = {0x55, 4, 11};

// extensions (RFC 5280 4.2, 5.2, 5.3)
inline constexpr std::uint8_t kSubjectKeyIdentifier[] = {0x55, 0x1d, 14};
inline constexpr std::uint8_t kKeyUsage[] = {0x55, 0x1d, 15};
inline constexpr std::uint8_t kBasicConstraints[] = {0x55, 0x1d, 19};
inline constexpr std::uint8_t kCrlNumber[] = {0x55, 0x1d, 20};
inline constexpr std::uint8_t kReasonCode[] = {0x55, 0x1d, 21};
inline constexpr std::uint8_t kIssuingDistributionPoint[] = {0x55, 0x1d, 28};
inline constexpr std::uint8_t kCrlDistributionPoints[] = {0x55, 0x1d, 31};
inline constexpr std::uint8_t kAnyPolicy[] = {0x55, 0x1d, 32, 0};
inline constexpr std::uint8_t kCertificatePolicies[] = {0x55, 0x1d, 32};
inline constexpr std::uint8_t kAuthorityKeyIdentifier[] = {0x55, 0x1d, 35};
inline constexpr std::uint8_t kExtendedKeyUsage[] = {0x55, 0x1d, 37};
inline constexpr std::uint8_t kAuthorityInfoAccess[] = {0x2b, 6, 1, 5, 5, 7, 1, 1};

// key purposes and access methods (RFC 5280 4.2.1.12, 4.2.2.1)
inline constexpr std::uint8_t kClientAuth[] = {0x2b, 6, 1, 5, 5, 7, 3, 2};
inline constexpr std::uint8_t kOcspSigning[] = {0x2b, 6, 1, 5, 5, 7, 3, 9};
inline constexpr std::uint8_t kAdOcsp[] = {0x2b, 6, 1, 5, 5, 7, 0x30, 1};
inline constexpr std::uint8_t kAdCaIssuers[] = {0x2b, 6, 1, 5, 5, 7, 0x30, 2};

// RFC 6960
inline constexpr std::uint8_t kOcspBasic[] = {0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1};
inline constexpr std::uint8_t kOcspNonce[] = {0x2b, 6, 1, 5, 5, 7, 0x30, 1, 2};
inline constexpr std::uint8_t kOcspNoCheck[] = {0x2b, 6, 1, 5, 5, 7, 0x30, 1, 5};

// CMP and CRMF (RFC 9810, RFC 4211), and who may speak for a CA (RFC 6402 2.10)
inline constexpr std::uint8_t kCmcCa[] = {0x2b, 6, 1, 5, 5, 7, 3, 27};
inline constexpr std::uint8_t kPasswordBasedMac[] = {0x2a, 0x86, 0x48, 0x86, 0xf6, 0x7d, 7, 66, 13};
inline constexpr std::uint8_t kHmacWithSha256[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 9};
inline constexpr std::uint8_t kHmacWithSha384[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 10};
inline constexpr std::uint8_t kHmacWithSha512[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 11};
inline constexpr std::uint8_t kOldCertId[] = {0x2b, 6, 1, 5, 5, 7, 5, 1, 5};
inline constexpr std::uint8_t kCurrentCrl[] = {0x2b, 6, 1, 5, 5, 7, 4, 6};
inline constexpr std::uint8_t kCaCerts[] = {0x2b, 6, 1, 5, 5, 7, 4, 17};
inline constexpr std::uint8_t kRootCaKeyUpdate[] = {0x2b, 6, 1, 5, 5, 7, 4, 18};
inline constexpr std::uint8_t kRootCaCert[] = {0x2b, 6, 1, 5, 5, 7, 4, 20};
inline constexpr std::uint8_t kSignKeyPairTypes[] = {0x2b, 6, 1, 5, 5, 7, 4, 2};

// RFC 5652
inline constexpr std::uint8_t kData[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1};
inline constexpr std::uint8_t kSignedData[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2};

}  // namespace inkan::pki::oid
