#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/agent.hpp"
#include "app/enrolment.hpp"
#include "app/words.hpp"

/// What the verbs print to stdout: words for people, or JSON for programs. Each text ends in a line break.
namespace inkan::app {

std::string show_list(const std::vector<Listed>& list, const Words& say);
std::string list_to_json(const std::vector<Listed>& list);

/// show_outcome says how a renewal or an issue ended; `verb` is "renew" or "issue".
std::string show_outcome(const Outcome& outcome, const Words& say);
std::string outcome_to_json(const Outcome& outcome, const std::string& store);

/// show_surplus is what `tidy` found, surplus_to_json what it deleted.
std::string show_surplus(const std::vector<Surplus>& surplus, const Words& say);
std::string surplus_to_json(const std::vector<Surplus>& removed);

std::string show_status(const Discovery& bank, const std::vector<Listed>& list, const Words& say);
std::string status_to_json(const Discovery& bank, const std::vector<Listed>& list);

/// show_quiet is a line for each certificate that `agent` looked at.
std::string show_quiet(const std::vector<QuietReport>& reports, const Words& say);
std::string quiet_to_json(const std::vector<QuietReport>& reports);

/// error_to_json is {"result":"failed","code":…}: what --json prints when nothing else can be.
std::string error_to_json(const Error& error);

}  // namespace inkan::app
