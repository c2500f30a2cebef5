#include "app/place.hpp"

#include "app/folders.hpp"
#include "app/windows/certificate_store.hpp"

/// On Windows there is one place, Windows' own; a PKCS#12 file gets there by a double click, a token by its own driver.
namespace inkan::app {

const PlaceHelp& place_help() {
  static constexpr PlaceHelp kHelp{
      .forms = "windows",
      .examples =
          "  inkan-app list\n"
          "  inkan-app renew  --server https://bank.example\n"
          "  inkan-app renew  --server https://bank.example --login-id keiri01\n"
          "  inkan-app issue  --server https://bank.example --login-id keiri01\n"
          "  inkan-app status --server https://bank.example\n"
          "  inkan-app tidy\n",
      .otherwise_japanese = "保管場所は Windows の証明書ストア（「個人」）です。Edge と Chrome もここから読みます。",
      .otherwise_english = "The store is Windows' own (\"Personal\"), which Edge and Chrome read, too."};
  return kHelp;
}

Result<Place> parse_place(const std::string& text) {
  if (!text.empty() && text != "windows") return fail(Code::invalid, "store.kind_windows", text);
  return Place{.kind = Place::Kind::windows, .path = {}, .uri = {}};
}

Result<std::unique_ptr<KeyStore>> open_place(const Place& place, Disk&, const AskSecret&, bool) {
  check(place.kind == Place::Kind::windows, "a place that Windows does not have");
  return std::make_unique<CertificateStore>(config_folder() / "inkan");
}

}  // namespace inkan::app
