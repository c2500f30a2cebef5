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

/// What is noted of a root's list and of an issuing CA that was revoked stands beside the numbers of lists; no issuing CA is
/// called so.
ca::ListId noted_list(const pki::Certificate& root) { return "root " + root.fingerprint().hex(); }
ca::ListId noted_end(const ca::Authority& authority) { return "revoked " + authority.certificate.fingerprint().hex(); }

unsigned long long root_list_number(const ca::Authority& authority) {
  const auto list = pki::Crl::parse(authority.root_list);
  return list ? list->number() : 0;
}

std::unexpected<Error> old_list(std::string what) {
  return fail(Code::conflict, "ca.root_list_old", std::move(what) + ": copy the newest CA folder here");
}

Result<void> judge_root_list(Reader& reader, const ca::Authority& authority) {
  const unsigned long long number = root_list_number(authority);
  const auto seen = reader.crl_number(noted_list(authority.root));
  if (!seen) return fail(seen);
  if (number < *seen)
    return old_list("the root's list here is number " + std::to_string(number) + ", and number " + std::to_string(*seen) +
                    " has been seen");
  const auto ended = reader.crl_number(noted_end(authority));
  if (!ended) return fail(ended);
  if (*ended > 0 && !authority.revoked)
    return old_list("the root's list here does not say that " + authority.id + " was revoked");
  return {};
}

}  // namespace

bool belongs_to(const ca::AuthorityId& authority, const Institution& institution) {
  return authority == institution.authority || generation_of(authority, institution) > 0;
}

std::vector<ca::Authority> authorities_of(const ca::Issuer& issuer, const Institution& institution) {
  std::vector<ca::Authority> all = issuer.authorities();
  std::erase_if(all, [&](const ca::Authority& authority) { return !belongs_to(authority.id, institution); });
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
  auto read = services.store.read([&](Reader& reader) -> Result<void> {
    for (const ca::Authority& authority : services.issuer.authorities())
      if (auto judged = judge_root_list(reader, authority); !judged) return judged;
    return {};
  });
  if (!read) return read;
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

Result<void> note_authorities(const Services& services) {
  return services.store.transact([&](Writer& writer) -> Result<void> {
    for (const ca::Authority& authority : services.issuer.authorities()) {
      // Judged again: another node may have noted a newer one meanwhile.
      if (auto judged = judge_root_list(writer, authority); !judged) return judged;
      if (auto noted = writer.set_crl_number(noted_list(authority.root), root_list_number(authority)); !noted) return noted;
      if (!authority.revoked) continue;
      if (auto noted = writer.set_crl_number(noted_end(authority), 1); !noted) return noted;
    }
    return {};
  });
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
