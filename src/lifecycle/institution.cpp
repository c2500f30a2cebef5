#include "lifecycle/institution.hpp"

namespace inkan::lifecycle {

std::string_view to_text(Role role) { return role == Role::administrator ? "administrator" : "user"; }

std::string_view to_japanese(Role role) { return role == Role::administrator ? "管理者" : "利用者"; }

Result<Role> parse_role(std::string_view text) {
  if (text == "administrator") return Role::administrator;
  if (text == "user") return Role::user;
  return fail(Code::invalid, "role.unknown", std::string(text));
}

Institutions::Institutions(std::vector<Institution> all) : all_(std::move(all)) {}

Result<const Institution*> Institutions::find(std::string_view id) const {
  for (const Institution& institution : all_)
    if (institution.id == id) return &institution;
  return fail(Code::not_found, "institution.unknown", std::string(id));
}

}  // namespace inkan::lifecycle
