#include "app/desktop_tool.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vector>

namespace inkan::app {

bool run_desktop_tool(std::initializer_list<const char*> arguments) {
  std::vector<char*> argv;
  for (const char* one : arguments) argv.push_back(const_cast<char*>(one));
  argv.push_back(nullptr);
  pid_t child = 0;
  if (::posix_spawnp(&child, argv.front(), nullptr, nullptr, argv.data(), environ) != 0) return false;
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void notify(const std::string& title, const std::string& text) {
  run_desktop_tool({"notify-send", "--app-name=inkan-app", "--icon=inkan-app", "--", title.c_str(), text.c_str()});
}

}  // namespace inkan::app
