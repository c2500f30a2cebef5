#pragma once

#include <initializer_list>
#include <string>

/// Programs of the desktop that this one calls where they are there.
namespace inkan::app {

/// run_desktop_tool runs a program and waits for it; false when it is not there or fails.
bool run_desktop_tool(std::initializer_list<const char*> arguments);

/// notify puts a few words on the person's screen, where a desktop shows such (notify-send); else nothing happens.
void notify(const std::string& title, const std::string& text);

}  // namespace inkan::app
