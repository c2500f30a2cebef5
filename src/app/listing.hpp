#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/bank.hpp"
#include "pki/certificate.hpp"

namespace inkan::app {

/// Renewable is whether a certificate can be renewed now, or why not (E205: an empty list explains itself).
enum class Renewable {
  yes,
  unknown,     ///< no bank was asked
  not_yet,     ///< the window has not opened
  expired,     ///< too late to renew: 電子証明書取得
  other_bank,  ///< no CA of the bank asked issued it
  refused,     ///< the bank does not take it: Listed::refusal says why
};

/// is_open tells what dates and issuer leave to the bank's own word.
inline bool is_open(Renewable renewable) { return renewable == Renewable::yes || renewable == Renewable::not_yet; }

std::string_view to_text(Renewable renewable);  // "yes", "unknown", "not_yet", "expired", "other_bank", "refused"

/// Listed is one certificate as people look at it.
struct Listed {
  std::string id;                 ///< the holder: CN of the subject
  std::string organization = {};  ///< O of the subject
  std::string unit = {};          ///< OU of the subject
  std::string bank;               ///< the bank's own name when it was asked, else O of the issuer
  std::string serial;
  Instant not_after;
  Day expiry_day;
  int remaining = 0;  ///< calendar days; 0 on the last day
  Renewable renewable = Renewable::unknown;
  std::optional<Day> opens;  ///< first day of renewal, when a bank was asked
  std::optional<Error> refusal;
};

/// list_certificate judges a certificate by a bank's rules and time. The server judges again; this only saves a vain attempt.
Listed list_certificate(const pki::Certificate& certificate, const Discovery& bank,
                        const std::vector<pki::Certificate>& authorities);

/// look_at adds the bank's own word to what was listed of an open certificate: what it revoked or retired cannot be seen in the
/// file. Errors: the bank's, when it does not answer.
Result<Listed> look_at(Bank& bank, const Identity& present, Listed listed);

/// list_certificate without a bank counts days in `zone` at `now`.
Listed list_certificate(const pki::Certificate& certificate, const Zone& zone, Instant now);

}  // namespace inkan::app
