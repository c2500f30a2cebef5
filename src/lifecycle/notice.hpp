#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "lifecycle/certificate.hpp"

namespace inkan::lifecycle {

/// Notice is one intent to tell a holder something: exactly one per (certificate, kind) (I10) where a certificate is named and
/// the kind is a reminder; an event of the life is told each time it happens.
struct Notice {
  std::string number;  ///< "N-20261031-000123": day of decision and a running number of that institution and day
  HolderId holder;
  std::optional<pki::SerialNumber> serial;  ///< the certificate it is about; empty when it is about the ID
  /// kind is "before-30", "after-1" (days before and after expiry), "unconfirmed", "post"; of an event its letter's name: "held"
  /// …
  std::string kind;
  Day decided_on;
  int remaining = 0;  ///< true remaining days when it was decided
  std::string subject;
  std::string body;
};

/// LetterState is where a letter stands: `sealed` ones wait for the printer and never for the mail.
enum class LetterState { waiting, accepted, dropped, refused, sealed };

std::string_view to_text(LetterState state);

/// Letter is one mail in the outbox, written in the same transaction as its notice.
struct Letter {
  long long id = 0;
  HolderId holder;
  std::string notice;  ///< the notice's number
  std::string to;
  std::string subject;
  std::string body;        ///< plain UTF-8 text, '\n' line ends; of a sealed one with a code (`wipe`) its CMS in base64
  std::string message_id;  ///< fixed at decision, so that a repeat after a broken DATA carries the same one
  LetterState state = LetterState::waiting;
  int attempts = 0;
  Instant next_attempt;
  std::optional<pki::SerialNumber> about;  ///< dropped at claim time when this certificate is replaced or revoked meanwhile
  bool wipe = false;                       ///< the body holds a code: it is emptied once the letter has left
};

/// DueCertificate is a row of the daily job's work list.
struct DueCertificate {
  HolderId holder;
  ca::AuthorityId authority;
  pki::SerialNumber serial;
  Day expiry_day;
  Role role = Role::user;
  std::string company;
  std::string mail;
  std::string contract = {};
  bool main_works = true;  ///< there is a `mail`, and none that went there came back
};

/// DigestLine is one user of whose reminder the company's 管理者 hear that day (O16).
struct DigestLine {
  HolderId holder;
  std::string contract;
  std::string kind;  ///< of the reminder
  Day expiry_day;
  bool reached = false;  ///< the user's own mail arrives
};

}  // namespace inkan::lifecycle
