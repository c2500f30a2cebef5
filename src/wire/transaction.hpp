#pragma once

#include <optional>
#include <string>

#include "net/http.hpp"
#include "wire/door_options.hpp"

namespace inkan::wire {

/// kTransactionField is the request field by which simplereenroll says which renewal, begun on a page, it carries on.
inline constexpr std::string_view kTransactionField = "Inkan-Transaction";

/// parse_transaction_field reads it; empty when there is none. Error: `transaction.malformed` (twice there, or no ticket's id).
Result<std::optional<std::string>> parse_transaction_field(const net::Request& request);

/// serve_transaction answers a POST to ".../transactions/ID": the program takes the renewal over and is told what to ask its
/// holder. The certificate of the handshake says who it is.
net::Response serve_transaction(const DoorOptions& options, const lifecycle::Institution& institution, const std::string& id,
                                const net::Request& request);

}  // namespace inkan::wire
