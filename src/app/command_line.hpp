#pragma once

namespace inkan::app {

/// run is `inkan-app` with its arguments: stdout is data, stderr is talk. It gives the exit status.
int run(int argc, const char* const* argv);

}  // namespace inkan::app
