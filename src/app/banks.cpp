#include "app/banks.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <optional>

#include "app/folders.hpp"
#include "net/http.hpp"

namespace inkan::app {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> find_text(const boost::json::object& object, const char* name) {
  const boost::json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->get_string());
}

std::optional<KnownBank> parse_known(const boost::json::value& value) {
  if (!value.is_object()) return std::nullopt;
  const boost::json::object& object = value.get_object();
  auto institution = find_text(object, "institution");
  auto name = find_text(object, "name");
  auto portal = find_text(object, "portal");
  auto trust = find_text(object, "trust");
  auto store = find_text(object, "store");
  const auto quiet = find_text(object, "quiet");
  if (!institution || !name || !portal || !trust || !store || !portal->starts_with("https://") || !parse_place(*store))
    return std::nullopt;
  return KnownBank{.institution = std::move(*institution),
                   .name = std::move(*name),
                   .portal = std::move(*portal),
                   .trust_pem = std::move(*trust),
                   .store = std::move(*store),
                   .quiet = quiet == "yes"  ? Quiet::yes
                            : quiet == "no" ? Quiet::no
                                            : Quiet::unasked};
}

std::string whole(const fs::path& path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  return (error ? path : absolute.lexically_normal()).string();
}

}  // namespace

fs::path Banks::default_file() { return config_folder() / "inkan" / "banks.json"; }

Result<std::vector<KnownBank>> Banks::all() const {
  if (!disk_.exists(file_)) return std::vector<KnownBank>();
  const auto content = disk_.read(file_);
  if (!content) return fail(content);
  const auto malformed = [&] { return fail(Code::invalid, "banks.malformed", file_.string()); };
  const std::string_view text = as_text(*content);
  boost::json::error_code error;
  const boost::json::value json = boost::json::parse({text.data(), text.size()}, error);
  if (error || !json.is_array()) return malformed();
  std::vector<KnownBank> banks;
  for (const boost::json::value& value : json.get_array()) {
    auto known = parse_known(value);
    if (!known) return malformed();
    banks.push_back(std::move(*known));
  }
  return banks;
}

Result<std::vector<KnownBank>> Banks::find(const std::string& institution) const {
  auto banks = all();
  if (!banks) return banks;
  std::erase_if(*banks, [&](const KnownBank& bank) { return bank.institution != institution; });
  if (banks->empty()) return fail(Code::refused, "link.unknown_bank", institution);
  return banks;
}

Result<void> Banks::remember(const KnownBank& bank) {
  auto banks = all();
  if (!banks) return fail(banks);
  bool there = false;
  for (KnownBank& known : *banks) {
    if (known.institution != bank.institution) continue;
    there = there || known.store == bank.store;
    known = {.institution = bank.institution,
             .name = bank.name,
             .portal = bank.portal,
             .trust_pem = bank.trust_pem,
             .store = std::move(known.store),
             .quiet = known.quiet};
  }
  if (!there) banks->push_back(bank);
  return write(*banks);
}

Result<void> Banks::set_quiet(const KnownBank& bank, Quiet quiet) {
  auto banks = all();
  if (!banks) return fail(banks);
  for (KnownBank& known : *banks)
    if (known.institution == bank.institution && known.store == bank.store) known.quiet = quiet;
  return write(*banks);
}

Result<void> Banks::write(const std::vector<KnownBank>& banks) {
  boost::json::array array;
  for (const KnownBank& known : banks) {
    boost::json::object object{{"institution", known.institution},
                               {"name", known.name},
                               {"portal", known.portal},
                               {"trust", known.trust_pem},
                               {"store", known.store}};
    if (known.quiet != Quiet::unasked) object["quiet"] = known.quiet == Quiet::yes ? "yes" : "no";
    array.push_back(std::move(object));
  }
  std::error_code error;
  fs::create_directories(file_.parent_path(), error);
  if (error) return fail(Code::unavailable, "file.write", file_.parent_path().string());
  const std::string text = boost::json::serialize(array) + "\n";
  return disk_.replace(file_, as_bytes(text));
}

KnownBank known_as(const Discovery& bank, const std::string& trust_pem, const Place& place, const std::string& text) {
  std::string store;
  switch (place.kind) {
    case Place::Kind::p12: store = "p12:" + whole(place.path); break;
    case Place::Kind::nss: store = "nss:" + whole(place.path); break;
    case Place::Kind::token: store = text; break;
    case Place::Kind::windows: store = "windows"; break;
  }
  return {.institution = bank.institution, .name = bank.name, .portal = bank.portal, .trust_pem = trust_pem, .store = store};
}

}  // namespace inkan::app
