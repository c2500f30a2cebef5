#include <cstdint>

#include "wire/credentials.hpp"
#include "wire/est.hpp"

// What a stranger sends to EST before anybody is known: the first byte chooses body or Authorization.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest = inkan::as_text({data + 1, size - 1});
  if (data[0] % 2 == 0) {
    static_cast<void>(inkan::wire::parse_est_request(rest));
    return 0;
  }
  inkan::net::Request request;
  request.headers.add("Authorization", std::string(rest));
  const auto credentials = inkan::wire::parse_credentials(request);
  if (credentials && *credentials) static_cast<void>(inkan::wire::split_code((*credentials)->password));
  return 0;
}
