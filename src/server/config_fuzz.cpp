// Whatever is in a configuration or a profile, the answer is a value or a refusal.

#include "server/config.hpp"
#include "server/csv.hpp"
#include "server/profile.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)inkan::server::parse_config(text, "fuzz", "/");
  (void)inkan::server::parse_profile(text, "fuzz");
  (void)inkan::server::parse_csv(text, {"a", "b"});
  return 0;
}
