#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ca/issuer.hpp"

/// The roots of an installation, one after another: "root", "root-g2" … and what two of them signed of each other (RFC 9810 4.4).
namespace inkan::ca {

inline constexpr const char* kFirstRoot = "root";  ///< the label of the first

/// Root is one of them. Its key is kept under its label, its certificate in LABEL.pem, its list in LABEL.crl.
struct Root {
  std::string label;
  pki::Certificate certificate;
  std::optional<pki::Crl> list = {};
};

/// CrossCertificate says of one root's key that another root vouches for it: LABEL is "SUBJECT-by-SIGNER".
struct CrossCertificate {
  std::string label;
  pki::Certificate certificate;
};

struct Roots {
  std::vector<Root> all;  ///< the oldest first, one or more; the last signs what is new
  std::vector<CrossCertificate> crosses;
};

/// is_root_label tells whether a key is a root's.
bool is_root_label(const std::string& label);
/// next_root_label is "root-g2" after "root", and so on.
std::string next_root_label(const std::string& label);
/// root_list_name is the file of a root's own CRL, and the last part of its address: "root.crl".
std::string root_list_name(const std::string& label);
/// cross_label names what `signer` signs of `subject`, both labels of roots.
std::string cross_label(const std::string& subject, const std::string& signer);

/// load_roots reads the roots of a folder, their lists and their cross-certificates, and checks who signed what. Errors:
/// `file.not_found` (there is no root), `issuer.corrupt`.
Result<Roots> load_roots(const std::filesystem::path& folder);

/// judge_clock refuses a time before any of the roots or their lists: what a ceremony made then would have wrong dates. Error:
/// `ceremony.clock`.
Result<void> judge_clock(const Roots& roots, Instant now);

/// root_of is the root that signed a certificate. Error: `issuer.corrupt` where none did.
Result<Root> root_of(const Roots& roots, const pki::Certificate& certificate);

}  // namespace inkan::ca
