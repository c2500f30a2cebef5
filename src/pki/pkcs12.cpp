#include "pki/pkcs12.hpp"

#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include "pki/native_key.hpp"

namespace inkan::pki {
namespace {

constexpr std::size_t kFileLimit = 256 * 1024;
// PBKDF2 rounds for the key, the certificates and the MAC: each is done once more by whoever opens the file.
constexpr int kRounds = 100'000;
constexpr int kMacRounds = 10'000;

using NativeCertificate = Handle<X509, X509_free>;
using NativeFile = Handle<PKCS12, PKCS12_free>;

struct FreeStack {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_pop_free(stack, X509_free); }
};
using NativeChain = std::unique_ptr<STACK_OF(X509), FreeStack>;

NativeCertificate to_native(const Certificate& certificate) {
  const unsigned char* at = certificate.der().data();
  return NativeCertificate(d2i_X509(nullptr, &at, static_cast<long>(certificate.der().size())));
}

Result<Certificate> from_native(const X509* native) {
  unsigned char* out = nullptr;
  const int size = i2d_X509(native, &out);
  if (size <= 0) return fail(Code::invalid, "pkcs12.malformed", drain_errors());
  Result<Certificate> certificate = Certificate::parse({out, static_cast<std::size_t>(size)});
  OPENSSL_free(out);
  if (!certificate) return fail(Code::invalid, "pkcs12.malformed", certificate.error().detail);
  return certificate;
}

/// A password with the zero octet libcrypto wants at its end; it wipes itself.
struct Terminated {
  explicit Terminated(const Secret& secret) : text(secret.reveal()) {}
  ~Terminated() { OPENSSL_cleanse(text.data(), text.size()); }
  Terminated(const Terminated&) = delete;
  Terminated& operator=(const Terminated&) = delete;
  std::string text;
};

/// libcrypto treats "no password" and "an empty one" as two passwords; a file made with either opens.
bool opens_with(PKCS12* file, std::string_view password) {
  return PKCS12_verify_mac(file, password.data(), static_cast<int>(password.size())) == 1 ||
         (password.empty() && PKCS12_verify_mac(file, nullptr, 0) == 1);
}

}  // namespace

Result<Pkcs12> parse_pkcs12(ByteView bytes, const Secret& password) {
  const auto malformed = [] { return fail(Code::invalid, "pkcs12.malformed", drain_errors()); };
  if (bytes.size() > kFileLimit) return malformed();
  const unsigned char* at = bytes.data();
  const NativeFile file(d2i_PKCS12(nullptr, &at, static_cast<long>(bytes.size())));
  if (!file || at != bytes.data() + bytes.size() || PKCS12_mac_present(file.get()) != 1) return malformed();
  const std::string_view secret = password.reveal();
  if (!opens_with(file.get(), secret)) return fail(Code::unauthenticated, "pkcs12.wrong_password", drain_errors());

  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
  STACK_OF(X509)* others = nullptr;
  const Terminated terminated(password);
  const int parsed = PKCS12_parse(file.get(), terminated.text.c_str(), &key, &certificate, &others);
  NativeKey native(key);
  const NativeCertificate own(certificate);
  const NativeChain chain(others);
  if (parsed != 1) return malformed();
  if (!native || !own) return fail(Code::invalid, "pkcs12.no_key", "no key with its certificate");
  drain_errors();

  Result<PrivateKey> adopted = AdoptedKey::from(std::move(native));
  if (!adopted) return fail(adopted);
  Result<Certificate> read = from_native(own.get());
  if (!read) return fail(read);
  Pkcs12 content{std::move(*adopted), std::move(*read), {}};
  for (int i = 0; i < sk_X509_num(chain.get()); ++i) {
    Result<Certificate> link = from_native(sk_X509_value(chain.get(), i));
    if (!link) return fail(link);
    content.chain.push_back(std::move(*link));
  }
  return content;
}

Result<Bytes> make_pkcs12(const PrivateKey& key, const Certificate& certificate, const std::vector<Certificate>& chain,
                          const std::string& friendly_name, const Secret& password) {
  const auto refuse = [] { return fail(Code::internal, "pkcs12.make", drain_errors()); };
  if (key.public_key().der() != certificate.spki())
    return fail(Code::invalid, "pkcs12.make", "the certificate is of another key");
  const NativeCertificate own = to_native(certificate);
  const NativeChain others(sk_X509_new_null());
  if (!own || !others) return refuse();
  for (const Certificate& link : chain) {
    NativeCertificate native = to_native(link);
    if (!native || sk_X509_push(others.get(), native.get()) <= 0) return refuse();
    static_cast<void>(native.release());
  }
  const Terminated secret(password);
  const NativeFile file(PKCS12_create(secret.text.c_str(), friendly_name.c_str(), static_cast<EVP_PKEY*>(key.native()), own.get(),
                                      others.get(), NID_aes_256_cbc, NID_aes_256_cbc, kRounds, -1, 0));
  if (!file || PKCS12_set_mac(file.get(), secret.text.c_str(), -1, nullptr, 0, kMacRounds, EVP_sha256()) != 1) return refuse();
  unsigned char* out = nullptr;
  const int size = i2d_PKCS12(file.get(), &out);
  if (size <= 0) return refuse();
  Bytes made(out, out + size);
  OPENSSL_free(out);
  return made;
}

}  // namespace inkan::pki
