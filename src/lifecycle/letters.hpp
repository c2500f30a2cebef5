#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lifecycle/services.hpp"

/// The letters of a certificate's life beside the reminders: each event is told to those it concerns, in the transaction of the
/// act, and read again under お送りしたお知らせ.
namespace inkan::lifecycle {

/// kEventLetters are the names of the letters that every profile has words for:
///   issued, renewed, acquired    a certificate was issued; the same after renewal; after expiry, loss or change of PC
///   held, released, revoked      一時停止, its end, 失効
///   locked                       the password was wrong ten times
///   code                         a one-time code, in the letter ({code}); wiped once sent
///   code_letter                  the same on paper, sealed for the printer: an ID without an address, or a profile that says so
///   code_requested               a code by mail was asked for and comes in 24 hours; how to stop it ({stop_number})
///   code_released                another 管理者 or the bank released a code (without it)
///   code_reminder                the first certificate has not been fetched yet
///   computer_change              the holder made a code for another PC
///   address_check                a code to an address that is to be added ({code}); goes there alone
///   address_added, address_removed
///   undeliverable                to the company's 管理者: a user's address does not work
///   unconfirmed, unused          a certificate was issued a week ago and never used: the old one works until {old_until}; there
///                                is no other (O1)
///   digest                       to the company's 管理者: which users were reminded ({members}; O16)
///   expired                      the certificate ended; until {grace_until_long} it can be replaced (O18)
///   post                         the reminder on paper, to who is not reached by mail (O15)
///   remind                       a 管理者 reminds an ID of its renewal
extern const std::vector<std::string> kEventLetters;

/// letter_placeholders are the names that may stand in any letter as `{name}`; `own_placeholders` those of one letter alone.
const std::vector<std::string>& letter_placeholders();
std::vector<std::string> own_placeholders(std::string_view letter);

/// Event is one thing to tell.
struct Event {
  std::string letter;                              ///< one of kEventLetters
  std::string kind{};                              ///< of the notice, where that is not the letter's name
  std::optional<CertificateRecord> certificate{};  ///< the certificate it is about
  std::map<std::string, std::string> values{};     ///< of own_placeholders
  /// once: about this certificate there is one notice of the kind, ever, and no letter leaves when it was replaced meanwhile
  /// (I10).
  bool once = false;
  bool secret = false;  ///< a code stands in it: wiped once sent, and not kept as a notice's text
};

/// tell writes an event's notice and a letter to each of the holder's checked addresses (`mail` when there is none), in the
/// running transaction. A holder without any address gets the notice alone.
Result<void> tell(Writer& writer, const Institution& institution, const Holder& holder, const Event& event, Instant now);

/// tell_at is tell for one address alone.
Result<void> tell_at(Writer& writer, const Institution& institution, const Holder& holder, const std::string& address,
                     const Event& event, Instant now);

/// tell_sealed is tell by post: the letter is encrypted to the profile's printer in the running transaction and waits for `inkan
/// notice print`. Errors: `recovery.no_address` (the profile names no printer), `cms.make`.
Result<void> tell_sealed(Writer& writer, const Institution& institution, const Holder& holder, const Event& event, Instant now);

/// kUnconfirmed is the kind of the one notice about a certificate that was issued and never used.
inline constexpr const char* kUnconfirmed = "unconfirmed";

/// works_of are the checked addresses among a holder's that mail reaches.
std::vector<std::string> works_of(const std::vector<Contact>& contacts);

/// masked shows a login ID's end to its own holder: "…i01"; masked_address of an address "k…@example.jp". A letter may be read on
/// its way, and a login ID is half of what opens a login.
std::string masked(const std::string& login_id);
/// masked_among shows a colleague's ID to a 管理者: as much of its end as tells it from the company's others, "…eiri01" beside
/// kanri01.
std::string masked_among(const std::string& login_id, const std::vector<Holder>& company);
std::string masked_address(const std::string& address);

// What the reminders (notices.hpp) and the events share.

/// common_values fills letter_placeholders; add_certificate_values the three about a certificate.
std::map<std::string, std::string> common_values(const Institution& institution, const std::string& login_id, Role role,
                                                 const std::string& company, const std::string& number);
void add_certificate_values(std::map<std::string, std::string>& values, Day expiry, const pki::SerialNumber& serial);
/// add_remaining_values fills {remaining} and {countdown}: 「有効期限まで、あと10日です」, on the last day
/// 「有効期限は、本日です」.
void add_remaining_values(std::map<std::string, std::string>& values, int remaining);
/// add_last_acquisition fills {grace_until_long}, and {closes} with the last minute for 電子証明書取得 where the service closes
/// before that day's end.
void add_last_acquisition(std::map<std::string, std::string>& values, const Institution& institution, Day grace_until);
/// add_last_minute fills {closes}: nothing where a certificate can be renewed to the last second of its life, else a line that
/// names the last minute; then {expiry_short} is the last day on which the renewal can be begun (O19).
void add_last_minute(std::map<std::string, std::string>& values, const Institution& institution, Day expiry);

/// render_letter fills an institution's letter. Errors: `letter.missing`, `text.unfilled`.
Result<LetterTemplate> render_letter(const Institution& institution, const std::string& name,
                                     const std::map<std::string, std::string>& values);

/// notice_number is the お知らせ番号 of a running number: "N-20261031-000123".
std::string notice_number(Day day, long long running);

/// add_decided puts on record, with its audit entry, what the daily job decided to tell; false: that was decided before.
Result<bool> add_decided(Writer& writer, const Notice& notice, Instant now);

/// message_id is a letter's Message-ID; `copy` counts the addresses of one notice from 0.
std::string message_id(const Institution& institution, const std::string& number, std::size_t copy);

}  // namespace inkan::lifecycle
