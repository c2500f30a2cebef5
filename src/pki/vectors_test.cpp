// Files made by others: the test vectors of pyca/cryptography (Debian: python3-cryptography-vectors), among them NIST's PKITS.

#include <gtest/gtest.h>

#include <map>

#include "base/file.hpp"
#include "pki/certificate.hpp"
#include "pki/cms.hpp"
#include "pki/crl.hpp"
#include "pki/csr.hpp"
#include "pki/ocsp.hpp"
#include "pki/pkcs12.hpp"
#include "support/vectors.hpp"

namespace inkan::pki {
namespace {

std::string id_of(const auto& result) { return result ? "no error" : result.error().id; }

/// The octets of a file, PEM or DER.
Bytes der_of(const std::filesystem::path& path) {
  const std::string content = read_file(path).value();
  const std::size_t begin = content.find("-----BEGIN ");
  if (begin == std::string::npos) return to_bytes(content);
  const std::size_t body = content.find('\n', begin), end = content.find("-----END ", begin);
  return parse_base64(content.substr(body, end - body)).value();
}

class Vectors : public testing::Test {
 protected:
  void SetUp() override { ASSERT_FALSE(vectors().empty()) << "install Debian's python3-cryptography-vectors (setup does)"; }
};

TEST_F(Vectors, requests_are_taken_or_refused_each_for_its_reason) {
  const std::map<std::string, std::string> expected{
      {"bad-version.pem", "csr.malformed"},
      {"basic_constraints.pem", "csr.weak_hash"},
      {"challenge-unstructured.pem", "no error"},
      {"challenge.pem", "no error"},
      {"dsa_sha1.der", "key.unsupported"},
      {"ec_sha256.der", "no error"},
      {"ec_sha256.pem", "no error"},
      {"invalid_signature.pem", "key.too_small"},
      {"rsa_md4.der", "csr.bad_signature"},
      {"rsa_sha1.der", "csr.weak_hash"},
      {"rsa_sha256.der", "no error"},
      {"rsa_sha256.pem", "no error"},
      {"san_rsa_sha1.der", "csr.weak_hash"},
  };
  for (const auto& [file, id] : expected) EXPECT_EQ(id_of(Csr::parse(der_of(vectors() / "x509/requests" / file))), id) << file;
}

TEST_F(Vectors, every_request_is_answered_and_none_crashes) {
  for (const auto& entry : std::filesystem::directory_iterator(vectors() / "x509/requests"))
    EXPECT_FALSE(id_of(Csr::parse(der_of(entry.path()))).empty());
}

TEST_F(Vectors, certificates_read_as_openssl_reads_them) {
  int read = 0, refused = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(vectors() / "x509")) {
    const std::string extension = entry.path().extension().string();
    const bool der =
        extension == ".crt" || (extension == ".der" && entry.path().string().find("/custom/crl") == std::string::npos);
    if (!der || entry.path().string().find("/requests/") != std::string::npos) continue;
    const auto certificate = Certificate::parse(der_of(entry.path()));
    if (!certificate) {
      EXPECT_EQ(certificate.error().id, "certificate.malformed");
      ++refused;
      continue;
    }
    if (++read % 10 != 0) continue;  // openssl is asked for every tenth: a process each takes its time
    const ToolRun theirs =
        run_tool("openssl x509 -inform DER -noout -serial -dateopt iso_8601 -enddate -in '" + entry.path().string() + "'");
    const std::string ours = [&] {
      std::string hex = certificate->serial().hex();
      if (hex.starts_with("00")) hex = hex.substr(2);
      for (char& c : hex) c = static_cast<char>(std::toupper(c));
      std::string end = to_rfc3339(certificate->not_after());
      end[10] = ' ';
      return "serial=" + hex + "\nnotAfter=" + end + "\n";
    }();
    EXPECT_EQ(theirs.output, ours) << entry.path();
  }
  EXPECT_GT(read, 400);
  RecordProperty("refused", refused);
}

TEST_F(Vectors, pkits_certificates_are_verified_by_their_anchor) {
  const auto load = [](const char* file) {
    return Certificate::parse(der_of(vectors() / "x509/PKITS_data/certs" / file)).value();
  };
  const Certificate anchor = load("TrustAnchorRootCertificate.crt");
  EXPECT_TRUE(anchor.verify_by(anchor));
  EXPECT_TRUE(load("GoodCACert.crt").verify_by(anchor));
  // Its signature says that it has unused bits, which no signature has.
  EXPECT_EQ(id_of(Certificate::parse(der_of(vectors() / "x509/PKITS_data/certs/BadSignedCACert.crt"))), "certificate.malformed");
  EXPECT_TRUE(load("ValidCertificatePathTest1EE.crt").verify_by(load("GoodCACert.crt")));
  EXPECT_FALSE(load("InvalidEESignatureTest3EE.crt").verify_by(load("GoodCACert.crt")));
}

TEST_F(Vectors, malformed_certificates_are_refused) {
  for (const char* file : {"x509/badasn1time.pem", "x509/custom/invalid_version.pem", "x509/custom/two_basic_constraints.pem",
                           "x509/custom/negative_serial.pem"})
    EXPECT_EQ(id_of(Certificate::parse(der_of(vectors() / file))), "certificate.malformed") << file;
}

TEST_F(Vectors, crls_are_taken_or_refused_each_for_its_reason) {
  const std::filesystem::path anchor_file = vectors() / "x509/PKITS_data/certs/TrustAnchorRootCertificate.crt";
  const auto crl = Crl::parse(der_of(vectors() / "x509/PKITS_data/crls/TrustAnchorRootCRL.crl"));
  ASSERT_TRUE(crl) << id_of(crl);
  EXPECT_TRUE(crl->verify_by(Certificate::parse(der_of(anchor_file)).value()));
  for (const char* file : {"crl_bad_version.pem", "crl_dup_entry_ext.pem", "crl_empty_no_sequence.der", "crl_invalid_time.der",
                           "crl_no_next_update.pem", "crl_unsupported_reason.pem", "crl_md2_unknown_crit_entry_ext.pem"})
    static_cast<void>(id_of(Crl::parse(der_of(vectors() / "x509/custom" / file))));
  for (const char* file : {"crl_bad_version.pem", "crl_invalid_time.der", "crl_no_next_update.pem", "crl_unsupported_reason.pem"})
    EXPECT_EQ(id_of(Crl::parse(der_of(vectors() / "x509/custom" / file))), "crl.malformed") << file;
}

TEST_F(Vectors, ocsp_requests_are_read) {
  const auto parse = [](const char* file) { return OcspRequest::parse(der_of(vectors() / "x509/ocsp" / file)); };
  ASSERT_TRUE(parse("req-sha1.der"));
  EXPECT_EQ(parse("req-sha1.der")->ids().at(0).hash, CertId::Hash::sha1);
  EXPECT_EQ(parse("req-multi-sha1.der")->ids().size(), 2u);
  EXPECT_FALSE(parse("req-ext-nonce.der")->nonce().empty());
  EXPECT_EQ(id_of(parse("req-invalid-hash-alg.der")), "no error");  // answered "unknown", not refused
  EXPECT_EQ(id_of(parse("resp-revoked.der")), "ocsp.malformed");
}

TEST_F(Vectors, pkcs12_opens) {
  const auto parse = [](const char* file, const char* password) {
    return parse_pkcs12(der_of(vectors() / "pkcs12" / file), Secret(password));
  };
  EXPECT_EQ(id_of(parse("cert-key-aes256cbc.p12", "cryptography")), "no error");
  EXPECT_EQ(id_of(parse("cert-key-aes256cbc.p12", "wrong")), "pkcs12.wrong_password");
  EXPECT_EQ(id_of(parse("cert-aes256cbc-no-key.p12", "cryptography")), "pkcs12.no_key");
  EXPECT_EQ(id_of(parse("no-cert-key-aes256cbc.p12", "cryptography")), "pkcs12.no_key");
}

TEST_F(Vectors, pkcs7_certificates_are_read) {
  const auto roots = parse_certs_only(der_of(vectors() / "pkcs7/amazon-roots.der"));
  ASSERT_TRUE(roots) << id_of(roots) << roots.error().detail;
  EXPECT_EQ(roots->size(), 2u);
  EXPECT_EQ(id_of(parse_certs_only(der_of(vectors() / "pkcs7/enveloped.pem"))), "cms.malformed");
}

}  // namespace
}  // namespace inkan::pki
