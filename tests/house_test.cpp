// The rules of the house as a test: it reads the tree and holds it against docs/architecture.md and CONTRIBUTING.md.
// Each complaint names file and line. A rule is one row of a table where it can be.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace inkan {
namespace {

namespace fs = std::filesystem;
using std::string_view;
using Words = std::vector<string_view>;

struct File {
  std::string path;  // relative to the repository, with '/'
  std::vector<std::string> lines;

  bool below(string_view folder) const { return path.starts_with(folder); }
  bool ends(string_view ending) const { return path.ends_with(ending); }
  bool is_cpp() const { return ends(".cpp") || ends(".hpp"); }
  std::string at(std::size_t line) const { return path + ":" + std::to_string(line + 1) + ": "; }
};

struct Include {
  std::size_t line;
  std::string target;
  bool angled;
};

const fs::path& root() {
  static const fs::path path = INKAN_SOURCE_DIR;
  return path;
}

bool is_text(const fs::path& path) {
  static const std::set<std::string> kEndings = {".cpp", ".hpp",   ".md",  ".toml", ".sql", ".html", ".css",     ".js", ".mjs",
                                                 ".sh",  ".cmake", ".txt", ".json", ".yml", ".yaml", ".service", "",    ".in"};
  return kEndings.contains(path.extension().string());
}

std::vector<File> read_tree() {
  static const std::set<std::string> kSkipped = {"build", ".git", "node_modules", "corpus", "data"};
  std::vector<File> files;
  for (auto it = fs::recursive_directory_iterator(root()); it != fs::recursive_directory_iterator(); ++it) {
    if (it->is_directory() && kSkipped.contains(it->path().filename().string())) it.disable_recursion_pending();
    if (!it->is_regular_file() || it->path().filename() == ".git" || !is_text(it->path()))
      continue;  // a worktree has a file .git
    File file{fs::relative(it->path(), root()).generic_string(), {}};
    std::ifstream stream(it->path());
    for (std::string line; std::getline(stream, line);) file.lines.push_back(line);
    files.push_back(std::move(file));
  }
  std::ranges::sort(files, {}, &File::path);
  return files;
}

const std::vector<File>& tree() {
  static const std::vector<File> files = read_tree();
  return files;
}

bool is_word_letter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// has_word finds `word` where it is not part of a longer word.
bool has_word(string_view text, string_view word) {
  for (auto at = text.find(word); at != string_view::npos; at = text.find(word, at + 1)) {
    const auto end = at + word.size();
    const bool starts = at == 0 || !is_word_letter(word.front()) || !is_word_letter(text[at - 1]);
    const bool stops = end == text.size() || !is_word_letter(word.back()) || !is_word_letter(text[end]);
    if (starts && stops) return true;
  }
  return false;
}

/// code_of drops what stands in quotation marks or after `//`.
std::string code_of(string_view line) {
  std::string out;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (!quoted && line.substr(i, 2) == "//") break;
    if (line[i] == '"' && (i == 0 || line[i - 1] != '\'')) quoted = !quoted;
    if (quoted && line[i] == '\\') ++i;
    if (!quoted && i < line.size()) out += line[i];
  }
  return out;
}

std::vector<Include> includes_of(const File& file) {
  std::vector<Include> out;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const string_view line = file.lines[i];
    if (!line.starts_with("#include")) continue;
    const auto open = line.find_first_of("<\"");
    const auto close = line.find_first_of(">\"", open + 1);
    if (open == string_view::npos || close == string_view::npos) continue;
    out.push_back({i, std::string(line.substr(open + 1, close - open - 1)), line[open] == '<'});
  }
  return out;
}

std::string room_of(string_view path) {
  if (!path.starts_with("src/")) return {};
  path.remove_prefix(4);
  const auto slash = path.find('/');
  return slash == string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

/// arrows reads `room(NAME NEEDS a b …)` out of src/CMakeLists.txt.
std::map<std::string, std::set<std::string>> arrows() {
  std::ifstream stream(root() / "src/CMakeLists.txt");
  std::map<std::string, std::set<std::string>> out;
  for (std::string line; std::getline(stream, line);) {
    if (!line.starts_with("room(")) continue;
    std::replace(line.begin(), line.end(), ')', ' ');
    std::istringstream words(line.substr(5));
    std::string name;
    std::string word;
    words >> name;
    auto& needs = out[name];
    for (bool needed = false; words >> word;) {
      if (word == "NEEDS" || word == "LIBRARIES" || word == "FIXTURES" || word == "EXCEPT")
        needed = word == "NEEDS";
      else if (needed)
        needs.insert(word);
    }
  }
  return out;
}

bool allowed(string_view path, const Words& where) {
  return std::ranges::any_of(where, [&](string_view prefix) { return path.starts_with(prefix); });
}

using Complaints = std::vector<std::string>;

/// expect_none fails with one complaint a line.
void expect_none(const Complaints& complaints) {
  std::string text;
  for (const std::string& complaint : complaints) text += "\n  " + complaint;
  EXPECT_TRUE(complaints.empty()) << text;
}

// ---- arrows ---------------------------------------------------------------------------------------------------------

TEST(House, every_include_follows_the_arrows) {
  const auto needs = arrows();
  ASSERT_TRUE(needs.contains("base")) << "src/CMakeLists.txt has no room(base …)";
  Complaints complaints;
  for (const File& file : tree()) {
    const std::string room = room_of(file.path);
    if (room.empty() || !file.is_cpp()) continue;
    if (!needs.contains(room)) {
      complaints.push_back(file.path + ": src/CMakeLists.txt has no room(" + room + " …)");
      continue;
    }
    const bool tested = file.ends("_test.cpp") || file.ends("_bench.cpp") || file.ends("_fuzz.cpp");
    for (const Include& include : includes_of(file)) {
      if (include.angled) continue;
      const std::string target = include.target.substr(0, include.target.find('/'));
      if (target == "support" && tested) continue;
      if (!needs.contains(target))
        complaints.push_back(file.at(include.line) + "\"" + include.target + "\" does not begin with a room");
      else if (target != room && !needs.at(room).contains(target))
        complaints.push_back(file.at(include.line) + room + " may not see " + target);
      else if (room == "lifecycle" && target == "ca" && include.target != "ca/issuer.hpp")
        complaints.push_back(file.at(include.line) + "of ca, lifecycle sees ca/issuer.hpp alone");
    }
  }
  expect_none(complaints);
}

TEST(House, the_arrows_have_no_cycle_and_the_doors_never_see_the_keys) {
  const auto needs = arrows();
  std::set<std::string> seen;  // src/CMakeLists.txt stands in reading order: a room needs only rooms above it
  std::ifstream stream(root() / "src/CMakeLists.txt");
  Complaints complaints;
  for (std::string line; std::getline(stream, line);) {
    if (!line.starts_with("room(")) continue;
    const std::string name = line.substr(5, line.find_first_of(" )") - 5);
    for (const std::string& need : needs.at(name))
      if (!seen.contains(need)) complaints.push_back("room(" + name + ") needs " + need + ", which stands below it");
    seen.insert(name);
  }
  for (const char* door : {"web", "wire", "store", "mail"})
    for (const char* other : {"web", "wire", "store", "mail", "ca", "server"})
      if (needs.contains(door) && needs.at(door).contains(other))
        complaints.push_back(std::string(door) + " may never see " + other);
  expect_none(complaints);
}

// ---- other people's libraries ---------------------------------------------------------------------------------------

struct Library {
  string_view header;
  Words where;
};

// What Windows has stands in a folder windows/ of a room, and only the build for Windows sees it.
const Words kWindows = {"src/base/windows/", "src/pki/windows/", "src/net/windows/", "src/app/windows/"};

// The first row that fits a header decides.
const std::vector<Library> kLibraries = {
    {"openssl/ssl.h", {"src/net/tls"}},
    {"openssl/", {"src/pki/", "src/net/tls", "src/server/demo/trust"}},  // decision 0007
    {"libp11.h", {"src/pki/token"}},
    {"p11-kit/pkcs11.h", {"src/pki/token"}},
    {"p11-kit/uri.h", {"src/pki/token_uri"}},
    {"sodium.h", {"src/base/"}},
    {"spdlog/", {"src/base/log"}},
    {"date/", {"src/base/zone"}},
    {"sqlite3.h", {"src/store/"}},
    {"libpq", {"src/store/"}},
    {"postgresql/", {"src/store/"}},
    {"curl/", {"src/mail/"}},
    {"gmime/", {"src/mail/"}},
    {"opendkim/", {"src/mail/opendkim"}},  // decision 0008
    {"ctemplate/", {"src/web/"}},
    {"boost/json", {"src/wire/", "src/server/", "src/app/"}},  // the doors and --json
    {"boost/", {"src/net/", "src/server/demo/mail_sink"}},     // decision 0007
    {"toml++/", {"src/server/"}},
    {"toml.hpp", {"src/server/"}},
    {"CLI/", {"src/server/", "src/app/"}},
    {"Q", {"src/app/window/"}},
    {"windows.h", kWindows},
    {"bcrypt.h", kWindows},
    {"ncrypt.h", kWindows},
    {"wincrypt.h", kWindows},
    {"winhttp.h", kWindows},
    {"shellapi.h", kWindows},
    {"shlobj.h", kWindows},
    {"knownfolders.h", kWindows},
    {"commctrl.h", kWindows},
    {"io.h", kWindows},
};

const Library* library_of(const Include& include) {
  if (!include.angled) return nullptr;
  const auto found =
      std::ranges::find_if(kLibraries, [&](const Library& library) { return include.target.starts_with(library.header); });
  return found == kLibraries.end() ? nullptr : &*found;
}

TEST(House, every_library_stays_in_its_room) {
  Complaints complaints;
  for (const File& file : tree()) {
    if (!file.below("src/") || !file.is_cpp()) continue;
    for (const Include& include : includes_of(file)) {
      const Library* library = library_of(include);
      if (library == nullptr || allowed(file.path, library->where)) continue;
      std::string places;
      for (string_view place : library->where) places += " " + std::string(place);
      complaints.push_back(file.at(include.line) + "<" + include.target + "> belongs to" + places);
    }
  }
  expect_none(complaints);
}

TEST(House, no_header_hands_a_library_to_another_room) {
  std::map<std::string, const File*> headers;
  for (const File& file : tree())
    if (file.below("src/") && file.ends(".hpp")) headers[file.path.substr(4)] = &file;

  // The headers that show a library's header, themselves or through another header of ours.
  std::set<std::string> showing;
  for (bool grown = true; grown;) {
    grown = false;
    for (const auto& [name, file] : headers)
      for (const Include& include : includes_of(*file))
        if (library_of(include) != nullptr || (!include.angled && showing.contains(include.target)))
          grown = showing.insert(name).second || grown;
  }
  Complaints complaints;
  for (const File& file : tree()) {
    const std::string room = room_of(file.path);
    if (room.empty() || !file.is_cpp()) continue;
    for (const Include& include : includes_of(file))
      if (!include.angled && showing.contains(include.target) && !include.target.starts_with(room + "/"))
        complaints.push_back(file.at(include.line) + include.target + " shows a library's header to another room");
  }
  expect_none(complaints);
}

// ---- words and calls ------------------------------------------------------------------------------------------------

struct Forbidden {
  string_view word;
  Words except;
  string_view instead;
};

const std::vector<Forbidden> kForbiddenCode = {
    {"system_clock", {"src/base/clock.cpp"}, "take an Instant or a const Clock&"},
    {"time(nullptr)", {}, "take an Instant or a const Clock&"},
    {"time(NULL)", {}, "take an Instant or a const Clock&"},
    {"time(0)", {}, "take an Instant or a const Clock&"},
    {"gettimeofday", {}, "take an Instant or a const Clock&"},
    {"sleep_for", {}, "wait for the event itself"},
    {"sleep_until", {}, "wait for the event itself"},
    {"usleep", {}, "wait for the event itself"},
    {"nanosleep", {}, "wait for the event itself"},
    {"sleep(", {}, "wait for the event itself"},
    {"random_device", {}, "take an Rng&"},
    {"rand(", {}, "take an Rng&"},
    {"srand(", {}, "take an Rng&"},
    {"mt19937", {"tests/", "bench/"}, "take an Rng&"},
    {"using namespace std;", {}, "write std::"},
    {"GTEST_SKIP", {}, "setup installs what a test needs; a skipped test proves nothing"},
};

TEST(House, time_and_chance_come_from_outside_and_nothing_sleeps) {
  Complaints complaints;
  for (const File& file : tree()) {
    if (!file.is_cpp()) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string code = code_of(file.lines[i]);
      for (const Forbidden& rule : kForbiddenCode)
        if (has_word(code, rule.word) && !allowed(file.path, rule.except))
          complaints.push_back(file.at(i) + std::string(rule.word) + ": " + std::string(rule.instead));
    }
  }
  expect_none(complaints);
}

TEST(House, names_say_what_a_thing_is) {
  const std::set<std::string> forbidden = {"util", "utils", "helper", "helpers", "manager", "common", "impl", "misc"};
  Complaints complaints;
  for (const File& file : tree()) {
    if (!file.below("src/") && !file.below("tests/") && !file.below("bench/")) continue;
    std::string word;
    for (char c : file.path + "/") {
      if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
        word += c;
        continue;
      }
      if (forbidden.contains(word)) complaints.push_back(file.path + ": \"" + word + "\" says nothing about what is inside");
      word.clear();
    }
  }
  expect_none(complaints);
}

TEST(House, nothing_is_left_unfinished_or_bound_to_one_machine) {
  const Words marks = {
      "TO"
      "DO",
      "FIX"
      "ME",
      "XX"
      "X"};  // in two halves, so that this file passes its own rule
  const Words folders = {
      "/"
      "work/",
      "/"
      "root/",
      "/"
      "home/"};
  Complaints complaints;
  for (const File& file : tree()) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const string_view line = file.lines[i];
      for (string_view mark : marks)
        if (has_word(line, mark)) complaints.push_back(file.at(i) + "an unfinished mark");
      for (string_view folder : folders) {
        const auto at = line.find(folder);
        if (at != string_view::npos && (at == 0 || string_view(" \t\"'`(=<:").find(line[at - 1]) != string_view::npos))
          complaints.push_back(file.at(i) + "a path of one machine");
      }
    }
  }
  expect_none(complaints);
}

TEST(House, every_silenced_warning_has_its_reason) {
  Complaints complaints;
  for (const File& file : tree()) {
    if (!file.is_cpp()) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const string_view line = file.lines[i];
      const auto at = line.find(
          "// NO"
          "LINT");
      if (at == string_view::npos) continue;
      const auto close = line.find("): ", at);
      if (close == string_view::npos || close + 6 > line.size())
        complaints.push_back(file.at(i) + "write the check and why: (check-name): reason");
    }
  }
  expect_none(complaints);
}

// ---- files ----------------------------------------------------------------------------------------------------------

TEST(House, headers_are_guarded_and_live_in_their_namespace) {
  Complaints complaints;
  for (const File& file : tree()) {
    if (!file.ends(".hpp")) continue;
    const auto has = [&](string_view start) {
      return std::ranges::any_of(file.lines, [&](const std::string& line) { return line.starts_with(start); });
    };
    if (!has("#pragma once")) complaints.push_back(file.path + ": #pragma once is missing");
    const std::string room = room_of(file.path);
    const std::string space = room.empty() || room == "base" ? "namespace inkan" : "namespace inkan::" + room;
    if (!has(space)) complaints.push_back(file.path + ": " + space + " is missing");
  }
  expect_none(complaints);
}

TEST(House, no_file_is_longer_than_one_story) {
  constexpr std::size_t kLimit = 500;
  Complaints complaints;
  for (const File& file : tree()) {
    const bool code = file.is_cpp() || file.ends(".mjs") || file.ends(".js") || file.ends(".css") || file.ends(".cmake");
    if (code && file.lines.size() > kLimit)
      complaints.push_back(file.path + ": " + std::to_string(file.lines.size()) + " lines; would two files each tell one story?");
  }
  expect_none(complaints);
}

TEST(House, every_log_event_and_audit_action_is_explained) {
  std::ifstream stream(root() / "docs/messages.md");
  const std::string messages{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  const std::regex event(R"re((?:log\(LogLevel::\w+, "\w+", |\.action = )"([a-z_.]+)")re");
  Complaints complaints;
  for (const File& file : tree()) {
    if (!file.below("src/") || !file.is_cpp() || file.ends("_test.cpp")) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (file.lines[i].find("LogLevel::") == std::string::npos && file.lines[i].find(".action") == std::string::npos) continue;
      std::smatch match;
      if (std::regex_search(file.lines[i], match, event) && messages.find("`" + match.str(1) + "`") == std::string::npos)
        complaints.push_back(file.at(i) + match.str(1) + " is not explained in docs/messages.md");
    }
  }
  expect_none(complaints);
}

TEST(House, every_room_introduces_itself) {
  Complaints complaints;
  for (const auto& [room, needs] : arrows())
    if (!fs::exists(root() / "src" / room / "README.md")) complaints.push_back("src/" + room + "/README.md is missing");
  expect_none(complaints);
}

TEST(House, every_decision_has_its_parts_and_stands_in_the_index) {
  const fs::path folder = root() / "docs/decisions";
  std::ifstream stream(folder / "README.md");
  const std::string index{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  Complaints complaints;
  int count = 0;
  for (const File& file : tree()) {
    if (!file.below("docs/decisions/") || file.ends("README.md")) continue;
    ++count;
    const std::string name = fs::path(file.path).filename().string();
    if (index.find("(" + name + ")") == std::string::npos)
      complaints.push_back(file.path + ": docs/decisions/README.md does not list it");
    for (const char* part : {"## Status", "## Context", "## Decision", "## Consequences"})
      if (std::ranges::find(file.lines, part) == file.lines.end())
        complaints.push_back(file.path + ": \"" + part + "\" is missing");
  }
  EXPECT_GT(count, 0);
  expect_none(complaints);
}

TEST(House, the_institutions_are_profiles) {
  const auto count = std::ranges::count_if(tree(), [](const File& f) { return f.below("institutions/") && f.ends(".toml"); });
  EXPECT_GT(count, 0) << "institutions/*.toml";
}

}  // namespace
}  // namespace inkan
