#pragma once

#include <optional>
#include <string>

#include "app/errand.hpp"
#include "app/words.hpp"

/// The program's window (Qt Widgets). This header is all that the rest of the room sees of it, and shows nothing of Qt.
namespace inkan::app {

/// WindowOptions is what the window starts with.
struct WindowOptions {
  Language language = Language::japanese;
  std::optional<Link> link;      ///< opens at this renewal's consent
  std::optional<Error> refused;  ///< a link that could not be read: opens at why
  KnownBank preset = {};         ///< what --server, --trust and --store said; its store may be empty
  MakeClerk clerk = {};          ///< called on the worker's thread
  /// quiet keeps the person's word on quiet renewal, on the worker's thread; empty: show_window gives its own.
  std::function<Result<void>(const KnownBank&, bool)> quiet = {};
};

/// can_show_window tells whether there is a display (or QT_QPA_PLATFORM names something else).
bool can_show_window();

/// show_window runs the window to its end and gives the exit status.
int show_window(const WindowOptions& options);

}  // namespace inkan::app
