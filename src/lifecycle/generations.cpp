#include "lifecycle/generations.hpp"

#include <algorithm>
#include <charconv>

namespace inkan::lifecycle {
namespace {

/// generation_of is N of "ID-gN"; 0 for any other name.
int generation_of(const ca::AuthorityId& authority, const Institution& institution) {
  const std::string head = institution.id + "-g";
  if (!authority.starts_with(head)) return 0;
  int number = 0;
  const char* const end = authority.data() + authority.size();
  const auto [stop, error] = std::from_chars(authority.data() + head.size(), end, number);
  return error == std::errc() && stop == end && number > 0 ? number : 0;
}

}  // namespace

std::vector<ca::Authority> authorities_of(const ca::Issuer& issuer, const Institution& institution) {
  std::vector<ca::Authority> all = issuer.authorities();
  std::erase_if(all, [&](const ca::Authority& authority) {
    return authority.id != institution.authority && generation_of(authority.id, institution) == 0;
  });
  return all;
}

Result<ca::AuthorityId> next_generation(const ca::Issuer& issuer, const Institution& institution) {
  const int present = generation_of(institution.authority, institution);
  int newest = present;
  for (const ca::Authority& authority : authorities_of(issuer, institution))
    newest = std::max(newest, generation_of(authority.id, institution));
  if (newest > present) return fail(Code::conflict, "ca.rollover_pending", institution.id + "-g" + std::to_string(newest));
  return institution.id + "-g" + std::to_string(std::max(newest, 1) + 1);
}

Result<std::optional<CertificateRecord>> find_by_serial(Reader& reader, const ca::Issuer& issuer, const Institution& institution,
                                                        const pki::SerialNumber& serial) {
  for (const ca::Authority& authority : authorities_of(issuer, institution)) {
    auto found = reader.find_by_serial(authority.id, serial);
    if (!found || *found) return found;
  }
  return std::optional<CertificateRecord>();
}

}  // namespace inkan::lifecycle
