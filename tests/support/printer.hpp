#pragma once

#include <openssl/cms.h>

#include "base/bytes.hpp"
#include "support/test_certificates.hpp"

namespace inkan {

/// Printer is whoever prints the sealed letters: the one that can open them.
class Printer {
 public:
  Printer() : issued_(test::issue({.common_name = "Printing house", .alternative_names = {}})) {}

  Bytes certificate() const { return issued_.der(); }
  std::string pem() const { return issued_.pem(); }

  /// open reads a sealed text; empty when it is not for this printer.
  std::string open(ByteView der) const {
    const unsigned char* at = der.data();
    const std::unique_ptr<CMS_ContentInfo, void (*)(CMS_ContentInfo*)> cms(
        d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(der.size())), CMS_ContentInfo_free);
    const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_mem()), BIO_free);
    if (!cms || CMS_decrypt(cms.get(), issued_.key.get(), issued_.certificate.get(), nullptr, out.get(), CMS_BINARY) != 1)
      return {};
    char* text = nullptr;
    const auto size = BIO_ctrl(out.get(), BIO_CTRL_INFO, 0, static_cast<void*>(&text));
    return std::string(text, static_cast<std::size_t>(size));
  }

 private:
  test::Issued issued_;
};

}  // namespace inkan
