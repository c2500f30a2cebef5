#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace inkan {

/// Code is the closed set of reasons for a refusal. Each door maps it to its own status in one function.
enum class Code {
  invalid,          ///< the input itself is wrong: malformed, out of range, not text
  too_large,        ///< the input is over a limit
  unauthenticated,  ///< we do not know who asks, or the proof is wrong
  forbidden,        ///< we know who asks, and this one may not
  refused,          ///< policy says no: window, state, key rules
  not_found,        ///< there is no such thing
  conflict,         ///< it collides with what is already on record
  expired,          ///< it was right once, and its time has passed
  too_many,         ///< asked too often; later is fine
  unavailable,      ///< a part we need is not there now; later is fine
  corrupt,          ///< what we stored or configured is not what we wrote
  internal,         ///< a defect of ours; the detail is for the log only
};

std::string_view to_text(Code code);

/// Error is one refusal: `code` for the door's status, `id` stable for people and programs ("csr.weak_key"), `detail` in plain
/// words for the log. `detail` never leaves the house; doors print the id.
struct Error {
  Code code;
  std::string id;
  std::string detail;
};

/// Result holds a value or the Error that stands in its place. It must not be ignored.
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
};

/// fail makes the Error side of a Result: `return fail(Code::refused, "csr.weak_key", "exponent 3");`
[[nodiscard]] std::unexpected<Error> fail(Code code, std::string id, std::string detail = {});

/// fail passes on the Error of another Result: `if (!csr) return fail(csr);`
template <class T>
[[nodiscard]] std::unexpected<Error> fail(const Result<T>& result) {
  return std::unexpected<Error>(result.error());
}

/// check aborts the process when `truth` does not hold: a defect of ours, never bad input.
void check(bool truth, std::string_view what);

}  // namespace inkan
