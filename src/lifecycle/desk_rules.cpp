#include "lifecycle/desk_rules.hpp"

#include "base/text.hpp"

namespace inkan::lifecycle {
namespace {

constexpr std::size_t kTextLength = 2000;

}  // namespace

bool is_note(const std::string& text) { return !trim(text).empty() && text.size() <= kTextLength && is_plain_text(text); }

Result<Staff> judge_staff(Reader& reader, const Institution& institution, const StaffId& id) {
  auto staff = reader.find_staff(id);
  if (!staff) return fail(staff);
  if (!*staff || (*staff)->removed_at || id.institution != institution.id)
    return fail(Code::unauthenticated, "staff.certificate");
  return std::move(**staff);
}

Result<Staff> judge_clerk(Reader& reader, const Institution& institution, const StaffId& id) {
  auto staff = judge_staff(reader, institution, id);
  if (staff && staff->role == StaffRole::auditor) return fail(Code::refused, "staff.role");
  return staff;
}

Result<Holder> lock_target(Writer& writer, const Institution& institution, const std::string& login_id) {
  const auto canonical = canonical_login_id(login_id);
  if (!canonical) return fail(Code::not_found, "holder.unknown");
  auto holder = writer.lock_holder({institution.id, *canonical});
  if (!holder) return fail(holder);
  if (!*holder) return fail(Code::not_found, "holder.unknown");
  return std::move(**holder);
}

}  // namespace inkan::lifecycle
