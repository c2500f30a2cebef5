// The bare work of issuing, by libcrypto's ordinary calls: read the request, check its signature, build, sign, write. No line, no
// lint, no record. It runs on as many threads as there are cores, so that it meets the machine as busy as the server does.

#include <CLI/CLI.hpp>
#include <atomic>
#include <thread>

#include <unistd.h>

#include "measure.hpp"
#include "support/bare_issue.hpp"

namespace inkan::bench {
namespace {

/// make_authority is a self-signed certificate, for its name and key identifier.
Bytes make_authority(EVP_PKEY* key) {
  X509* certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 86400L * 3650);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "C", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>("JP"), -1, -1, 0);
  X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>("サンプル第一銀行"), -1, -1, 0);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>("d1-g1 CA"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* key_id = X509V3_EXT_conf_nid(nullptr, &context, NID_subject_key_identifier, "hash");
  X509_add_ext(certificate, key_id, -1);
  X509_EXTENSION_free(key_id);
  if (X509_sign(certificate, key, EVP_sha256()) <= 0) stop("no authority");
  unsigned char* out = nullptr;
  const int size = i2d_X509(certificate, &out);
  Bytes der(out, out + size);
  OPENSSL_free(out);
  X509_free(certificate);
  return der;
}

void run(const std::string& kind, const std::filesystem::path& pool_file, std::size_t count, unsigned threads) {
  const std::vector<KeyAndRequest> pool = read_pool(pool_file);
  if (pool.empty()) stop("an empty pool");
  EVP_PKEY* key = kind == "rsa2048" ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048})
                                    : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
  const Bytes authority = make_authority(key);
  const BareIssuer issuer(key, authority);
  for (std::size_t i = 0; i < 20; ++i) (void)issuer.issue(pool[i % pool.size()].request);

  std::atomic<std::size_t> next = 0;
  const double before = cpu_seconds(::getpid());
  const auto start = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < threads; ++i)
      workers.emplace_back([&] {
        for (std::size_t at = next++; at < count; at = next++) (void)issuer.issue(pool[at % pool.size()].request);
      });
  }
  const double cpu = cpu_seconds(::getpid()) - before;
  Answer()
      .add("operations", static_cast<double>(count))
      .add("cpu_us", cpu / static_cast<double>(count) * 1e6)
      .add("wall_per_second", static_cast<double>(count) / seconds_since(start))
      .print();
  EVP_PKEY_free(key);
}

}  // namespace
}  // namespace inkan::bench

int main(int argc, char** argv) {
  CLI::App app("Issues from a pool of requests by libcrypto alone.");
  std::string kind;
  std::filesystem::path pool;
  std::size_t count = 2000;
  unsigned threads = std::max(1u, std::thread::hardware_concurrency());
  app.add_option("--kind", kind, "of the issuer's key")->required()->check(CLI::IsMember({"p256", "rsa2048"}));
  app.add_option("--pool", pool)->required();
  app.add_option("--count", count);
  app.add_option("--threads", threads);
  CLI11_PARSE(app, argc, argv);
  inkan::bench::run(kind, pool, count, threads);
  return 0;
}
