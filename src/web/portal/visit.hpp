#pragma once

#include <string>
#include <string_view>

#include "web/cookies.hpp"
#include "web/portal/site.hpp"

namespace inkan::web {

/// Cookie names. `host` and `trial` are for all of an institution's hosts; the `__Host-` ones for the one that set them.
inline constexpr const char* kHostCookie = "inkan_host";             ///< label of the login host to use
inline constexpr const char* kUntilCookie = "inkan_until";           ///< expiry day of the certificate last logged in with
inline constexpr const char* kTrialCookie = "inkan_trial";           ///< the ticket's secret, for the trial login
inline constexpr const char* kTicketCookie = "__Host-inkan_ticket";  ///< the same, for 電子証明書取得 at the portal
inline constexpr const char* kSessionCookie = "__Host-inkan_session";

/// Visit is one request at one institution's door, and how it is answered.
class Visit {
 public:
  /// `label` is the login host's, "" at the portal.
  Visit(const Desk& desk, const Site& site, const net::Request& request, std::string label);

  const Desk& desk() const { return desk_; }
  const Site& site() const { return site_; }
  const net::Request& request() const { return request_; }
  const lifecycle::Institution& institution() const { return *site_.institution; }
  const std::string& language() const { return language_; }
  const std::string& label() const { return label_; }
  Instant now() const { return desk_.services.clock.now(); }
  Day today() const { return institution().zone.day_of(now()); }
  std::string long_date(Day day) const;
  std::string short_date(Day day) const;
  std::string minute(Instant instant) const;         ///< "2026年11月27日（金）17:59": day and minute in the institution's zone
  std::string screen(const std::string& key) const;  ///< the institution's choice of placement today (screens.hpp)
  bool chose(const std::string& key, const std::string& value) const;  ///< whether that choice is, or its list holds, a value
  std::string word(const std::string& key) const;                      ///< a plain text of the catalogue

  std::string portal() const { return site_.origins.portal; }
  /// fresh_login leads to certificate login on a host that this browser has never been to: no restart, no remembered choice.
  std::string fresh_login() const { return portal() + "/certificate-login/fresh" + carry(); }
  /// carry is the end of an address that takes along whom this login is for (an application's request, read anew there); empty
  /// for nobody.
  std::string carry() const;

  /// wrong_password says on a page why the password was not taken, where it was not, and gives the page's status (E208).
  int wrong_password(Values& values, const Error* refused) const;

  net::Response page(int status, const std::string& name, Values values) const;
  /// closed is E901: outside the service hours, when it opens again, and what `shown` may do until when (O19).
  net::Response closed(const std::optional<lifecycle::CertificateRecord>& shown = {}) const;
  /// problem is the page for an Error that is no verdict of the rules: the page has a reference number, the log the rest.
  net::Response problem(const Error& error) const;

 private:
  const Desk& desk_;
  const Site& site_;
  const net::Request& request_;
  std::string label_;
  std::string language_;
};

}  // namespace inkan::web
