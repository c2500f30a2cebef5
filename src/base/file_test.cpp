#include "base/file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/tool.hpp"

namespace inkan {
namespace {

class FileTest : public ::testing::Test {
 protected:
  static unsigned mode_of(const std::filesystem::path& path) {
    struct stat status = {};
    check(::stat(path.c_str(), &status) == 0, "a file");
    return status.st_mode & 0777U;
  }

  TempFolder temporary;
  const std::filesystem::path& folder = temporary.path();
};

TEST_F(FileTest, what_was_written_is_read_again_and_keys_are_the_owners_alone) {
  ASSERT_TRUE(write_file(folder / "key", std::string("a\0b", 3)));
  ASSERT_TRUE(write_file(folder / "list", "open", FileMode::open));
  EXPECT_EQ(*read_file(folder / "key"), std::string("a\0b", 3));
  EXPECT_EQ(mode_of(folder / "key"), 0600U);
  EXPECT_EQ(mode_of(folder / "list") & 0400U, 0400U);
  EXPECT_FALSE(std::filesystem::exists(folder / "key.new"));
}

TEST_F(FileTest, a_link_laid_under_the_passing_name_is_not_followed) {
  ASSERT_TRUE(write_file(folder / "other", "not to be touched"));
  std::filesystem::create_symlink(folder / "other", folder / "key.new");
  ASSERT_TRUE(write_file(folder / "key", "secret"));
  EXPECT_EQ(*read_file(folder / "other"), "not to be touched");
  EXPECT_FALSE(std::filesystem::is_symlink(folder / "key"));
}

TEST_F(FileTest, what_cannot_be_read_or_written_is_said) {
  EXPECT_EQ(read_file(folder / "none").error().id, "file.not_found");
  EXPECT_EQ(read_file(folder).error().id, "file.read");
  EXPECT_EQ(write_file(folder / "none" / "key", "x").error().id, "file.write");
  ASSERT_TRUE(write_file(folder / "large", std::string((std::size_t{1} << 20) + 1, 'x')));
  EXPECT_EQ(read_file(folder / "large").error().code, Code::too_large);
}

TEST_F(FileTest, a_folder_is_made_with_those_above_it_and_twice_does_nothing) {
  ASSERT_TRUE(make_folder(folder / "a" / "b"));
  ASSERT_TRUE(make_folder(folder / "a" / "b"));
  EXPECT_EQ(mode_of(folder / "a" / "b"), 0700U);
}

}  // namespace
}  // namespace inkan
