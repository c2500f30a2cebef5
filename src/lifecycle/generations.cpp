#include "lifecycle/generations.hpp"

#include <algorithm>
#include <charconv>

#include "lifecycle/read_from.hpp"
#include "pki/crl.hpp"

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

/// note_root_list holds the number of a root's list against the highest one on record, and keeps the higher.
Result<void> note_root_list(Store& store, const pki::Certificate& certificate, unsigned long long number) {
  const ca::AuthorityId root = "root " + certificate.fingerprint().hex();  // no issuing CA is called so
  const auto known = read_from(store, [&](Reader& reader) { return reader.crl_number(root); });
  if (!known) return fail(known);
  if (number == *known) return {};
  return store.transact([&](Writer& writer) -> Result<void> {
    const auto seen = writer.crl_number(root);
    if (!seen) return fail(seen);
    if (number >= *seen) return writer.set_crl_number(root, number);
    return fail(Code::conflict, "ca.root_list_old",
                "the root's list here is number " + std::to_string(number) + ", and number " + std::to_string(*seen) +
                    " has been seen: copy the newest CA folder here");
  });
}

}  // namespace

std::vector<ca::Authority> authorities_of(const ca::Issuer& issuer, const Institution& institution) {
  std::vector<ca::Authority> all = issuer.authorities();
  std::erase_if(all, [&](const ca::Authority& authority) {
    return authority.id != institution.authority && generation_of(authority.id, institution) == 0;
  });
  return all;
}

std::vector<ca::Authority> live_authorities_of(const ca::Issuer& issuer, const Institution& institution) {
  std::vector<ca::Authority> all = authorities_of(issuer, institution);
  std::erase_if(all, [](const ca::Authority& authority) { return authority.revoked.has_value(); });
  return all;
}

void learn_revocations(std::vector<Institution>& institutions, const ca::Issuer& issuer) {
  for (const ca::Authority& authority : issuer.authorities()) {
    if (!authority.revoked) continue;
    for (Institution& institution : institutions) institution.revoked.emplace(authority.id, *authority.revoked);
  }
}

Result<void> judge_authorities(const Services& services) {
  const std::vector<ca::Authority> all = services.issuer.authorities();
  for (const ca::Authority& authority : all) {
    const auto list = pki::Crl::parse(authority.root_list);
    const unsigned long long number = list ? list->number() : 0;
    if (auto seen = note_root_list(services.store, authority.root, number); !seen) return seen;
  }
  for (const Institution& institution : services.institutions.all()) {
    const auto revoked = institution.revoked.find(institution.authority);
    if (revoked != institution.revoked.end())
      return fail(Code::refused, "ca.revoked",
                  institution.authority + " since " + to_rfc3339(revoked->second.revoked_at) +
                      ": make the next with `inkan ca rollover --institution " + institution.id +
                      "`, and name it in the profile (authority)");
  }
  return {};
}

Result<ca::AuthorityId> next_generation(const ca::Issuer& issuer, const Institution& institution) {
  const int present = generation_of(institution.authority, institution);
  int newest = present;
  bool usable = false;
  for (const ca::Authority& authority : authorities_of(issuer, institution)) {
    const int generation = generation_of(authority.id, institution);
    if (generation < newest) continue;
    newest = generation;
    usable = !authority.revoked;
  }
  if (newest > present && usable)
    return fail(Code::conflict, "ca.rollover_pending", institution.id + "-g" + std::to_string(newest));
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
