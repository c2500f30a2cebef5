#pragma once

#include <string>
#include <string_view>

#include "lifecycle/services.hpp"

/// 一時停止: a certificate that opens nothing until somebody else ends the hold. It is login policy, decided from our own record
/// on every request; CRL and OCSP do not speak of it (promises.md C7).
namespace inkan::lifecycle {

/// hold_holder puts every certificate of a locked holder that could still open something on hold, ends its sessions, its unused
/// codes and an unfinished transaction, and tells the holder. What the company or the holder holds already becomes the bank's
/// hold when the bank's people hold it, and then two of them alone end it (O25, T5). Gives the newest certificate held. Error:
/// `hold.nothing`.
Result<CertificateRecord> hold_holder(Writer& writer, const Institution& institution, const Holder& holder, Instant now,
                                      const std::string& actor, const std::string& why);

/// is_of_bank tells whether an actor of the audit trail is of the bank, its desk, its operator or one of its systems: what these
/// hold, no 管理者 sets free.
bool is_of_bank(std::string_view actor);

/// warn_last comes after an act in the same transaction, which it undoes: it refuses to have taken the last usable 管理者
/// certificate of a contract from who does not know. Error: `company.last_administrator` when no 管理者 of the contract can
/// log in any more.
Result<void> warn_last(Reader& reader, const Institution& institution, const Holder& target, Day today, bool knowing);

/// lift_hold ends the hold of all certificates of a locked holder and tells the holder. Error: `hold.not_held`.
Result<CertificateRecord> lift_hold(Writer& writer, const Institution& institution, const Holder& holder, Instant now,
                                    const std::string& actor);

/// find_held is the holder's newest certificate on hold.
Result<std::optional<CertificateRecord>> find_held(Reader& reader, const HolderId& holder);

}  // namespace inkan::lifecycle
