#include "app/desktop_entry.hpp"

#include "app/desktop_tool.hpp"
#include "app/folders.hpp"

namespace inkan::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kName = "inkan-app.desktop";

/// quote is an argument of an Exec line: the entry's specification wants these four escaped inside quotation marks, and a percent
/// doubled.
std::string quote(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '`' || c == '$' || c == '\\') out += "\\\\";
    if (c == '%') out += '%';
    out += c;
  }
  return text.find_first_of(" \t\"'`$\\<>~|&;*?#()%") == std::string::npos ? out : "\"" + out + "\"";
}

}  // namespace

std::string make_desktop_entry(const std::string& program) {
  return "[Desktop Entry]\n"
         "Type=Application\n"
         "Name=Certificate program\n"
         "Name[ja]=証明書発行アプリケーション\n"
         "Comment=Renew and take client certificates of your bank\n"
         "Comment[ja]=銀行の電子証明書の更新と取得\n"
         "Exec=" +
         quote(program) +
         " open %u\n"
         "Icon=inkan-app\n"
         "Terminal=false\n"
         "Categories=Office;Finance;\n"
         "MimeType=x-scheme-handler/inkan;\n"
         "StartupWMClass=inkan-app\n";
}

Result<void> register_links(Disk& disk) {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return fail(Code::unavailable, "file.read", "/proc/self/exe");
  const fs::path folder = data_folder() / "applications";
  fs::create_directories(folder, error);
  if (error) return fail(Code::unavailable, "file.write", folder.string());
  const std::string entry = make_desktop_entry(program.string());
  if (auto written = disk.write(folder / kName, as_bytes(entry)); !written) return written;
  run_desktop_tool({"update-desktop-database", "-q", folder.c_str()});  // where there is none, xdg-mime's own list is enough
  if (!run_desktop_tool({"xdg-mime", "default", kName, "x-scheme-handler/inkan"}))
    return fail(Code::unavailable, "desktop.no_tool", (folder / kName).string());
  return {};
}

}  // namespace inkan::app
