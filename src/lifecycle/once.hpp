#pragma once

#include <functional>
#include <string>

#include "lifecycle/services.hpp"

/// An act that a machine repeats when it lost the answer is done once. Its receipt is an audit record (`rest.done`) of the same
/// transaction: there is no moment in which the act stands and the receipt does not, and it is kept as long as the records are.
namespace inkan::lifecycle {

/// OnceOrder is one act under the name that its machine gave it.
struct OnceOrder {
  std::string institution;
  std::string actor;    ///< whose key it is: two machines may use the same
  std::string key;      ///< at least 16 characters that nobody guesses; only a hash is kept
  std::string content;  ///< all that makes it this act: what is asked of what, and with which body
};

/// do_once runs `act` with services whose next transaction also keeps the receipt, or gives the answer of the time before. `act`
/// makes exactly one transaction; `answer` says inside it what is to be answered, without secrets: it stands in the audit trail.
/// A refusal is no act: nothing is kept, and the next try is judged anew. Errors: `once.other_content`, and act's.
Result<std::string> do_once(const Services& services, const OnceOrder& order,
                            const std::function<Result<void>(const Services&)>& act,
                            const std::function<Result<std::string>(Reader&)>& answer);

}  // namespace inkan::lifecycle
