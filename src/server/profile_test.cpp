#include "server/profile.hpp"

#include <gtest/gtest.h>

#include <set>

#include "server/config.hpp"
#include "support/printer.hpp"
#include "web/portal/page_kinds.hpp"

namespace inkan::server {
namespace {

const std::filesystem::path kSource = INKAN_SOURCE_DIR;

std::string with(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

/// everything_said is all that an institution's customers can read: every page in one language with every section open, and the
/// letters.
std::string everything_said(const lifecycle::Institution& institution, const std::string& language) {
  const auto catalogues = load_catalogues();
  check(catalogues.has_value(), "the shipped catalogues");
  const auto catalogue = web::Catalogue::make(catalogues->at(language), institution, language);
  const auto pages = web::Pages::make(web::portal_pages(), catalogue, language, "/assets/0");
  check(pages.has_value(), pages ? "" : pages.error().id + " " + pages.error().detail);
  std::string all;
  for (const web::PageKind& kind : web::portal_pages().kinds) {
    const std::string name(kind.name);
    const auto html = pages->render(name, web::sample_values(pages->outline(name)));
    check(html.has_value(), name);
    all += *html;
  }
  for (const auto& [kind, letter] : institution.letters) all += letter.subject + letter.body;
  return all;
}

TEST(Profile, every_shipped_one_is_good_and_says_its_document) {
  const auto profiles = shipped_profiles();
  ASSERT_TRUE(profiles) << profiles.error().detail;
  ASSERT_GE(profiles->size(), 2u);
  for (const Profile& profile : *profiles) {
    EXPECT_FALSE(profile.institution.document.empty());
    EXPECT_TRUE(profile.institution.letters.contains("renewal"));
  }
}

TEST(Profile, D1_03_D2_21_mails_30_and_10_days_before) {
  const auto profiles = shipped_profiles();
  ASSERT_TRUE(profiles);
  for (const Profile& profile : *profiles) {
    if (profile.institution.document != "D1" && profile.institution.document != "D2") continue;
    EXPECT_EQ(profile.institution.renewal.mail_days, (std::vector<int>{30, 10}));
    EXPECT_EQ(profile.institution.renewal.window_days, 30);
  }
}

TEST(Profile, O18_the_documents_mails_stand_alone) {
  const auto profiles = shipped_profiles();
  ASSERT_TRUE(profiles);
  for (const Profile& profile : *profiles) {
    const auto& renewal = profile.institution.renewal;
    EXPECT_TRUE(renewal.more_mail_days.empty()) << profile.institution.id;
    EXPECT_TRUE(renewal.grace_mail_days.empty()) << profile.institution.id;
    EXPECT_EQ(renewal.post_days, 20);
  }
}

TEST(Profile, O15_O16_O18_reminders_that_lead_nowhere_are_refused) {
  const std::string good = *read_file(kSource / "institutions" / "d1.toml");
  const auto with_line = [&](const std::string& line) { return with(good, "[renewal]\n", "[renewal]\n" + line + "\n"); };
  const auto refused = [&](const std::string& line) { return parse_profile(with_line(line), "f").error().detail; };
  EXPECT_TRUE(parse_profile(with_line("more_mail_days = [20, 3, 1, 0]\ngrace_mail_days = [1, 30, 75, 90]\npost_days = 0"), "f"));
  EXPECT_NE(refused("more_mail_days = [31]").find("leads nowhere"), std::string::npos);
  EXPECT_NE(refused("more_mail_days = [10]").find("one of mail_days"), std::string::npos);
  EXPECT_NE(refused("grace_mail_days = [91]").find("grace_days"), std::string::npos);
  EXPECT_NE(refused("post_days = 31").find("leads nowhere"), std::string::npos);
  EXPECT_NE(refused("company_digest = \"weekly\"").find("none, unreached or all"), std::string::npos);
}

TEST(Profile, what_is_wrong_is_refused_with_its_line) {
  const std::string good = *read_file(kSource / "institutions" / "d1.toml");
  const auto refused = [](const std::string& text) { return parse_profile(text, "f").error().detail; };
  EXPECT_NE(refused(with(good, "\"D1\"", "\"D9\"")).find("document"), std::string::npos);
  EXPECT_NE(refused(with(good, "Asia/Tokyo", "Asia/Edo")).find("zone"), std::string::npos);
  EXPECT_NE(refused(with(good, "{company}", "{compnay}")).find("knows only"), std::string::npos);
  EXPECT_NE(refused(with(good, "[30, 10]", "[40, 10]")).find("mail_days"), std::string::npos);
  EXPECT_NE(refused(with(good, "[30, 10]", "[10, 10]")).find("twice"), std::string::npos);
  EXPECT_NE(refused(with(good, "window_days", "window_dyas")).find("did you mean"), std::string::npos);
}

TEST(Profile, the_first_code_goes_by_mail_unless_said_and_by_post_only_where_somebody_can_print_it) {
  using lifecycle::FirstCode;
  const std::string good = *read_file(kSource / "institutions" / "d1.toml");
  const Printer printer;
  const std::string pem = "printer = \"\"\"\n" + printer.pem() + "\"\"\"\n";
  const auto policy_of = [&](const std::string& more) {
    const auto profile = parse_profile(with(good, "[acquisition]\n", "[acquisition]\n" + more), "f");
    EXPECT_TRUE(profile) << profile.error().detail;
    return profile ? profile->institution.acquisition : lifecycle::AcquisitionPolicy{};
  };
  EXPECT_EQ(policy_of("").first_code, FirstCode::mail);
  EXPECT_EQ(policy_of("first_code = \"operator\"\n").first_code, FirstCode::operator_alone);
  EXPECT_EQ(policy_of("first_code = \"letter\"\n" + pem).first_code, FirstCode::letter);
  EXPECT_EQ(policy_of(pem).printer, printer.certificate()) << "who has no address gets the first code by post";
  const auto refused = [&](const std::string& more) {
    return parse_profile(with(good, "[acquisition]\n", "[acquisition]\n" + more), "f").error().detail;
  };
  EXPECT_NE(refused("first_code = \"letter\"\n").find("needs a printer"), std::string::npos);
  EXPECT_NE(refused("first_code = \"fax\"\n").find("must be mail, letter or operator"), std::string::npos);
  EXPECT_NE(refused("printer = \"x\"\n").find("one certificate in PEM"), std::string::npos);
}

/// words_of are the words that tell institutions apart: verbs, what the bank calls itself, its names.
std::set<std::string> words_of(const lifecycle::Institution& institution) {
  std::set<std::string> words = {institution.name};
  for (const char* key : {"term.login", "term.logout", "term.self"}) words.insert(institution.words.at(key));
  return words;
}

TEST(Profile, O34_no_institution_speaks_another_ones_words) {
  const auto profiles = shipped_profiles();
  ASSERT_TRUE(profiles) << profiles.error().detail;
  for (const Profile& ours : *profiles) {
    const std::string said = everything_said(ours.institution, "ja");
    const auto own = words_of(ours.institution);
    for (const std::string& word : own) EXPECT_TRUE(said.contains(word)) << ours.institution.id << " never says " << word;
    for (const Profile& other : *profiles) {
      for (const std::string& word : words_of(other.institution)) {
        if (own.contains(word)) continue;
        EXPECT_FALSE(said.contains(word)) << ours.institution.id << " says " << word;
      }
    }
  }
}

TEST(Profile, O33_no_name_of_a_real_bank_or_vendor_is_shown) {
  const auto profiles = shipped_profiles();
  ASSERT_TRUE(profiles);
  for (const Profile& profile : *profiles)
    for (const char* language : {"ja", "en"}) {
      const std::string said = everything_said(profile.institution, language);
      for (const char* name : {"しんきん", "いよぎん", "青い森", "ANSER", "NTT", "Anser", "BizSOL", "Pay-easy", "ペイジー"})
        EXPECT_FALSE(said.contains(name)) << profile.institution.id << " " << name;
    }
}

}  // namespace
}  // namespace inkan::server
