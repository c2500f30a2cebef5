#pragma once

#include "base/result.hpp"

namespace inkan {

inline constexpr int kUsage = 2;  ///< exit status of a command line that was not understood

/// exit_status is the one place where the code of an Error becomes an exit status, of both programs.
int exit_status(Code code);

}  // namespace inkan
