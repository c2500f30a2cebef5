#include "app/timer.hpp"

#include "app/desktop_tool.hpp"
#include "app/folders.hpp"

namespace inkan::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTimer = "inkan-app-agent.timer";
constexpr const char* kService = "inkan-app-agent.service";

/// quote is an argument of ExecStart (systemd.service(5)): a percent and a dollar are doubled.
std::string quote(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '%' || c == '$') out += c;
    out += c;
  }
  return text.find_first_of(" \t\"'\\;") == std::string::npos ? out : "\"" + out + "\"";
}

Result<void> write_units(Disk& disk, const std::string& program) {
  const fs::path folder = config_folder() / "systemd/user";
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail(Code::unavailable, "file.write", folder.string());
  if (auto written = disk.replace(folder / kService, as_bytes(make_service_unit(program))); !written) return written;
  return disk.replace(folder / kTimer, as_bytes(make_timer_unit()));
}

}  // namespace

std::string make_timer_unit() {
  return "[Unit]\n"
         "Description=Once a day: quiet renewal of client certificates\n"
         "Documentation=man:inkan-app(1)\n"
         "\n"
         "[Timer]\n"
         "OnCalendar=*-*-* 08:00\n"
         "RandomizedDelaySec=10h\n"
         "FixedRandomDelay=true\n"
         "Persistent=true\n"
         "\n"
         "[Install]\n"
         "WantedBy=timers.target\n";
}

std::string make_service_unit(const std::string& program) {
  return "[Unit]\n"
         "Description=Quiet renewal of client certificates\n"
         "Documentation=man:inkan-app(1)\n"
         "StartLimitIntervalSec=12h\n"
         "StartLimitBurst=6\n"
         "\n"
         "[Service]\n"
         "Type=oneshot\n"
         "ExecStart=" +
         quote(program) +
         " agent --notify\n"
         "Nice=10\n"
         "# Offline, or the bank is busy (75): again in half an hour. What would be refused again waits for tomorrow.\n"
         "Restart=on-failure\n"
         "RestartSec=30min\n"
         "RestartPreventExitStatus=2 3 4 5 6 10\n";
}

Result<void> start_timer(Disk& disk) {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return fail(Code::unavailable, "file.read", "/proc/self/exe");
  const fs::path installed = program.parent_path().parent_path() / "lib/systemd/user" / kTimer;
  if (!disk.exists(installed))
    if (auto written = write_units(disk, program.string()); !written) return written;
  run_desktop_tool({"systemctl", "--user", "--quiet", "daemon-reload"});
  if (!run_desktop_tool({"systemctl", "--user", "--quiet", "enable", "--now", kTimer}))
    return fail(Code::unavailable, "agent.no_timer", program.string() + " agent --notify");
  return {};
}

void stop_timer() { run_desktop_tool({"systemctl", "--user", "--quiet", "disable", "--now", kTimer}); }

}  // namespace inkan::app
