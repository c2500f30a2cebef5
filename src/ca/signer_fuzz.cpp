#include <algorithm>
#include <cstdint>

#include "ca/signer_message.hpp"

/// An order that is taken says the same when it is written again; so does an answer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const inkan::ByteView bytes(data, size);
  if (const auto order = inkan::ca::parse_signer_order(bytes))
    inkan::check(std::ranges::equal(inkan::ca::to_bytes(*order), bytes), "an order that changes");
  const auto answer = inkan::ca::parse_answer(bytes);
  if (answer || answer.error().id != "signer.malformed")
    inkan::check(std::ranges::equal(inkan::ca::to_answer(answer), bytes), "an answer that changes");
  return 0;
}
