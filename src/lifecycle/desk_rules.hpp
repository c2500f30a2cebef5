#pragma once

#include <string>

#include "lifecycle/services.hpp"

/// What every act of the bank's desk asks first. Private to bank_desk.cpp and requests.cpp.
namespace inkan::lifecycle {

/// is_note tells whether a text can stand as a reason or a name on record: plain, not empty, not too long.
bool is_note(const std::string& text);

/// judge_staff reads a person anew: on record, not gone, of this institution. Error: `staff.certificate`.
Result<Staff> judge_staff(Reader& reader, const Institution& institution, const StaffId& id);

/// judge_clerk is judge_staff for acts that change something. Error: `staff.role` (an auditor).
Result<Staff> judge_clerk(Reader& reader, const Institution& institution, const StaffId& id);

/// lock_target locks the holder that an act is about. Error: `holder.unknown`.
Result<Holder> lock_target(Writer& writer, const Institution& institution, const std::string& login_id);

}  // namespace inkan::lifecycle
