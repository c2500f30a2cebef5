#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "pki/key.hpp"

namespace inkan::server {

/// Section is one table of a TOML file, read strictly: every key that is read is ticked off, and close() refuses the keys that
/// nobody asked for, naming the nearest known one. Errors gather in the file's root, so that a reader reads on and close() of the
/// root gives the first with its line. All errors are `config.*` with "FILE:LINE: …" as detail.
class Section {
 public:
  /// parse reads TOML text; `name` is what errors call the file. Error: `config.syntax`.
  static Result<Section> parse(std::string_view text, const std::string& name);
  /// load reads a file. Errors: `config.not_found`, `config.syntax`.
  static Result<Section> load(const std::filesystem::path& path);

  std::string text(const std::string& key);                                ///< must be there
  std::string text(const std::string& key, const std::string& otherwise);  ///< may be absent
  int number(const std::string& key, int least, int most, int otherwise);  ///< a whole number within bounds
  bool flag(const std::string& key, bool otherwise);
  std::vector<std::string> texts(const std::string& key);  ///< a list; empty when absent
  std::vector<int> numbers(const std::string& key);
  Section section(const std::string& key);                ///< an empty one when absent
  std::vector<Section> sections(const std::string& key);  ///< [[key]]
  bool has(const std::string& key) const;
  /// all_texts gives every key of a free-form table of texts ([words]); nested tables become dotted keys.
  std::map<std::string, std::string> all_texts();

  /// Reading is one value that was read, for `config show --origin`.
  struct Reading {
    std::string key;
    std::string value;
    std::string origin;  ///< "FILE:LINE", or "default"
  };
  /// readings are all values read so far from the whole file, in order of reading.
  const std::vector<Reading>& readings() const;

  /// refuse notes an error about a key of this section.
  void refuse(const std::string& key, const std::string& why);
  /// close checks for keys that were never read and gives the first error noted anywhere in the file.
  Result<void> close();
  /// close_all is close that gives every error.
  std::vector<Error> close_all();

 private:
  struct File;
  struct Table;
  void note_reading(const std::string& key, std::string value);
  Section(std::shared_ptr<File> file, std::shared_ptr<Table> table) : file_(std::move(file)), table_(std::move(table)) {}
  std::shared_ptr<File> file_;
  std::shared_ptr<Table> table_;
};

/// read_key_algorithm reads the name of a kind of key: "rsa2048" … "mldsa87".
pki::KeyAlgorithm read_key_algorithm(Section& section, const std::string& key, pki::KeyAlgorithm otherwise);

}  // namespace inkan::server
