#pragma once

#include <map>
#include <optional>
#include <string>

#include "web/assets.hpp"
#include "web/console/console.hpp"
#include "web/pages.hpp"

namespace inkan::web::console {

inline constexpr const char* kStaffCookie = "__Host-inkan_staff";

/// Languages are one set of pages by language.
using Languages = std::map<std::string, Pages>;

/// Desk is what every handler works with.
struct Desk {
  lifecycle::Services services;
  lifecycle::Login& login;
  lifecycle::BankDesk& bank_desk;
  std::string origin;
  std::string host;
  Assets assets;
  Languages strangers;
  std::map<std::string, Languages> institutions;  ///< by id
};

/// Visit is one request at the desk and how it is answered. Whose certificate was shown is read from the record anew for each.
class Visit {
 public:
  Visit(const Desk& desk, const net::Request& request);

  const Desk& desk() const { return desk_; }
  const net::Request& request() const { return request_; }
  const std::string& language() const { return language_; }
  /// staff is whom the certificate of the handshake names; empty for a stranger and for who left.
  const std::optional<lifecycle::Staff>& staff() const { return staff_; }
  /// trouble is what kept us from finding out.
  const std::optional<Error>& trouble() const { return trouble_; }
  /// institution is the staff's; only for a known one.
  const lifecycle::Institution& institution() const { return *institution_; }

  Instant now() const { return desk_.services.clock.now(); }
  Day today() const { return institution_->zone.day_of(now()); }
  std::string long_date(Day day) const;
  std::string time(Instant instant) const;
  std::string word(const std::string& key) const;  ///< a plain text of the catalogue
  std::optional<std::string> find_word(const std::string& key) const;
  const Catalogue& catalogue() const;
  std::string token() const { return request_.find_cookie(kStaffCookie).value_or(""); }

  /// page renders one; who is on duty stands at its head when `on_duty`.
  net::Response page(int status, const std::string& name, Values values, bool on_duty = true) const;
  /// message is a page of a few words and one way on.
  net::Response message(int status, const std::string& name, Values values = {}) const;
  /// problem is the page for an Error that is no verdict of the rules.
  net::Response problem(const Error& error) const;

 private:
  const Languages& pages() const;

  const Desk& desk_;
  const net::Request& request_;
  std::string language_;
  std::optional<lifecycle::Staff> staff_;
  const lifecycle::Institution* institution_ = nullptr;
  std::optional<Error> trouble_;
};

}  // namespace inkan::web::console
