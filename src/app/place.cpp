#include "app/place.hpp"

#include "app/folders.hpp"
#include "app/p12_store.hpp"
#include "app/token_store.hpp"

namespace inkan::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kP12 = "p12:";
constexpr std::string_view kNss = "nss:";
constexpr std::string_view kToken = "pkcs11:";

// NSS's own PKCS#11 library; the browser comes with it.
constexpr const char* kSoftoken = "libsoftokn3.so";
constexpr const char* kDatabaseToken = "NSS Certificate DB";

/// quote puts a text between apostrophes, as NSS's parameters want it.
std::string quote(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

Result<std::unique_ptr<KeyStore>> open_file(const Place& place, Disk& disk, const AskSecret& ask, bool make) {
  const bool there = disk.exists(place.path);
  if (!there && !make) return fail(Code::not_found, "file.not_found", place.path.string());
  auto password = ask({.about = there ? SecretQuestion::About::file : SecretQuestion::About::new_file,
                       .name = place.path.string(),
                       .pin = {},
                       .source = {}});
  if (!password) return fail(password);
  return std::make_unique<P12Store>(disk, place.path, std::move(*password));
}

Result<std::unique_ptr<KeyStore>> open_database(const Place& place, Disk& disk, const AskSecret& ask, bool make) {
  if (!disk.exists(place.path / "key4.db")) {
    if (!make) return fail(Code::not_found, "file.not_found", place.path.string());
    std::error_code error;
    fs::create_directories(place.path, error);
    if (!error) fs::permissions(place.path, fs::perms::owner_all, error);
    if (error) return fail(Code::unavailable, "file.write", place.path.string() + ": " + error.message());
  }
  auto token = pki::Token::open(
      {.module = kSoftoken,
       .arguments = "configdir=" + quote("sql:" + place.path.string()) + " certPrefix='' keyPrefix='' secmod='' flags=noModDB",
       .label = kDatabaseToken,
       .manufacturer = {},
       .model = {},
       .serial = {}});
  if (!token) return fail(token);
  if ((*token)->is_new())
    if (auto usable = (*token)->set_first_pin(Secret("")); !usable) return fail(usable);
  if ((*token)->needs_pin()) {
    const auto password = ask({.about = SecretQuestion::About::database, .name = place.path.string(), .pin = {}, .source = {}});
    if (!password) return fail(password);
    if (auto in = (*token)->log_in(*password); !in) return fail(in);
  }
  return std::make_unique<TokenStore>(std::move(*token), place.path);
}

Result<std::unique_ptr<KeyStore>> open_token(const Place& place, const AskSecret& ask) {
  auto token = pki::Token::open(place.uri.address);
  if (!token) return fail(token);
  if ((*token)->is_new()) return fail(Code::refused, "token.no_pin", (*token)->label());
  if ((*token)->needs_pin()) {
    const pki::PinState state = (*token)->pin_state();
    if (state == pki::PinState::locked) return fail(Code::unauthenticated, "token.pin_locked");
    const auto pin =
        ask({.about = SecretQuestion::About::pin, .name = (*token)->label(), .pin = state, .source = place.uri.pin_source});
    if (!pin) return fail(pin);
    if (auto in = (*token)->log_in(*pin); !in) return fail(in);
  }
  return std::make_unique<TokenStore>(std::move(*token), home_folder(), place.uri);
}

}  // namespace

fs::path browser_database() {
  const fs::path first = home_folder() / ".pki/nssdb";
  return fs::exists(first) ? first : home_folder() / ".local/share/pki/nssdb";
}

const PlaceHelp& place_help() {
  static constexpr PlaceHelp kHelp{
      .forms = "p12:FILE|nss:DIR|pkcs11:URI",
      .examples =
          "  inkan-app list\n"
          "  inkan-app renew  --server https://bank.example\n"
          "  inkan-app renew  --server https://bank.example --store p12:keiri01.p12\n"
          "  inkan-app renew  --server https://bank.example --store 'pkcs11:token=keiri?module-path=/usr/lib/token.so' "
          "--pin-file -\n"
          "  inkan-app issue  --server https://bank.example --store nss:$HOME/.pki/nssdb --login-id keiri01\n"
          "  inkan-app status --server https://bank.example\n"
          "  inkan-app tidy\n",
      .otherwise_japanese =
          "--store がなければ Chromium の証明書データベース（~/.pki/nssdb、なければ ~/.local/share/pki/nssdb）を使います。",
      .otherwise_english =
          "Without --store it is Chromium's certificate database (~/.pki/nssdb, else ~/.local/share/pki/nssdb)."};
  return kHelp;
}

Result<Place> parse_place(const std::string& text) {
  const std::string_view view = text;
  if (text.empty()) return Place{.kind = Place::Kind::nss, .path = browser_database(), .uri = {}};
  if (view.starts_with(kToken)) {
    auto uri = pki::parse_token_uri(text);
    if (!uri) return fail(uri);
    return Place{.kind = Place::Kind::token, .path = {}, .uri = std::move(*uri)};
  }
  for (const auto& [word, kind] : {std::pair(kP12, Place::Kind::p12), std::pair(kNss, Place::Kind::nss)})
    if (view.starts_with(word) && view.size() > word.size())
      return Place{.kind = kind, .path = text.substr(word.size()), .uri = {}};
  return fail(Code::invalid, "store.kind", text);
}

Result<std::unique_ptr<KeyStore>> open_place(const Place& place, Disk& disk, const AskSecret& ask, bool make) {
  switch (place.kind) {
    case Place::Kind::p12: return open_file(place, disk, ask, make);
    case Place::Kind::nss: return open_database(place, disk, ask, make);
    case Place::Kind::token: return open_token(place, ask);
    case Place::Kind::windows: break;  // parse_place never says so here
  }
  return fail(Code::internal, "store.kind");
}

}  // namespace inkan::app
