#include "base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <numeric>

namespace inkan {
namespace {

constexpr char32_t kBroken = 0xFFFFFFFF;

/// next_point takes one code point off the front of `text`; kBroken when the bytes are not UTF-8.
char32_t next_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xC2 && lead < 0xE0 ? 2
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                                                           : 0;
  if (length == 0 || text.size() < length) return kBroken;
  char32_t point = length == 1 ? lead : lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return kBroken;
    point = (point << 6) | (byte(i) & 0x3Fu);
  }
  const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
  if (overlong || (point >= 0xD800 && point <= 0xDFFF) || point > 0x10FFFF) return kBroken;
  text.remove_prefix(length);
  return point;
}

bool is_control(char32_t point) { return point < 0x20 || (point >= 0x7F && point < 0xA0); }

bool turns_direction(char32_t point) {
  return point == 0x061C || (point >= 0x200B && point <= 0x200F) || (point >= 0x202A && point <= 0x202E) ||
         (point >= 0x2060 && point <= 0x206F) || point == 0xFEFF || point == 0x2028 || point == 0x2029;
}

}  // namespace

bool is_utf8(std::string_view text) {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  while (!text.empty()) {
    // Letters are ASCII and characters of three bytes: both are read without next_point's questions. E0 and ED may be overlong
    // or a surrogate, and are left to it.
    if (byte(0) < 0x80) {
      std::uint64_t word = kHighBits;
      if (text.size() >= kWord) std::memcpy(&word, text.data(), kWord);
      text.remove_prefix((word & kHighBits) == 0 ? kWord : 1);
    } else if (byte(0) > 0xE0 && byte(0) < 0xF0 && byte(0) != 0xED && text.size() >= 3) {
      if ((byte(1) & 0xC0) != 0x80 || (byte(2) & 0xC0) != 0x80) return false;
      text.remove_prefix(3);
    } else if (next_point(text) == kBroken) {
      return false;
    }
  }
  return true;
}

bool is_plain_text(std::string_view text) {
  while (!text.empty()) {
    const char32_t point = next_point(text);
    if (point == kBroken || is_control(point) || turns_direction(point)) return false;
  }
  return true;
}

std::string fold_width(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view before = text;
    const char32_t point = next_point(text);
    if (point == kBroken) return std::string();
    if (point >= 0xFF01 && point <= 0xFF5E)
      out += static_cast<char>(point - 0xFF01 + 0x21);
    else if (point == 0x3000)
      out += ' ';
    else
      out += before.substr(0, before.size() - text.size());
  }
  return out;
}

Result<std::string> canonical_login_id(std::string_view typed) {
  const std::string folded = fold_width(typed);
  std::string out;
  for (char c : trim(folded)) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    if (!good) return fail(Code::invalid, "login_id.malformed");
    out += c;
  }
  if (out.empty() || out.size() > 64) return fail(Code::invalid, "login_id.malformed");
  return out;
}

Result<std::string> fill(std::string_view text, const std::map<std::string, std::string>& values) {
  std::string out;
  while (true) {
    const auto open = text.find('{');
    out += text.substr(0, open);
    if (open == std::string_view::npos) return out;
    const auto close = text.find('}', open);
    if (close == std::string_view::npos) return fail(Code::corrupt, "text.unfilled", "unclosed {");
    const std::string name(text.substr(open + 1, close - open - 1));
    const auto value = values.find(name);
    if (value == values.end()) return fail(Code::corrupt, "text.unfilled", name);
    out += value->second;
    text.remove_prefix(close + 1);
  }
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  while (true) {
    const auto at = text.find(separator);
    out.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + 1);
  }
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n";
  const auto first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

std::string_view nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string_view best;
  std::size_t best_distance = word.size() / 3 + 2;
  for (const std::string& candidate : candidates) {
    std::vector<std::size_t> row(candidate.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= word.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i;
      for (std::size_t j = 1; j <= candidate.size(); ++j) {
        const std::size_t replaced = diagonal + (word[i - 1] == candidate[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
      }
    }
    if (row.back() < best_distance) {
      best_distance = row.back();
      best = candidate;
    }
  }
  return best;
}

}  // namespace inkan
