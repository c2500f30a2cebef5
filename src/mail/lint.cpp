#include "mail/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "base/text.hpp"

namespace inkan::mail {
namespace {

constexpr const char* kHouse = "journeys.md 3.4";
constexpr const char* kThreat = "promises.md T1";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_host_part(char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.'; }

/// next_character takes one code point off well-formed UTF-8.
char32_t next_character(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  char32_t point = length == 1 ? first : first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) point = (point << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  text.remove_prefix(length);
  return point;
}

int width(char32_t point) {
  const auto within = [point](char32_t first, char32_t last) { return first <= point && point <= last; };
  if (within(0x0300, 0x036F) || within(0x3099, 0x309A) || within(0xFE00, 0xFE0F) || within(0xE0100, 0xE01EF)) return 0;
  return point < 0x80 || within(0xFF61, 0xFF9F) ? 1 : 2;
}

/// fold_marks gives text the ASCII spelling of what people write web addresses and numbers with: full-width forms and dashes.
std::string fold_marks(std::string_view text) {
  constexpr std::array<std::string_view, 7> kDashes = {"‐", "‑", "‒", "–", "—", "−", "ー"};
  std::string folded = fold_width(text);
  for (const std::string_view dash : kDashes)
    for (auto at = folded.find(dash); at != std::string::npos; at = folded.find(dash, at)) folded.replace(at, dash.size(), "-");
  return folded;
}

/// is_host tells whether a run of letters, digits, '-' and '.' reads as a host name: two labels, the last of them letters.
bool is_host(std::string_view run) {
  while (run.ends_with('.') || run.ends_with('-')) run.remove_suffix(1);
  while (run.starts_with('.') || run.starts_with('-')) run.remove_prefix(1);
  const auto dot = run.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || run[dot - 1] == '.') return false;
  const std::string_view last = run.substr(dot + 1);
  return last.size() >= 2 && std::ranges::all_of(last, is_letter);
}

bool holds_host(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_host_part(text[end])) ++end;
    if (is_host(text.substr(at, end - at))) return true;
    at = end + 1;
  }
  return false;
}

/// is_phone tells whether a run of digits and separators is as long as a Japanese number and begins like one: 0…, or +81….
bool is_phone(std::string_view run) {
  const bool abroad = run.starts_with('+');
  std::string digits;
  std::ranges::copy_if(run, std::back_inserter(digits), is_digit);
  if (abroad) return digits.size() >= 10;
  return digits.starts_with('0') && (digits.size() == 10 || digits.size() == 11);
}

bool holds_phone(std::string_view text) {
  const auto belongs = [](char c) { return is_digit(c) || c == '-' || c == '(' || c == ')' || c == '+' || c == ' ' || c == '.'; };
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && belongs(text[end])) ++end;
    std::string_view run = text.substr(at, end - at);
    while (!run.empty() && !is_digit(run.front()) && run.front() != '+') run.remove_prefix(1);
    if (is_phone(run)) return true;
    at = end + 1;
  }
  return false;
}

bool holds_html(std::string_view text) {
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    const char next = text[at + 1];
    if (text[at] == '<' && (is_letter(next) || next == '/' || next == '!')) return true;
    if (text[at] == '&' && (is_letter(next) || next == '#') && text.find(';', at) != std::string_view::npos) return true;
  }
  return false;
}

/// judge_words looks in one line for what no letter may hold. `where` is "subject" or "line 3".
void judge_words(std::string_view line, const std::string& where, Findings& findings) {
  const auto add = [&](const char* id, const char* source) { findings.push_back({Severity::error, id, where, source}); };
  if (!is_plain_text(line)) return add("letter.text", "promises.md T14");
  const std::string folded = fold_marks(line);
  if (folded.find('@') != std::string::npos) add("letter.address", kThreat);
  if (folded.find("://") != std::string::npos || holds_host(folded)) add("letter.link", kThreat);
  if (holds_phone(folded)) add("letter.phone", kThreat);
  if (holds_html(folded)) add("letter.html", kHouse);
  if (folded.find_first_of("{}") != std::string::npos) add("letter.placeholder", "journeys.md D4-17");
}

void judge_width(std::string_view line, int most, const char* id, const std::string& where, Findings& findings) {
  if (const int wide = columns(line); wide > most)
    findings.push_back({Severity::warning, id, fmt::format("{}: {} columns, {} fit", where, wide, most), kHouse});
}

}  // namespace

int columns(std::string_view text) {
  if (!is_utf8(text)) return static_cast<int>(text.size());
  int sum = 0;
  while (!text.empty()) sum += width(next_character(text));
  return sum;
}

Findings lint_letter(std::string_view subject, std::string_view body) {
  Findings findings;
  if (trim(subject).empty()) findings.push_back({Severity::error, "letter.subject_missing", "", kHouse});
  if (trim(body).empty()) findings.push_back({Severity::error, "letter.body_missing", "", kHouse});
  judge_words(subject, "subject", findings);
  judge_width(subject, kSubjectColumns, "letter.subject_long", "subject", findings);
  int number = 0;
  for (const std::string& line : split(body, '\n')) {
    const std::string where = fmt::format("line {}", ++number);
    judge_words(line, where, findings);
    judge_width(line, kLineColumns, "letter.line_long", where, findings);
  }
  return findings;
}

}  // namespace inkan::mail
