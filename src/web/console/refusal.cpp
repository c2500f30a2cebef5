#include <algorithm>

#include "web/console/handlers.hpp"
#include "web/password_words.hpp"

namespace inkan::web::console {
namespace {

const PasswordWords kPassword = {"desk_reason.login_password", "desk_reason.login_password_few_left", "desk_reason.login_locked"};

/// status_of is the one place where a refusal of the rules becomes an HTTP status; 0 for what is none.
int status_of(Code code) {
  switch (code) {
    case Code::invalid:
    case Code::too_large: return 400;
    case Code::unauthenticated:
    case Code::forbidden:
    case Code::refused:
    case Code::expired: return 403;
    case Code::not_found: return 404;
    case Code::conflict: return 409;
    case Code::too_many: return 429;
    case Code::unavailable:
    case Code::corrupt:
    case Code::internal: return 0;
  }
  return 0;
}

}  // namespace

std::string reason_words(const Visit& visit, const Error& error) {
  if (error.id == "login.password" || error.id == "login.locked")
    return password_words(error, kPassword, [&](const std::string& key) { return visit.word(key); });
  std::string key = error.id;
  std::ranges::replace(key, '.', '_');
  const auto words = visit.find_word("desk_reason." + key);
  return words ? *words : visit.word("desk_reason.other") + " (" + error.id + ")";
}

net::Response refused(const Visit& visit, const Error& error, const std::string& back) {
  const int status = status_of(error.code);
  if (status == 0) return visit.problem(error);
  return visit.message(status, "desk_refusal",
                       Values{}.set("reason", reason_words(visit, error)).set("back", back).show("to_back", true));
}

std::string name_of(const Visit& visit, std::string_view before) {
  const std::string_view rest = std::string_view(visit.request().path).substr(before.size());
  return std::string(rest.substr(0, rest.find('/')));
}

bool may_change(const lifecycle::StaffOnDuty& who) { return who.staff.role != lifecycle::StaffRole::auditor; }

bool may_decide(const lifecycle::StaffOnDuty& who, const lifecycle::StaffRequest& request) {
  return who.staff.role == lifecycle::StaffRole::approver && who.staff.id.login_id != request.requested_by &&
         request.state == lifecycle::RequestState::waiting;
}

}  // namespace inkan::web::console
