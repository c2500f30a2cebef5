#include "app/desktop_entry.hpp"

#include <gtest/gtest.h>

#include "support/tool.hpp"

namespace inkan::app {
namespace {

TEST(DesktopEntry, is_the_one_that_the_packages_install) {
  const auto installed = MachineDisk().read(INKAN_SOURCE_DIR "/deploy/inkan-app.desktop");
  ASSERT_TRUE(installed);
  EXPECT_EQ(make_desktop_entry("inkan-app"), as_text(*installed));
}

TEST(DesktopEntry, a_path_is_one_argument_whatever_it_holds) {
  const std::string entry = make_desktop_entry("/srv/a b/100%/in\"kan");
  EXPECT_NE(entry.find("Exec=\"/srv/a b/100%%/in\\\\\"kan\" open %u\n"), std::string::npos) << entry;
}

TEST(DesktopEntry, register_writes_it_for_this_person_and_opens_links_with_it) {
  const TempFolder home;
  const std::string folder = home.path().string();
  const char* programs = std::getenv("INKAN_BIN_DIR");
  ASSERT_NE(programs, nullptr);
  const std::string own =
      "env -u XDG_CURRENT_DESKTOP HOME=" + folder + " XDG_DATA_HOME=" + folder + "/data XDG_CONFIG_HOME=" + folder + "/config ";
  const ToolRun run = run_tool(own + programs + "/inkan-app register --lang en");
  EXPECT_EQ(run.status, 0) << run.output;
  const auto entry = MachineDisk().read(home.path() / "data/applications/inkan-app.desktop");
  ASSERT_TRUE(entry);
  EXPECT_NE(as_text(*entry).find(std::string("/inkan-app open %u")), std::string_view::npos);
  EXPECT_EQ(run_tool(own + "xdg-mime query default x-scheme-handler/inkan").output, "inkan-app.desktop\n");
}

}  // namespace
}  // namespace inkan::app
