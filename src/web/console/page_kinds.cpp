#include "web/console/page_kinds.hpp"

namespace inkan::web::console {

const PageSet& stranger_pages() {
  static const PageSet set = {.layout = "console/layout",
                              .kinds = {{"desk_none", "console/message", "B101"},
                                        {"desk_refused", "console/message", "B102"},
                                        {"desk_unknown", "console/message", "B103"},
                                        {"desk_logged_out", "console/message", "B106"},
                                        {"desk_not_found", "console/message", "B902"},
                                        {"desk_forbidden", "console/message", "B903"},
                                        {"desk_busy", "console/message", "B904"},
                                        {"desk_internal", "console/message", "B905"}}};
  return set;
}

const PageSet& staff_pages() {
  static const PageSet set = {.layout = "console/layout",
                              .kinds = {{"desk_login", "console/login", "B105"},
                                        {"desk_password", "console/password", "B107"},
                                        {"desk_password_changed", "console/message", "B108"},
                                        {"desk_search", "console/search", "B201"},
                                        {"desk_file", "console/file", "B202"},
                                        {"desk_unreached", "console/unreached", "B203"},
                                        {"desk_hold", "console/hold", "B301"},
                                        {"desk_revoke", "console/revoke", "B302"},
                                        {"desk_ask", "console/ask", "B401"},
                                        {"desk_sign_request", "console/sign", "B402", "sign.js"},
                                        {"desk_requests", "console/requests", "B403"},
                                        {"desk_request", "console/request", "B404"},
                                        {"desk_sign_approval", "console/sign", "B405", "sign.js"},
                                        {"desk_refusal", "console/message", "B901"},
                                        {"desk_logged_out", "console/message", "B106"},
                                        {"desk_not_found", "console/message", "B902"},
                                        {"desk_forbidden", "console/message", "B903"},
                                        {"desk_busy", "console/message", "B904"},
                                        {"desk_internal", "console/message", "B905"}}};
  return set;
}

}  // namespace inkan::web::console
