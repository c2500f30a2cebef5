#pragma once

#include <string>
#include <vector>

namespace inkan {

enum class Severity { notice, warning, error };

/// Finding is one observation of a check: a stable id ("cert.serial.short"), what was seen, and the rule it is held against
/// ("RFC 5280 4.1.2.2").
struct Finding {
  Severity severity = Severity::error;
  std::string id;
  std::string detail;
  std::string source;
};

/// Findings is a verdict: empty means nothing to say.
using Findings = std::vector<Finding>;

inline bool has_errors(const Findings& findings) {
  for (const Finding& finding : findings)
    if (finding.severity == Severity::error) return true;
  return false;
}

/// ids_of lists findings' ids, for an error's detail.
inline std::string ids_of(const Findings& findings) {
  std::string ids;
  for (const Finding& finding : findings) {
    if (!ids.empty()) ids += ' ';
    ids += finding.id;
  }
  return ids;
}

/// hold adds an error where a rule does not hold.
inline void hold(Findings& findings, bool truth, const char* id, const char* source, const char* detail) {
  if (!truth) findings.push_back({Severity::error, id, detail, source});
}

}  // namespace inkan
