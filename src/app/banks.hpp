#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/bank.hpp"
#include "app/disk.hpp"
#include "app/place.hpp"

namespace inkan::app {

/// Quiet is what the person said to renewals that begin by themselves.
enum class Quiet { unasked, yes, no };

/// KnownBank is a server this program was enrolled with, and the store its certificate is in.
struct KnownBank {
  std::string institution;
  std::string name;
  std::string portal;     ///< https address of the login screen
  std::string trust_pem;  ///< roots to trust for servers; empty: the system's
  std::string store;      ///< as --store says it, with a whole path
  Quiet quiet = Quiet::unasked;
};

/// Banks is the small file of them. It is what an `inkan:` link's institution is looked up in, so it is written only by a
/// person's own `issue`, `renew` or `status` that reached its end, never by a link. An institution has one address; it may have
/// several stores.
class Banks {
 public:
  Banks(Disk& disk, std::filesystem::path file) : disk_(disk), file_(std::move(file)) {}

  /// default_file is $XDG_CONFIG_HOME/inkan/banks.json, else ~/.config/inkan/banks.json; on Windows %APPDATA%\inkan\banks.json.
  static std::filesystem::path default_file();

  /// all are the banks in the order in which they came; none when there is no file. Errors: `banks.malformed`, `file.read`.
  Result<std::vector<KnownBank>> all() const;
  /// find are those of an institution, one for each store. Errors: `link.unknown_bank`, and all's.
  Result<std::vector<KnownBank>> find(const std::string& institution) const;
  /// remember adds a bank, or puts its new address in the old one's place. Errors: all's, `file.write`.
  Result<void> remember(const KnownBank& bank);
  /// set_quiet keeps the person's word for one bank and store. Errors: all's, `file.write`.
  Result<void> set_quiet(const KnownBank& bank, Quiet quiet);

 private:
  Result<void> write(const std::vector<KnownBank>& banks);
  Disk& disk_;
  std::filesystem::path file_;
};

/// known_as is a bank as it is remembered, with the store it was used with; `text` is what --store said.
KnownBank known_as(const Discovery& bank, const std::string& trust_pem, const Place& place, const std::string& text);

}  // namespace inkan::app
