#include "base/exit_status.hpp"

namespace inkan {

int exit_status(Code code) {
  switch (code) {
    case Code::invalid:
    case Code::too_large: return kUsage;
    case Code::not_found: return 3;
    case Code::refused:
    case Code::forbidden:
    case Code::expired: return 4;
    case Code::conflict: return 5;
    case Code::unauthenticated: return 6;
    case Code::too_many:
    case Code::unavailable: return 75;
    case Code::corrupt:
    case Code::internal: return 1;
  }
  return 1;
}

}  // namespace inkan
