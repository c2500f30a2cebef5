#include <cstdint>
#include <string>

#include "net/http.hpp"
#include "pki/ocsp.hpp"
#include "wire/publication.hpp"

// OCSP over GET, from the request line to the question (RFC 6960 appendix A.1).
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string prefix = "/ocsp/d1/";
  const auto target = inkan::net::parse_target(prefix + std::string(inkan::as_text({data, size})));
  if (!target || !target->path.starts_with(prefix)) return 0;
  const auto question = inkan::wire::parse_question(std::string_view(target->path).substr(prefix.size()));
  if (question) static_cast<void>(inkan::pki::OcspRequest::parse(*question));
  return 0;
}
