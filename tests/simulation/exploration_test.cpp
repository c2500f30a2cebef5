// No path reaches a certificate that the profile forbids, for every attacker and policy: for ID and password alone over every
// state under the first policy, for the others over the nearest to the start. INKAN_STATES is how many of each instead
// (tools/soak asks for all). Where a run did not reach all, it says so.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "server/profile.hpp"
#include "simulation/explorer.hpp"

namespace inkan::simulation {
namespace {

using lifecycle::ComputerChange;
using lifecycle::RecoveryMethod;
using lifecycle::TicketKind;

constexpr std::size_t kAll = 2'000;  // more than there are for who has ID and password alone
constexpr std::size_t kMany = 500;
constexpr std::size_t kFew = 30;

std::size_t limit(std::size_t wanted) {
  const char* text = std::getenv("INKAN_STATES");
  return text && *text ? static_cast<std::size_t>(std::atoll(text)) : wanted;
}

/// shipped are the shipped profiles, one of each policy: two that say the same of acquisition have the same states.
std::vector<lifecycle::Institution> shipped() {
  const auto profiles = server::shipped_profiles();
  check(profiles.has_value(), "profiles");
  std::vector<lifecycle::Institution> all;
  for (const server::Profile& profile : *profiles) {
    const auto& policy = profile.institution.acquisition;
    bool known = false;
    for (const auto& other : all)
      known =
          known || (other.acquisition.methods == policy.methods && other.acquisition.computer_change == policy.computer_change &&
                    other.acquisition.grace_days == policy.grace_days && other.acquisition.code_days == policy.code_days);
    if (!known) all.push_back(profile.institution);
  }
  return all;
}

lifecycle::Institution with(std::vector<RecoveryMethod> methods, ComputerChange change) {
  lifecycle::Institution profile = shipped().front();
  profile.acquisition.methods = std::move(methods);
  profile.acquisition.computer_change = change;
  return profile;
}

std::vector<lifecycle::Institution> profiles() {
  std::vector<lifecycle::Institution> all = shipped();
  all.push_back(with({RecoveryMethod::old_key, RecoveryMethod::code, RecoveryMethod::mail_code}, ComputerChange::self));
  all.push_back(with({RecoveryMethod::mail_code}, ComputerChange::staff));
  all.push_back(with({RecoveryMethod::password}, ComputerChange::administrator));
  return all;
}

std::string describe(const lifecycle::Institution& profile) {
  std::string text = profile.id + " [";
  for (const RecoveryMethod method : profile.acquisition.methods) text += std::string(to_text(method)) + " ";
  text.back() = ';';
  return text + " " + std::string(to_text(profile.acquisition.computer_change)) + "]";
}

/// is_allowed is the profile's word on what an attacker took.
bool is_allowed(const lifecycle::Institution& profile, Attacker attacker, const Taken& taken) {
  const auto& policy = profile.acquisition;
  if (taken.ended_before) return false;  // what the bank took away comes back through the bank alone
  const bool by_password = taken.evidence == "password" && policy.allows(RecoveryMethod::password);
  switch (attacker) {
    case Attacker::password: return by_password;
    case Attacker::mailbox:
      return by_password || taken.code_origin == "two persons" ||
             (taken.code_origin == "mail" && taken.waited && policy.allows(RecoveryMethod::mail_code));
    case Attacker::auditor:
    case Attacker::clerk:
    case Attacker::approver:
    case Attacker::operator_desk:
    case Attacker::colleague:
    case Attacker::importer: return false;
    case Attacker::stolen_pc: return taken.kind == TicketKind::renewal;  // whoever has the key is its owner, until it is reported
    case Attacker::oneself:
      return taken.kind == TicketKind::renewal || by_password ||
             (taken.evidence == "old_key" && policy.allows(RecoveryMethod::old_key)) ||
             (taken.kind == TicketKind::computer && policy.computer_change == ComputerChange::self);
  }
  return false;
}

class Exploration : public ::testing::TestWithParam<Attacker> {};

TEST_P(Exploration, T2_T3_T4_T5_T25_no_path_reaches_a_certificate_that_the_profile_forbids) {
  // What people of the bank and colleagues may take is nothing, whatever the methods: the shipped policy and the widest do.
  std::vector<lifecycle::Institution> all = profiles();
  const bool by_method = GetParam() == Attacker::password || GetParam() == Attacker::mailbox || GetParam() == Attacker::oneself;
  if (!by_method) all.erase(all.begin() + 2, all.end());
  for (const lifecycle::Institution& profile : all) {
    const std::size_t wanted = &profile != &all.front() ? kFew : GetParam() == Attacker::password ? kAll : kMany;
    Explorer explorer(profile);
    const Explored seen = explorer.explore(
        GetParam(), false, [&](const Taken& taken) { return is_allowed(profile, GetParam(), taken); }, {.states = limit(wanted)});
    std::cout << to_text(GetParam()) << ", " << describe(profile) << ": " << seen.states << " states, depth " << seen.depth
              << ", " << seen.steps << " steps" << (seen.whole ? "" : ", not to the end")
              << (seen.allowed.empty() ? "" : "; allowed: " + seen.allowed.front().to_text()) << std::endl;
    for (const Finding& found : seen.forbidden) ADD_FAILURE() << describe(profile) << ": " << found.to_text();
  }
}

INSTANTIATE_TEST_SUITE_P(Attackers, Exploration,
                         ::testing::Values(Attacker::password, Attacker::mailbox, Attacker::auditor, Attacker::clerk,
                                           Attacker::approver, Attacker::operator_desk, Attacker::colleague, Attacker::oneself,
                                           Attacker::stolen_pc, Attacker::importer),
                         [](const auto& each) {
                           std::string name = to_text(each.param);
                           for (char& c : name)
                             if (c == ' ') c = '_';
                           return name;
                         });

// ---- that it can find something

Explored search(const lifecycle::Institution& profile, Attacker attacker, bool with_password, std::size_t states = 200) {
  Explorer explorer(profile);
  return explorer.explore(attacker, with_password, [](const Taken&) { return false; }, {.states = states, .first_only = true});
}

TEST(ExplorationFinds, a_policy_of_password_alone) {
  const Explored seen = search(with({RecoveryMethod::password}, ComputerChange::staff), Attacker::password, false);
  ASSERT_FALSE(seen.forbidden.empty());
  std::cout << seen.forbidden.front().to_text() << std::endl;
}

TEST(ExplorationFinds, a_code_by_mail_in_a_thiefs_mailbox) {
  const Explored seen = search(with({RecoveryMethod::mail_code}, ComputerChange::staff), Attacker::mailbox, false);
  ASSERT_FALSE(seen.forbidden.empty());
  std::cout << seen.forbidden.front().to_text() << std::endl;
}

TEST(ExplorationFinds, a_colleague_who_knows_the_users_password) {
  const Explored seen = search(shipped().front(), Attacker::colleague, true);
  ASSERT_FALSE(seen.forbidden.empty());
  std::cout << seen.forbidden.front().to_text() << std::endl;
}

lifecycle::Institution operator_alone() {
  lifecycle::Institution profile = shipped().front();
  profile.acquisition.first_code = lifecycle::FirstCode::operator_alone;
  return profile;
}

/// Where a profile leaves the first code to one operator, it says so in plain words, and this is what it says.
TEST(ExplorationFinds, an_operator_who_knows_the_users_password_where_the_profile_lets_one) {
  const Explored seen = search(operator_alone(), Attacker::operator_desk, true);
  ASSERT_FALSE(seen.forbidden.empty());
  std::cout << seen.forbidden.front().to_text() << std::endl;
}

TEST(ExplorationFinds, an_operator_with_an_invented_ID_where_the_profile_lets_one) {
  const Explored seen = search(operator_alone(), Attacker::importer, false);
  ASSERT_FALSE(seen.forbidden.empty());
  std::cout << seen.forbidden.front().to_text() << std::endl;
}

TEST(ExplorationFinds, T5_nothing_for_an_operator_who_knows_the_users_password) {
  const Explored seen = search(shipped().front(), Attacker::operator_desk, true, limit(kMany));
  for (const Finding& found : seen.forbidden) ADD_FAILURE() << found.to_text();
}

/// A desk alone gives nobody a code: even with the ID's password one person gets nothing.
TEST(ExplorationFinds, T5_nothing_for_an_approver_who_knows_the_users_password) {
  const Explored seen = search(shipped().front(), Attacker::approver, true, limit(kMany));
  for (const Finding& found : seen.forbidden) ADD_FAILURE() << found.to_text();
}

}  // namespace
}  // namespace inkan::simulation
