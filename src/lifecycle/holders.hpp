#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/secret.hpp"
#include "lifecycle/services.hpp"
#include "pki/crl.hpp"

namespace inkan::lifecycle {

/// NewHolder is one line of a bank's list of IDs.
struct NewHolder {
  HolderId id;
  Role role = Role::user;
  std::string company;
  std::string name;
  std::string mail;
  Secret password;
  bool approved = true;  ///< may get a first certificate until the profile's deadline
};

/// HolderState is the six states a holder can be seen in from outside (contract.md, demo.json).
enum class HolderState { none, active, renewable, expired_grace, expired_closed, revoked };
std::string_view to_text(HolderState state);

/// HolderView is a holder with the certificate that counts now: the newest live one, else the newest of all.
struct HolderView {
  Holder holder;
  std::optional<CertificateRecord> certificate;
  std::optional<CertificateStatus> status;
  HolderState state = HolderState::none;
};

/// Holders are the bank's acts on IDs.
class Holders {
 public:
  explicit Holders(const Services& services) : services_(services) {}

  /// add puts new IDs on record, all or none. Errors: `holder.exists`, `holder.text` (not plain text, or too long for a subject),
  /// `login_id.malformed`, `holder.mail`.
  Result<void> add(const std::vector<NewHolder>& holders, const std::string& actor);

  Result<HolderView> view(const Institution& institution, const std::string& login_id);
  Result<std::vector<HolderView>> list(const Institution& institution);

  /// release_code is the bank's release of 電子証明書取得: makes a one-time code, shown once, kept as a hash; earlier unused
  /// codes of the holder end. For an ID whose certificate is revoked or past its grace days it also approves the re-issue
  /// (`acquirable` for code_days). Errors: `holder.unknown`, `holder.terminated`, `code.not_needed` (a valid certificate exists).
  Result<std::string> release_code(const Institution& institution, const std::string& login_id, const std::string& actor);

  /// revoke ends a certificate at once. Errors: `certificate.unknown`, `certificate.already_revoked`.
  Result<CertificateRecord> revoke(const ca::AuthorityId& authority, const pki::SerialNumber& serial,
                                   pki::RevocationReason reason, const std::string& actor);

 private:
  Services services_;
};

HolderState state_of(const std::optional<CertificateRecord>& certificate, const Institution& institution, Day today);

}  // namespace inkan::lifecycle
