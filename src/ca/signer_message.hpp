#pragma once

#include <variant>

#include "ca/issuer.hpp"

/// Private to ca: what the server and the signer say to one another (docs/decisions/0018-signer.md). One question, one answer;
/// numbers are big-endian, and what varies in length is led by its length. Both sides are of one program and one version.
namespace inkan::ca {

/// SignOrder asks for a signature under a holder's certificate. The hash of the bytes is not sent: the signer makes its own.
struct SignOrder {
  AuthorityId authority;
  Bytes tbs;
};

/// HealthOrder asks whether a signature could be made now; the answer is the signer's mark_of.
struct HealthOrder {};

using SignerOrder = std::variant<SignOrder, CrlOrder, OcspOrder, HealthOrder>;

/// kLongestOrder and kLongestAnswer bound every message but a list's; kLongestList is room for 1.5 million revocations.
inline constexpr std::size_t kLongestOrder = 16 * 1024;
inline constexpr std::size_t kLongestAnswer = 16 * 1024;
inline constexpr std::size_t kLongestList = std::size_t{64} * 1024 * 1024;

/// longest_order is how long an order may be that begins with this octet (0: there is none that does).
std::size_t longest_order(std::uint8_t first);

Bytes to_bytes(const SignerOrder& order);
/// parse_signer_order reads one order whole. Error: `signer.malformed`.
Result<SignerOrder> parse_signer_order(ByteView bytes);

/// to_answer and parse_answer carry what a verb gave: its bytes, or the Error in their place. An answer that is neither is
/// `signer.malformed`.
Bytes to_answer(const Result<Bytes>& result);
Result<Bytes> parse_answer(ByteView bytes);

}  // namespace inkan::ca
