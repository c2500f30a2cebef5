#pragma once

#include "wire/rest.hpp"

namespace inkan::wire {

/// What the bank's systems may do. Each act wants an Idempotency-Key: the same key and body get the same answer, from the receipt
/// that the act's transaction kept (lifecycle/once.hpp).
/// - add_holder: a new ID, by the rules of `inkan holder import`; nothing is approved for it
/// - hold_holder and revoke_certificate: at once. What is on hold or revoked already is answered as it stands
/// - refuse_release: the end of a hold takes two persons
net::Response add_holder(const RestCall& call);
net::Response hold_holder(const RestCall& call);
net::Response refuse_release(const RestCall& call);
net::Response revoke_certificate(const RestCall& call);

}  // namespace inkan::wire
