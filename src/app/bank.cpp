#include "app/bank.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>

#include "base/clock.hpp"
#include "net/client.hpp"
#include "pki/cms.hpp"
#include "pki/der.hpp"
#include "pki/oid.hpp"

namespace inkan::app {
namespace {

constexpr int kMostWindowDays = 366;
constexpr int kMostTries = 100;

std::unexpected<Error> malformed(std::string detail) { return fail(Code::unavailable, "bank.malformed", std::move(detail)); }

Code code_of(int status) {
  switch (status) {
    case 401: return Code::unauthenticated;
    case 404: return Code::not_found;
    case 409: return Code::conflict;
    case 413: return Code::too_large;
    case 429: return Code::too_many;
    default: return status >= 500 ? Code::unavailable : Code::refused;
  }
}

/// parse_json reads an object; nothing when the text is none.
std::optional<boost::json::object> parse_json(std::string_view text) {
  boost::json::error_code error;
  boost::json::value value = boost::json::parse({text.data(), text.size()}, error);
  if (error || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

std::optional<std::string> find_text(const boost::json::object& object, const char* name) {
  const boost::json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->get_string());
}

std::optional<Question> find_question(std::string_view word) {
  if (word == "key") return Question::key;
  if (word == "request") return Question::request;
  if (word == "both") return Question::both;
  if (word == "protection") return Question::protection;
  return std::nullopt;
}

class HttpsBank : public Bank {
 public:
  HttpsBank(Discovery discovery, std::string trust_pem, std::shared_ptr<Proxies> proxies)
      : discovery_(std::move(discovery)), trust_pem_(std::move(trust_pem)), proxies_(std::move(proxies)) {}

  const Discovery& discovery() const override { return discovery_; }

  Result<std::vector<pki::Certificate>> authorities() override {
    const auto body = ask(nullptr, {.method = "GET", .url = discovery_.est + "/cacerts"});
    if (!body) return fail(body);
    return certificates_in(*body);
  }

  Result<pki::KeyAlgorithm> wanted_key() override {
    const auto body = ask(nullptr, {.method = "GET", .url = discovery_.est + "/csrattrs"});
    if (!body) return fail(body);
    const auto der = parse_base64(*body);
    if (!der) return malformed("csrattrs");
    return parse_csr_attributes(*der);
  }

  Result<pki::Certificate> issue(const Proof& proof, const Identity* expired, ByteView request) override {
    const std::string password = std::string(proof.password.reveal()) + " " + std::string(proof.code.reveal());
    return enrol(expired, "/simpleenroll", basic(proof.login_id, password), {}, request);
  }

  Result<Taken> take_over(const Identity& present, const std::string& transaction) override {
    if (discovery_.transactions.empty()) return fail(Code::not_found, "transaction.unknown");
    const auto body = ask(&present, {.method = "POST", .url = discovery_.transactions + "/" + transaction});
    if (!body) return fail(body);
    auto taken = parse_taken(*body);
    if (taken && taken->transaction != transaction) return malformed("transaction");
    return taken;
  }

  Result<pki::Certificate> renew(const Identity& present, const Secret* password, const std::string& transaction,
                                 ByteView request) override {
    return enrol(&present, "/simplereenroll", password ? basic("", password->reveal()) : "", transaction, request);
  }

  Result<void> look(const Identity& present) override {
    const auto body = ask(&present, {.method = "GET", .url = discovery_.self_test});
    return body ? Result<void>() : fail(body);
  }

  Result<void> try_out(const Identity& fresh) override {
    const auto body = ask(&fresh, {.method = "POST", .url = discovery_.self_test});
    if (!body) return fail(body);
    const auto json = parse_json(*body);
    const boost::json::value* confirmed = json ? json->if_contains("confirmed") : nullptr;
    if (confirmed == nullptr || !confirmed->is_bool() || !confirmed->get_bool()) return malformed("self-test");
    return {};
  }

 private:
  static std::string basic(std::string_view login_id, std::string_view password) {
    return "Basic " + to_base64(as_bytes(std::string(login_id) + ":" + std::string(password)));
  }

  /// ask makes one request, with a certificate of ours where `own` is given, and gives the body of a 200.
  Result<std::string> ask(const Identity* own, const net::Call& call) {
    net::ClientOptions options{.proxy = {}, .trust_pem = trust_pem_};
    if (own) {
      options.certificate_chain.push_back(own->certificate.der());
      options.key = own->key.native();
    }
    auto heard = proxies_->send(options, call);
    if (!heard) return fail(heard);
    if (heard->response.status == 200) return std::move(heard->response.body);
    Error refusal = parse_refusal(heard->response.status, heard->response.body);
    // A device that opens TLS on the way cannot pass our certificate on.
    if (own && refusal.id == "certificate.none") refusal = {Code::refused, "net.tls_inspected", heard->issuer};
    return std::unexpected<Error>(std::move(refusal));
  }

  static Result<std::vector<pki::Certificate>> certificates_in(std::string_view base64) {
    const auto der = parse_base64(base64);
    if (!der) return malformed("not base64");
    auto certificates = pki::parse_certs_only(*der);
    if (!certificates || certificates->empty()) return malformed("no certificates");
    return certificates;
  }

  Result<pki::Certificate> enrol(const Identity* own, const char* operation, std::string authorization,
                                 const std::string& transaction, ByteView request) {
    net::Call call{.method = "POST", .url = discovery_.est + operation, .headers = {}, .body = to_base64(request)};
    call.headers.set("Content-Type", "application/pkcs10");
    call.headers.set("Content-Transfer-Encoding", "base64");
    if (!authorization.empty()) call.headers.set("Authorization", std::move(authorization));
    if (!transaction.empty()) call.headers.set("Inkan-Transaction", transaction);
    const auto body = ask(own, call);
    if (!body) return fail(body);
    auto certificates = certificates_in(*body);
    if (!certificates) return fail(certificates);
    if (certificates->size() != 1) return malformed("more than one certificate");
    return std::move(certificates->front());
  }

  Discovery discovery_;
  std::string trust_pem_;
  std::shared_ptr<Proxies> proxies_;
};

/// judge_clock looks whether dates that do not hold are this machine's own fault, and names both times then.
Error judge_clock(const Error& error, const std::string& url, Proxies& proxies) {
  if (error.id != "net.tls_dates") return error;
  constexpr std::chrono::minutes kMeant{5};
  const auto theirs = proxies.ask_time(url);
  const Instant ours = MachineClock().now();
  if (!theirs || (*theirs - ours < kMeant && ours - *theirs < kMeant)) return error;
  return {Code::refused, "net.clock", to_rfc3339(ours) + " / " + to_rfc3339(*theirs)};
}

}  // namespace

Error parse_refusal(int status, std::string_view json) {
  const auto problem = parse_json(json);
  const auto code = problem ? find_text(*problem, "code") : std::nullopt;
  const auto reference = problem ? find_text(*problem, "reference") : std::nullopt;
  const auto opens = problem ? find_text(*problem, "opens") : std::nullopt;
  if (opens) return {code_of(status), code.value_or("bank.refused"), *opens};
  const boost::json::value* left = problem ? problem->if_contains("left") : nullptr;
  if (code == "login.password" && left != nullptr && left->is_int64() && left->get_int64() >= 0 && left->get_int64() < kMostTries)
    return {code_of(status), *code, std::to_string(left->get_int64())};
  const Code kind = code && code->starts_with("certificate.") ? Code::refused : code_of(status);
  return {kind, code.value_or("bank.refused"),
          reference ? "reference " + *reference
          : code    ? ""
                    : "HTTP " + std::to_string(status)};
}

Result<Discovery> parse_discovery(std::string_view text) {
  const auto json = parse_json(text);
  if (!json) return malformed("discovery");
  const auto institution = find_text(*json, "institution");
  const auto name = find_text(*json, "name");
  const auto portal = find_text(*json, "portal");
  const auto est = find_text(*json, "est");
  const auto self_test = find_text(*json, "self_test");
  const auto zone = Zone::find(find_text(*json, "zone").value_or(""));
  const auto now = parse_rfc3339(find_text(*json, "now").value_or(""));
  const boost::json::value* window = json->if_contains("window_days");
  const boost::json::value* asks = json->if_contains("asks_password");
  const boost::json::value* quiet = json->if_contains("quiet");  // what a bank does not say it does not allow
  if (!institution || !name || !portal || !est || !self_test || !zone || !now || !window || !window->is_int64() || !asks ||
      !asks->is_bool() || window->get_int64() < 0 || window->get_int64() > kMostWindowDays)
    return malformed("discovery");
  const boost::json::value* late = json->if_contains("late_days");  // not every bank says it
  const bool is_late = late && late->is_int64() && late->get_int64() > 0 && late->get_int64() <= kMostWindowDays;
  const std::string transactions = find_text(*json, "transactions").value_or("");
  for (const std::string& address : {*portal, *est, *self_test, transactions.empty() ? *est : transactions}) {
    const auto url = net::parse_url(address);
    if (!url) return malformed("discovery");
    if (!url->tls) return fail(Code::refused, "bank.not_https", address);
  }
  return Discovery{.institution = *institution,
                   .name = *name,
                   .portal = *portal,
                   .est = *est,
                   .self_test = *self_test,
                   .transactions = transactions,
                   .zone = *zone,
                   .now = *now,
                   .window_days = static_cast<int>(window->get_int64()),
                   .asks_password = asks->get_bool(),
                   .quiet = quiet != nullptr && quiet->is_bool() && quiet->get_bool(),
                   .late_days = is_late ? static_cast<int>(late->get_int64()) : 0};
}

Result<Taken> parse_taken(std::string_view text) {
  const auto json = parse_json(text);
  if (!json) return malformed("transaction");
  const auto transaction = find_text(*json, "transaction");
  const auto form = find_text(*json, "form");
  const auto login_id = find_text(*json, "login_id");
  const auto new_expiry = parse_day(find_text(*json, "new_expiry_day").value_or(""));
  const boost::json::value* asks = json->if_contains("asks");
  if (!transaction || !form || !login_id || !new_expiry || !asks || !asks->is_array()) return malformed("transaction");
  Taken taken{
      .transaction = *transaction, .short_form = *form == "short", .asks = {}, .login_id = *login_id, .new_expiry = *new_expiry};
  for (const boost::json::value& one : asks->get_array()) {
    const auto question = one.is_string() ? find_question(std::string_view(one.get_string())) : std::nullopt;
    if (!question) return malformed("transaction");  // a question we cannot ask must not be passed over
    taken.asks.push_back(*question);
  }
  return taken;
}

Result<pki::KeyAlgorithm> parse_csr_attributes(ByteView der) {
  if (!pki::is_der(der)) return malformed("csrattrs");
  pki::DerReader list = pki::DerReader(der).enter(pki::tag::kSequence);
  while (!list.empty()) {
    const pki::DerElement element = list.take_any();
    if (element.tag != pki::tag::kSequence) continue;
    pki::DerReader attribute(element.content);
    const ByteView type = attribute.take(pki::tag::kOid).content;
    pki::DerReader values = attribute.enter(pki::tag::kSet);
    if (pki::same(type, pki::oid::kEcPublicKey)) {
      const ByteView curve = values.take(pki::tag::kOid).content;
      if (pki::same(curve, pki::oid::kPrime256v1)) return pki::KeyAlgorithm::p256;
      if (pki::same(curve, pki::oid::kSecp384r1)) return pki::KeyAlgorithm::p384;
    } else if (pki::same(type, pki::oid::kRsaEncryption)) {
      const auto bits = pki::read_number(values.take(pki::tag::kInteger));
      if (bits == 2048) return pki::KeyAlgorithm::rsa2048;
      if (bits == 3072) return pki::KeyAlgorithm::rsa3072;
      if (bits == 4096) return pki::KeyAlgorithm::rsa4096;
    }
  }
  return malformed("csrattrs");
}

Result<std::unique_ptr<Bank>> open_bank(const std::string& server, const std::string& trust_pem,
                                        const std::shared_ptr<Proxies>& proxies) {
  const auto url = net::parse_url(server);
  if (!url) return fail(Code::invalid, "url.malformed", server);
  if (!url->tls) return fail(Code::invalid, "bank.not_https", server);
  const std::string address = "https://" + url->authority() + "/.well-known/inkan";
  const auto heard = proxies->send({.proxy = {}, .trust_pem = trust_pem}, {.method = "GET", .url = address});
  if (!heard) return std::unexpected<Error>(judge_clock(heard.error(), address, *proxies));
  const net::Response& response = heard->response;
  if (response.status != 200) return std::unexpected<Error>(parse_refusal(response.status, response.body));
  auto discovery = parse_discovery(response.body);
  if (!discovery) return fail(discovery);
  return std::make_unique<HttpsBank>(std::move(*discovery), trust_pem, proxies);
}

}  // namespace inkan::app
