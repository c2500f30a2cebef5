#pragma once

#include <vector>

#include "base/findings.hpp"
#include "ca/issuer.hpp"

/// What a signer of its own allows, in its own words: it does not ask the server that wants the signature.
namespace inkan::ca {

/// HolderRules is the signer's own copy of a profile: which certificates one authority may sign. An authority without rules signs
/// lists and status answers alone.
struct HolderRules {
  AuthorityId authority;
  /// subject is the template of a holder's name; `{…}` stands for any text, everything else for itself.
  std::vector<pki::NamePart> subject;
  std::vector<pki::KeyAlgorithm> keys;
  Zone zone;
  int carry_over_days = 0;  ///< how many days more than a year a renewal may give (O2)
};

inline constexpr std::chrono::minutes kBackdate{5};         ///< promises.md C3, I11: a certificate begins so long before its act
inline constexpr std::chrono::minutes kLongestAct{2};       ///< from the serial's drawing to the signature
inline constexpr std::chrono::seconds kSkew{5};             ///< two processes of one machine read one clock, not at one moment
inline constexpr std::chrono::days kLongestListLife{7};     ///< promises.md O4
inline constexpr std::chrono::days kLongestAnswerLife{10};  ///< promises.md O3

/// fits tells whether a name is one that the template makes.
bool fits(const std::vector<pki::NamePart>& pattern, const std::vector<pki::NamePart>& name);

/// ends_by_the_calendar tells whether a certificate made at `made` may end at `not_after`: on the last second of a day in the
/// zone, a year later, or up to the days that may be carried over.
bool ends_by_the_calendar(const HolderRules& rules, Instant made, Instant not_after);

/// judge_crl says what forbids a list of an authority now. `last` is the highest number signed so far of this ListId.
Findings judge_crl(const CrlOrder& order, const Authority& authority, unsigned long long last, Instant now);

/// judge_ocsp says what forbids a status answer now.
Findings judge_ocsp(const OcspOrder& order, Instant now);

}  // namespace inkan::ca
