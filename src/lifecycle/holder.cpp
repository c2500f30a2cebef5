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

}  // namespace inkan::lifecycle
