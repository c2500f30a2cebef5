#include <cstdint>
#include <string_view>

#include "app/bank.hpp"

// What a server sends: its first byte chooses which of the three forms it is read as.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const inkan::ByteView rest(data + 1, size - 1);
  switch (data[0] % 3) {
    case 0: static_cast<void>(inkan::app::parse_discovery(inkan::as_text(rest))); break;
    case 1: static_cast<void>(inkan::app::parse_csr_attributes(rest)); break;
    default: static_cast<void>(inkan::app::parse_refusal(403, inkan::as_text(rest))); break;
  }
  return 0;
}
