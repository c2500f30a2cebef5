#include "web/password_words.hpp"

#include "base/text.hpp"
#include "lifecycle/password_gate.hpp"

namespace inkan::web {

std::string password_words(const Error& refused, const PasswordWords& keys,
                           const std::function<std::string(const std::string&)>& word) {
  const auto left = lifecycle::tries_left_of(refused);
  if (refused.id == "login.locked" || left == 0) return word(keys.locked);
  if (!left) return word(keys.wrong);
  const auto words = fill(word(keys.few_left), {{"left", std::to_string(*left)}});
  return words ? *words : word(keys.wrong);
}

int password_status(const Error& refused) { return refused.id == "login.locked" ? 429 : 403; }

}  // namespace inkan::web
