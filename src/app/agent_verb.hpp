#pragma once

#include <functional>

#include "app/agent.hpp"
#include "app/words.hpp"

/// The verb `agent`: asks for the consent once, takes it back, and is what the timer starts.
namespace inkan::app {

/// AgentOrder is what the command line said.
struct AgentOrder {
  bool consent = false;
  bool withdraw = false;
  bool notify = false;  ///< what happened is shown on the person's screen, too
};

/// Consent shows a text, asks a question and tells whether the person agreed.
using Consent = std::function<bool(const std::string& shown, const std::string& question)>;

/// run_agent gives what goes to stdout and the exit status: 0 where there was nothing to do, 10 where one thing was done and
/// another was not. Errors: Banks', `agent.not_offered`, `agent.declined`, `agent.no_timer`.
struct AgentAnswer {
  std::string text;
  int status = 0;
};
Result<AgentAnswer> run_agent(const AgentOrder& order, bool json, Disk& disk, const OpenBank& open, const Words& say,
                              const Consent& agreed);

/// set_quiet keeps the person's word for one bank and store, and switches the timer on, or off when nothing is left for it.
/// Errors: Banks', `agent.no_timer`.
Result<void> set_quiet(const KnownBank& known, bool yes, Disk& disk);

/// offer_quiet asks once, after a renewal by hand in a store that opens by itself, at a bank that allows it; whatever is answered
/// is remembered. Errors: Banks', `agent.no_timer`.
Result<void> offer_quiet(const Discovery& bank, const std::string& trust_pem, const std::string& store, Disk& disk,
                         const Words& say, const Consent& agreed);

}  // namespace inkan::app
