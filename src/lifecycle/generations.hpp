#pragma once

#include <vector>

#include "lifecycle/services.hpp"

/// An issuing CA ages, and the next generation takes over while certificates of both are in use (journeys.md O32). Which one
/// signs what is new is said by the profile (`authority`); all of them are the institution's: "ID-g1", "ID-g2" …
namespace inkan::lifecycle {

/// authorities_of are an institution's issuing CAs of all generations whose keys are here, the one that its profile names too.
std::vector<ca::Authority> authorities_of(const ca::Issuer& issuer, const Institution& institution);

/// next_generation names the issuing CA to be made for a rollover: "ID-gN", one above all that are here. Error:
/// `ca.rollover_pending` (there is a newer one than the profile names; detail: its id).
Result<ca::AuthorityId> next_generation(const ca::Issuer& issuer, const Institution& institution);

/// find_by_serial looks for a serial under all of an institution's issuing CAs.
Result<std::optional<CertificateRecord>> find_by_serial(Reader& reader, const ca::Issuer& issuer, const Institution& institution,
                                                        const pki::SerialNumber& serial);

}  // namespace inkan::lifecycle
