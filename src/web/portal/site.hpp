#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "web/assets.hpp"
#include "web/pages.hpp"
#include "web/portal/portal.hpp"

namespace inkan::web {

/// Site is one institution's addresses and pages.
struct Site {
  const lifecycle::Institution* institution = nullptr;
  Origins origins;
  std::string portal_host;             ///< "d1.localhost"
  std::map<std::string, Pages> pages;  ///< by language

  /// login_origin is the origin of a login host: "https://k3x9….d1.localhost:18444".
  std::string login_origin(std::string_view label) const;
  /// find_label is the label of a host of this site's, "" for the portal's own; empty for a host of somebody else's.
  std::optional<std::string> find_label(std::string_view host) const;
  /// owns_origin tells whether an Origin field names the portal or one of the login hosts.
  bool owns_origin(std::string_view origin) const;
  /// content_policy is the Content-Security-Policy of the site's pages.
  std::string content_policy() const;
};

/// is_label tells whether a text is a label as we make them: eight small letters and digits.
bool is_label(std::string_view text);

/// make_label is a new one, for a host that no browser has been to.
std::string make_label(Rng& rng);

/// make_site joins an institution's profile, addresses and words. Errors: `web.origins`, `web.screens`,
/// `web.catalogue`, `web.template`.
Result<Site> make_site(const lifecycle::Institution& institution, const PortalOptions& options, const Assets& assets);

/// Desk is what every handler works with.
struct Desk {
  lifecycle::Services services;
  lifecycle::Login& login;
  lifecycle::Enrolment& enrolment;
  lifecycle::Recovery& recovery;
  lifecycle::Company& company;
  lifecycle::Contacts& contacts;
  Assets assets;
  std::optional<ProgramFile> program;
  std::shared_ptr<net::AddressLimit> tries;
  lifecycle::SignOn* sign_on = nullptr;
  ReadIdToken read_id_token;
};

}  // namespace inkan::web
