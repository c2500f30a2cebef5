#pragma once

#include <map>
#include <vector>

#include "lifecycle/services.hpp"

/// After a restore the records are older than what the world has seen. The newest published CRLs are the world's own memory: what
/// they revoke stays revoked, and the next list's number is above theirs (promises.md I8, I13). Where the CA's keys are apart,
/// the signers' journals are its memory too.
namespace inkan::lifecycle {

/// TakenList is what a published list told the records.
struct TakenList {
  ca::ListId list;
  unsigned long long number = 0;
  long long revoked = 0;  ///< certificates on record that were not revoked there
  long long unknown = 0;  ///< serial numbers that are not on record: kept as revoked under the ID "unknown-after-restore"
};

/// take_list reads a published CRL in DER into the records, in one transaction; an older one than theirs tells nothing. Errors:
/// `crl.malformed`, `restore.foreign_list` (none of our issuing CAs signed it).
Result<TakenList> take_list(const Services& services, ByteView der);

/// UnknownSignature is a certificate that a signer's journal names and the records do not.
struct UnknownSignature {
  ca::AuthorityId authority;
  pki::SerialNumber serial;
  Digest tbs_hash;
  Instant signed_at;
};

/// take_signatures revokes what was signed after the backup was made, in one transaction: nobody can say to whom it went.
/// `numbers` is the highest list that a signer signed of each ListId, published or not. Before take_list, whose dates and
/// reasons are the world's. Error: `restore.foreign_list` (an issuing CA that no institution has).
Result<void> take_signatures(const Services& services, const std::vector<UnknownSignature>& unknown,
                             const std::map<ca::ListId, unsigned long long>& numbers);

/// note_backup and note_restore say in the audit trail that the records were copied, or restored from a copy, of which moment.
Result<void> note_backup(const Services& services, Instant made_at);
Result<void> note_restore(const Services& services, Instant made_at);

}  // namespace inkan::lifecycle
