#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/findings.hpp"
#include "lifecycle/institution.hpp"

/// screens are the choices of placement that a profile makes (journeys.md 1.6, 1.10): the same engine leads through the forms of
/// all five documents.
namespace inkan::web {

/// ScreenChoice is one decision and what pages know for it; the first value is the one without a word in the profile.
struct ScreenChoice {
  std::string_view key;  ///< "notice.opens"; without a dot at the head of the profile
  std::vector<std::string_view> values;
  bool several = false;  ///< a list of values, in the order they are to be followed, written with spaces between
};

/// screen_choices are all of them.
const std::vector<ScreenChoice>& screen_choices();

/// screen_of is an institution's choice on a day: before effective_from, what was chosen then (O37).
std::string screen_of(const lifecycle::Institution& institution, const std::string& key, Day today);

/// check_screens finds choices that no page knows and choices that contradict each other or the policy; each finding's detail
/// begins with the key.
Findings check_screens(const lifecycle::Institution& institution);

}  // namespace inkan::web
