#pragma once

#include <vector>

#include "pki/certificate.hpp"

namespace inkan::pki {

/// make_certs_only writes a degenerate CMS SignedData that only carries certificates (RFC 7030 4.1.3, RFC 5652 5).
/// Error: `cms.make`.
Result<Bytes> make_certs_only(const std::vector<Certificate>& certificates);

/// parse_certs_only reads one. Error: `cms.malformed`.
Result<std::vector<Certificate>> parse_certs_only(ByteView der);

}  // namespace inkan::pki
