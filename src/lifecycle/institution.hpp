#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "ca/issuer.hpp"
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

/// RenewalPolicy is when and how a certificate may be renewed (journeys.md 1.6); days are calendar days of the institution's
/// zone.
struct RenewalPolicy {
  int window_days = 30;        ///< first day of renewal and of the notice on screen, before the expiry day
  std::vector<int> mail_days;  ///< days before the expiry day on which a mail goes out, for example 30 and 10
  bool asks_password = false;  ///< a second time within the session, and over EST
  int resume_hours = 24;       ///< how long an unfinished transaction can be taken up again (O13)
  int finish_minutes = 30;     ///< how long after the last second a started one may still finish (O4)
};

/// AcquisitionPolicy is 電子証明書取得: the first certificate, and a new one after expiry.
struct AcquisitionPolicy {
  int grace_days = 90;     ///< last day after expiry, inclusive (O6)
  int deadline_days = 80;  ///< for the first certificate, from application (O27)
  int code_days = 21;      ///< life of a one-time code that the bank released (promises.md A2)
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
  std::map<std::string, LetterTemplate> letters;  ///< "renewal", "code", "issued"
  std::map<std::string, std::string> words;       ///< the page catalogue's overrides and terms ("term.login")
  std::map<std::string, std::string> screens;     ///< placement choices that pages read ("notice.opens" = "body" | "list" …)
  std::map<std::string, std::string> former_screens = {};  ///< those that were different before effective_from
  std::optional<Day> effective_from = {};                  ///< first day of the procedure in `screens` (O37)
};

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
