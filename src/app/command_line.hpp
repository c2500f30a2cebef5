#pragma once

#include "app/window/window.hpp"

namespace inkan::app {

/// ShowWindow is show_window, or empty where there is no display.
using ShowWindow = std::function<int(const WindowOptions&)>;

/// run is `inkan-app` with its arguments: stdout is data, stderr is talk. Without a verb the window opens; where there is none,
/// it says what exists. It gives the exit status.
int run(int argc, const char* const* argv, const ShowWindow& show = {});

}  // namespace inkan::app
