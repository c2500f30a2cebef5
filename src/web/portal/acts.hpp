#pragma once

#include <string>
#include <utility>
#include <vector>

#include "web/portal/handlers.hpp"

/// Acts are asked for on one page and told on another: what it is about, what follows, one button. Every one is a POST to the
/// address of its own page, so that a refusal stands where the act was asked for.
namespace inkan::web {

/// Pairs of a word's key and a value, in the order they stand on the page.
using Facts = std::vector<std::pair<std::string, std::string>>;

/// Ask is the page before an act.
struct Ask {
  std::string page;  ///< "own_hold"
  Facts facts;
  std::vector<std::pair<std::string, std::string>> fields = {};  ///< hidden, by their names
  std::string back;
  bool asks_password = false;
  bool asks_reason = false;
};
/// ask shows the page; `refused` is why the act was not done, or nothing. What our records refuse stands on the page in words,
/// `company.last_administrator` as a warning that names the consequence and asks to confirm it.
net::Response ask(const Visit& visit, const Ask& what, const Error* refused = nullptr);

/// Told is the page after an act.
struct Told {
  std::string page;  ///< "own_held"
  Facts facts;
  std::vector<std::pair<std::string, std::string>> links = {};  ///< word's key → where
  bool logged_in = true;
};
net::Response tell(const Visit& visit, const Told& what);

/// tell_code shows a one-time code, this once.
net::Response tell_code(const Visit& visit, const Told& what, const std::string& code);

/// entry_page is a form for who has no session: login ID with password or number. `wrong` is a word's key, or empty.
struct Entry {
  std::string page;  ///< "lost"
  std::string typed_id = {};
  bool asks_password = false;
  bool asks_number = false;
  bool asks_sure = false;
  bool last = false;  ///< the last 管理者: names what follows, and asks to confirm it
};
net::Response entry_page(const Visit& visit, const Entry& entry, int status = 200, const std::string& wrong = {});

/// facts_of says whose certificate it is.
Facts facts_of(const Visit& visit, const lifecycle::Holder& holder,
               const std::optional<lifecycle::CertificateRecord>& certificate);

/// reason_of is the reason for 失効 that a form names. Error: `act.reason` for one that no form offers.
Result<pki::RevocationReason> reason_of(std::string_view text);

}  // namespace inkan::web
