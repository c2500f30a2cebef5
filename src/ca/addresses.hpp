#pragma once

#include <string>

#include "ca/issuer.hpp"

/// Private to ca: the file ID.json beside an authority's certificate.
namespace inkan::ca {

/// check_addresses refuses what cannot stand in a certificate or in the file: addresses are http or https in printable ASCII
/// without quotes, backslashes and spaces. Error: `ceremony.plan`.
Result<void> check_addresses(const Addresses& addresses);

/// to_json and parse_addresses write and read one flat object of four strings; nothing in them needs escaping.
/// Error: `addresses.malformed`.
std::string to_json(const Addresses& addresses);
Result<Addresses> parse_addresses(std::string_view json);

}  // namespace inkan::ca
