#pragma once

#include "net/http.hpp"
#include "wire/door_options.hpp"

namespace inkan::wire {

/// serve_livez answers 200 as long as the process answers at all.
net::Response serve_livez();

/// serve_readyz asks every part that issuing and status need: the store (can it commit), the signer, the age of every CRL, and
/// DoorOptions::readiness. 200 when all are well, 503 otherwise, and JSON that names each part.
net::Response serve_readyz(const DoorOptions& options);

}  // namespace inkan::wire
