// What the documents ask is proved: every id of tests/rows.txt stands in the name of a test, where rows.txt wants it.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace inkan {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = INKAN_SOURCE_DIR;

/// ids_of finds the ids in a test's name: D1-12 in a journey's, D1_12 in C++, O23, E101, T5; `D5_12_to_D5_15` is all four.
std::set<std::string> ids_of(const std::string& name) {
  static const std::regex kRow(R"((?:^|[^A-Za-z0-9])(D[1-5])[-_](\d\d)(?![0-9]))");
  static const std::regex kRange(R"((D[1-5])[-_](\d\d)[-_ ]to[-_ ]\1[-_](\d\d))");
  static const std::regex kOther(R"((?:^|[^A-Za-z0-9.])([OET]\d{1,3})(?![0-9A-Za-z]))");
  std::set<std::string> ids;
  const auto each = [&](const std::regex& pattern, auto take) {
    std::smatch match;
    for (auto from = name.begin(); std::regex_search(from, name.end(), match, pattern); from = match[0].second) take(match);
  };
  each(kRow, [&](const auto& match) { ids.insert(match.str(1) + "-" + match.str(2)); });
  each(kOther, [&](const auto& match) { ids.insert(match.str(1)); });
  each(kRange, [&](const auto& match) {
    for (int row = std::stoi(match.str(2)); row <= std::stoi(match.str(3)); ++row)
      ids.insert(match.str(1) + (row < 10 ? "-0" : "-") + std::to_string(row));
  });
  return ids;
}

/// wanted is tests/rows.txt: what is to be proved, and where.
std::map<std::string, std::string> wanted() {
  std::map<std::string, std::string> all;
  std::ifstream stream(kRoot / "tests/rows.txt");
  for (std::string line; std::getline(stream, line);) {
    std::istringstream words(line);
    std::string where;
    words >> where;
    if (where == "#") continue;
    for (std::string id; words >> id;) all[id] = where;
  }
  return all;
}

/// Proved is an id in the name of a test.
struct Proved {
  std::string id;
  std::string where;  ///< "browser", "program" or "any", as in rows.txt
  std::string at;     ///< file and line
};

std::vector<Proved> proved() {
  static const std::regex kJourney(R"(^\s*test\(["`](.*))");
  static const std::regex kCpp(R"(^\s*(?:TEST|TEST_F|TEST_P|RC_GTEST_PROP|RC_GTEST_FIXTURE_PROP)\((.*))");
  static const std::set<std::string> kSkipped = {"node_modules", "corpus"};
  std::vector<Proved> all;
  for (const char* top : {"src", "tests"}) {
    for (auto it = fs::recursive_directory_iterator(kRoot / top); it != fs::recursive_directory_iterator(); ++it) {
      if (it->is_directory() && kSkipped.contains(it->path().filename().string())) it.disable_recursion_pending();
      const std::string path = fs::relative(it->path(), kRoot).generic_string();
      const bool journey = path.ends_with(".test.mjs");
      if (!journey && !path.ends_with("_test.cpp")) continue;
      const char* where = path.starts_with("tests/journeys/") ? "browser" : path.starts_with("src/app/") ? "program" : "any";
      std::ifstream stream(it->path());
      std::size_t number = 0;
      for (std::string line; std::getline(stream, line);) {
        ++number;
        std::smatch match;
        if (!std::regex_search(line, match, journey ? kJourney : kCpp)) continue;
        for (const std::string& id : ids_of(match.str(1))) all.push_back({id, where, path + ":" + std::to_string(number)});
      }
    }
  }
  return all;
}

TEST(Rows, each_has_a_test_that_bears_its_id_and_no_test_bears_a_row_that_is_none) {
  const auto rows = wanted();
  ASSERT_GT(rows.size(), 75u) << "tests/rows.txt";
  std::map<std::string, std::set<std::string>> found;
  for (const Proved& each : proved()) {
    found[each.id].insert(each.where);
    EXPECT_TRUE(!each.id.starts_with("D") || rows.contains(each.id)) << each.at << ": " << each.id << " is not in tests/rows.txt";
  }
  for (const auto& [id, where] : rows)
    EXPECT_TRUE(where == "any" ? found.contains(id) : found[id].contains(where))
        << id << ": no test bears this id (" << where << ")";
}

}  // namespace
}  // namespace inkan
