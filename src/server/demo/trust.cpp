#include "server/demo/trust.hpp"
#include "base/file.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>

#include "base/handle.hpp"
#include "server/config.hpp"

namespace inkan::server::demo {
namespace {

using Key = Handle<EVP_PKEY, EVP_PKEY_free>;
using Cert = Handle<X509, X509_free>;
using Memory = Handle<BIO, BIO_free_all>;

constexpr long kDay = 24 * 60 * 60;

std::unexpected<Error> failure(const char* what) { return fail(Code::internal, "demo.trust", what); }

std::string take(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

template <class Write>
Result<std::string> to_pem(Write&& write) {
  const Memory bio(BIO_new(BIO_s_mem()));
  if (!bio || write(bio.get()) != 1) return failure("PEM");
  return take(bio.get());
}

Result<std::string> to_pem(X509* certificate) {
  return to_pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

Result<std::string> to_pem(EVP_PKEY* key) {
  return to_pem([&](BIO* bio) { return PEM_write_bio_PKCS8PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr); });
}

Key make_key() { return Key(EVP_EC_gen("P-256")); }

bool add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  Handle<X509_EXTENSION, X509_EXTENSION_free> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

/// draft is a certificate with everything but extensions and signature.
Cert draft(const std::string& common_name, EVP_PKEY* key, X509* issuer, long days, long days_before = 1) {
  Cert certificate(X509_new());
  unsigned char serial[16];
  if (!certificate || RAND_bytes(serial, sizeof serial) != 1) return nullptr;
  serial[0] &= 0x7F;
  const Handle<BIGNUM, BN_free> number(BN_bin2bn(serial, sizeof serial, nullptr));
  const bool good = number && X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
                    BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get())) != nullptr &&
                    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -days_before * kDay) != nullptr &&
                    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), days * kDay) != nullptr &&
                    X509_set_pubkey(certificate.get(), key) == 1 &&
                    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                                               reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0) == 1 &&
                    X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer ? issuer : certificate.get())) == 1;
  return good ? std::move(certificate) : nullptr;
}

Result<Key> read_key(const std::string& pem) {
  const Memory bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  if (!key) return failure("a root key of the demo is damaged");
  return key;
}

Result<Cert> read_certificate(const std::string& pem) {
  const Memory bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Cert certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (!certificate) return failure("a root certificate of the demo is damaged");
  return certificate;
}

struct Root {
  std::string certificate_pem;
  std::string key_pem;
};

/// open_root loads a self-signed CA from a folder, or makes one; `constraints` are its name constraints, if any.
Result<Root> open_root(const std::filesystem::path& folder, const std::string& stem, const std::string& common_name,
                       const std::string& constraints) {
  const auto certificate_path = folder / (stem + ".pem");
  const auto key_path = folder / (stem + ".key");
  if (std::filesystem::exists(certificate_path) && std::filesystem::exists(key_path)) {
    auto certificate = read_file(certificate_path);
    if (!certificate) return fail(certificate);
    auto key = read_file(key_path);
    if (!key) return fail(key);
    return Root{std::move(*certificate), std::move(*key)};
  }
  const Key key = make_key();
  const Cert root = key ? draft(common_name, key.get(), nullptr, 3650) : nullptr;
  const bool good = root && add_extension(root.get(), root.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
                    add_extension(root.get(), root.get(), NID_key_usage, "critical,keyCertSign,cRLSign") &&
                    add_extension(root.get(), root.get(), NID_subject_key_identifier, "hash") &&
                    (constraints.empty() || add_extension(root.get(), root.get(), NID_name_constraints, constraints)) &&
                    X509_sign(root.get(), key.get(), EVP_sha256()) > 0;
  if (!good) return failure("root");
  auto certificate_pem = to_pem(root.get());
  if (!certificate_pem) return fail(certificate_pem);
  auto key_pem = to_pem(key.get());
  if (!key_pem) return fail(key_pem);
  if (auto written = write_file(key_path, *key_pem); !written) return fail(written);
  if (auto written = write_file(certificate_path, *certificate_pem); !written) return fail(written);
  return Root{std::move(*certificate_pem), std::move(*key_pem)};
}

/// bundle is a client's certificate and key as PEM and PKCS#12.
Result<Trust::Identity> bundle(const std::string& common_name, const Secret& password, EVP_PKEY* key, X509* certificate) {
  const Handle<PKCS12, PKCS12_free> file(
      PKCS12_create(std::string(password.reveal()).c_str(), common_name.c_str(), key, certificate, nullptr, 0, 0, 0, 0, 0));
  const Memory out(BIO_new(BIO_s_mem()));
  if (!file || i2d_PKCS12_bio(out.get(), file.get()) != 1) return failure("client identity");
  auto pem = to_pem(certificate);
  if (!pem) return fail(pem);
  return Trust::Identity{.certificate_pem = std::move(*pem), .p12 = to_bytes(take(out.get()))};
}

}  // namespace

Result<Trust> Trust::open(const std::filesystem::path& folder) {
  auto root =
      open_root(folder, "root", "Inkan demo server root", "critical,permitted;DNS:localhost,permitted;email:inkan.example");
  if (!root) return fail(root);
  return Trust(std::move(root->certificate_pem), std::move(root->key_pem));
}

Result<net::ServerCertificate> Trust::issue(const std::string& common_name, const std::string& usage, const std::string& name,
                                            long days_before, long days_after) const {
  const auto root_key = read_key(key_pem_);
  if (!root_key) return fail(root_key);
  const auto root = read_certificate(root_pem_);
  if (!root) return fail(root);
  const Key key = make_key();
  const Cert leaf = key ? draft(common_name, key.get(), root->get(), days_after, days_before) : nullptr;
  const bool good = leaf && add_extension(leaf.get(), root->get(), NID_basic_constraints, "critical,CA:FALSE") &&
                    add_extension(leaf.get(), root->get(), NID_key_usage, "critical,digitalSignature") &&
                    add_extension(leaf.get(), root->get(), NID_ext_key_usage, usage) &&
                    add_extension(leaf.get(), root->get(), NID_subject_key_identifier, "hash") &&
                    add_extension(leaf.get(), root->get(), NID_authority_key_identifier, "keyid:always") &&
                    add_extension(leaf.get(), root->get(), NID_subject_alt_name, name) &&
                    X509_sign(leaf.get(), root_key->get(), EVP_sha256()) > 0;
  if (!good) return failure("certificate");
  auto chain = to_pem(leaf.get());
  if (!chain) return fail(chain);
  auto key_pem = to_pem(key.get());
  if (!key_pem) return fail(key_pem);
  return net::ServerCertificate{.host = common_name, .chain_pem = std::move(*chain), .key_pem = std::move(*key_pem)};
}

Result<net::ServerCertificate> Trust::certificate(const std::string& host) const {
  return issue(host, "serverAuth", "DNS:" + host, 1, 90);
}

Result<net::ServerCertificate> Trust::mail_identity(const std::string& address) const {
  return issue("Inkan demo letters", "emailProtection", "email:" + address, 1500, 3650);
}

Result<Trust::DkimKey> Trust::dkim_key(const std::string& type) {
  const bool rsa = type == "RSA";
  const Key key(rsa ? EVP_RSA_gen(2048) : EVP_PKEY_Q_keygen(nullptr, nullptr, type.c_str()));
  if (!key) return failure("DKIM key");
  auto pem = to_pem(key.get());
  if (!pem) return fail(pem);
  Bytes bits(static_cast<std::size_t>(std::max(i2d_PUBKEY(key.get(), nullptr), 32)));
  std::size_t size = bits.size();
  unsigned char* at = bits.data();
  const bool good = rsa ? i2d_PUBKEY(key.get(), &at) > 0 : EVP_PKEY_get_raw_public_key(key.get(), bits.data(), &size) == 1;
  if (!good) return failure("DKIM key");
  bits.resize(size);  // RFC 8463 4: of Ed25519 the 32 octets alone
  return DkimKey{.key_pem = std::move(*pem),
                 .record = std::string("v=DKIM1; k=") + (rsa ? "rsa" : "ed25519") + "; p=" + to_base64(bits)};
}

Result<Trust::Identity> Trust::client_identity(const std::string& common_name, const Secret& password) {
  const Key key = make_key();
  const Cert certificate = key ? draft(common_name, key.get(), nullptr, 3650) : nullptr;
  const bool good = certificate && add_extension(certificate.get(), certificate.get(), NID_ext_key_usage, "clientAuth") &&
                    X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0;
  if (!good) return failure("client identity");
  return bundle(common_name, password, key.get(), certificate.get());
}

Result<StaffAuthority> StaffAuthority::open(const std::filesystem::path& folder) {
  auto root = open_root(folder, "staff-ca", "Inkan demo staff CA", {});
  if (!root) return fail(root);
  return StaffAuthority(std::move(root->certificate_pem), std::move(root->key_pem));
}

Result<Trust::Identity> StaffAuthority::identity(const std::string& common_name, const Secret& password) const {
  const auto root_key = read_key(key_pem_);
  if (!root_key) return fail(root_key);
  const auto root = read_certificate(certificate_pem_);
  if (!root) return fail(root);
  const Key key = make_key();
  const Cert certificate = key ? draft(common_name, key.get(), root->get(), 3650) : nullptr;
  const bool good = certificate && add_extension(certificate.get(), root->get(), NID_basic_constraints, "critical,CA:FALSE") &&
                    add_extension(certificate.get(), root->get(), NID_key_usage, "critical,digitalSignature") &&
                    add_extension(certificate.get(), root->get(), NID_ext_key_usage, "clientAuth") &&
                    add_extension(certificate.get(), root->get(), NID_subject_key_identifier, "hash") &&
                    add_extension(certificate.get(), root->get(), NID_authority_key_identifier, "keyid:always") &&
                    X509_sign(certificate.get(), root_key->get(), EVP_sha256()) > 0;
  if (!good) return failure("staff certificate");
  return bundle(common_name, password, key.get(), certificate.get());
}

}  // namespace inkan::server::demo
