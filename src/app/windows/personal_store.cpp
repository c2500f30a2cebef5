#include "app/windows/personal_store.hpp"

#include <windows.h>

#include <wincrypt.h>

#include <cstring>
#include <memory>

#include "base/windows/text.hpp"

namespace inkan::app {
namespace {

std::unexpected<Error> refused() {
  const DWORD number = GetLastError();
  return fail(Code::unavailable, "windows.store", describe_error(number));
}

/// OpenStore is the store for as long as one act takes. commit() has it written: Windows has done so by then, and wine would
/// forget what was deleted, and without the force what became of a property.
class OpenStore {
 public:
  OpenStore()
      : store_(CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER | CERT_STORE_OPEN_EXISTING_FLAG,
                             L"MY")) {
    if (store_ == nullptr) store_ = CertOpenSystemStoreW(0, L"MY");
  }
  OpenStore(const OpenStore&) = delete;
  OpenStore& operator=(const OpenStore&) = delete;
  ~OpenStore() {
    if (store_ != nullptr) CertCloseStore(store_, 0);
  }
  HCERTSTORE get() const { return store_; }
  bool is_open() const { return store_ != nullptr; }
  Result<void> commit() const {
    if (!CertControlStore(store_, CERT_STORE_CTRL_COMMIT_FORCE_FLAG, CERT_STORE_CTRL_COMMIT, nullptr)) return refused();
    return {};
  }

 private:
  HCERTSTORE store_;
};

Bytes property_of(const CERT_CONTEXT* context, DWORD id) {
  DWORD size = 0;
  if (!CertGetCertificateContextProperty(context, id, nullptr, &size)) return {};
  Bytes value(size);
  if (!CertGetCertificateContextProperty(context, id, value.data(), &size)) return {};
  return value;
}

/// The description is a text of Windows', with its end.
std::string description_of(const CERT_CONTEXT* context) {
  const Bytes value = property_of(context, CERT_DESCRIPTION_PROP_ID);
  std::wstring text(value.size() / sizeof(wchar_t), L'\0');
  std::memcpy(text.data(), value.data(), text.size() * sizeof(wchar_t));
  return to_utf8(std::wstring_view(text).substr(0, text.find(L'\0')));
}

bool set_text(const CERT_CONTEXT* context, DWORD id, const std::string& text) {
  std::wstring wide = to_wide(text);
  CRYPT_DATA_BLOB blob{static_cast<DWORD>((wide.size() + 1) * sizeof(wchar_t)), reinterpret_cast<BYTE*>(wide.data())};
  return CertSetCertificateContextProperty(context, id, 0, &blob) != 0;
}

struct FreeContext {
  void operator()(const CERT_CONTEXT* context) const { CertFreeCertificateContext(context); }
};
using Context = std::unique_ptr<const CERT_CONTEXT, FreeContext>;

Context context_of(const pki::Certificate& certificate) {
  const Bytes& der = certificate.der();
  return Context(CertCreateCertificateContext(X509_ASN_ENCODING, der.data(), static_cast<DWORD>(der.size())));
}

Context find_in(const OpenStore& store, const pki::Certificate& certificate) {
  const Context wanted = context_of(certificate);
  if (!wanted) return nullptr;
  return Context(CertFindCertificateInStore(store.get(), X509_ASN_ENCODING, 0, CERT_FIND_EXISTING, wanted.get(), nullptr));
}

}  // namespace

Result<std::vector<Kept>> list_personal() {
  const OpenStore store;
  if (!store.is_open()) return refused();
  std::vector<Kept> all;
  const CERT_CONTEXT* context = nullptr;
  while ((context = CertEnumCertificatesInStore(store.get(), context)) != nullptr) {
    const Bytes property = property_of(context, CERT_KEY_PROV_INFO_PROP_ID);
    if (property.empty()) continue;
    auto certificate = pki::Certificate::parse({context->pbCertEncoded, context->cbCertEncoded});
    if (!certificate) continue;
    const auto* info = reinterpret_cast<const CRYPT_KEY_PROV_INFO*>(property.data());
    const auto text = [](const wchar_t* wide) { return wide == nullptr ? std::string() : to_utf8(wide); };
    all.push_back({.certificate = std::move(*certificate),
                   .container = {.name = text(info->pwszContainerName),
                                 .provider = text(info->pwszProvName),
                                 .type = info->dwProvType,
                                 .spec = info->dwKeySpec,
                                 .flags = info->dwFlags & CRYPT_MACHINE_KEYSET},
                   .description = description_of(context)});
  }
  return all;
}

Result<void> add_personal(const pki::Certificate& certificate, const pki::PrivateKey& key, const std::string& name,
                          const std::string& description) {
  const OpenStore store;
  if (!store.is_open()) return refused();
  const Context context = context_of(certificate);
  if (!context || !CertSetCertificateContextProperty(context.get(), CERT_KEY_PROV_INFO_PROP_ID, 0, key.native()) ||
      !set_text(context.get(), CERT_FRIENDLY_NAME_PROP_ID, name) ||
      !set_text(context.get(), CERT_DESCRIPTION_PROP_ID, description) ||
      !CertAddCertificateContextToStore(store.get(), context.get(), CERT_STORE_ADD_REPLACE_EXISTING, nullptr))
    return refused();
  return store.commit();
}

Result<void> clear_description(const pki::Certificate& certificate) {
  const OpenStore store;
  if (!store.is_open()) return refused();
  const Context found = find_in(store, certificate);
  if (!found) return fail(Code::not_found, "store.no_key");
  if (!CertSetCertificateContextProperty(found.get(), CERT_DESCRIPTION_PROP_ID, 0, nullptr)) return refused();
  return store.commit();
}

Result<void> delete_personal(const pki::Certificate& certificate) {
  const OpenStore store;
  if (!store.is_open()) return refused();
  Context found = find_in(store, certificate);
  if (!found) return {};
  if (!CertDeleteCertificateFromStore(found.release())) return refused();  // it frees the context, also when it fails
  return store.commit();
}

}  // namespace inkan::app
