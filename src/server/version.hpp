#pragma once

namespace inkan::server {

/// kVersion is what `inkan --version` and the metrics say.
inline constexpr const char* kVersion = "0.1.0";

}  // namespace inkan::server
