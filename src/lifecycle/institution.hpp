#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "ca/issuer.hpp"
#include "lifecycle/service_hours.hpp"
#include "pki/key.hpp"
#include "pki/name.hpp"

namespace inkan::lifecycle {

enum class Role { administrator, user };

std::string_view to_text(Role role);      // "administrator", "user"
std::string_view to_japanese(Role role);  // 管理者, 利用者
Result<Role> parse_role(std::string_view text);

/// LetterTemplate is a mail's words; `{name}` stands for a value (see notice.hpp for the names).
struct LetterTemplate {
  std::string subject;
  std::string body;
};

/// CompanyDigest is of which users' reminders the company's 管理者 hear, in one list a day (O16).
enum class CompanyDigest {
  none,
  unreached,  ///< of those whose own mail does not arrive
  all,
};

std::string_view to_text(CompanyDigest digest);
Result<CompanyDigest> parse_company_digest(std::string_view text);

/// RenewalPolicy is when and how a certificate may be renewed (journeys.md 1.6); days are calendar days of the institution's
/// zone.
struct RenewalPolicy {
  int window_days = 30;                   ///< first day of renewal and of the notice on screen, before the expiry day
  std::vector<int> mail_days;             ///< days before the expiry day on which a mail goes out, for example 30 and 10
  std::vector<int> more_mail_days = {};   ///< further ones, which a holder may mute (O18)
  std::vector<int> grace_mail_days = {};  ///< days after the expiry day with a mail about 電子証明書取得; muted with them
  int post_days = 20;                     ///< days before expiry from which who is not reached by mail gets a letter; 0: never
  CompanyDigest company_digest = CompanyDigest::unreached;
  bool asks_password = false;  ///< a second time within the session, and over EST
  bool quiet = false;          ///< the customer's program may renew by itself, once its person agreed
  int resume_hours = 24;       ///< how long an unfinished transaction can be taken up again (O13)
  int finish_minutes = 30;     ///< how long after the last second a started one may still finish (O4)
  /// carry_over_remaining lets who renews early lose nothing: the new certificate ends a year after the old one, and at most a
  /// year and the window after the day of issue (O2).
  bool carry_over_remaining = false;
};

/// RecoveryMethod is what proves, beside the password, who takes a certificate after expiry (O7).
enum class RecoveryMethod {
  old_key,    ///< the expired certificate, shown over mutual TLS by the program (a browser cannot)
  code,       ///< a one-time code that another 管理者 or the bank released
  mail_code,  ///< a code by mail alone: sent 24 hours after it was asked for, and every address is told at once
  password,   ///< nothing else. Only where a profile says so in plain words; never by default
};

std::string_view to_text(RecoveryMethod method);
Result<RecoveryMethod> parse_recovery_method(std::string_view text);

/// ComputerChange is who lets a holder with a valid certificate take one for another PC (O11).
enum class ComputerChange {
  administrator,  ///< another 管理者 of the company, or the bank
  staff,          ///< the bank alone
  self,           ///< the holder, on the old PC, with the password; every address is told
};

std::string_view to_text(ComputerChange change);
Result<ComputerChange> parse_computer_change(std::string_view text);

/// FirstCode is how the code for a first certificate reaches its holder (T5).
enum class FirstCode {
  mail,            ///< two persons of the bank; by mail to the registered address, and sealed to an ID without one
  letter,          ///< two persons; a sealed letter in any case
  operator_alone,  ///< one operator sees it on the terminal. Only where a profile says so in plain words; never by default
};

std::string_view to_text(FirstCode way);  // "mail", "letter", "operator"
Result<FirstCode> parse_first_code(std::string_view text);

/// AcquisitionPolicy is 電子証明書取得: the first certificate, and a new one after expiry.
struct AcquisitionPolicy {
  int grace_days = 90;     ///< last day after expiry, inclusive (O6)
  int deadline_days = 80;  ///< for the first certificate, from application (O27)
  int code_days = 21;      ///< life of a one-time code that the bank released (promises.md A2)
  std::vector<RecoveryMethod> methods = {RecoveryMethod::old_key, RecoveryMethod::code};
  ComputerChange computer_change = ComputerChange::administrator;
  int new_computer_minutes = 60;  ///< life of a code for another PC: typed at once, on the other desk
  FirstCode first_code = FirstCode::mail;
  /// printer is the certificate (DER) of whoever prints sealed letters: a code by post leaves this program encrypted to it, so
  /// that nobody at the bank reads it. Empty: none, and an ID without an address gets no code.
  Bytes printer = {};

  bool allows(RecoveryMethod method) const;
};

/// AcceptedAuthority is another CA whose certificates the bank's customers already hold: they log in and renew once into ours
/// (O38). Which certificates are meant is on record, one by one: the authority alone opens nothing.
struct AcceptedAuthority {
  ca::AuthorityId id;  ///< "old-g1": stands in the records of its certificates
  Bytes certificate;   ///< DER
};

/// Institution is one bank's profile: policy and words, no code. It is parsed from institutions/ID.toml by server.
struct Institution {
  std::string id;        ///< "d1": also its host label and its key in every record
  std::string document;  ///< the source document it follows, "D1" … "D5"
  std::string name;      ///< shown to people: "サンプル銀行"
  Zone zone;
  ca::AuthorityId authority;                                ///< issuing CA of new certificates: "d1-g1"
  std::vector<pki::KeyAlgorithm> holder_keys;               ///< accepted for holders' certificates
  pki::KeyAlgorithm page_key = pki::KeyAlgorithm::rsa2048;  ///< what the page makes in the file way
  /// subject is the template of a holder's name: values may hold {company}, {login_id}, {role}, {name}.
  std::vector<pki::NamePart> subject;
  RenewalPolicy renewal;
  AcquisitionPolicy acquisition;
  ServiceHours hours = {};  ///< when certificates can be asked for (O19)
  std::vector<AcceptedAuthority> accepted = {};
  /// revoked are issuing CAs that their root revoked: what they signed opens nothing. The installation's, not the profile's
  /// (generations.hpp).
  std::map<ca::AuthorityId, pki::RevokedEntry> revoked = {};
  std::map<std::string, LetterTemplate> letters;  ///< "renewal", and one for each event of the life (letters.hpp)
  std::map<std::string, std::string> words;       ///< the page catalogue's overrides and terms ("term.login")
  std::map<std::string, std::string> screens;     ///< placement choices that pages read ("notice.opens" = "body" | "list" …)
  std::map<std::string, std::string> former_screens = {};  ///< those that were different before effective_from
  std::optional<Day> effective_from = {};                  ///< first day of the procedure in `screens` (O37)
  /// mail_domain is that of the letters' sender, for their Message-IDs: the installation's, not the profile's.
  std::string mail_domain = "inkan.invalid";
};

/// find_screen is the profile's choice of placement on a day: before effective_from, what was chosen then (O37). Nothing where
/// the profile says nothing.
std::optional<std::string> find_screen(const Institution& institution, const std::string& key, Day today);

/// renewal_end is the last second for a renewal of a certificate that ends at `not_after` (service_hours.hpp).
RenewalEnd renewal_end(const Institution& institution, Instant not_after);

/// judge_open refuses outside the service hours. What was `begun` inside them may finish up to finish_minutes after the service
/// has closed (O4). Error: `service.closed`, its detail the time of opening in RFC 3339.
Result<void> judge_open(const Institution& institution, Instant now, bool begun);

/// Institutions are all profiles of an installation, by id.
class Institutions {
 public:
  Institutions() = default;
  explicit Institutions(std::vector<Institution> all);
  const std::vector<Institution>& all() const { return all_; }
  /// find is the profile of an id. Error: `institution.unknown`.
  Result<const Institution*> find(std::string_view id) const;

 private:
  std::vector<Institution> all_;
};

}  // namespace inkan::lifecycle
