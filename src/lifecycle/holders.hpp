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
  bool approved = true;       ///< may get a first certificate until the profile's deadline
  std::string contract = {};  ///< the company's number at the bank; empty: its name
};

/// HolderState is the six states a holder can be seen in from outside (contract.md, demo.json).
enum class HolderState { none, active, renewable, expired_grace, expired_closed, revoked };
std::string_view to_text(HolderState state);

/// kContractLimit is how many IDs one contract may have.
inline constexpr int kContractLimit = 500;

/// HolderView is a holder with the certificate that counts now: the newest live one, else the newest of all.
struct HolderView {
  Holder holder;
  std::optional<CertificateRecord> certificate;
  std::optional<CertificateStatus> status;
  HolderState state = HolderState::none;
};

/// end_of_acquisition is the first second in which an ID without a valid certificate may no longer take one with a code: after
/// the grace days or the bank's approval, whichever is later (O6, O27).
Instant end_of_acquisition(const HolderView& view, const Institution& institution);

/// Holders are the bank's acts on IDs.
class Holders {
 public:
  explicit Holders(const Services& services) : services_(services) {}

  /// add puts new IDs on record, all or none. Errors: `holder.exists`, `holder.text` (not plain text, or too long for a subject),
  /// `login_id.malformed`, `holder.mail`.
  Result<void> add(const std::vector<NewHolder>& holders, const std::string& actor);

  Result<HolderView> view(const Institution& institution, const std::string& login_id);
  Result<std::vector<HolderView>> list(const Institution& institution);

  /// release_code is one operator's release of the first certificate, where a profile says so (first_code = "operator"): makes a
  /// one-time code, shown once, kept as a hash; earlier unused codes of the holder end. Everywhere else, and for every later
  /// certificate, two persons of the bank ask and approve, and the code goes to the customer (BankDesk). Errors:
  /// `holder.unknown`, `holder.terminated`, `code.two_persons`, `code.not_needed` (a valid certificate exists), `code.not_first`
  /// (the ID has or had one).
  Result<std::string> release_code(const Institution& institution, const std::string& login_id, const std::string& actor);

  /// import_certificate puts a certificate of another CA that the profile accepts on record for an ID (O38): it logs in like one
  /// of ours, and its holder renews it once into ours. It is known by its bytes; its names mean nothing here. Errors:
  /// `holder.unknown`, `holder.terminated`, `certificate.malformed`, `certificate.not_accepted` (of none of the profile's
  /// `accepted` authorities), `certificate.expired`, `certificate.has_one` (the ID has a live certificate), `store.conflict`.
  Result<CertificateRecord> import_certificate(const Institution& institution, const std::string& login_id, ByteView der,
                                               const std::string& actor);

  /// revoke ends a certificate at once; the last usable 管理者 certificate of a contract only with `knowing` (O26). Errors:
  /// `certificate.unknown`, `certificate.already_revoked`, `company.last_administrator`.
  Result<CertificateRecord> revoke(const ca::AuthorityId& authority, const pki::SerialNumber& serial,
                                   pki::RevocationReason reason, const std::string& actor, bool knowing = false);
  /// hold puts an ID on hold at once: 一時停止, which the bank alone ends; `knowing` as in revoke. Errors: `holder.unknown`,
  /// `hold.nothing`, `company.last_administrator`.
  Result<CertificateRecord> hold(const Institution& institution, const std::string& login_id, const std::string& actor,
                                 const std::string& why, bool knowing = false);

 private:
  Services services_;
};

/// is_mail_address tells whether text can stand as an address on record; the mail room judges the rest when it sends.
bool is_mail_address(std::string_view text);

/// view_of makes the view of one holder on one day.
Result<HolderView> view_of(Reader& reader, const Institution& institution, Holder holder, Day today);

/// revoke_holder ends every live certificate of a locked holder, its codes and a running transaction, and tells the holder. Gives
/// the newest. Error: `certificate.unknown` (none is live).
Result<CertificateRecord> revoke_holder(Writer& writer, const Institution& institution, const Holder& holder,
                                        pki::RevocationReason reason, Instant now, const std::string& actor);

/// approve_reissue makes a holder `acquirable` for the life of a code, in the running transaction.
Result<void> approve_reissue(Writer& writer, const Institution& institution, Holder holder, Day today);

HolderState state_of(const std::optional<CertificateRecord>& certificate, const Institution& institution, Day today);

}  // namespace inkan::lifecycle
