#pragma once

#include <string>
#include <vector>

#include "app/key_store.hpp"
#include "app/listing.hpp"

/// Which of a store's certificates is meant.
namespace inkan::app {

/// Choice narrows a store down; what is empty fits every certificate.
struct Choice {
  std::string login_id;
  std::string serial;  ///< hexadecimal, as `list` prints it

  bool fits(const pki::Certificate& certificate) const;
};

/// parse_choice takes what a person typed; what is empty chooses nothing. Errors: canonical_login_id's, SerialNumber's.
Result<Choice> parse_choice(const std::string& login_id, const std::string& serial);

/// Candidate is a certificate with what the bank says of it.
struct Candidate {
  pki::Certificate certificate;
  Listed listed;
};

/// list_store looks at every certificate of a store that fits, with the bank's own word; of one whose key is lost it says that
/// (`store.no_key`). Errors: the store's and the bank's.
Result<std::vector<Candidate>> list_store(KeyStore& store, const Choice& choice, Bank& bank,
                                          const std::vector<pki::Certificate>& authorities);

/// choose_renewable is the one certificate that can be renewed; where none can, the one whose reason tells most. Errors:
/// `certificate.several` (the detail names them), `certificate.not_here`.
Result<Candidate> choose_renewable(std::vector<Candidate> candidates);

/// issuer_of is the authority that signed a certificate, if it is among them.
const pki::Certificate* issuer_of(const pki::Certificate& certificate, const std::vector<pki::Certificate>& authorities);

}  // namespace inkan::app
