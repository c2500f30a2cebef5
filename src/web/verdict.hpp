#pragma once

#include <map>
#include <string>

#include "lifecycle/login.hpp"

/// The words for a certificate that may not log in, E101 to E106: the customer reads them at the portal, the bank's staff in the
/// customer's file.
namespace inkan::web {

/// refusal_page is the page, and the table of the catalogue, that has the words for a verdict.
std::string refusal_page(const lifecycle::CertificateVerdict& verdict);

/// refusal_values are what those words speak of, of a certificate that is known; empty otherwise.
std::map<std::string, std::string> refusal_values(const lifecycle::Institution& institution,
                                                  const lifecycle::CertificateVerdict& verdict, const std::string& language);

}  // namespace inkan::web
