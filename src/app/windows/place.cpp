#include "app/place.hpp"

#include "app/folders.hpp"
#include "app/windows/certificate_store.hpp"

/// On Windows there is one place, Windows' own; a PKCS#12 file gets there by a double click, a token by its own driver.
namespace inkan::app {

Result<Place> parse_place(const std::string& text) {
  if (!text.empty() && text != "windows") return fail(Code::invalid, "store.kind_windows", text);
  return Place{.kind = Place::Kind::windows, .path = {}, .uri = {}};
}

Result<std::unique_ptr<KeyStore>> open_place(const Place& place, Disk&, const AskSecret&, bool) {
  check(place.kind == Place::Kind::windows, "a place that Windows does not have");
  return std::make_unique<CertificateStore>(config_folder() / "inkan");
}

}  // namespace inkan::app
