#pragma once

#include <vector>

#include "lifecycle/services.hpp"

/// An issuing CA ages, and the next generation takes over while certificates of both are in use (journeys.md O32). Which one
/// signs what is new is said by the profile (`authority`); all of them are the institution's: "ID-g1", "ID-g2" …
namespace inkan::lifecycle {

/// authorities_of are an institution's issuing CAs of all generations whose keys are here, the one that its profile names too.
std::vector<ca::Authority> authorities_of(const ca::Issuer& issuer, const Institution& institution);

/// live_authorities_of are those of them that their root has not revoked: the ones to be handed out as trusted.
std::vector<ca::Authority> live_authorities_of(const ca::Issuer& issuer, const Institution& institution);

/// learn_revocations writes into each institution which issuing CAs are revoked, as their root's list says.
void learn_revocations(std::vector<Institution>& institutions, const ca::Issuer& issuer);

/// belongs_to tells whether an issuing CA is one of an institution's, by its name.
bool belongs_to(const ca::AuthorityId& authority, const Institution& institution);

/// judge_authorities is asked before a node serves, and changes nothing. The roots' lists that this node has must not be older
/// than any that a node of the store has served by, and what one of those said to be revoked must be so here too, whatever the
/// number: or a revoked issuing CA would come back with an old folder, or with a list that was made in one. And no institution
/// may sign by a revoked one. Errors: `ca.root_list_old`, `ca.revoked`.
Result<void> judge_authorities(const Services& services);

/// note_authorities keeps what judge_authorities judges by, once a node serves.
Result<void> note_authorities(const Services& services);

/// next_generation names the issuing CA to be made for a rollover: "ID-gN", one above all that are here. Error:
/// `ca.rollover_pending` (there is a newer one than the profile names, and it is not revoked; detail: its id).
Result<ca::AuthorityId> next_generation(const ca::Issuer& issuer, const Institution& institution);

/// find_by_serial looks for a serial under all of an institution's issuing CAs.
Result<std::optional<CertificateRecord>> find_by_serial(Reader& reader, const ca::Issuer& issuer, const Institution& institution,
                                                        const pki::SerialNumber& serial);

}  // namespace inkan::lifecycle
