#pragma once

#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace inkan::app {

/// read_password gives the first line of a file, or with "-" the next line of standard input. Errors: `file.not_found`,
/// `password.empty`.
Result<Secret> read_password(const std::string& source);

/// ask_password asks at the terminal, without echo. Errors: `password.needed` when there is none, `password.empty`.
Result<Secret> ask_password(const std::string& question);

/// give_password reads it from `source` where that names one, else asks.
Result<Secret> give_password(const std::string& source, const std::string& question);

/// ask_new_password asks twice. Error: `password.unequal`, and ask_password's.
Result<Secret> ask_new_password(const std::string& question, const std::string& again);

}  // namespace inkan::app
