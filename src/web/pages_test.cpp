#include "web/pages.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "support/catalogue.hpp"
#include "support/institution.hpp"
#include "web/portal/page_kinds.hpp"

namespace inkan::web {
namespace {

const std::string kFolder = INKAN_SOURCE_DIR "/src/web/pages/";

std::map<std::string, std::string> texts(const std::string& language) { return load_texts(kFolder + language + ".toml"); }

Pages make_pages(const std::string& language, const std::string& institution = "d1") {
  auto profile = lifecycle::make_institution(institution);
  auto pages = Pages::make(portal_pages(), Catalogue::make(texts(language), profile, language), language, "/assets/0");
  check(pages.has_value(), pages ? "" : pages.error().id + " " + pages.error().detail);
  return std::move(*pages);
}

/// values_in are the `{name}` of a text that a page fills in.
std::set<std::string> values_in(const std::string& text) {
  std::set<std::string> names;
  for (auto open = text.find('{'); open != std::string::npos; open = text.find('{', open + 1)) {
    const std::string name = text.substr(open + 1, text.find('}', open) - open - 1);
    if (!name.contains('.')) names.insert(name);
  }
  return names;
}

TEST(Catalogue, has_every_key_in_both_languages_with_the_same_values) {
  const auto ja = texts("ja");
  const auto en = texts("en");
  for (const auto& [key, text] : ja) {
    ASSERT_TRUE(en.contains(key)) << key;
    EXPECT_EQ(values_in(text), values_in(en.at(key))) << key;
    EXPECT_FALSE(text.empty()) << key;
  }
  for (const auto& [key, text] : en) EXPECT_TRUE(ja.contains(key)) << key;
}

TEST(Catalogue, an_institutions_words_win_and_are_japanese_unless_they_say_english) {
  auto profile = lifecycle::make_institution();
  profile.words = {{"term.login", "ログオン"}, {"en.term.login", "Log on"}};
  EXPECT_EQ(Catalogue::make(texts("ja"), profile, "ja").text("term.login").value(), "ログオン");
  EXPECT_EQ(Catalogue::make(texts("en"), profile, "en").text("term.login").value(), "Log on");
  EXPECT_EQ(Catalogue::make(texts("ja"), profile, "ja").text("status.issued_unconfirmed_next").value(), "新しい証明書でログオン");
  EXPECT_EQ(Catalogue::make(texts("ja"), profile, "ja").text("no.such").error().id, "web.catalogue");
}

TEST(Pages, a_text_that_is_missing_fails_at_the_start) {
  auto few = texts("ja");
  few.erase("ask.key");
  auto profile = lifecycle::make_institution();
  const auto pages = Pages::make(portal_pages(), Catalogue::make(few, profile, "ja"), "ja", "/assets/0");
  ASSERT_FALSE(pages);
  EXPECT_EQ(pages.error().id, "web.catalogue");
  EXPECT_EQ(pages.error().detail, "ask.key");
}

TEST(Pages, D4_17_no_page_ever_shows_an_unfilled_placeholder) {
  for (const char* institution : {"d1", "d2"}) {
    for (const char* language : {"ja", "en"}) {
      const Pages pages = make_pages(language, institution);
      for (const PageKind& kind : portal_pages().kinds) {
        const std::string name(kind.name);
        const auto html = pages.render(name, sample_values(pages.outline(name)));
        ASSERT_TRUE(html) << name << ": " << html.error().detail;
        for (const char* mark : {"{{", "}}", "[[", "]]", "$$", "{", "}", "%s"})
          EXPECT_FALSE(html->contains(mark)) << name << mark;
        EXPECT_TRUE(html->contains("<html lang=\"" + std::string(language) + "\">")) << name;
        EXPECT_TRUE(html->contains("｜サンプル銀行</title>")) << name;
        EXPECT_TRUE(html->contains(kind.code)) << name;
        EXPECT_FALSE(html->contains("<script>") || html->contains(" style=") || html->contains(" onclick=")) << name;
        EXPECT_TRUE(html->contains("<h1")) << name;
      }
    }
  }
}

TEST(Pages, D4_17_a_value_that_nobody_gave_is_an_error_and_not_an_empty_place) {
  const Pages pages = make_pages("ja");
  for (const PageKind& kind : portal_pages().kinds) {
    const std::string name(kind.name);
    const Values whole = sample_values(pages.outline(name));
    for (const auto& [variable, text] : whole.texts) {
      Values less = whole;
      less.texts.erase(variable);
      for (auto& [section, each] : less.sections)
        for (Values& inside : each) inside.texts.erase(variable);
      EXPECT_FALSE(pages.render(name, less)) << name << " without " << variable;
    }
    for (const auto& [section, each] : whole.sections) {
      if (section == "wrong" || section == "logged_in" || section == "branded") continue;  // absent means no
      Values less = whole;
      less.sections.erase(section);
      EXPECT_FALSE(pages.render(name, less)) << name << " without #" << section;
    }
  }
}

TEST(Pages, T21_what_stands_in_our_records_never_becomes_markup) {
  const Pages pages = make_pages("ja");
  for (const PageKind& kind : portal_pages().kinds) {
    const std::string name(kind.name);
    for (const char* payload :
         {"<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "javascript:alert(1)", "' autofocus x='"}) {
      Values values = sample_values(pages.outline(name));
      for (auto& [variable, text] : values.texts) text = payload;
      for (auto& [section, each] : values.sections)
        for (Values& inside : each)
          for (auto& [variable, text] : inside.texts) text = payload;
      const auto html = pages.render(name, values);
      ASSERT_TRUE(html) << name;
      EXPECT_FALSE(html->contains("<script>")) << name;
      EXPECT_FALSE(html->contains("<img")) << name;
      EXPECT_FALSE(html->contains("href=\"javascript:")) << name;
      EXPECT_FALSE(html->contains("' autofocus")) << name;
    }
  }
}

TEST(Pages, O35_every_stage_has_a_number_of_its_own_and_docs_screens_explains_it) {
  std::ifstream in(INKAN_SOURCE_DIR "/docs/screens.md");
  const std::string explained{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  std::map<std::string_view, std::string_view> file_of;
  std::set<std::string_view> seen;
  for (const PageKind& kind : portal_pages().kinds) {
    EXPECT_TRUE(explained.contains(kind.code)) << kind.code;
    const auto [first, added] = file_of.emplace(kind.code, kind.file);
    EXPECT_EQ(first->second, kind.file) << kind.code << " stands for two templates";
    if (added) {
      EXPECT_TRUE(seen.insert(kind.code).second) << kind.code;
    }
    for (const Stage& stage : kind.stages) {
      EXPECT_TRUE(seen.insert(stage.code).second) << stage.code << " stands for two stages";
      EXPECT_TRUE(explained.contains(stage.code)) << stage.code;
    }
  }
}

TEST(Pages, O35_a_stage_is_called_what_stands_above_it) {
  for (const PageKind& kind : portal_pages().kinds) {
    std::ifstream in(INKAN_SOURCE_DIR "/src/web/pages/" + std::string(kind.file) + ".html");
    const std::string page{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    for (const Stage& stage : kind.stages) {
      const auto section = page.find("data-screen=\"" + std::string(stage.name) + "\"");
      ASSERT_NE(section, std::string::npos) << kind.file << " has no screen " << stage.name;
      const auto heading = page.find("<h1", section);
      const std::string words = page.substr(heading, page.find("</h1>", heading) - heading);
      const std::string own = std::string(kind.name) + ".";
      const std::string key(stage.title.starts_with(own) ? stage.title.substr(own.size() - 1) : stage.title);
      EXPECT_TRUE(words.contains("[[" + key + "]]")) << kind.name << " " << stage.code << ": " << words;
    }
  }
}

TEST(Pages, E201_E208_E209_E301_E302_a_message_with_a_number_has_words_in_both_languages_and_stands_in_docs_screens) {
  std::ifstream in(INKAN_SOURCE_DIR "/docs/screens.md");
  const std::string explained{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  for (const char* language : {"ja", "en"}) {
    const Pages pages = make_pages(language);
    for (const Saying& saying : portal_pages().sayings) {
      EXPECT_TRUE(pages.catalogue().text(std::string(saying.text))) << saying.text;
      EXPECT_TRUE(pages.catalogue().text(std::string(saying.title))) << saying.title;
      EXPECT_TRUE(explained.contains("| " + std::string(saying.code) + " |")) << saying.code;
    }
  }
}

TEST(Outline, reads_sections_and_refuses_what_does_not_close) {
  const auto outline = parse_outline("{{%AUTOESCAPE context=\"HTML\"}}{{a}}{{#b}}{{c}}{{/b}}");
  ASSERT_TRUE(outline);
  EXPECT_EQ(outline->variables, std::vector<std::string>{"a"});
  ASSERT_EQ(outline->sections.size(), 1U);
  EXPECT_EQ(outline->sections[0].inside.variables, std::vector<std::string>{"c"});
  for (const char* broken : {"{{a", "{{#a}}", "{{/a}}", "{{#a}}{{/b}}", "{{A}}", "{{}}", "{{a:h}}"})
    EXPECT_FALSE(parse_outline(broken)) << broken;
}

TEST(Outline, a_hidden_section_asks_for_nothing) {
  const auto outline = parse_outline("{{#b}}{{c}}{{/b}}").value();
  EXPECT_FALSE(check_values(outline, Values{}));
  EXPECT_TRUE(check_values(outline, Values{}.show("b", false)));
  EXPECT_FALSE(check_values(outline, Values{}.show("b", true)));
  EXPECT_TRUE(check_values(outline, Values{}.show("b", true).set("c", "")));
}

}  // namespace
}  // namespace inkan::web
