#include "web/portal/page_kinds.hpp"

namespace inkan::web {

const PageSet& portal_pages() {
  static const PageSet set = {
      .layout = "layout",
      .kinds = {
          {"login_screen", "login_screen", "S101"},
          {"password", "password", "S102"},
          {"logged_out", "message", "S103"},
          {"notices", "notices", "S201"},
          {"notice", "notice", "S202"},
          {"sent", "sent", "S203"},
          {"interstitial", "interstitial", "S204"},
          {"main", "main", "S205"},
          {"banking", "message", "S206"},
          {"choice_app", "choice_app", "S207"},
          {"choice_file", "choice_file", "S208", "choice.js"},
          {"prepare", "prepare", "S301", "prepare.js"},
          {"identify", "identify", "S311", "prepare.js"},
          {"consent", "consent", "S312", "prepare.js"},
          {"program", "program", "S313", "program.js", {{"waiting", "S314"}, {"issuing", "S315"}}},
          {"renewal",
           "issue",
           "S302",
           "issue.js",
           {{"issuing", "S306"}, {"failed", "S307"}, {"lost", "S308"}, {"import", "S309"}, {"protection", "S310"}}},
          {"cancelled", "message", "S303", "close.js"},
          {"pending", "pending", "S304"},
          {"done_installed", "done", "S305", "close.js"},
          {"done_issued", "done", "S305", "close.js"},
          {"done_result", "done", "S305", "close.js"},
          {"done_renewed", "done", "S305", "close.js"},
          {"acquisition", "acquisition", "S401"},
          {"acquisition_issue",
           "issue",
           "S402",
           "issue.js",
           {{"issuing", "S406"}, {"failed", "S407"}, {"lost", "S408"}, {"import", "S409"}, {"protection", "S410"}}},
          {"acquisition_cancelled", "message", "S403"},
          {"download", "download", "S501"},
          {"refusal_none", "refusal", "E101"},
          {"refusal_grace", "refusal", "E102"},
          {"refusal_closed", "refusal", "E103"},
          {"refusal_terminated", "refusal", "E103"},
          {"refusal_other_bank", "refusal", "E104"},
          {"refusal_revoked", "refusal", "E105"},
          {"refusal_superseded", "refusal", "E105"},
          {"refusal_held", "refusal", "E106"},
          {"problem_not_yet", "message", "E211"},
          {"problem_no_ticket", "message", "E213"},
          {"problem_not_found", "message", "E902"},
          {"problem_forbidden", "message", "E903"},
          {"problem_busy", "message", "E904"},
          {"problem_internal", "message", "E905"},
      }};
  return set;
}

}  // namespace inkan::web
