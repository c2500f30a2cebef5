#include "server/logout_call.hpp"

#include <algorithm>

#include "base/chance.hpp"
#include "base/log.hpp"

namespace inkan::server {
namespace {

constexpr std::size_t kIdBytes = 16;
constexpr std::chrono::seconds kFirstRest{1};
constexpr std::chrono::seconds kLongestRest{300};

}  // namespace

Result<std::unique_ptr<LogoutCall>> LogoutCall::make(Bank& bank, lifecycle::SignOn& sign_on,
                                                     std::shared_ptr<const wire::IdTokenKeys> keys, const OidcClientFile& file) {
  const auto institution = bank.institutions().find(file.institution);
  if (!institution) return fail(institution);
  const auto& sites = bank.config().sites;
  const auto site = std::ranges::find(sites, file.institution, &SiteAddress::institution);
  const lifecycle::RelyingParty* party = sign_on.find(file.institution, file.id);
  if (site == sites.end() || party == nullptr)
    return fail(Code::invalid, "config.value", "oidc_client " + file.id + ": its institution has no [[site]]");
  auto client = make_caller_client(file.trust);
  if (!client) return fail(client);
  return std::unique_ptr<LogoutCall>(
      new LogoutCall(bank, sign_on, std::move(keys), **institution, *party, site->portal, std::move(*client)));
}

LogoutCall::LogoutCall(Bank& bank, lifecycle::SignOn& sign_on, std::shared_ptr<const wire::IdTokenKeys> keys,
                       const lifecycle::Institution& institution, const lifecycle::RelyingParty& party, std::string issuer,
                       net::Client client)
    : services_(bank.services()),
      sign_on_(sign_on),
      keys_(std::move(keys)),
      institution_(institution),
      party_(party),
      issuer_(std::move(issuer)),
      client_(std::move(client)),
      caller_(
          [this] { return tell(); },
          [this](const Error& error, std::chrono::seconds again) {
            log(LogLevel::warning, "server", "logout.failed",
                {{"client", party_.id}, {"id", error.id}, {"detail", error.detail}, {"again", std::to_string(again.count())}});
          }) {}

Result<int> LogoutCall::tell() {
  const auto ended = sign_on_.ended(institution_, party_);
  if (!ended) return fail(ended);
  int told = 0;
  std::map<Digest, Refusal> refused;
  for (const lifecycle::SignOn::Ended& login : *ended) {
    if (caller_.stopping()) break;
    const auto before = refused_.find(login.sid);
    if (before != refused_.end() && services_.clock.steady() < before->second.again) {
      refused.insert(*before);
      continue;
    }
    const Result<void> taken = send(login);
    if (!taken && taken.error().id != "logout.refused") return fail(taken);
    if (!taken) {
      const auto rest = before == refused_.end() ? std::chrono::seconds{0} : before->second.rest;
      refused.emplace(login.sid, refuse(login, rest, taken.error()));
      continue;
    }
    if (auto noted = sign_on_.told(party_, login); !noted) return fail(noted);
    ++told;
  }
  refused_ = std::move(refused);
  return told;
}

LogoutCall::Refusal LogoutCall::refuse(const lifecycle::SignOn::Ended& login, std::chrono::seconds before,
                                       const Error& error) const {
  const auto rest = std::clamp(2 * before, kFirstRest, kLongestRest);
  log(LogLevel::warning, "server", "logout.failed",
      {{"client", party_.id},
       {"login_id", login.holder.login_id},
       {"id", error.id},
       {"detail", error.detail},
       {"again", std::to_string(rest.count())}});
  return {.again = services_.clock.steady() + rest, .rest = rest};
}

Result<void> LogoutCall::send(const lifecycle::SignOn::Ended& login) {
  const auto token =
      wire::make_logout_token(*keys_, issuer_, {.subject = login.holder.login_id, .client = party_.id, .sid = login.sid},
                              make_token(services_.rng, kIdBytes), services_.clock.now());
  if (!token) return fail(token);
  const auto response = client_.send({.method = "POST",
                                      .url = party_.logout_call,
                                      .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                                      .body = "logout_token=" + *token});  // base64url and dots: nothing to escape
  if (!response) return fail(response);
  if (response->status >= 200 && response->status <= 299) return {};
  const bool refused = response->status >= 400 && response->status <= 499;
  return fail(Code::unavailable, refused ? "logout.refused" : "logout.status", std::to_string(response->status));
}

}  // namespace inkan::server
