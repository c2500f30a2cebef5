#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "app/key_store.hpp"
#include "base/secret.hpp"
#include "pki/token_uri.hpp"

/// Where certificates are kept: what --store says, and the way from there to an open KeyStore.
namespace inkan::app {

/// Place names a store.
struct Place {
  enum class Kind { p12, nss, token, windows };
  Kind kind = Kind::p12;
  std::filesystem::path path;  ///< p12: the file; nss: the folder of cert9.db and key4.db
  pki::TokenUri uri;           ///< token
};

/// parse_place reads "p12:FILE", "nss:DIR" or "pkcs11:URI"; nothing means the NSS database that Chromium uses. Errors:
/// `store.kind`, parse_token_uri's. On Windows it reads "windows" or nothing, which is the person's own certificates there;
/// errors: `store.kind_windows`.
Result<Place> parse_place(const std::string& text);

/// browser_database is the folder Chromium reads: ~/.pki/nssdb where it is there, else ~/.local/share/pki/nssdb.
std::filesystem::path browser_database();

/// PlaceHelp is what the program says of the places it knows on this system.
struct PlaceHelp {
  std::string_view forms;               ///< of --store: "p12:FILE|…"
  std::string_view examples;            ///< commands, a line each
  std::string_view otherwise_japanese;  ///< which place no --store means
  std::string_view otherwise_english;
};
const PlaceHelp& place_help();

/// SecretQuestion is what has to be told before a store opens, or a company's proxy.
struct SecretQuestion {
  enum class About { file, new_file, database, pin, proxy };
  About about = About::file;
  std::string name;  ///< of the file, folder or token; of a proxy "[USER@]HOST:PORT"
  pki::PinState pin = pki::PinState::fine;
  std::string source;  ///< the file that the URI names for it; empty: none
};
using AskSecret = std::function<Result<Secret>(const SecretQuestion&)>;

/// open_place opens a store. `make`: one that is not there yet may be made (a PKCS#12 file, an NSS database without a password).
/// Errors: `file.not_found`, `store.uri`, pki::Token's, and what `ask` fails with.
Result<std::unique_ptr<KeyStore>> open_place(const Place& place, Disk& disk, const AskSecret& ask, bool make);

}  // namespace inkan::app
