#include "wire/id_token.hpp"

#include <boost/json.hpp>

#include "base/base64url.hpp"
#include "base/text.hpp"
#include "pki/signature.hpp"

namespace inkan::wire {
namespace {

namespace json = boost::json;

constexpr std::chrono::minutes kLife{5};
constexpr std::chrono::minutes kLogoutLife{2};
constexpr std::size_t kLongest = 8 * 1024;
constexpr const char* kType = "JWT";
constexpr std::size_t kCoordinate = 32;

std::string encode(const json::object& part) { return to_base64url(as_bytes(json::serialize(part))); }

/// to_jwk writes a key, and its name: RFC 7638's thumbprint.
json::object to_jwk(const pki::PublicKey& key) {
  const Bytes point = key.bits();  // 04, x, y
  const ByteView view(point);
  const std::string x = to_base64url(view.subspan(1, kCoordinate)), y = to_base64url(view.subspan(1 + kCoordinate, kCoordinate));
  // The members in this order and without spaces are what the thumbprint is made over.
  const std::string canonical = R"({"crv":"P-256","kty":"EC","x":")" + x + R"(","y":")" + y + R"("})";
  return {{"kty", "EC"},
          {"crv", "P-256"},
          {"x", x},
          {"y", y},
          {"use", "sig"},
          {"alg", "ES256"},
          {"kid", to_base64url(sha256(as_bytes(canonical)).view())}};
}

std::string key_name(const pki::PublicKey& key) { return std::string(to_jwk(key).at("kid").as_string()); }

const pki::PublicKey* find_key(const IdTokenKeys& keys, std::string_view name) {
  if (key_name(keys.key) == name) return &keys.key;
  for (const pki::PublicKey& other : keys.others)
    if (key_name(other) == name) return &other;
  return nullptr;
}

std::optional<json::object> decode(std::string_view part) {
  const auto text = parse_base64url(part);
  if (!text) return {};
  boost::system::error_code wrong;
  const json::value value = json::parse(as_text(*text), wrong);
  if (wrong || !value.is_object()) return {};
  return value.as_object();
}

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

Result<std::string> sign(const IdTokenKeys& keys, const char* type, const json::object& claims) {
  const std::string text = encode({{"alg", "ES256"}, {"typ", type}, {"kid", key_name(keys.key)}}) + "." + encode(claims);
  const auto signature = keys.sign(as_bytes(text));
  if (!signature) return fail(signature);
  const auto raw = pki::to_raw_ecdsa(*signature);
  if (!raw) return fail(raw);
  return text + "." + to_base64url(*raw);
}

std::unexpected<Error> malformed() { return fail(Code::invalid, "id_token.malformed"); }

}  // namespace

Result<std::string> make_id_token(const IdTokenKeys& keys, const std::string& issuer, const lifecycle::Grant& grant,
                                  std::string_view access_token, Instant now) {
  // at_hash: the left half of the hash of the token's octets (OpenID Connect Core 1.0, 3.1.3.6).
  const Digest hash = sha256(as_bytes(access_token));
  json::array methods;
  for (const std::string_view method : kAmr) methods.emplace_back(method);
  json::object claims{{"iss", issuer},
                      {"sub", grant.holder.login_id},
                      {"aud", grant.client},
                      {"iat", to_epoch(now)},
                      {"exp", to_epoch(now + kLife)},
                      {"auth_time", to_epoch(grant.authenticated_at)},
                      {"acr", kAcr},
                      {"amr", std::move(methods)},
                      {"sid", to_base64url(grant.sid.view())},
                      {"at_hash", to_base64url(hash.view().first(hash.bytes.size() / 2))}};
  if (!grant.nonce.empty()) claims["nonce"] = grant.nonce;
  return sign(keys, kType, claims);
}

Result<std::string> make_logout_token(const IdTokenKeys& keys, const std::string& issuer, const lifecycle::IdTokenHint& login,
                                      const std::string& id, Instant now) {
  // Without a nonce, so that nobody takes it for an ID token (2.4).
  const json::object events{{"http://schemas.openid.net/event/backchannel-logout", json::object()}};
  return sign(keys, "logout+jwt",
              {{"iss", issuer},
               {"sub", login.subject},
               {"aud", login.client},
               {"iat", to_epoch(now)},
               {"exp", to_epoch(now + kLogoutLife)},
               {"jti", id},
               {"sid", to_base64url(login.sid.view())},
               {"events", events}});
}

Result<lifecycle::IdTokenHint> read_id_token(const IdTokenKeys& keys, const std::string& issuer, std::string_view text) {
  if (text.size() > kLongest) return malformed();
  const std::vector<std::string> parts = split(text, '.');
  if (parts.size() != 3) return malformed();
  const auto header = decode(parts[0]);
  const auto raw = parse_base64url(parts[2]);
  if (!header || !raw || text_of(*header, "alg") != "ES256" || text_of(*header, "typ") != kType || header->contains("crit"))
    return malformed();
  const pki::PublicKey* key = find_key(keys, text_of(*header, "kid"));
  const auto signature = pki::from_raw_ecdsa(*raw);
  if (key == nullptr || !signature) return malformed();
  const std::string_view signed_part = text.substr(0, parts[0].size() + 1 + parts[1].size());
  if (!pki::verify_signature(key->der(), pki::signature_algorithm(pki::KeyAlgorithm::p256), as_bytes(signed_part), *signature))
    return malformed();
  const auto claims = decode(parts[1]);
  if (!claims || text_of(*claims, "iss") != issuer) return malformed();
  const auto sid_text = parse_base64url(text_of(*claims, "sid"));
  if (!sid_text) return malformed();
  const auto sid = Digest::from(*sid_text);
  lifecycle::IdTokenHint hint{.subject = text_of(*claims, "sub"), .client = text_of(*claims, "aud"), .sid = {}};
  if (!sid || hint.subject.empty() || hint.client.empty()) return malformed();
  hint.sid = *sid;
  return hint;
}

std::string to_jwks(const IdTokenKeys& keys) {
  json::array all{to_jwk(keys.key)};
  for (const pki::PublicKey& other : keys.others) all.push_back(to_jwk(other));
  return json::serialize(json::object{{"keys", std::move(all)}});
}

}  // namespace inkan::wire
