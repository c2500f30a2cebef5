// Makes pools of keys and PKCS#10 requests. Each key is another one, but RSA keys share their primes: n = p * q of a small set of
// primes, because making 2 x 1024-bit primes per key would take longer than the benchmark. To whom reads a request that is no
// difference; for any other use such keys are broken.

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <vector>

#include "measure.hpp"

namespace inkan::bench {
namespace {

template <auto free>
struct Free {
  template <class T>
  void operator()(T* handle) const {
    free(handle);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_clear_free>>;
using Arithmetic = std::unique_ptr<BN_CTX, Free<BN_CTX_free>>;

constexpr int kPrimeBits = 1024;

/// Primes gives RSA-2048 keys from every pair of two small sets of primes.
class Primes {
 public:
  explicit Primes(std::size_t keys) {
    while (first_.size() * second_.size() < keys) {
      first_.push_back(make_prime());
      second_.push_back(make_prime());
    }
  }

  Key key(std::size_t index) const {
    const BIGNUM* p = first_[index % first_.size()].get();
    const BIGNUM* q = second_[index / first_.size()].get();
    BN_CTX* arithmetic = arithmetic_.get();
    const Number p1(BN_dup(p)), q1(BN_dup(q)), n(BN_new()), phi(BN_new()), e(BN_new()), dp(BN_new()), dq(BN_new());
    BN_sub_word(p1.get(), 1);
    BN_sub_word(q1.get(), 1);
    BN_mul(n.get(), p, q, arithmetic);
    BN_mul(phi.get(), p1.get(), q1.get(), arithmetic);
    BN_set_word(e.get(), RSA_F4);
    const Number d(BN_mod_inverse(nullptr, e.get(), phi.get(), arithmetic));
    const Number inverse(BN_mod_inverse(nullptr, q, p, arithmetic));
    BN_mod(dp.get(), d.get(), p1.get(), arithmetic);
    BN_mod(dq.get(), d.get(), q1.get(), arithmetic);
    return make({{OSSL_PKEY_PARAM_RSA_N, n.get()},
                 {OSSL_PKEY_PARAM_RSA_E, e.get()},
                 {OSSL_PKEY_PARAM_RSA_D, d.get()},
                 {OSSL_PKEY_PARAM_RSA_FACTOR1, p},
                 {OSSL_PKEY_PARAM_RSA_FACTOR2, q},
                 {OSSL_PKEY_PARAM_RSA_EXPONENT1, dp.get()},
                 {OSSL_PKEY_PARAM_RSA_EXPONENT2, dq.get()},
                 {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, inverse.get()}});
  }

 private:
  /// make_prime wants p - 1 without the factor 65537, and the two top bits set, so that a product has 2048 bits.
  Number make_prime() const {
    while (true) {
      Number prime(BN_new());
      if (BN_generate_prime_ex(prime.get(), kPrimeBits, 0, nullptr, nullptr, nullptr) != 1) stop("no prime");
      if (BN_mod_word(prime.get(), RSA_F4) != 1 && BN_is_bit_set(prime.get(), kPrimeBits - 2)) return prime;
    }
  }

  static Key make(const std::vector<std::pair<const char*, const BIGNUM*>>& parts) {
    const std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>> builder(OSSL_PARAM_BLD_new());
    for (const auto& [name, value] : parts) OSSL_PARAM_BLD_push_BN(builder.get(), name, value);
    const std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
    const std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>> context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    EVP_PKEY* key = nullptr;
    if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, parameters.get()) != 1)
      stop("no RSA key");
    return Key(key);
  }

  Arithmetic arithmetic_{BN_CTX_new()};
  std::vector<Number> first_;
  std::vector<Number> second_;
};

void add_name(X509_NAME* name, int nid, const std::string& value) {
  X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.data()),
                             static_cast<int>(value.size()), -1, 0);
}

template <class T>
Bytes to_der(T* thing, int (*write)(const T*, unsigned char**)) {
  const int size = write(thing, nullptr);
  if (size <= 0) stop("no DER");
  Bytes der(static_cast<std::size_t>(size));
  unsigned char* out = der.data();
  write(thing, &out);
  return der;
}

/// The subject is as long as the one the bank will write, so that reading and copying it costs alike.
Bytes make_request(EVP_PKEY* key, std::size_t number) {
  const std::unique_ptr<X509_REQ, Free<X509_REQ_free>> request(X509_REQ_new());
  X509_NAME* name = X509_REQ_get_subject_name(request.get());
  add_name(name, NID_countryName, "JP");
  add_name(name, NID_organizationName, "株式会社みほん商事");
  add_name(name, NID_organizationalUnitName, "利用者");
  add_name(name, NID_commonName, "bench-" + std::to_string(number));
  X509_REQ_set_pubkey(request.get(), key);
  if (X509_REQ_sign(request.get(), key, EVP_sha256()) <= 0) stop("no signature");
  return to_der<X509_REQ>(request.get(), i2d_X509_REQ);
}

void make_pool(const std::string& kind, std::size_t count, const std::filesystem::path& path) {
  const Primes primes(kind == "rsa2048" ? count : 0);
  std::vector<Bytes> strings;
  for (std::size_t i = 0; i < count; ++i) {
    const Key key = kind == "rsa2048" ? primes.key(i) : Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    strings.push_back(to_der<EVP_PKEY>(key.get(), i2d_PrivateKey));
    strings.push_back(make_request(key.get(), i));
  }
  write_strings(path, strings);
}

}  // namespace
}  // namespace inkan::bench

int main(int argc, char** argv) {
  CLI::App app("Makes a pool of keys and requests.");
  std::string kind;
  std::size_t count = 0;
  std::filesystem::path out;
  app.add_option("--kind", kind)->required()->check(CLI::IsMember({"p256", "rsa2048"}));
  app.add_option("--count", count)->required();
  app.add_option("--out", out)->required();
  CLI11_PARSE(app, argc, argv);
  inkan::bench::make_pool(kind, count, out);
  return 0;
}
