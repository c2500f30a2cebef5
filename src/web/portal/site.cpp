#include "web/portal/site.hpp"

#include <fmt/format.h>

#include "base/chance.hpp"
#include "web/portal/page_kinds.hpp"
#include "web/portal/screens.hpp"
#include "web/portal/word_check.hpp"

namespace inkan::web {
namespace {

constexpr std::string_view kHttps = "https://";
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz012345";  // 32, so that five bits make one
constexpr std::size_t kLabelLength = 8;

bool is_small(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/// port_suffix is ":PORT", or nothing for the port that https means anyway: origins are compared as browsers write them.
std::string port_suffix(std::uint16_t port) { return port == 443 ? std::string() : fmt::format(":{}", port); }

}  // namespace

std::string Site::login_origin(std::string_view label) const {
  return fmt::format("{}{}.{}{}", kHttps, label, origins.login_suffix, port_suffix(origins.login_port));
}

std::optional<std::string> Site::find_label(std::string_view host) const {
  if (host == portal_host) return "";
  const std::string ending = "." + origins.login_suffix;
  if (!host.ends_with(ending)) return {};
  std::string label(host.substr(0, host.size() - ending.size()));
  if (!is_label(label)) return {};
  return label;
}

bool Site::owns_origin(std::string_view origin) const {
  if (origin == origins.portal) return true;
  if (!origin.starts_with(kHttps)) return false;
  const std::string label(origin.substr(kHttps.size(), kLabelLength));
  return is_label(label) && origin == login_origin(label);
}

std::string Site::content_policy() const {
  return fmt::format(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
      "form-action 'self' {} {}; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'",
      origins.portal, login_origin("*"));
}

bool is_label(std::string_view text) {
  if (text.size() != kLabelLength) return false;
  for (const char c : text)
    if (!is_small(c)) return false;
  return true;
}

std::string make_label(Rng& rng) {
  std::string label;
  for (const std::uint8_t byte : make_bytes(rng, kLabelLength)) label += kLetters[byte % kLetters.size()];
  return label;
}

Result<Site> make_site(const lifecycle::Institution& institution, const PortalOptions& options, const Assets& assets) {
  const auto origins = options.origins.find(institution.id);
  if (origins == options.origins.end()) return fail(Code::invalid, "web.origins", institution.id + " has no address");
  Site site{.institution = &institution, .origins = origins->second, .portal_host = {}, .pages = {}};

  const std::string& portal = site.origins.portal;
  const std::string authority = portal.starts_with(kHttps) ? portal.substr(kHttps.size()) : std::string();
  site.portal_host = authority.substr(0, authority.find(':'));
  const std::string& suffix = site.origins.login_suffix;
  const bool shares = site.portal_host == suffix || site.portal_host.ends_with("." + suffix);
  if (site.portal_host.empty() || suffix.empty() || !shares || authority.find('/') != std::string::npos)
    return fail(Code::invalid, "web.origins", institution.id + ": the portal must be https and lie at or below login_suffix");

  if (const Findings findings = check_screens(institution); !findings.empty())
    return fail(Code::invalid, findings.front().id, institution.id + ": " + findings.front().detail);
  for (const char* language : {"ja", "en"})
    if (!options.catalogue.contains(language)) return fail(Code::corrupt, "web.catalogue", language);
  if (const Findings findings = check_words(institution, options.catalogue); !findings.empty())
    return fail(Code::invalid, findings.front().id, institution.id + ": " + findings.front().detail);
  for (const char* language : {"ja", "en"}) {
    const auto texts = options.catalogue.find(language);
    auto pages = Pages::make(portal_pages(), Catalogue::make(texts->second, institution, language), language, assets.base());
    if (!pages) return fail(pages.error().code, pages.error().id, institution.id + " " + language + ": " + pages.error().detail);
    site.pages.emplace(language, std::move(*pages));
  }
  return site;
}

}  // namespace inkan::web
