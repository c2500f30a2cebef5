#include "ca/addresses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "base/text.hpp"
#include "pki/der.hpp"

namespace inkan::ca {
namespace {

bool is_address(std::string_view url) {
  const bool scheme = url.starts_with("http://") || url.starts_with("https://");
  return scheme && url.size() <= 512 &&
         std::ranges::all_of(url, [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\'; });
}

}  // namespace

Result<void> check_addresses(const Addresses& addresses) {
  for (const std::string& url : {addresses.crl_url, addresses.ocsp_url, addresses.ca_url})
    if (!is_address(url)) return fail(Code::invalid, "ceremony.plan", "address " + url);
  if (!pki::encode_oid(addresses.policy_oid)) return fail(Code::invalid, "ceremony.plan", "policy " + addresses.policy_oid);
  const unsigned shards = addresses.crl_shards;
  if (shards == 0) return {};
  if (shards < 2 || shards > kMostShards) return fail(Code::invalid, "ceremony.plan", "crl_shards " + std::to_string(shards));
  if (!addresses.crl_url.ends_with(".crl")) return fail(Code::invalid, "ceremony.plan", "shards of " + addresses.crl_url);
  return {};
}

std::string to_json(const Addresses& addresses) {
  const std::string shards =
      addresses.crl_shards == 0 ? std::string() : fmt::format(",\n  \"crl_shards\": \"{}\"", addresses.crl_shards);
  return fmt::format(
      "{{\n  \"crl_url\": \"{}\",\n  \"ocsp_url\": \"{}\",\n  \"ca_url\": \"{}\",\n  \"policy_oid\": \"{}\"{}\n}}\n",
      addresses.crl_url, addresses.ocsp_url, addresses.ca_url, addresses.policy_oid, shards);
}

Result<Addresses> parse_addresses(std::string_view json) {
  const auto malformed = [](std::string what) { return fail(Code::corrupt, "addresses.malformed", std::move(what)); };
  json = trim(json);
  if (json.size() < 2 || json.front() != '{' || json.back() != '}') return malformed("not an object");
  Addresses addresses;
  std::string shards;
  std::map<std::string_view, std::string*> fields{{"crl_url", &addresses.crl_url},
                                                  {"ocsp_url", &addresses.ocsp_url},
                                                  {"ca_url", &addresses.ca_url},
                                                  {"policy_oid", &addresses.policy_oid},
                                                  {"crl_shards", &shards}};
  const auto quoted = [](std::string_view text) {
    const bool whole = text.size() >= 2 && text.front() == '"' && text.back() == '"';
    return whole ? text.substr(1, text.size() - 2) : std::string_view();
  };
  for (const std::string& line : split(json.substr(1, json.size() - 2), '\n')) {
    std::string_view pair = trim(line);
    if (pair.empty()) continue;
    if (pair.ends_with(',')) pair.remove_suffix(1);
    const std::size_t colon = pair.find("\": \"");
    if (colon == std::string_view::npos) return malformed(line);
    const auto field = fields.find(quoted(pair.substr(0, colon + 1)));
    if (field == fields.end()) return malformed(line);
    *field->second = quoted(pair.substr(colon + 3));
    fields.erase(field);
  }
  if (fields.erase("crl_shards") == 0) {
    const char* end = shards.data() + shards.size();
    if (std::from_chars(shards.data(), end, addresses.crl_shards).ptr != end || addresses.crl_shards == 0)
      return malformed("crl_shards");
  }
  if (!fields.empty()) return malformed("a field is missing");
  if (const Result<void> checked = check_addresses(addresses); !checked) return malformed(checked.error().detail);
  return addresses;
}

}  // namespace inkan::ca
