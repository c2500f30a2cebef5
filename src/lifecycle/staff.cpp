#include "lifecycle/staff.hpp"

namespace inkan::lifecycle {

std::string actor_of(const StaffId& staff) { return "staff " + staff.institution + "/" + staff.login_id; }

std::string_view to_text(StaffRole role) {
  switch (role) {
    case StaffRole::auditor: return "auditor";
    case StaffRole::clerk: return "clerk";
    case StaffRole::approver: return "approver";
  }
  return "auditor";
}

std::string_view to_japanese(StaffRole role) {
  switch (role) {
    case StaffRole::auditor: return "監査";
    case StaffRole::clerk: return "担当者";
    case StaffRole::approver: return "承認者";
  }
  return "監査";
}

Result<StaffRole> parse_staff_role(std::string_view text) {
  for (const StaffRole role : {StaffRole::auditor, StaffRole::clerk, StaffRole::approver})
    if (to_text(role) == text) return role;
  return fail(Code::invalid, "staff.role_unknown", std::string(text));
}

std::string_view to_text(RequestAct act) {
  switch (act) {
    case RequestAct::first: return "first";
    case RequestAct::reissue: return "reissue";
    case RequestAct::release: return "release";
  }
  return "reissue";
}

std::string_view to_japanese(RequestAct act) {
  switch (act) {
    case RequestAct::first: return "初回の発行";
    case RequestAct::reissue: return "再発行";
    case RequestAct::release: return "一時停止の解除";
  }
  return "再発行";
}

std::string_view to_text(RequestState state) {
  switch (state) {
    case RequestState::waiting: return "waiting";
    case RequestState::approved: return "approved";
    case RequestState::refused: return "refused";
  }
  return "waiting";
}

Result<RequestAct> parse_request_act(std::string_view text) {
  for (const RequestAct act : {RequestAct::first, RequestAct::reissue, RequestAct::release})
    if (to_text(act) == text) return act;
  return fail(Code::invalid, "request.act_unknown", std::string(text));
}

Result<RequestState> parse_request_state(std::string_view text) {
  for (const RequestState state : {RequestState::waiting, RequestState::approved, RequestState::refused})
    if (to_text(state) == text) return state;
  return fail(Code::invalid, "request.state_unknown", std::string(text));
}

}  // namespace inkan::lifecycle
