#include "lifecycle/institution.hpp"

#include <algorithm>

namespace inkan::lifecycle {

std::string_view to_text(Role role) { return role == Role::administrator ? "administrator" : "user"; }

std::string_view to_japanese(Role role) { return role == Role::administrator ? "管理者" : "利用者"; }

Result<Role> parse_role(std::string_view text) {
  if (text == "administrator") return Role::administrator;
  if (text == "user") return Role::user;
  return fail(Code::invalid, "role.unknown", std::string(text));
}

std::string_view to_text(RecoveryMethod method) {
  switch (method) {
    case RecoveryMethod::old_key: return "old_key";
    case RecoveryMethod::code: return "code";
    case RecoveryMethod::mail_code: return "mail_code";
    case RecoveryMethod::password: return "password";
  }
  return "code";
}

Result<RecoveryMethod> parse_recovery_method(std::string_view text) {
  for (const RecoveryMethod method :
       {RecoveryMethod::old_key, RecoveryMethod::code, RecoveryMethod::mail_code, RecoveryMethod::password})
    if (to_text(method) == text) return method;
  return fail(Code::invalid, "recovery.method_unknown", std::string(text));
}

std::string_view to_text(ComputerChange change) {
  switch (change) {
    case ComputerChange::administrator: return "administrator";
    case ComputerChange::staff: return "staff";
    case ComputerChange::self: return "self";
  }
  return "staff";
}

Result<ComputerChange> parse_computer_change(std::string_view text) {
  for (const ComputerChange change : {ComputerChange::administrator, ComputerChange::staff, ComputerChange::self})
    if (to_text(change) == text) return change;
  return fail(Code::invalid, "recovery.computer_change_unknown", std::string(text));
}

std::string_view to_text(CompanyDigest digest) {
  switch (digest) {
    case CompanyDigest::none: return "none";
    case CompanyDigest::unreached: return "unreached";
    case CompanyDigest::all: return "all";
  }
  return "none";
}

Result<CompanyDigest> parse_company_digest(std::string_view text) {
  for (const CompanyDigest digest : {CompanyDigest::none, CompanyDigest::unreached, CompanyDigest::all})
    if (to_text(digest) == text) return digest;
  return fail(Code::invalid, "notice.digest_unknown", std::string(text));
}

std::string_view to_text(FirstCode way) {
  switch (way) {
    case FirstCode::mail: return "mail";
    case FirstCode::letter: return "letter";
    case FirstCode::operator_alone: return "operator";
  }
  return "mail";
}

Result<FirstCode> parse_first_code(std::string_view text) {
  for (const FirstCode way : {FirstCode::mail, FirstCode::letter, FirstCode::operator_alone})
    if (to_text(way) == text) return way;
  return fail(Code::invalid, "recovery.first_code_unknown", std::string(text));
}

bool AcquisitionPolicy::allows(RecoveryMethod method) const {
  return std::find(methods.begin(), methods.end(), method) != methods.end();
}

std::optional<std::string> find_screen(const Institution& institution, const std::string& key, Day today) {
  const bool former = institution.effective_from && today < *institution.effective_from;
  const auto then = former ? institution.former_screens.find(key) : institution.former_screens.end();
  if (then != institution.former_screens.end()) return then->second;
  const auto now = institution.screens.find(key);
  return now == institution.screens.end() ? std::nullopt : std::optional(now->second);
}

RenewalEnd renewal_end(const Institution& institution, Instant not_after) {
  return renewal_end(institution.hours, institution.zone, not_after);
}

Result<void> judge_open(const Institution& institution, Instant now, bool begun) {
  const auto last = last_opening(institution.hours, institution.zone, now);
  const std::chrono::minutes grace{begun ? institution.renewal.finish_minutes : 0};
  if (last && now <= *last + grace) return {};
  const auto again = next_opening(institution.hours, institution.zone, now);
  return fail(Code::unavailable, "service.closed", again ? to_rfc3339(*again, institution.zone) : std::string());
}

Institutions::Institutions(std::vector<Institution> all) : all_(std::move(all)) {}

Result<const Institution*> Institutions::find(std::string_view id) const {
  for (const Institution& institution : all_)
    if (institution.id == id) return &institution;
  return fail(Code::not_found, "institution.unknown", std::string(id));
}

}  // namespace inkan::lifecycle
