#include "base/chance.hpp"

#include "base/native.hpp"
#include "base/text.hpp"

namespace inkan {
namespace {
constexpr std::string_view kCodeLetters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
static_assert(kCodeLetters.size() == 32);
}  // namespace

void SystemRng::fill(std::span<std::uint8_t> out) { fill_by_system(out); }

Bytes make_bytes(Rng& rng, std::size_t count) {
  Bytes out(count);
  rng.fill(out);
  return out;
}

std::string make_token(Rng& rng, std::size_t bytes) { return to_hex(make_bytes(rng, bytes)); }

std::string make_code(Rng& rng) {
  std::string out;
  int count = 0;
  for (std::uint8_t byte : make_bytes(rng, 16)) {
    if (count != 0 && count % 4 == 0) out += '-';
    out += kCodeLetters[byte & 31];
    ++count;
  }
  return out;
}

std::string canonical_code(std::string_view typed) {
  std::string out;
  for (char c : fold_width(typed)) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) out += c;
  }
  return out;
}

}  // namespace inkan
