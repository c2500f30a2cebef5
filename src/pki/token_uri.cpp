#include "pki/token_uri.hpp"

#include <p11-kit/uri.h>

#include "base/handle.hpp"

namespace inkan::pki {
namespace {

constexpr const char* kEveryModule = "p11-kit-proxy.so";
constexpr std::string_view kFile = "file:";

/// text_of reads one of PKCS#11's fixed fields, which blanks fill up; in a URI's picture of a token, zeros mean that it says
/// nothing.
template <std::size_t size>
std::string text_of(const unsigned char (&field)[size]) {
  std::string text(field, field + size);
  text.erase(text.find_last_not_of(std::string(" \0", 2)) + 1);
  return text;
}

std::string text_or_empty(const char* text) { return text == nullptr ? std::string() : std::string(text); }

}  // namespace

Result<TokenUri> parse_token_uri(const std::string& text) {
  const Handle<P11KitUri, p11_kit_uri_free> uri(p11_kit_uri_new());
  const int result = p11_kit_uri_parse(text.c_str(), P11_KIT_URI_FOR_ANY, uri.get());
  if (result != P11_KIT_URI_OK || p11_kit_uri_any_unrecognized(uri.get()) != 0)
    return fail(Code::invalid, "store.uri", text_or_empty(p11_kit_uri_message(result)));
  if (p11_kit_uri_get_pin_value(uri.get()) != nullptr) return fail(Code::invalid, "store.pin_value");
  TokenUri out;
  const CK_TOKEN_INFO* token = p11_kit_uri_get_token_info(uri.get());
  out.address.label = text_of(token->label);
  out.address.manufacturer = text_of(token->manufacturerID);
  out.address.model = text_of(token->model);
  out.address.serial = text_of(token->serialNumber);
  out.address.module = text_or_empty(p11_kit_uri_get_module_path(uri.get()));
  if (out.address.module.empty()) out.address.module = kEveryModule;
  if (const CK_ATTRIBUTE* label = p11_kit_uri_get_attribute(uri.get(), CKA_LABEL))
    out.object.assign(static_cast<const char*>(label->pValue), label->ulValueLen);
  if (const CK_ATTRIBUTE* id = p11_kit_uri_get_attribute(uri.get(), CKA_ID)) {
    const auto* bytes = static_cast<const std::uint8_t*>(id->pValue);
    out.id.assign(bytes, bytes + id->ulValueLen);
  }
  out.pin_source = text_or_empty(p11_kit_uri_get_pin_source(uri.get()));
  if (out.pin_source.starts_with('|')) return fail(Code::invalid, "store.pin_source");
  if (out.pin_source.starts_with(kFile)) out.pin_source.erase(0, kFile.size());
  return out;
}

}  // namespace inkan::pki
