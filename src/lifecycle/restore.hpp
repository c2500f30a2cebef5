#pragma once

#include "lifecycle/services.hpp"

/// After a restore the records are older than what the world has seen. The newest published CRLs are the world's own memory: what
/// they revoke stays revoked, and the next list's number is above theirs (promises.md I8, I13).
namespace inkan::lifecycle {

/// TakenList is what a published list told the records.
struct TakenList {
  ca::AuthorityId authority;
  unsigned long long number = 0;
  long long revoked = 0;  ///< certificates on record that were not revoked there
  long long unknown = 0;  ///< serial numbers that are not on record: kept as revoked under the ID "unknown-after-restore"
};

/// take_list reads a published CRL in DER into the records, in one transaction; an older one than theirs tells nothing. Errors:
/// `crl.malformed`, `restore.foreign_list` (none of our issuing CAs signed it).
Result<TakenList> take_list(const Services& services, ByteView der);

/// note_backup and note_restore say in the audit trail that the records were copied, or restored from a copy, of which moment.
Result<void> note_backup(const Services& services, Instant made_at);
Result<void> note_restore(const Services& services, Instant made_at);

}  // namespace inkan::lifecycle
