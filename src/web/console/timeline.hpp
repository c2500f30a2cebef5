#pragma once

#include "web/console/visit.hpp"

namespace inkan::web::console {

/// action_words tell an audit action in plain words; one that the catalogue does not know is shown by its id.
std::string action_words(const Visit& visit, const lifecycle::AuditEntry& entry);

/// actor_words name who did it: the customer, a person of the bank, a program.
std::string actor_words(const Visit& visit, const lifecycle::AuditEntry& entry);

/// put_timeline fills the section `event`, once for each record.
void put_timeline(Values& values, const Visit& visit, const std::vector<lifecycle::AuditRecord>& records);

}  // namespace inkan::web::console
