#pragma once

#include <functional>
#include <string>

#include "base/result.hpp"

namespace inkan::web {

/// PasswordWords are the keys of three texts about a password that was not taken (E208). `few_left` says `{left}`.
struct PasswordWords {
  std::string wrong;
  std::string few_left;
  std::string locked;
};

/// password_words is what a page says to `login.password` or `login.locked`; `word` gives the text of a key.
std::string password_words(const Error& refused, const PasswordWords& keys,
                           const std::function<std::string(const std::string&)>& word);

/// password_status is the status of that page: 403, 429 while it rests.
int password_status(const Error& refused);

}  // namespace inkan::web
