#pragma once

#include <string>
#include <string_view>

#include "app/enrolment.hpp"
#include "app/place.hpp"
#include "app/surplus.hpp"
#include "base/result.hpp"

namespace inkan::app {

enum class Language { japanese, english };

/// choose_language is `--lang ja|en` when given, else English where LC_ALL, LC_MESSAGES or LANG (the first that is set) begins
/// with "en", else Japanese.
Language choose_language(int argc, const char* const* argv);

/// Words says everything the program says, in one language.
class Words {
 public:
  explicit Words(Language language) : english_(language == Language::english) {}
  /// operator() picks one of two texts.
  std::string operator()(std::string_view japanese, std::string_view english) const {
    return std::string(english_ ? english : japanese);
  }

  std::string step(Step step) const;
  /// day is 2026年11月30日（月）, or 2026-11-30.
  std::string day(Day day) const;
  /// renewable says whether a certificate can be renewed, and otherwise why not (E205).
  std::string renewable(const Listed& listed) const;
  /// result is the title of an outcome's screen: CCHK007's, in the short form the renewal's own (journeys.md 1.10).
  std::string result(Outcome::Kind kind, bool short_form) const;
  /// surplus says why a certificate may go.
  std::string surplus(Surplus::Reason reason) const;
  /// question is what a person is asked before a store opens.
  std::string question(const SecretQuestion& question) const;
  /// proxy_login asks for what a proxy wants; `proxy` is "[USER@]HOST:PORT".
  std::string proxy_login(const std::string& proxy) const;
  /// error is what happened and what to do, in one line, with the code by which it can be asked about.
  std::string error(const Error& error) const;
  /// reason is the same without the code.
  std::string reason(const Error& error) const;
  /// examples stand below the list of verbs.
  std::string examples() const;
  /// exit_codes is the text of `help exit-codes`.
  std::string exit_codes() const;

 private:
  std::string tell(const Error& error, const std::string& code) const;
  bool english_;
};

/// exit_status is the one place where an Error becomes an exit status (contract.md): 2 usage, 3 not found, 4 refused by policy,
/// 5 conflict, 6 authentication, 75 try later.
int exit_status(const Error& error);

}  // namespace inkan::app
