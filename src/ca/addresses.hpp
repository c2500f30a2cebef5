#pragma once

#include <string>

#include "ca/issuer.hpp"

/// Private to ca: the file ID.json beside an authority's certificate.
namespace inkan::ca {

/// check_addresses refuses what cannot stand in a certificate or in the file: addresses are http or https in printable ASCII
/// without quotes, backslashes and spaces; with shards, of which there are 2 to kMostShards, the list's ends in ".crl". Error:
/// `ceremony.plan`.
Result<void> check_addresses(const Addresses& addresses);

/// to_json and parse_addresses write and read one flat object of four strings, and a fifth, `crl_shards`, where there are shards;
/// nothing in them needs escaping.
/// Error: `addresses.malformed`.
std::string to_json(const Addresses& addresses);
Result<Addresses> parse_addresses(std::string_view json);

}  // namespace inkan::ca
