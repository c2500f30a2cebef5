#include "mail/bounce_address.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/bytes.hpp"
#include "mail/address.hpp"
#include "pki/hmac.hpp"

namespace inkan::mail {
namespace {

constexpr std::string_view kStart = "bounces+";
constexpr std::size_t kMacDigits = 32;

}  // namespace

Result<BounceAddress> BounceAddress::make(std::string domain, Secret key) {
  domain = to_lower(domain);
  constexpr std::size_t kLongest = 253 - 64;  // with any local part within RFC 5321's 254 octets
  if (!is_host_name(domain) || domain.size() > kLongest) return fail(Code::corrupt, "mail.bounce_domain", domain);
  if (key.reveal().size() < 16) return fail(Code::corrupt, "mail.bounce_key", "16 characters at least");
  return BounceAddress(std::move(domain), std::move(key));
}

std::string BounceAddress::address_of(long long letter) const {
  const std::string number = fmt::format("{:x}", static_cast<unsigned long long>(letter));
  const std::string mac = pki::hmac_sha256(key_, as_bytes("inkan bounce 1 " + number)).hex().substr(0, kMacDigits);
  return fmt::format("{}{}-{}@{}", kStart, number, mac, domain_);
}

std::optional<long long> BounceAddress::find_letter(std::string_view address) const {
  const std::string folded = to_lower(address);
  if (!folded.starts_with(kStart)) return {};
  long long letter = 0;
  const char* digits = folded.data() + kStart.size();
  const auto [end, error] = std::from_chars(digits, folded.data() + folded.size(), letter, 16);
  if (error != std::errc() || letter < 0) return {};
  if (!same_secret(folded, address_of(letter))) return {};
  return letter;
}

}  // namespace inkan::mail
