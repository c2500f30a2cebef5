#include "lifecycle/holder.hpp"

#include <array>

namespace inkan::lifecycle {
namespace {
constexpr std::array kEntitlements = {Entitlement::none, Entitlement::acquirable, Entitlement::held, Entitlement::terminated};
}

std::string_view to_text(Entitlement entitlement) {
  switch (entitlement) {
    case Entitlement::none: return "none";
    case Entitlement::acquirable: return "acquirable";
    case Entitlement::held: return "held";
    case Entitlement::terminated: return "terminated";
  }
  return "none";
}

Result<Entitlement> parse_entitlement(std::string_view text) {
  for (const Entitlement entitlement : kEntitlements)
    if (to_text(entitlement) == text) return entitlement;
  return fail(Code::invalid, "entitlement.unknown", std::string(text));
}

std::string actor_of(const HolderId& holder) { return "holder " + holder.institution + "/" + holder.login_id; }

bool is_approved(const Holder& holder, Day today) {
  return holder.entitlement == Entitlement::acquirable && (!holder.acquire_until || today <= *holder.acquire_until);
}

std::string_view to_text(CodePurpose purpose) {
  switch (purpose) {
    case CodePurpose::certificate: return "certificate";
    case CodePurpose::new_computer: return "new_computer";
  }
  return "certificate";
}

Result<CodePurpose> parse_code_purpose(std::string_view text) {
  for (const CodePurpose purpose : {CodePurpose::certificate, CodePurpose::new_computer})
    if (to_text(purpose) == text) return purpose;
  return fail(Code::invalid, "code.purpose_unknown", std::string(text));
}

}  // namespace inkan::lifecycle
