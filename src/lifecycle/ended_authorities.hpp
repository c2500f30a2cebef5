#pragma once

#include "lifecycle/services.hpp"

/// An issuing CA that its root revoked ends all its certificates at once, by judgement (is_revoked). The records follow here, so
/// that whatever reads records alone, reminders, lists, 再発行, the event feed, knows it too, and every customer is told.
namespace inkan::lifecycle {

/// retire_ended writes the end of each revoked issuing CA into the records of its certificates that are still live, one holder at
/// a time: revoked since the CA was, for its reason; the transaction that gave it or was to replace it is ended; whoever has no
/// other certificate gets the letter. Repeating it is safe. Gives how many records it ended: after about `most` of them it stops,
/// so that a bank's other jobs have their turn.
Result<int> retire_ended(const Services& services, int most);

}  // namespace inkan::lifecycle
