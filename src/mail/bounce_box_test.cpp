#include "mail/bounce_box.hpp"

#include <gtest/gtest.h>

#include "support/tool.hpp"

namespace inkan::mail {
namespace {

namespace fs = std::filesystem;

BounceAddress ours() { return BounceAddress::make("bounce.bank.test", Secret("0123456789abcdef")).value(); }

std::string report(long long letter, const std::string& action = "failed") {
  return "Delivered-To: " + ours().address_of(letter) +
         "\nContent-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\nContent-Type: "
         "message/delivery-status\n\nReporting-MTA: dns;a.test\n\nFinal-Recipient: rfc822;keiri@example.test\nAction: " +
         action + "\nStatus: 5.1.1\n\n--x--\n";
}

class Box : public testing::Test {
 protected:
  Box() { fs::create_directories(folder_.path() / "new"); }
  void deliver(const std::string& name, const std::string& content) const { folder_.write("new/" + name, content); }
  BounceBox open() const { return BounceBox::open(folder_.path(), ours()).value(); }
  std::vector<std::string> names(const std::string& where) const {
    std::set<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder_.path() / where)) found.insert(entry.path().filename().string());
    return {found.begin(), found.end()};
  }
  TempFolder folder_;
};

TEST_F(Box, gives_each_report_until_it_is_settled) {
  deliver("2.b", report(2));
  deliver("1.a", report(1));
  BounceBox box = open();
  auto reports = box.collect().value();
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_EQ(reports[0].bounces.at(0).letter, 1);
  EXPECT_EQ(reports[1].bounces.at(0).letter, 2);
  ASSERT_TRUE(box.settle(reports[0]));
  EXPECT_EQ(names("cur"), std::vector<std::string>{"1.a:2,S"});
  reports = open().collect().value();  // as after a death between record and settling
  ASSERT_EQ(reports.size(), 1u);
  ASSERT_TRUE(box.settle(reports[0]));
  EXPECT_TRUE(box.collect().value().empty());
  EXPECT_FALSE(box.settle(reports[0])) << "it is gone";
}

TEST_F(Box, what_it_cannot_read_is_set_aside_and_holds_up_nothing) {
  deliver("1", "hello");
  deliver("2", "");
  deliver("3", std::string(kMostReportBytes + 1, 'x'));
  fs::create_directory(folder_.path() / "new" / "4");
  fs::create_symlink("/etc/hostname", folder_.path() / "new" / "5");
  deliver("6", report(6));
  std::string forged = report(7);
  forged[forged.find("bounces+7-") + 10] ^= 1;
  deliver("7", forged);
  deliver("8", report(8, "delayed"));
  testing::internal::CaptureStderr();
  BounceBox box = open();
  const auto reports = box.collect(2).value();
  const std::string logged = testing::internal::GetCapturedStderr();
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_EQ(reports[0].file, "6");
  EXPECT_EQ(reports[1].file, "8");
  EXPECT_TRUE(reports[1].bounces.empty());
  EXPECT_EQ(names("aside"), (std::vector<std::string>{"1", "2", "3", "4", "5", "7"}));
  EXPECT_NE(logged.find("mail.bounce_aside"), std::string::npos);
  EXPECT_NE(logged.find("bounce.unknown_address"), std::string::npos);
  EXPECT_EQ(logged.find('@'), std::string::npos) << "no address in the log";
}

TEST_F(Box, a_file_that_cannot_be_moved_is_passed_over) {
  deliver("1", "hello");
  deliver("2", report(2));
  BounceBox box = open();
  fs::remove(folder_.path() / "aside");
  testing::internal::CaptureStderr();
  EXPECT_EQ(box.collect(1).value().size(), 1u);
  EXPECT_EQ(box.collect(1).value().size(), 1u);
  const std::string logged = testing::internal::GetCapturedStderr();
  EXPECT_NE(logged.find("mail.bounce_stuck"), std::string::npos);
  EXPECT_EQ(logged.find("mail.bounce_stuck"), logged.rfind("mail.bounce_stuck")) << "told once";
}

TEST_F(Box, a_folder_that_is_none_is_told) {
  EXPECT_EQ(BounceBox::open(folder_.path() / "none", ours()).error().id, "mail.bounces");
  BounceBox box = open();
  fs::remove(folder_.path() / "new");
  EXPECT_EQ(box.collect().error().id, "mail.bounces");
}

}  // namespace
}  // namespace inkan::mail
