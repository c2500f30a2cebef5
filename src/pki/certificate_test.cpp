#include "pki/certificate.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "pki/cms.hpp"
#include "pki/pkcs12.hpp"
#include "support/made_keys.hpp"
#include "support/tool.hpp"

namespace inkan::pki {
namespace {

std::string id_of(const auto& result) { return result ? "no error" : result.error().id; }

/// A self-signed certificate by the openssl program, with its PKCS#8 key.
struct ByOpenssl {
  TempFolder folder;
  std::string key = (folder.path() / "key.pem").string(), pem = (folder.path() / "cert.pem").string();
  Certificate certificate = [this] {
    const ToolRun run =
        run_tool(fmt::format("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -utf8 -subj '/O=銀行/CN=a' "
                             "-days 30 -set_serial 0x4abc -keyout {} -out {}",
                             key, pem));
    check(run.status == 0, run.output);
    return Certificate::parse_pem(run_tool("cat " + pem).output)->front();
  }();
};

TEST(Certificate, reads_openssls_own) {
  const ByOpenssl made;
  const Certificate& certificate = made.certificate;
  EXPECT_EQ(certificate.serial().hex(), "4abc");
  EXPECT_EQ(certificate.subject().to_text(), "O=銀行, CN=a");
  EXPECT_EQ(certificate.issuer().der(), certificate.subject().der());
  EXPECT_EQ(certificate.not_after() - certificate.not_before(), std::chrono::days{30});
  EXPECT_EQ(certificate.key_id(), PublicKey::parse(certificate.spki())->key_id());
  EXPECT_TRUE(certificate.verify_by(certificate));
  const ToolRun print = run_tool("openssl x509 -noout -fingerprint -sha256 -in " + made.pem);
  std::string plain;
  for (char c : print.output)
    if (c != ':') plain += static_cast<char>(std::tolower(c));
  EXPECT_NE(plain.find(certificate.fingerprint().hex()), std::string::npos) << print.output;
}

TEST(Certificate, goes_through_pem) {
  const ByOpenssl made;
  const std::string text = "a word before\n" + made.certificate.to_pem() + "between\n" + made.certificate.to_pem();
  const auto both = Certificate::parse_pem(text);
  ASSERT_TRUE(both) << id_of(both);
  ASSERT_EQ(both->size(), 2u);
  EXPECT_EQ((*both)[1].der(), made.certificate.der());
  for (const char* bad :
       {"", "no block", "-----BEGIN CERTIFICATE-----\nMIIB\n", "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----"})
    EXPECT_EQ(id_of(Certificate::parse_pem(bad)), "certificate.malformed") << bad;
}

TEST(Certificate, sees_a_changed_octet) {
  const ByOpenssl made;
  const Bytes& sound = made.certificate.der();
  for (std::size_t i = 0; i < sound.size(); ++i) {
    Bytes changed = sound;
    changed[i] ^= 0x01;
    const auto read = Certificate::parse(changed);
    EXPECT_TRUE(!read || !read->verify_by(made.certificate)) << "octet " << i;
  }
  for (std::size_t size = 0; size < sound.size(); ++size) EXPECT_FALSE(Certificate::parse(ByteView(sound).first(size)));
}

TEST(Certificate, is_not_verified_by_another) {
  const ByOpenssl one, two;
  EXPECT_EQ(id_of(one.certificate.verify_by(two.certificate)), "certificate.bad_signature");
}

TEST(Certificate, over_16_KiB_is_not_read) {
  EXPECT_EQ(id_of(Certificate::parse(Bytes(16 * 1024 + 1, 0x30))), "certificate.malformed");
}

TEST(CertsOnly, comes_back_in_order_and_openssl_reads_it) {
  const ByOpenssl one, two;
  const auto made = make_certs_only({one.certificate, two.certificate});
  ASSERT_TRUE(made) << id_of(made);
  const auto back = parse_certs_only(*made);
  ASSERT_TRUE(back) << id_of(back);
  ASSERT_EQ(back->size(), 2u);
  EXPECT_EQ((*back)[0].der(), one.certificate.der());
  EXPECT_EQ((*back)[1].der(), two.certificate.der());
  const std::string file = one.folder.write("certs.p7", *made);
  for (const std::string& command :
       {"openssl pkcs7 -inform DER -print_certs -in " + file, "openssl cms -cmsout -print -inform DER -in " + file})
    EXPECT_EQ(run_tool(command).status, 0) << run_tool(command).output;
  EXPECT_EQ(id_of(make_certs_only({})), "cms.make");
}

TEST(CertsOnly, reads_openssls_own_and_refuses_the_rest) {
  const ByOpenssl made;
  const std::string out = (made.folder.path() / "p7.der").string();
  ASSERT_EQ(run_tool("openssl crl2pkcs7 -nocrl -outform DER -certfile " + made.pem + " -out " + out).status, 0);
  const std::string der = run_tool("cat " + out).output;
  const auto read = parse_certs_only(as_bytes(der));
  ASSERT_TRUE(read) << id_of(read) << read.error().detail;
  EXPECT_EQ(read->front().der(), made.certificate.der());
  for (std::size_t size = 0; size < der.size(); ++size) EXPECT_FALSE(parse_certs_only(as_bytes(der.substr(0, size))));
  EXPECT_EQ(id_of(parse_certs_only(made.certificate.der())), "cms.malformed");
}

TEST(Pkcs12, comes_back_and_openssl_reads_it) {
  const ByOpenssl made;
  const Secret password("パスワード-1");
  // The certificate's key comes by a PKCS#12 of openssl's, which is the other direction of this test.
  const std::string theirs = (made.folder.path() / "theirs.p12").string();
  ASSERT_EQ(run_tool(fmt::format("openssl pkcs12 -export -inkey {} -in {} -name 友 -passout 'pass:パスワード-1' -out {}",
                                 made.key, made.pem, theirs))
                .status,
            0);
  const auto opened = parse_pkcs12(as_bytes(run_tool("cat " + theirs).output), password);
  ASSERT_TRUE(opened) << id_of(opened);
  EXPECT_EQ(opened->certificate.der(), made.certificate.der());

  const ByOpenssl issuer;
  const auto file = make_pkcs12(opened->key, opened->certificate, {issuer.certificate}, "k00012345", password);
  ASSERT_TRUE(file) << id_of(file);
  const auto back = parse_pkcs12(*file, password);
  ASSERT_TRUE(back) << id_of(back);
  EXPECT_EQ(back->key.public_key().der(), opened->key.public_key().der());
  ASSERT_EQ(back->chain.size(), 1u);
  EXPECT_EQ(back->chain[0].der(), issuer.certificate.der());
  EXPECT_EQ(id_of(parse_pkcs12(*file, Secret("other"))), "pkcs12.wrong_password");

  const std::string ours = made.folder.write("ours.p12", *file);
  const ToolRun info = run_tool("openssl pkcs12 -info -noout -passin 'pass:パスワード-1' -in " + ours);
  EXPECT_EQ(info.status, 0) << info.output;
  for (const char* wanted : {"MAC: sha256", "PBES2, PBKDF2, AES-256-CBC, Iteration 100000, PRF hmacWithSHA256"})
    EXPECT_NE(info.output.find(wanted), std::string::npos) << wanted << "\n" << info.output;
}

TEST(Pkcs12, opens_in_nss) {
  ASSERT_EQ(run_tool("command -v pk12util").status, 0) << "install Debian's libnss3-tools (setup does)";
  const ByOpenssl made;
  const std::string theirs = (made.folder.path() / "theirs.p12").string();
  run_tool(fmt::format("openssl pkcs12 -export -inkey {} -in {} -passout pass:a -out {}", made.key, made.pem, theirs));
  const auto opened = parse_pkcs12(as_bytes(run_tool("cat " + theirs).output), Secret("a"));
  ASSERT_TRUE(opened);
  const std::string ours =
      made.folder.write("ours.p12", make_pkcs12(opened->key, opened->certificate, {}, "n", Secret("correct horse")).value());
  const std::string store = "sql:" + made.folder.path().string();
  ASSERT_EQ(run_tool("certutil -N --empty-password -d " + store).status, 0);
  const ToolRun run = run_tool(fmt::format("pk12util -i {} -W 'correct horse' -d {} -K ''", ours, store));
  EXPECT_NE(run.output.find("SUCCESSFUL"), std::string::npos) << run.output;
}

TEST(Pkcs12, refuses_what_is_none) {
  EXPECT_EQ(id_of(parse_pkcs12({}, Secret("x"))), "pkcs12.malformed");
  EXPECT_EQ(id_of(parse_pkcs12(Bytes(300 * 1024), Secret("x"))), "pkcs12.malformed");
  const ByOpenssl made;
  EXPECT_EQ(id_of(parse_pkcs12(made.certificate.der(), Secret("x"))), "pkcs12.malformed");
  const std::string bare = (made.folder.path() / "bare.p12").string();
  run_tool(fmt::format("openssl pkcs12 -export -nokeys -in {} -passout pass:x -out {}", made.pem, bare));
  EXPECT_EQ(id_of(parse_pkcs12(as_bytes(run_tool("cat " + bare).output), Secret("x"))), "pkcs12.no_key");
  EXPECT_EQ(id_of(make_pkcs12(made_key(KeyAlgorithm::p384), made.certificate, {}, "n", Secret("x"))), "pkcs12.make");
}

}  // namespace
}  // namespace inkan::pki
