#include "web/pages.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "support/console_bank.hpp"
#include "web/console/page_kinds.hpp"

// Every page of the desk, in both languages, filled with samples and with payloads.
namespace inkan::web::console {
namespace {

Pages make_pages(const PageSet& set, const std::string& language) {
  auto profile = lifecycle::make_institution();
  auto pages = Pages::make(set, Catalogue::make(load_console_texts(language), profile, language), language, "/assets/0");
  check(pages.has_value(), pages ? "" : pages.error().id + " " + pages.error().detail);
  return std::move(*pages);
}

std::set<std::string> values_in(const std::string& text) {
  std::set<std::string> names;
  for (auto open = text.find('{'); open != std::string::npos; open = text.find('{', open + 1))
    names.insert(text.substr(open + 1, text.find('}', open) - open - 1));
  return names;
}

TEST(ConsolePages, every_key_stands_in_both_languages_with_the_same_values) {
  const std::string folder = INKAN_SOURCE_DIR "/src/web/pages/console/";
  const auto ja = load_texts(folder + "ja.toml");
  const auto en = load_texts(folder + "en.toml");
  for (const auto& [key, text] : ja) {
    ASSERT_TRUE(en.contains(key)) << key;
    EXPECT_EQ(values_in(text), values_in(en.at(key))) << key;
    EXPECT_TRUE(key.starts_with("desk")) << key;
  }
  EXPECT_EQ(ja.size(), en.size());
}

TEST(ConsolePages, D4_17_no_page_shows_an_unfilled_placeholder) {
  for (const PageSet* set : {&stranger_pages(), &staff_pages()})
    for (const char* language : {"ja", "en"}) {
      const Pages pages = make_pages(*set, language);
      for (const PageKind& kind : set->kinds) {
        const std::string name(kind.name);
        const auto html = pages.render(name, sample_values(pages.outline(name)));
        ASSERT_TRUE(html) << name << ": " << html.error().detail;
        for (const char* mark : {"{{", "}}", "[[", "]]", "$$", "{", "}", "%s"})
          EXPECT_FALSE(html->contains(mark)) << name << mark;
        EXPECT_TRUE(html->contains("<html lang=\"" + std::string(language) + "\">")) << name;
        EXPECT_TRUE(html->contains(kind.code)) << name;
        EXPECT_TRUE(html->contains("<h1>")) << name;
        EXPECT_FALSE(html->contains("<script>") || html->contains(" style=") || html->contains(" onclick=")) << name;
      }
    }
}

TEST(ConsolePages, O35_docs_screens_explains_every_number) {
  std::ifstream in(INKAN_SOURCE_DIR "/docs/screens.md");
  const std::string explained{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  for (const PageSet* set : {&stranger_pages(), &staff_pages()})
    for (const PageKind& kind : set->kinds)
      EXPECT_TRUE(explained.contains("| " + std::string(kind.code)) || kind.code.starts_with("B90"));
}

TEST(ConsolePages, D4_17_a_value_that_nobody_gave_is_an_error) {
  const Pages pages = make_pages(staff_pages(), "ja");
  for (const PageKind& kind : staff_pages().kinds) {
    const std::string name(kind.name);
    const Values whole = sample_values(pages.outline(name));
    for (const auto& [section, each] : whole.sections) {
      if (section == "wrong") continue;  // absent means no
      Values less = whole;
      less.sections.erase(section);
      EXPECT_FALSE(pages.render(name, less)) << name << " without #" << section;
    }
  }
}

/// payload_everywhere puts one text into every value.
void payload_everywhere(Values& values, const std::string& payload) {
  for (auto& [variable, text] : values.texts) text = payload;
  for (auto& [section, each] : values.sections)
    for (Values& inside : each) payload_everywhere(inside, payload);
}

TEST(ConsolePages, T21_what_stands_in_our_records_never_becomes_markup) {
  const Pages pages = make_pages(staff_pages(), "ja");
  for (const PageKind& kind : staff_pages().kinds)
    for (const char* payload : {"<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "javascript:alert(1)",
                                "' autofocus x='", "</title><svg onload=alert(1)>", "--><b>", "\" onfocus=\"alert(1)"}) {
      const std::string name(kind.name);
      Values values = sample_values(pages.outline(name));
      payload_everywhere(values, payload);
      const auto html = pages.render(name, values);
      ASSERT_TRUE(html) << name;
      for (const char* mark :
           {"<script>", "<img", "<svg", "<b>", "href=\"javascript:", "action=\"javascript:", "' autofocus", "\" onfocus=\""})
        EXPECT_FALSE(html->contains(mark)) << name << " " << mark;
    }
}

}  // namespace
}  // namespace inkan::web::console
