#pragma once

#include <string>

#include "app/disk.hpp"

/// The systemd timer that starts `inkan-app agent` once a day, for this person.
namespace inkan::app {

/// make_timer_unit and make_service_unit are the files that the package installs; `program` stands in ExecStart.
std::string make_timer_unit();
std::string make_service_unit(const std::string& program);

/// start_timer switches the timer on. A program that was not installed writes the two files into the person's own folder first.
/// Errors: `file.write`, `agent.no_timer` (no systemd for this person; the detail is the command to have started daily).
Result<void> start_timer(Disk& disk);
/// stop_timer switches it off; where there is none, nothing happens.
void stop_timer();

}  // namespace inkan::app
