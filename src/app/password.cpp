#include "app/password.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>

#include "app/terminal.hpp"

namespace inkan::app {
namespace {

Result<Secret> to_secret(std::string line) {
  if (line.ends_with('\r')) line.pop_back();
  if (line.empty()) return fail(Code::unauthenticated, "password.empty");
  return Secret(std::move(line));
}

Result<Secret> take_line(std::istream& in) {
  std::string line;
  std::getline(in, line);
  return to_secret(std::move(line));
}

}  // namespace

Result<Secret> read_password(const std::string& source) {
  if (source == "-") return take_line(std::cin);
  std::ifstream file{std::filesystem::path(source)};
  if (!file) return fail(Code::not_found, "file.not_found", source);
  return take_line(file);
}

Result<Secret> ask_password(const std::string& question) {
  if (!has_terminal()) return fail(Code::invalid, "password.needed");
  std::cerr << question << ": " << std::flush;
  auto typed = read_quietly();
  std::cerr << "\n";
  return to_secret(std::move(typed).value_or(""));
}

Result<Secret> give_password(const std::string& source, const std::string& question) {
  return source.empty() ? ask_password(question) : read_password(source);
}

Result<Secret> ask_new_password(const std::string& question, const std::string& again) {
  auto first = ask_password(question);
  if (!first) return first;
  const auto second = ask_password(again);
  if (!second) return fail(second);
  if (!same_secret(first->reveal(), second->reveal())) return fail(Code::invalid, "password.unequal");
  return first;
}

}  // namespace inkan::app
