#include "wire/openid.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/base64url.hpp"
#include "base/text.hpp"
#include "net/client.hpp"
#include "wire/problem.hpp"
#include "wire/rest_json.hpp"

namespace inkan::wire {
namespace {

namespace json = boost::json;
using lifecycle::Institution;
using lifecycle::RelyingParty;

/// refuse is RFC 6749 5.2's answer.
net::Response refuse(int status, const char* error, const char* description) {
  return make_json(status, {{"error", error}, {"error_description", description}});
}

/// refuse_token is RFC 6750 3's answer to a token that opens nothing.
net::Response refuse_token(const char* error) {
  net::Response response = make_json(401, {{"error", error}});
  response.headers.set("WWW-Authenticate", std::string("Bearer error=\"") + error + "\"");
  return response;
}

bool is_verifier(std::string_view text) {  // RFC 7636 4.1
  return text.size() >= 43 && text.size() <= 128 && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                  c == '_' || c == '~';
         });
}

/// find_party is the application that a form names, where the certificate of the handshake is its own. A secret of any other kind
/// is none of ours.
const RelyingParty* find_party(const DoorOptions& options, const Institution& institution, const net::Request& request,
                               const net::Form& form) {
  if (request.find_header("Authorization") || form.find("client_secret") || form.find("client_assertion")) return nullptr;
  const RelyingParty* party = options.sign_on->find(institution.id, form.get("client_id"));
  if (party == nullptr || !request.peer.fingerprint) return nullptr;
  return std::ranges::count(party->certificates, *request.peer.fingerprint) > 0 ? party : nullptr;
}

/// as_application reads a form and who sends it, and gives the answer to that.
template <class Answer>
net::Response as_application(const DoorOptions& options, const Institution& institution, const net::Request& request,
                             Answer answer) {
  if (request.method != "POST") return make_method_problem("POST");
  const auto form = net::parse_form(request);
  if (!form) return refuse(400, "invalid_request", form.error().id.c_str());
  const RelyingParty* party = find_party(options, institution, request, *form);
  if (party == nullptr) return refuse(401, "invalid_client", "no application of this client_id shows this certificate");
  return answer(*form, *party);
}

net::Response serve_token(const DoorOptions& options, const Institution& institution, const std::string& issuer,
                          const net::Request& request) {
  return as_application(options, institution, request, [&](const net::Form& form, const RelyingParty& party) {
    const auto grant_type = form.find("grant_type");
    if (!grant_type) return refuse(400, "invalid_request", "grant_type is missing");
    if (*grant_type != "authorization_code") return refuse(400, "unsupported_grant_type", "only authorization_code");
    for (const char* name : {"code", "redirect_uri", "code_verifier"})
      if (!form.find(name)) return refuse(400, "invalid_request", "code, redirect_uri and code_verifier are needed");
    if (!is_verifier(form.get("code_verifier"))) return refuse(400, "invalid_request", "code_verifier is none");
    const auto redeemed = options.sign_on->redeem(institution, party,
                                                  {.code = std::string(form.get("code")),
                                                   .redirect_uri = std::string(form.get("redirect_uri")),
                                                   .verifier = std::string(form.get("code_verifier")),
                                                   .certificate = *request.peer.fingerprint});
    if (!redeemed && redeemed.error().id == "sign_on.code")
      return refuse(400, "invalid_grant", "the code is not valid, or not any more, or not for this");
    if (!redeemed) return make_problem(redeemed.error(), options.services.rng);
    const Instant now = options.services.clock.now();
    const auto id_token = make_id_token(*options.id_token_keys, issuer, redeemed->grant, redeemed->token, now);
    if (!id_token) return make_problem(id_token.error(), options.services.rng);
    return make_json(200, {{"access_token", redeemed->token},
                           {"token_type", "Bearer"},
                           {"expires_in", to_epoch(*redeemed->grant.token_until) - to_epoch(now)},
                           {"scope", redeemed->grant.scope},
                           {"id_token", *id_token}});
  });
}

bool asks_profile(const lifecycle::Grant& grant) { return grant.scope == "openid profile"; }

net::Response serve_userinfo(const DoorOptions& options, const Institution& institution, const net::Request& request) {
  if (!is_get(request) && request.method != "POST") return make_method_problem("GET, HEAD, POST");
  constexpr std::string_view kBearer = "Bearer ";
  const auto authorization = request.find_header("Authorization");
  if (!authorization || request.headers.count("Authorization") != 1 || !net::same_name(authorization->substr(0, 7), kBearer)) {
    net::Response response = make_json(401, {{"error", "invalid_request"}});
    response.headers.set("WWW-Authenticate", "Bearer");
    return response;
  }
  if (!request.peer.fingerprint) return refuse_token("invalid_token");
  const std::string token(trim(authorization->substr(kBearer.size())));
  const auto access = options.sign_on->look(institution, token, request.peer.fingerprint);
  if (!access && access.error().id == "sign_on.token") return refuse_token("invalid_token");
  if (!access) return make_problem(access.error(), options.services.rng);
  const lifecycle::Holder& holder = access->holder;
  json::object claims{{"sub", holder.id.login_id}};
  if (asks_profile(access->grant)) {
    claims["name"] = holder.name;
    claims["preferred_username"] = holder.id.login_id;
    claims["company"] = holder.company;
    claims["role"] = lifecycle::to_text(holder.role);
    claims["certificate_serial"] = access->certificate.serial.hex();
    claims["certificate_expiry"] = to_iso(access->certificate.expiry_day);
  }
  return make_json(200, claims);
}

net::Response serve_introspection(const DoorOptions& options, const Institution& institution, const std::string& issuer,
                                  const net::Request& request) {
  return as_application(options, institution, request, [&](const net::Form& form, const RelyingParty& /*asker*/) {
    const auto token = form.find("token");
    if (!token) return refuse(400, "invalid_request", "token is missing");
    const auto access = options.sign_on->look(institution, std::string(*token), {});
    if (!access && access.error().id == "sign_on.token") return make_json(200, {{"active", false}});
    if (!access) return make_problem(access.error(), options.services.rng);
    const lifecycle::Grant& grant = access->grant;
    const json::object confirmation{{"x5t#S256", to_base64url(grant.token_certificate->view())}};
    return make_json(200, {{"active", true},
                           {"iss", issuer},
                           {"sub", grant.holder.login_id},
                           {"client_id", grant.client},
                           {"scope", grant.scope},
                           {"token_type", "Bearer"},
                           {"iat", to_epoch(*grant.redeemed_at)},
                           {"exp", to_epoch(*grant.token_until)},
                           {"cnf", confirmation}});
  });
}

json::object describe(const Addresses& addresses) {
  const std::string token = addresses.openid + "/token", userinfo = addresses.openid + "/userinfo",
                    introspection = addresses.openid + "/introspect";
  const json::array by_certificate{"self_signed_tls_client_auth"};
  return {{"issuer", addresses.portal},
          {"authorization_endpoint", addresses.portal + "/authorize"},
          {"token_endpoint", token},
          {"userinfo_endpoint", userinfo},
          {"introspection_endpoint", introspection},
          {"jwks_uri", addresses.jwks},
          {"end_session_endpoint", addresses.portal + "/end-session"},
          {"backchannel_logout_supported", true},
          {"backchannel_logout_session_supported", true},
          {"mtls_endpoint_aliases",
           {{"token_endpoint", token}, {"userinfo_endpoint", userinfo}, {"introspection_endpoint", introspection}}},
          {"scopes_supported", json::array{"openid", "profile"}},
          {"response_types_supported", json::array{"code"}},
          {"response_modes_supported", json::array{"query"}},
          {"grant_types_supported", json::array{"authorization_code"}},
          {"code_challenge_methods_supported", json::array{"S256"}},
          {"prompt_values_supported", json::array{"none", "login", "select_account", "consent"}},
          {"acr_values_supported", json::array{kAcr}},
          {"subject_types_supported", json::array{"public"}},
          {"id_token_signing_alg_values_supported", json::array{"ES256"}},
          {"token_endpoint_auth_methods_supported", by_certificate},
          {"introspection_endpoint_auth_methods_supported", by_certificate},
          {"tls_client_certificate_bound_access_tokens", true},
          {"claims_supported",
           {"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "sid", "name", "preferred_username",
            "company", "role", "certificate_serial", "certificate_expiry"}},
          {"authorization_response_iss_parameter_supported", true},
          {"claims_parameter_supported", false},
          {"request_parameter_supported", false},
          {"request_uri_parameter_supported", false}};
}

}  // namespace

net::Response serve_openid_configuration(const DoorOptions& options, const net::Request& request) {
  if (!is_get(request)) return make_method_problem("GET, HEAD");
  for (const auto& [id, addresses] : options.addresses) {
    const auto portal = net::parse_url(addresses.portal);
    if (!portal || portal->host != request.host) continue;
    if (options.sign_on == nullptr || !options.sign_on->serves(id)) break;
    return make_json(200, describe(addresses));
  }
  return make_problem(404, "openid.not_served");
}

net::Response serve_openid(const DoorOptions& options, std::string_view rest, const net::Request& request) {
  if (!request.peer.tls) return make_problem(403, "wire.needs_tls");
  const auto slash = rest.find('/');
  const auto institution = options.services.institutions.find(rest.substr(0, slash));
  if (!institution) return make_problem(404, "institution.unknown");
  const auto addresses = options.addresses.find((*institution)->id);
  if (options.sign_on == nullptr || !options.sign_on->serves((*institution)->id) || addresses == options.addresses.end())
    return make_problem(404, "openid.not_served");
  const std::string_view endpoint = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  const std::string& issuer = addresses->second.portal;
  if (endpoint == "token") return serve_token(options, **institution, issuer, request);
  if (endpoint == "userinfo") return serve_userinfo(options, **institution, request);
  if (endpoint == "introspect") return serve_introspection(options, **institution, issuer, request);
  if (endpoint != "jwks") return make_problem(404, "wire.not_found");
  if (!is_get(request)) return make_method_problem("GET, HEAD");
  return net::make_response(200, "application/jwk-set+json", to_jwks(*options.id_token_keys) + "\n");
}

}  // namespace inkan::wire
