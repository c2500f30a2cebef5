#pragma once

#include <dlfcn.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "app/token_store.hpp"
#include "support/pkcs11_shim.hpp"
#include "support/tool.hpp"

namespace inkan::app {

/// TokenPlace is a token, or an NSS database, in a folder of one test's own, with the failing library in front of it.
class TokenPlace {
 public:
  enum class Kind { token, nss };
  static constexpr const char* kPin = "1234";
  static constexpr const char* kSoftHsm = "/usr/lib/softhsm/libsofthsm2.so";

  explicit TokenPlace(Kind kind) : kind_(kind) {
    orders() = {.module = kind == Kind::token ? kSoftHsm : "libsoftokn3.so"};
    if (kind == Kind::token) {
      std::filesystem::create_directory(folder_.path() / "tokens");
      ::setenv("SOFTHSM2_CONF",
               folder_
                   .write("softhsm2.conf", "directories.tokendir = " + (folder_.path() / "tokens").string() +
                                               "\nobjectstore.backend = file\nlog.level = ERROR\n")
                   .c_str(),
               1);
      add("usbtoken");
    } else {
      made(run_tool("certutil -N --empty-password -d sql:" + folder_.path().string()));
    }
  }
  ~TokenPlace() { orders() = {.module = orders().module}; }
  TokenPlace(const TokenPlace&) = delete;
  TokenPlace& operator=(const TokenPlace&) = delete;

  /// orders are those of the failing library, which stays loaded.
  static ShimOrders& orders() {
    static void* library = ::dlopen(INKAN_PKCS11_SHIM, RTLD_NOW | RTLD_LOCAL);
    check(library != nullptr, "the shim is there");
    return *static_cast<ShimOrders*>(::dlsym(library, "pkcs11_shim_orders"));
  }

  /// add plugs in one more token.
  void add(const std::string& label) const {
    made(run_tool("softhsm2-util --init-token --free --so-pin 5678 --pin 1234 --label " + label));
  }

  pki::TokenAddress address() const {
    if (kind_ == Kind::token) return {.module = INKAN_PKCS11_SHIM, .label = "usbtoken"};
    return {.module = INKAN_PKCS11_SHIM,
            .arguments = "configdir='sql:" + folder_.path().string() + "' certPrefix='' keyPrefix='' secmod='' flags=noModDB",
            .label = "NSS Certificate DB"};
  }
  /// token is open and logged in to. One at a time.
  std::unique_ptr<pki::Token> token() const {
    auto opened = pki::Token::open(address());
    check(opened.has_value(), opened ? "" : opened.error().id + " " + opened.error().detail);
    if (kind_ == Kind::token) check((*opened)->log_in(Secret(kPin)).has_value(), "the PIN");
    return std::move(*opened);
  }
  std::unique_ptr<TokenStore> store(pki::TokenUri wanted = {}) const {
    return std::make_unique<TokenStore>(token(), folder_.path(), std::move(wanted));
  }
  const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  static void made(const ToolRun& run) { check(run.status == 0, run.output); }
  Kind kind_;
  TempFolder folder_;
};

}  // namespace inkan::app
