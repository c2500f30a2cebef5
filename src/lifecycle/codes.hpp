#pragma once

#include <chrono>
#include <string>

#include "base/secret.hpp"
#include "lifecycle/services.hpp"

/// One-time codes: made for a holder inside a running transaction, kept as a hash, found again by what a person types.
namespace inkan::lifecycle {

struct CodeOrder {
  HolderId holder;
  CodePurpose purpose = CodePurpose::certificate;
  std::chrono::seconds life{};
  std::string actor;
};

/// release_code makes a code and ends the holder's earlier unused codes of any purpose. Gives the code in the clear, once.
Result<std::string> release_code(Writer& writer, Rng& rng, const CodeOrder& order, Instant now);

/// end_codes ends every unused code of a holder; gives their number.
Result<int> end_codes(Writer& writer, const HolderId& holder, Instant now);

/// usable_code finds the code a person typed among the holder's unused ones.
Result<std::optional<OneTimeCode>> usable_code(Reader& reader, const HolderId& holder, const Secret& code, Instant now);

/// code_hash is what is kept of a code, whatever its spelling.
Digest code_hash(std::string_view code);

}  // namespace inkan::lifecycle
