#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "pki/certificate.hpp"
#include "pki/crl.hpp"

namespace inkan::server {

/// CeremonyWitness is somebody who was there, and when that person said on the screen that the fingerprints are those shown;
/// nothing where nobody was asked.
struct CeremonyWitness {
  std::string name;
  std::optional<Instant> confirmed;
};

/// CeremonyKind is what a ceremony was held for.
enum class CeremonyKind { keys, revocation, succession };

/// CeremonyCertificate is a CA certificate of the ceremony and where its key is kept.
struct CeremonyCertificate {
  std::string label;  ///< "root", "d1-g1"
  pki::Certificate certificate;
  std::string key_place;
  std::optional<pki::RevokedEntry> revoked = {};  ///< what the root's list says of it
};

/// CeremonyList is a root's own revocation list as the ceremony left it.
struct CeremonyList {
  std::string name;  ///< "root.crl"
  pki::Crl list;
};

/// CeremonyRecord is what the paper says that is signed at a ceremony's end.
struct CeremonyRecord {
  CeremonyKind kind = CeremonyKind::keys;
  Instant begun;
  Instant ended;
  std::string operator_name;  ///< who typed
  std::vector<CeremonyWitness> witnesses;
  std::string machine;  ///< host name, system, release
  std::string program;  ///< version
  Digest program_hash;  ///< of the program's file
  std::string config;   ///< path
  Digest config_hash;
  std::vector<std::string> command;  ///< as it was typed, word by word
  std::vector<std::string> made;     ///< files and keys that were not there before
  std::vector<CeremonyCertificate> certificates;
  std::vector<CeremonyList> lists;
  std::optional<Digest> audit_key;  ///< of its public half (SubjectPublicKeyInfo)
};

/// grouped writes a hash in groups of four capitals, as people read it to one another.
std::string grouped(const Digest& hash);

/// to_html writes the record as one page for the printer, Japanese first, with places for signatures and for the seals of the
/// media.
std::string to_html(const CeremonyRecord& record, const Zone& zone);

}  // namespace inkan::server
