// What a stranger's program sees of a person's certificates in Windows: one line of JSON each, with whether the key can be taken
// out.
#include <windows.h>

#include <wincrypt.h>

#include <cstdio>
#include <vector>

namespace {

std::vector<BYTE> property_of(const CERT_CONTEXT* context, DWORD id) {
  DWORD size = 0;
  CertGetCertificateContextProperty(context, id, nullptr, &size);
  std::vector<BYTE> value(size);
  CertGetCertificateContextProperty(context, id, value.data(), &size);
  return value;
}

/// take_out tries to export the private key, and gives Windows' error number; 0: it is out.
DWORD take_out(const CRYPT_KEY_PROV_INFO* info) {
  HCRYPTPROV provider = 0;
  HCRYPTKEY key = 0;
  DWORD size = 0, number = 0;
  if (!CryptAcquireContextW(&provider, info->pwszContainerName, info->pwszProvName, info->dwProvType, 0) ||
      !CryptGetUserKey(provider, info->dwKeySpec, &key) || !CryptExportKey(key, 0, PRIVATEKEYBLOB, 0, nullptr, &size))
    number = GetLastError();
  if (key != 0) CryptDestroyKey(key);
  if (provider != 0) CryptReleaseContext(provider, 0);
  return number;
}

}  // namespace

int main() {
  SetConsoleOutputCP(CP_UTF8);
  HCERTSTORE store = CertOpenSystemStoreW(0, L"MY");
  const CERT_CONTEXT* context = nullptr;
  while ((context = CertEnumCertificatesInStore(store, context)) != nullptr) {
    const auto provider = property_of(context, CERT_KEY_PROV_INFO_PROP_ID);
    const auto name = property_of(context, CERT_FRIENDLY_NAME_PROP_ID);
    const auto description = property_of(context, CERT_DESCRIPTION_PROP_ID);
    char text[512] = "";
    if (!name.empty())
      WideCharToMultiByte(CP_UTF8, 0, reinterpret_cast<const wchar_t*>(name.data()), -1, text, sizeof text, nullptr, nullptr);
    const DWORD number = provider.empty() ? 1 : take_out(reinterpret_cast<const CRYPT_KEY_PROV_INFO*>(provider.data()));
    std::printf("{\"name\":\"%s\",\"export\":\"0x%lx\",\"described\":%s}\n", text, number,
                description.empty() ? "false" : "true");
  }
  CertCloseStore(store, 0);
  return 0;
}
