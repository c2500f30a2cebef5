#include "app/window/window.hpp"

#include <QApplication>
#include <cstdlib>

#include "app/agent_verb.hpp"
#include "app/window/look.hpp"
#include "app/window/main_window.hpp"

namespace inkan::app {

bool can_show_window() {
  for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return true;
  }
  return false;
}

int show_window(const WindowOptions& options) {
  int count = 1;
  char name[] = "inkan-app";
  char* arguments[] = {name, nullptr};
  QApplication application(count, arguments);
  dress(application, options.language == Language::japanese);
  WindowOptions whole = options;
  if (!whole.quiet)
    whole.quiet = [](const KnownBank& bank, bool yes) {
      MachineDisk disk;
      return set_quiet(bank, yes, disk);
    };
  MainWindow window(std::move(whole));
  window.show();
  return QApplication::exec();
}

}  // namespace inkan::app
