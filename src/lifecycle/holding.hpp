#pragma once

#include <string>

#include "lifecycle/services.hpp"

/// 一時停止: a certificate that opens nothing until somebody else ends the hold. It is login policy, decided from our own record
/// on every request; CRL and OCSP do not speak of it (promises.md C7).
namespace inkan::lifecycle {

/// hold_holder puts every certificate of a locked holder that could still open something on hold, ends its sessions, its unused
/// codes and an unfinished transaction, and tells the holder. Gives the newest certificate held. Error: `hold.nothing`.
Result<CertificateRecord> hold_holder(Writer& writer, const Institution& institution, const Holder& holder, Instant now,
                                      const std::string& actor, const std::string& why);

/// lift_hold ends the hold of all certificates of a locked holder and tells the holder. Error: `hold.not_held`.
Result<CertificateRecord> lift_hold(Writer& writer, const Institution& institution, const Holder& holder, Instant now,
                                    const std::string& actor);

/// find_held is the holder's newest certificate on hold.
Result<std::optional<CertificateRecord>> find_held(Reader& reader, const HolderId& holder);

}  // namespace inkan::lifecycle
