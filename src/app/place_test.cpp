#include "app/place.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "support/tool.hpp"

namespace inkan::app {
namespace {

Result<Secret> nobody_is_asked(const SecretQuestion& /*question*/) { return fail(Code::invalid, "asked"); }

TEST(Place, is_read_from_what_store_says) {
  EXPECT_EQ(parse_place("p12:a.p12")->path, "a.p12");
  EXPECT_EQ(parse_place("nss:/db")->kind, Place::Kind::nss);
  for (const char* wrong : {"p12:", "nss:", "a.p12", "windows", "pkcs11"})
    EXPECT_EQ(parse_place(wrong).error().id, "store.kind") << wrong;
}

TEST(Place, a_pkcs11_uri_says_which_token_and_where_its_pin_is) {
  const auto place = parse_place(
      "pkcs11:token=my%20token;serial=01;object=keiri01;id=%01%FF?module-path=/usr/lib/t.so&pin-source=file:/run/pin");
  ASSERT_TRUE(place) << place.error().id;
  const pki::TokenUri& uri = place->uri;
  EXPECT_EQ(uri.address.label, "my token");
  EXPECT_EQ(uri.address.serial, "01");
  EXPECT_EQ(uri.address.manufacturer, "");
  EXPECT_EQ(uri.address.module, "/usr/lib/t.so");
  EXPECT_EQ(uri.object, "keiri01");
  EXPECT_EQ(uri.id, (Bytes{0x01, 0xFF}));
  EXPECT_EQ(uri.pin_source, "/run/pin");
  EXPECT_FALSE(parse_place("pkcs11:")->uri.address.module.empty());
  EXPECT_EQ(parse_place("pkcs11:token=a?pin-value=1234").error().id, "store.pin_value");
  EXPECT_EQ(parse_place("pkcs11:token=a?pin-source=|cat").error().id, "store.pin_source");
  EXPECT_EQ(parse_place("pkcs11:tokken=a").error().id, "store.uri");
  EXPECT_EQ(parse_place("pkcs11:token=%zz").error().id, "store.uri");
}

TEST(Place, the_browsers_database_is_where_chromium_looks) {
  const TempFolder home;
  ::setenv("HOME", home.path().c_str(), 1);
  EXPECT_EQ(parse_place("")->path, home.path() / ".local/share/pki/nssdb");
  std::filesystem::create_directories(home.path() / ".pki/nssdb");
  EXPECT_EQ(parse_place("")->path, home.path() / ".pki/nssdb");
}

TEST(Place, a_database_that_is_not_there_is_made_only_for_a_first_certificate) {
  const TempFolder home;
  MachineDisk disk;
  const Place place = *parse_place("nss:" + (home.path() / "it's/new").string());
  EXPECT_EQ(open_place(place, disk, nobody_is_asked, false).error().id, "file.not_found");
  {
    const auto made = open_place(place, disk, nobody_is_asked, true);
    ASSERT_TRUE(made) << made.error().id << made.error().detail;
    const auto pending = (*made)->make_pending("issue keiri01", pki::KeyAlgorithm::p256);
    ASSERT_TRUE(pending) << pending.error().id << pending.error().detail;
  }
  const auto again = open_place(place, disk, nobody_is_asked, false);
  ASSERT_TRUE(again) << again.error().id;
  EXPECT_TRUE((*again)->find_pending("issue keiri01")->has_value());
  const auto keys = run_tool("certutil -K -d \"sql:" + place.path.string() + "\"");
  EXPECT_NE(keys.output.find("inkan pending: issue keiri01"), std::string::npos) << keys.output;
}

TEST(Place, a_database_with_a_password_asks_for_it) {
  const TempFolder home;
  MachineDisk disk;
  const std::string right = home.write("right", "right");
  ASSERT_EQ(run_tool("certutil -N -f " + right + " -d sql:" + home.path().string()).status, 0);
  const Place place = *parse_place("nss:" + home.path().string());
  const auto open = [&](const char* password) {
    return open_place(
        place, disk,
        [&](const SecretQuestion& question) -> Result<Secret> {
          EXPECT_EQ(question.about, SecretQuestion::About::database);
          return Secret(password);
        },
        false);
  };
  EXPECT_EQ(open("wrong").error().id, "token.pin_wrong");
  const auto opened = open("right");
  ASSERT_TRUE(opened) << opened.error().id;
  EXPECT_TRUE((*opened)->make_pending("issue keiri01", pki::KeyAlgorithm::p256));
}

}  // namespace
}  // namespace inkan::app
