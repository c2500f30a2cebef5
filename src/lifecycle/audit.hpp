#pragma once

#include <map>
#include <string>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "lifecycle/holder.hpp"

namespace inkan::lifecycle {

/// AuditEntry is one act, as the bank must be able to answer for it. It is written in the transaction of the act (I9).
/// Details never carry passwords, codes, keys, PINs or session tokens (I16).
struct AuditEntry {
  Instant at;
  std::string actor;   ///< "holder d1/keiri01", "job notices", "operator", "staff d1/tanto01", "story" (a letter that follows
                       ///< from an act), "ra FINGERPRINT"
  std::string action;  ///< "certificate.reserved", "certificate.issued", "ticket.opened" …: docs/messages.md lists them
  std::string institution;
  std::string subject;  ///< what it was done to: a login ID, or a serial in hexadecimal
  std::map<std::string, std::string> detail;
};

/// entry_for is an entry about one ID, its detail still empty.
AuditEntry entry_for(const HolderId& subject, Instant at, std::string actor, std::string action);

/// AuditRecord is an entry in its place in one node's chain: hash = SHA-256(previous ‖ canonical text), sequence without gaps.
struct AuditRecord {
  std::string node;
  long long sequence = 0;  ///< from 1
  AuditEntry entry;
  Digest previous;
  Digest hash;
};

/// to_canonical writes an entry as one unambiguous text (lengths before values), the same on every machine.
std::string to_canonical(const std::string& node, long long sequence, const AuditEntry& entry);

/// chain is the hash of a record that follows `previous`.
Digest chain(const Digest& previous, const std::string& canonical);

}  // namespace inkan::lifecycle
