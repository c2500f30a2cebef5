#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "ca/revocation.hpp"
#include "server/bank.hpp"
#include "server/output.hpp"

/// The operator's verbs, each a plain function from its arguments to a Table. command_line.cpp names them, prints what they give
/// and turns an Error into the exit status.
namespace inkan::server {

/// Where says which installation a verb works on: a configuration file, or the folder of a demo.
struct Where {
  std::filesystem::path config;
  std::filesystem::path demo;
};

/// find_config is the file that Where means. Error: `usage.where` when neither or both are given.
Result<std::filesystem::path> find_config(const Where& where);
/// config_of loads it. Errors: find_config's, load_config's.
Result<Config> config_of(const Where& where);
/// open_bank opens the installation as the operator: with a demo's folder at the demo's time.
Result<std::unique_ptr<Bank>> open_bank(const Where& where);

Result<Table> config_check(const Where& where);
Result<Table> config_show(const Where& where);
Result<Table> config_explain(const std::string& key);

Result<Table> migrate_status(const Where& where);
Result<Table> migrate_up(const Where& where);

/// CeremonyWishes are how a ceremony is held beyond what the configuration says.
struct CeremonyWishes {
  std::filesystem::path root;                  ///< folder of the root's key, a medium of its own; empty: with the others
  std::filesystem::path root_passphrase_file;  ///< with its passphrase
  std::filesystem::path next_root;             ///< of ca_next_root: folder of the next root's key; empty: as the present one's
  std::filesystem::path next_root_passphrase_file;
  std::vector<std::string> witnesses;  ///< two or more: a record is printed
  std::string operator_name;
  std::filesystem::path record;      ///< HTML file that is not there yet; empty: ceremony-TIME.html in ca.folder
  std::vector<std::string> command;  ///< the words of the command line
  /// confirm shows a witness what the record will say and asks; without it nobody is asked.
  std::function<bool(const std::string& witness, const std::string& shown)> confirm;
};

/// ask_witness is such a question at the terminal: the witness reads the fingerprints and types the own name.
bool ask_witness(const std::string& witness, const std::string& shown);

/// ca_init makes the root, the issuing CAs, their delegates and the audit key where they are missing. With witnesses it prints a
/// record that they sign. Errors: `ceremony.witnesses` (fewer than two, or one twice), `ceremony.record_exists`,
/// `ceremony.not_confirmed` (what was made stays; hold the ceremony again for the record), hold_ceremony's.
Result<Table> ca_init(const Where& where, const CeremonyWishes& wishes);
/// ca_rollover makes an institution's next issuing CA. Every node accepts it from its next start on; it signs once the profile
/// names it (`authority`). Error: `ca.rollover_pending` (the one made last is not named yet).
Result<Table> ca_rollover(const Where& where, const std::string& institution, const CeremonyWishes& wishes);
/// ca_next_root makes the next root beside the present one, and the two cross-certificates. From then on issuing CAs are made
/// under it. Errors: ca_init's of the ceremony, hold_succession's.
Result<Table> ca_next_root(const Where& where, const CeremonyWishes& wishes);
/// ca_revoke ends an issuing CA for good: the witnesses are asked first, then the root's next list names it. Nodes act on it from
/// their next start on. Errors: ca_init's of the ceremony, `ca.already_revoked`, `ca.root_list_old`, revoke_authority's.
Result<Table> ca_revoke(const Where& where, const ca::RevocationPlan& plan, const CeremonyWishes& wishes);
Result<Table> ca_status(const Where& where);

Result<Table> institution_list(const Where& where);
Result<Table> institution_show(const Where& where, const std::string& id);
/// institution_test says everything that is wrong with a profile, a "bad" row each, or one row "good".
Result<Table> institution_test(const std::filesystem::path& file);

/// holder_import reads a CSV with the header institution,login_id,password,role,company,name,mail. All lines or none.
Result<Table> holder_import(const Where& where, const std::filesystem::path& file);
Result<Table> holder_list(const Where& where, const std::string& institution);
Result<Table> holder_show(const Where& where, const std::string& institution, const std::string& login_id);
/// holder_release_code releases the code for an ID's first certificate, shown once, where the profile leaves it to one operator.
/// Errors: `code.two_persons` (it does not), `code.not_first`.
Result<Table> holder_release_code(const Where& where, const std::string& institution, const std::string& login_id);

/// StaffEntry is a person of the bank as the operator puts one on record.
struct StaffEntry {
  std::string institution;
  std::string login_id;
  std::string role;
  std::string name;
  std::filesystem::path certificate;    ///< PEM, the person's own first
  std::filesystem::path password_file;  ///< "-": stdin
};
Result<Table> staff_add(const Where& where, const StaffEntry& entry);
Result<Table> staff_list(const Where& where, const std::string& institution);
/// PasswordChange is a desk password and the one that takes its place, each in a file of its own or from stdin.
struct PasswordChange {
  std::filesystem::path present_file;
  std::filesystem::path new_file;
};
/// staff_password is a person's own change: who knows the present password gives another. Errors: BankDesk::change_password's.
Result<Table> staff_password(const Where& where, const std::string& institution, const std::string& login_id,
                             const PasswordChange& change);
Result<Table> staff_remove(const Where& where, const std::string& institution, const std::string& login_id);

/// StaffKey is a person of the bank who signs, with the own file.
struct StaffKey {
  std::string login_id;
  std::filesystem::path p12;
  std::filesystem::path p12_password_file;  ///< "-": stdin
};
/// ReissueGrounds is why the caller is believed.
struct ReissueGrounds {
  std::string identity_check;
  std::string call_back;
};
/// reissue_ask puts a request for 再発行, or for the first certificate of an ID that never had one, on record, signed by one
/// person; reissue_approve decides it, signed by another. The code goes to the customer, never to the terminal (T5).
Result<Table> reissue_ask(const Where& where, const std::string& institution, const std::string& login_id,
                          const ReissueGrounds& grounds, const StaffKey& person);
Result<Table> reissue_approve(const Where& where, const std::string& institution, const std::string& number,
                              const StaffKey& person);

Result<Table> cert_list(const Where& where, const std::string& institution, const std::string& login_id);
Result<Table> cert_show(const Where& where, const std::string& serial);
/// cert_check_keys judges every RSA key on record anew: by today's rules for keys, and against one another for common factors
/// (T11). What it finds stands in the table and in the audit trail, and makes the exit status 10.
Result<Table> cert_check_keys(const Where& where);

/// cert_import takes certificates of an accepted CA over for IDs on record (O38): a CSV with the header
/// institution,login_id,certificate, the last a PEM file beside it. Each line stands for itself; `imported` tells which.
Result<Table> cert_import(const Where& where, const std::filesystem::path& file);
Result<Table> cert_revoke(const Where& where, const std::string& serial, const std::string& reason, bool knowing);
/// cert_hold puts the ID of a certificate on hold (一時停止) at once; its release takes two persons at the desk. `knowing` here
/// and in cert_revoke: also when no 管理者 of the contract can log in afterwards (O26).
Result<Table> cert_hold(const Where& where, const std::string& serial, const std::string& why, bool knowing);

/// renewals_due lists certificates that expire within so many days and have no successor.
Result<Table> renewals_due(const Where& where, int within_days);
/// simulate tells day by day what the next days bring if nobody renews: windows that open, mails, last days. simulate_profile
/// lists the IDs whose status would be another today if the profile in a file were in force: whom a shorter grace would lock out.
/// Both change nothing and leave out what is on hold. Error: `simulate.other_institution` (the file is another institution's).
Result<Table> simulate(const Where& where, const std::string& institution, int ahead);
Result<Table> simulate_profile(const Where& where, const std::string& institution, const std::filesystem::path& profile);

Result<Table> notice_preview(const Where& where, const std::string& institution, const std::string& login_id);
Result<Table> notice_list(const Where& where, const std::string& institution, const std::string& login_id);
/// notice_unreached lists IDs whose certificate expires within the window and that mail does not reach (O15, O16): `address` says
/// none or undeliverable, `post` that a letter is written. With `shared`, those whose address is another ID's too as well.
Result<Table> notice_unreached(const Where& where, const std::string& institution, bool shared);
/// notice_print writes an institution's letters for the printer, and letters.csv with whom each is for, into a new folder: one
/// with a code as a file that only the printer's key opens (.p7m), a reminder as plain text (.txt). A letter that was written is
/// not written again.
Result<Table> notice_print(const Where& where, const std::string& institution, const std::filesystem::path& folder);
/// notice_bounces lists the addresses that mail does not reach.
Result<Table> notice_bounces(const Where& where, const std::string& institution);

/// AuditPlaces are files about the audit records that are kept outside the store; those not named are the configuration's.
struct AuditPlaces {
  std::vector<std::filesystem::path> heads;     ///< signed heads, of each node or copies of them
  std::vector<std::filesystem::path> journals;  ///< the signers'
  std::filesystem::path key;                    ///< public half of the audit key (PEM)
};

/// audit_verify reads every record: the links of every chain, and each log against the signed heads. It holds the signers'
/// journals against the store, where there are any. What is not as it was written is a row each, with node and records, and makes
/// the exit status 10. Errors: `audit.no_heads` (a file that was named), check_journals'.
Result<Table> audit_verify(const Where& where, const AuditPlaces& places);
/// audit_head gives the newest signed head of each node's log.
Result<Table> audit_head(const Where& where, const AuditPlaces& places);
/// audit_export gives every record as a row; audit_export_to writes records, heads and the audit key into a new folder, for those
/// who check them without us (docs/audit.md). Error: `audit.exists`.
Result<Table> audit_export(const Where& where);
Result<Table> audit_export_to(const Where& where, const AuditPlaces& places, const std::filesystem::path& folder);
/// audit_prove gives as JSON that a record stands under the newest signed head of its node's log, or, with `since` instead of
/// `sequence`, that the log begins with what it was under the head of that size. Errors: `audit.no_heads`, prove_inclusion's.
struct Claim {
  std::string node;
  long long sequence = 0;
  long long since = 0;
};
Result<std::string> audit_prove(const Where& where, const AuditPlaces& places, const Claim& claim);
/// audit_check_proof checks such JSON by the audit key alone; no installation is asked. Errors: check_proof's.
Result<Table> audit_check_proof(const std::filesystem::path& proof, const std::filesystem::path& key);

/// WorldsMemory is what was kept elsewhere of the time after a backup.
struct WorldsMemory {
  std::vector<std::filesystem::path> lists;  ///< the newest published CRL (DER) of each issuing CA, and of each shard
  std::vector<std::filesystem::path>
      journals;  ///< the signers', one of each node; none: the configuration's where keys are apart
};

/// backup_create copies the records, as they are in one moment, into a new folder that only the key of a certificate (PEM) opens;
/// the service goes on meanwhile. backup_verify opens a backup with that key, restores it into a temporary place and checks all
/// of it. backup_restore fills the configured store, which must be empty, and takes in what the world has seen since, so that
/// what was revoked stays revoked and what was signed is answered for. Sessions and one-time codes do not come back. Errors:
/// `backup.*`, `restore.*`, `journal.*`, `store.not_empty`.
Result<Table> backup_create(const Where& where, const std::filesystem::path& folder, const std::filesystem::path& recipient);
Result<Table> backup_verify(const std::filesystem::path& folder, const std::filesystem::path& key);
Result<Table> backup_restore(const Where& where, const std::filesystem::path& folder, const std::filesystem::path& key,
                             const WorldsMemory& memory);

/// doctor looks at everything that must be right for service and says what is not.
Result<Table> doctor(const Where& where);

/// serve opens the installation and stays until SIGINT or SIGTERM.
Result<void> serve(const Where& where);

/// close_on_signals makes SIGINT and SIGTERM wait for wait_for_signal instead of ending the process; called before any thread
/// starts.
void close_on_signals();
void wait_for_signal();

}  // namespace inkan::server
