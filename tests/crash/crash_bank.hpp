#pragma once

#include <string>

#include "ca/ceremony.hpp"
#include "lifecycle/enrolment.hpp"
#include "lifecycle/holders.hpp"
#include "support/institution.hpp"

/// What crash_bank (which dies) and crash_test (which looks afterwards) must agree on.
namespace inkan::crash {

inline constexpr int kHolders = 4;

inline std::string holder_name(int number) { return "keiri" + std::to_string(number); }

/// make_institutions is one bank whose certificates can be renewed every day of their life.
inline lifecycle::Institutions make_institutions() {
  auto institution = lifecycle::make_institution();
  institution.renewal.window_days = 366;
  return lifecycle::Institutions({institution});
}

inline ca::CeremonyPlan make_plan() {
  ca::CeremonyPlan plan{.root_subject = *pki::Name::make({{"C", "JP"}, {"O", "Test"}, {"CN", "Root"}}),
                        .root_key = pki::KeyAlgorithm::p256,
                        .authorities = {}};
  plan.authorities.push_back({.id = "d1-g1",
                              .subject = *pki::Name::make({{"C", "JP"}, {"O", "Test"}, {"CN", "d1-g1"}}),
                              .key = pki::KeyAlgorithm::p256,
                              .crl_url = "http://localhost/crl/d1-g1.crl",
                              .ocsp_url = "http://localhost/ocsp/d1",
                              .ca_url = "http://localhost/ca/d1-g1.cer",
                              .policy_oid = "1.3.6.1.4.1.99999.1"});
  return plan;
}

}  // namespace inkan::crash
