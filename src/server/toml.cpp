#include "server/toml.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <utility>

#include "base/text.hpp"

namespace inkan::server {

struct Section::Table {
  const toml::table* values = nullptr;
  std::string path;
  std::set<std::string> read;
};

struct Section::File {
  std::string name;
  toml::table root;
  std::vector<std::shared_ptr<Table>> tables;  // every table handed out, for close()
  std::vector<Reading> readings;
  std::vector<Error> errors;

  void note(std::string id, std::uint32_t line, const std::string& what) {
    errors.push_back(Error{Code::invalid, std::move(id), fmt::format("{}:{}: {}", name, line, what)});
  }

  std::shared_ptr<Table> open(const toml::table* values, std::string path) {
    tables.push_back(std::make_shared<Table>(Table{values, std::move(path), {}}));
    return tables.back();
  }
};

namespace {

const toml::table kEmpty;

void flatten(const toml::table& table, const std::string& prefix, std::map<std::string, std::string>& out,
             const std::function<void(const toml::node&, const std::string&)>& wrong) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const auto* inner = node.as_table())
      flatten(*inner, name + ".", out, wrong);
    else if (const auto* value = node.as_string())
      out[name] = value->get();
    else
      wrong(node, name);
  }
}

void tick_all(const toml::table& table, std::set<std::string>& read) {
  for (const auto& item : table) read.insert(std::string(item.first.str()));
}

}  // namespace

Result<Section> Section::parse(std::string_view text, const std::string& name) {
  auto file = std::make_shared<File>();
  file->name = name;
  try {
    file->root = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return fail(Code::invalid, "config.syntax", fmt::format("{}:{}: {}", name, error.source().begin.line, error.description()));
  }
  auto table = file->open(&file->root, "");
  return Section(file, table);
}

Result<Section> Section::load(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(Code::not_found, "config.not_found", path.string());
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return parse(text, path.string());
}

bool Section::has(const std::string& key) const { return table_->values->contains(key); }

void Section::refuse(const std::string& key, const std::string& why) {
  const auto* node = table_->values->get(key);
  file_->note("config.value", node ? node->source().begin.line : table_->values->source().begin.line,
              fmt::format("{}{}: {}", table_->path, key, why));
}

const std::vector<Section::Reading>& Section::readings() const { return file_->readings; }

void Section::note_reading(const std::string& key, std::string value) {
  const auto* node = table_->values->get(key);
  file_->readings.push_back({.key = table_->path + key,
                             .value = std::move(value),
                             .origin = node ? fmt::format("{}:{}", file_->name, node->source().begin.line) : "default"});
}

std::string Section::text(const std::string& key) {
  if (!has(key)) refuse(key, "is missing");
  return text(key, {});
}

std::string Section::text(const std::string& key, const std::string& otherwise) {
  table_->read.insert(key);
  const auto* node = table_->values->get(key);
  const auto* value = node ? node->as_string() : nullptr;
  if (node && !value) refuse(key, "must be a text in quotes");
  std::string result = value ? value->get() : otherwise;
  note_reading(key, result);
  return result;
}

int Section::number(const std::string& key, int least, int most, int otherwise) {
  table_->read.insert(key);
  const auto* node = table_->values->get(key);
  const auto* value = node ? node->as_integer() : nullptr;
  const bool good = value && value->get() >= least && value->get() <= most;
  if (node && !good) refuse(key, fmt::format("must be a whole number from {} to {}", least, most));
  const int result = good ? static_cast<int>(value->get()) : otherwise;
  note_reading(key, std::to_string(result));
  return result;
}

bool Section::flag(const std::string& key, bool otherwise) {
  table_->read.insert(key);
  const auto* node = table_->values->get(key);
  if (!node) return otherwise;
  if (const auto* value = node->as_boolean()) return value->get();
  refuse(key, "must be true or false");
  return otherwise;
}

std::vector<std::string> Section::texts(const std::string& key) {
  table_->read.insert(key);
  std::vector<std::string> out;
  const auto* node = table_->values->get(key);
  if (!node) return out;
  const auto* list = node->as_array();
  if (!list) refuse(key, "must be a list of texts");
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    if (const auto* value = list->get(i)->as_string())
      out.push_back(value->get());
    else
      refuse(key, "must be a list of texts");
  }
  std::string all;
  for (const std::string& each : out) all += (all.empty() ? "" : ", ") + each;
  note_reading(key, std::move(all));
  return out;
}

std::vector<int> Section::numbers(const std::string& key) {
  table_->read.insert(key);
  std::vector<int> out;
  const auto* node = table_->values->get(key);
  if (!node) return out;
  const auto* list = node->as_array();
  if (!list) refuse(key, "must be a list of whole numbers");
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    const auto* value = list->get(i)->as_integer();
    if (value && value->get() >= 0 && value->get() <= 100'000)
      out.push_back(static_cast<int>(value->get()));
    else
      refuse(key, "must be a list of whole numbers");
  }
  return out;
}

Section Section::section(const std::string& key) {
  table_->read.insert(key);
  const auto* node = table_->values->get(key);
  const toml::table* values = node ? node->as_table() : &kEmpty;
  if (!values) {
    refuse(key, "must be a table");
    values = &kEmpty;
  }
  return Section(file_, file_->open(values, table_->path + key + "."));
}

std::vector<Section> Section::sections(const std::string& key) {
  table_->read.insert(key);
  std::vector<Section> out;
  const auto* node = table_->values->get(key);
  if (!node) return out;
  const auto* list = node->as_array();
  if (!list) refuse(key, "must be a list of tables");
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    if (const auto* values = list->get(i)->as_table())
      out.push_back(Section(file_, file_->open(values, fmt::format("{}{}[{}].", table_->path, key, i))));
    else
      refuse(key, "must be a list of tables");
  }
  return out;
}

std::map<std::string, std::string> Section::all_texts() {
  std::map<std::string, std::string> out;
  tick_all(*table_->values, table_->read);
  flatten(*table_->values, "", out, [&](const toml::node& node, const std::string& name) {
    file_->note("config.value", node.source().begin.line, fmt::format("{}{}: must be a text in quotes", table_->path, name));
  });
  return out;
}

std::vector<Error> Section::close_all() {
  for (const auto& table : file_->tables) {
    for (const auto& [key, node] : *table->values) {
      const std::string name(key.str());
      if (table->read.contains(name)) continue;
      const std::vector<std::string> known(table->read.begin(), table->read.end());
      const std::string_view near = nearest(name, known);
      file_->note("config.unknown_key", node.source().begin.line,
                  fmt::format("{}{}: there is no such key{}", table->path, name,
                              near.empty() ? std::string() : fmt::format("; did you mean \"{}\"?", near)));
    }
  }
  return std::exchange(file_->errors, {});
}

Result<void> Section::close() {
  auto errors = close_all();
  if (!errors.empty()) return std::unexpected<Error>(std::move(errors.front()));
  return {};
}

pki::KeyAlgorithm read_key_algorithm(Section& section, const std::string& key, pki::KeyAlgorithm otherwise) {
  const auto algorithm = pki::parse_key_algorithm(section.text(key, std::string(pki::to_text(otherwise))));
  if (!algorithm) section.refuse(key, "must be rsa2048, rsa3072, rsa4096, p256, p384, mldsa44, mldsa65 or mldsa87");
  return algorithm.value_or(otherwise);
}

}  // namespace inkan::server
