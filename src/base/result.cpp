#include "base/result.hpp"

#include <cstdio>
#include <cstdlib>

namespace inkan {

std::string_view to_text(Code code) {
  switch (code) {
    case Code::invalid: return "invalid";
    case Code::too_large: return "too_large";
    case Code::unauthenticated: return "unauthenticated";
    case Code::forbidden: return "forbidden";
    case Code::refused: return "refused";
    case Code::not_found: return "not_found";
    case Code::conflict: return "conflict";
    case Code::expired: return "expired";
    case Code::too_many: return "too_many";
    case Code::unavailable: return "unavailable";
    case Code::corrupt: return "corrupt";
    case Code::internal: return "internal";
  }
  return "internal";
}

std::unexpected<Error> fail(Code code, std::string id, std::string detail) {
  return std::unexpected<Error>(Error{code, std::move(id), std::move(detail)});
}

void check(bool truth, std::string_view what) {
  if (truth) return;
  std::fprintf(stderr, "inkan: defect: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

}  // namespace inkan
