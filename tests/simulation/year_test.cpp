// A virtual year of a thousand IDs at five institutions: every day, what the bank says and sends is held against a model that
// knows the rules from the documents alone. INKAN_SEED repeats a run; INKAN_HOLDERS and INKAN_DAYS make it longer (tools/soak).

#include <gtest/gtest.h>

#include <iostream>

#include "simulation/year.hpp"

namespace inkan::simulation {
namespace {

TEST(Simulation, O27_every_state_letter_and_notice_of_a_year_is_what_the_rules_say) {
  const Plan plan = Plan::of_environment();
  std::cout << "INKAN_SEED=" << plan.seed << std::endl;
  Year year(plan);
  year.live();
  std::cout << year.summary() << std::endl;
}

}  // namespace
}  // namespace inkan::simulation
