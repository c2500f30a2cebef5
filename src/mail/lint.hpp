#pragma once

#include <string_view>

#include "base/findings.hpp"

namespace inkan::mail {

/// kSubjectColumns and kLineColumns are how wide a subject and a line of a letter may be: 30 and 35 full-width characters, what a
/// Japanese mail program shows without breaking (journeys.md 3.4).
inline constexpr int kSubjectColumns = 60;
inline constexpr int kLineColumns = 70;

/// columns is how wide text stands in a fixed-width Japanese font: 1 for ASCII and half-width kana, 0 for combining marks, 2 for
/// the rest. Characters of ambiguous width (UAX #11: ①, …, ○) count 2, as such fonts draw them. Text that is not UTF-8 counts its
/// octets.
int columns(std::string_view text);

/// lint_letter judges the words of a letter as its reader will see them, values filled in. A letter about renewal looks like the
/// bait it warns of (threat T1), so it holds nothing to click, to call or to answer.
///
/// Errors: `letter.text` (not plain text), `letter.subject_missing`, `letter.body_missing`, `letter.link` (a URL or host name),
/// `letter.address` (a mail address), `letter.phone`, `letter.html`, `letter.placeholder` (an unfilled `{name}`).
/// Warnings: `letter.subject_long`, `letter.line_long`.
Findings lint_letter(std::string_view subject, std::string_view body);

}  // namespace inkan::mail
