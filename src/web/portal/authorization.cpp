#include "web/portal/authorization.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "base/base64url.hpp"
#include "base/text.hpp"

namespace inkan::web {
namespace {

// prompt and max_age come last: what is carried on after a login ends before them.
constexpr std::array<std::string_view, 12> kKnown = {
    "client_id", "redirect_uri",   "response_type",         "response_mode", "scope",  "state",
    "nonce",     "code_challenge", "code_challenge_method", "id_token_hint", "prompt", "max_age"};
constexpr std::size_t kCarriedAfterLogin = 10;
constexpr std::size_t kLongest = 2048;  // of state and nonce: the application's own, and no place to store things

std::string query_of(const net::Form& fields, std::size_t known) {
  net::Pairs kept;
  for (const std::string_view name : std::span(kKnown).first(known))
    if (const auto value = fields.find(name)) kept.emplace_back(name, *value);
  return with_query({}, kept).substr(1);
}

bool repeats(const net::Pairs& fields) {
  std::set<std::string_view> seen;
  return std::ranges::any_of(fields, [&](const auto& field) { return !seen.insert(field.first).second; });
}

std::set<std::string> words_of(std::string_view text) {
  std::set<std::string> words;
  for (std::string& word : split(text, ' '))
    if (!word.empty()) words.insert(std::move(word));
  return words;
}

struct Wrong {
  const char* error;
  const char* description;
};

/// check_form is what is wrong with how a code is asked for.
std::optional<Wrong> check_form(const net::Form& query) {
  if (repeats(query.fields())) return Wrong{"invalid_request", "a parameter comes twice"};
  if (query.find("request")) return Wrong{"request_not_supported", "request objects are not taken"};
  if (query.find("request_uri")) return Wrong{"request_uri_not_supported", "request objects are not taken"};
  if (query.find("registration")) return Wrong{"registration_not_supported", "applications are registered by the bank"};
  if (!query.find("response_type")) return Wrong{"invalid_request", "response_type is missing"};
  if (query.get("response_type") != "code") return Wrong{"unsupported_response_type", "response_type must be code"};
  if (query.find("response_mode").value_or("query") != "query") return Wrong{"invalid_request", "response_mode must be query"};
  if (!words_of(query.get("scope")).contains("openid")) return Wrong{"invalid_scope", "scope must have openid"};
  if (query.get("code_challenge_method") != "S256") return Wrong{"invalid_request", "code_challenge_method must be S256"};
  if (query.get("nonce").size() > kLongest) return Wrong{"invalid_request", "nonce is too long"};
  return {};
}

/// read_prompt reads prompt and max_age.
std::optional<Wrong> read_prompt(const net::Form& query, Authorization& asked) {
  for (const std::string& word : words_of(query.get("prompt"))) {
    // There is no consent to ask for: these are the bank's own applications.
    if (word != "none" && word != "login" && word != "select_account" && word != "consent")
      return Wrong{"invalid_request", "prompt has a word that is not known"};
    asked.silent |= word == "none";
    asked.anew |= word == "login" || word == "select_account";
    asked.another |= word == "select_account";
  }
  if (asked.silent && words_of(query.get("prompt")).size() > 1) return Wrong{"invalid_request", "prompt=none stands alone"};
  if (const auto age = query.find("max_age")) {
    unsigned seconds = 0;
    const auto [end, wrong] = std::from_chars(age->data(), age->data() + age->size(), seconds);
    if (wrong != std::errc() || end != age->data() + age->size()) return Wrong{"invalid_request", "max_age must be seconds"};
    asked.max_age = std::chrono::seconds{seconds};
  }
  return {};
}

}  // namespace

std::string with_query(const std::string& address, const net::Pairs& fields) {
  std::string text = address;
  for (const auto& [name, value] : fields)
    if (!value.empty()) text += (text.contains('?') ? "&" : "?") + net::percent_encode(name) + "=" + net::percent_encode(value);
  return text;
}

std::expected<Authorization, AuthorizationRefusal> parse_authorization(const lifecycle::SignOn& sign_on,
                                                                       const std::string& institution, const net::Pairs& query) {
  const net::Form form(query);
  const auto client = form.find("client_id"), redirect_uri = form.find("redirect_uri");  // once, or nobody is told anything
  Authorization asked{.party = client && redirect_uri ? sign_on.find(institution, *client) : nullptr,
                      .redirect_uri = std::string(redirect_uri.value_or("")),
                      .state = std::string(form.get("state")),
                      .scope = words_of(form.get("scope")).contains("profile") ? "openid profile" : "openid",
                      .nonce = std::string(form.get("nonce")),
                      .hint = std::string(form.get("id_token_hint")),
                      .challenge = {},
                      .max_age = {},
                      .query = {},
                      .after_login = {}};
  if (asked.party == nullptr) return std::unexpected(AuthorizationRefusal{});
  if (std::ranges::count(asked.party->redirect_uris, asked.redirect_uri) == 0) return std::unexpected(AuthorizationRefusal{});
  const auto refuse = [&](const Wrong& wrong) {
    return std::unexpected(AuthorizationRefusal{asked.redirect_uri, asked.state, wrong.error, wrong.description});
  };
  if (asked.state.size() > kLongest) {
    asked.state.clear();
    return refuse({"invalid_request", "state is too long"});
  }
  if (const auto wrong = check_form(form)) return refuse(*wrong);
  if (const auto wrong = read_prompt(form, asked)) return refuse(*wrong);
  const auto challenge = parse_base64url(form.get("code_challenge"));
  const auto digest = challenge ? Digest::from(*challenge) : Result<Digest>(fail(Code::invalid, "digest.size"));
  if (!digest) return refuse({"invalid_request", "code_challenge is not one of S256"});
  asked.challenge = *digest;
  asked.query = query_of(form, kKnown.size());
  asked.after_login = query_of(form, kCarriedAfterLogin);
  return asked;
}

}  // namespace inkan::web
