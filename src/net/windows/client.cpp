#include "net/client.hpp"

#include <windows.h>

#include <wincrypt.h>
#include <winhttp.h>

#include <algorithm>
#include <optional>

#include "base/windows/text.hpp"
#include "net/grammar.hpp"

/// The client over WinHTTP: Windows' proxies, Windows' roots, Windows' TLS. Which server certificates are good is Windows'
/// verdict alone, and nothing here softens it; `trust_pem` narrows it further (client.hpp).
namespace inkan::net {
namespace {

struct CloseInternet {
  void operator()(void* handle) const { WinHttpCloseHandle(handle); }
};
using Internet = std::unique_ptr<void, CloseInternet>;

struct FreeCertificate {
  void operator()(const CERT_CONTEXT* context) const { CertFreeCertificateContext(context); }
};
using NativeCertificate = std::unique_ptr<const CERT_CONTEXT, FreeCertificate>;

std::unexpected<Error> failed(DWORD number, DWORD verdict, const std::string& place) {
  const std::string detail = place + ": " + describe_error(number);
  switch (number) {
    case ERROR_WINHTTP_TIMEOUT: return fail(Code::unavailable, "net.timeout");
    case ERROR_WINHTTP_NAME_NOT_RESOLVED:
    case ERROR_WINHTTP_CANNOT_CONNECT: return fail(Code::unavailable, "net.unreachable", detail);
    case ERROR_WINHTTP_INVALID_SERVER_RESPONSE:
    case ERROR_WINHTTP_CONNECTION_ERROR: return fail(Code::unavailable, "net.malformed", detail);
    case ERROR_WINHTTP_SECURE_CERT_CN_INVALID: return fail(Code::unavailable, "net.tls_wrong_host", detail);
    case ERROR_WINHTTP_SECURE_CERT_DATE_INVALID: return fail(Code::refused, "net.tls_dates", place);
    case ERROR_WINHTTP_SECURE_INVALID_CA:
    case ERROR_WINHTTP_SECURE_CERT_REVOKED:
    case ERROR_WINHTTP_SECURE_CERT_WRONG_USAGE:
    case ERROR_WINHTTP_SECURE_INVALID_CERT: return fail(Code::unavailable, "net.tls_untrusted", detail);
    case ERROR_WINHTTP_SECURE_CHANNEL_ERROR:  // wine says so of what it cannot verify
    case ERROR_WINHTTP_SECURE_FAILURE:
      if (verdict == WINHTTP_CALLBACK_STATUS_FLAG_CERT_DATE_INVALID) return fail(Code::refused, "net.tls_dates", place);
      if (verdict == WINHTTP_CALLBACK_STATUS_FLAG_CERT_CN_INVALID) return fail(Code::unavailable, "net.tls_wrong_host", place);
      if (verdict != 0) return fail(Code::unavailable, "net.tls_untrusted", place);
      return fail(Code::unavailable, "net.tls_handshake", detail);
    default: return fail(Code::unavailable, "net.unreachable", detail);
  }
}

/// read_roots takes the certificates of PEM blocks, as DER.
Result<std::vector<Bytes>> read_roots(std::string_view pem) {
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----", kEnd = "-----END CERTIFICATE-----";
  std::vector<Bytes> roots;
  for (auto begin = pem.find(kBegin); begin != std::string_view::npos; begin = pem.find(kBegin)) {
    pem.remove_prefix(begin + kBegin.size());
    const auto end = pem.find(kEnd);
    const auto der =
        end == std::string_view::npos ? fail(Code::invalid, "net.trust_malformed") : parse_base64(pem.substr(0, end));
    if (!der) return fail(Code::invalid, "net.trust_malformed");
    roots.push_back(*der);
  }
  if (roots.empty() && !pem.empty()) return fail(Code::invalid, "net.trust_malformed");
  return roots;
}

/// leads_to tells whether the chain that Windows builds passes one of these certificates.
bool leads_to(const CERT_CONTEXT* server, const std::vector<Bytes>& roots) {
  CERT_CHAIN_PARA parameters{};
  parameters.cbSize = sizeof parameters;
  const CERT_CHAIN_CONTEXT* chain = nullptr;
  if (!CertGetCertificateChain(nullptr, server, nullptr, server->hCertStore, &parameters, 0, nullptr, &chain)) return false;
  bool found = false;
  for (DWORD i = 0; i < chain->cChain; ++i)
    for (DWORD j = 0; j < chain->rgpChain[i]->cElement; ++j) {
      const CERT_CONTEXT* one = chain->rgpChain[i]->rgpElement[j]->pCertContext;
      const ByteView der(one->pbCertEncoded, one->cbCertEncoded);
      found = found || std::ranges::any_of(roots, [&](const Bytes& root) { return std::ranges::equal(root, der); });
    }
  CertFreeCertificateChain(chain);
  return found;
}

/// Exchange is what the callback of one request sees and finds.
struct Exchange {
  const std::vector<Bytes>* roots;
  DWORD verdict = 0;     ///< what Windows has against the server's certificate
  bool refused = false;  ///< it is good, but leads to no root that was asked for
  bool judged = false;
};

void CALLBACK watch(HINTERNET request, DWORD_PTR context, DWORD status, LPVOID information, DWORD) {
  auto* exchange = reinterpret_cast<Exchange*>(context);
  if (exchange == nullptr) return;
  if (status == WINHTTP_CALLBACK_STATUS_SECURE_FAILURE) exchange->verdict = *static_cast<const DWORD*>(information);
  if (status != WINHTTP_CALLBACK_STATUS_SENDING_REQUEST || exchange->roots->empty() || exchange->judged) return;
  // The handshake is over and nothing of the request is out: a wrong server is left before it hears a password.
  const CERT_CONTEXT* server = nullptr;
  DWORD size = sizeof server;
  if (!WinHttpQueryOption(request, WINHTTP_OPTION_SERVER_CERT_CONTEXT, &server, &size) || server == nullptr) return;
  const NativeCertificate held(server);
  exchange->judged = true;
  exchange->refused = !leads_to(server, *exchange->roots);
  if (exchange->refused) WinHttpCloseHandle(request);
}

/// open_session starts WinHTTP with the given proxy, else with that of this person's Internet settings, as the browser has it.
Internet open_session(const std::optional<Proxy>& proxy) {
  if (proxy) {
    const std::wstring name = to_wide(proxy->host + ":" + std::to_string(proxy->port));
    return Internet(WinHttpOpen(L"inkan-app", WINHTTP_ACCESS_TYPE_NAMED_PROXY, name.c_str(), WINHTTP_NO_PROXY_BYPASS, 0));
  }
  WINHTTP_CURRENT_USER_IE_PROXY_CONFIG settings{};
  const bool known = WinHttpGetIEProxyConfigForCurrentUser(&settings) != 0;
  const bool automatic = known && (settings.fAutoDetect || settings.lpszAutoConfigUrl != nullptr);
  Internet session;
  if (automatic)
    session.reset(
        WinHttpOpen(L"inkan-app", WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY, WINHTTP_NO_PROXY_NAME, WINHTTP_NO_PROXY_BYPASS, 0));
  if (!session && settings.lpszProxy != nullptr)
    session.reset(WinHttpOpen(L"inkan-app", WINHTTP_ACCESS_TYPE_NAMED_PROXY, settings.lpszProxy, settings.lpszProxyBypass, 0));
  if (!session)
    session.reset(
        WinHttpOpen(L"inkan-app", WINHTTP_ACCESS_TYPE_DEFAULT_PROXY, WINHTTP_NO_PROXY_NAME, WINHTTP_NO_PROXY_BYPASS, 0));
  for (wchar_t* text : {settings.lpszProxy, settings.lpszProxyBypass, settings.lpszAutoConfigUrl})
    if (text != nullptr) GlobalFree(text);
  return session;
}

/// log_in_to_proxy gives WinHTTP the user and password that "Basic …" holds.
void log_in_to_proxy(HINTERNET request, const std::string& authorization) {
  constexpr std::string_view kBasic = "Basic ";
  const auto login =
      authorization.starts_with(kBasic) ? parse_base64(authorization.substr(kBasic.size())) : Result<Bytes>(Bytes());
  const std::string text = login ? std::string(as_text(*login)) : std::string();
  const auto colon = text.find(':');
  if (colon == std::string::npos) return;
  std::wstring user = to_wide(text.substr(0, colon)), password = to_wide(text.substr(colon + 1));
  WinHttpSetOption(request, WINHTTP_OPTION_PROXY_USERNAME, user.data(), static_cast<DWORD>(user.size()));
  WinHttpSetOption(request, WINHTTP_OPTION_PROXY_PASSWORD, password.data(), static_cast<DWORD>(password.size()));
}

/// issuer_of names who issued the certificate that the server showed.
std::string issuer_of(HINTERNET request) {
  const CERT_CONTEXT* server = nullptr;
  DWORD size = sizeof server;
  if (!WinHttpQueryOption(request, WINHTTP_OPTION_SERVER_CERT_CONTEXT, &server, &size) || server == nullptr) return {};
  const NativeCertificate held(server);
  DWORD form = CERT_X500_NAME_STR;
  wchar_t name[1024];
  const DWORD length =
      CertGetNameStringW(server, CERT_NAME_RDN_TYPE, CERT_NAME_ISSUER_FLAG, &form, name, static_cast<DWORD>(std::size(name)));
  return length <= 1 ? std::string() : to_utf8(std::wstring_view(name, length - 1));
}

Headers read_headers(HINTERNET request) {
  DWORD size = 0;
  WinHttpQueryHeaders(request, WINHTTP_QUERY_RAW_HEADERS_CRLF, WINHTTP_HEADER_NAME_BY_INDEX, nullptr, &size,
                      WINHTTP_NO_HEADER_INDEX);
  std::wstring wide(size / sizeof(wchar_t), L'\0');
  Headers headers;
  if (!WinHttpQueryHeaders(request, WINHTTP_QUERY_RAW_HEADERS_CRLF, WINHTTP_HEADER_NAME_BY_INDEX, wide.data(), &size,
                           WINHTTP_NO_HEADER_INDEX))
    return headers;
  std::string text = to_utf8(std::wstring_view(wide).substr(0, size / sizeof(wchar_t)));
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto end = std::min(rest.find("\r\n"), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 2, rest.size()));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;  // the status line
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    headers.add(std::string(line.substr(0, colon)), std::string(value));
  }
  return headers;
}

Result<std::wstring> headers_of(const Call& call) {
  std::string out;
  for (const Header& field : call.headers) {
    if (!is_token(field.name) || !is_field_value(field.value)) return fail(Code::invalid, "net.call_malformed", field.name);
    out += field.name + ": " + field.value + "\r\n";
  }
  return to_wide(out);
}

}  // namespace

struct Client::State {
  Internet session;
  std::vector<Bytes> roots;
  NativeCertificate certificate;
  std::size_t response_bytes;
  int exchange_timeout;
  std::optional<Proxy> proxy = {};
  std::string issuer = {};
  bool judges = true;  // whether the server's certificate has to be good

  /// own shows our certificate where the server asks for one, or says that we have none.
  bool own(HINTERNET request) const {
    void* context = const_cast<CERT_CONTEXT*>(certificate.get());
    return WinHttpSetOption(request, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, context,
                            context == nullptr ? 0 : sizeof(CERT_CONTEXT)) != 0;
  }

  Result<std::string> read_body(HINTERNET request, const std::string& place) const {
    std::string body;
    char buffer[16 * 1024];
    while (true) {
      DWORD got = 0;
      if (!WinHttpReadData(request, buffer, sizeof buffer, &got)) return failed(GetLastError(), 0, place);
      if (got == 0) return body;
      body.append(buffer, got);
      if (body.size() > response_bytes) return fail(Code::unavailable, "net.too_large", place);
    }
  }
};

Result<Client> Client::make(const ClientOptions& options) {
  auto roots = read_roots(options.trust_pem);
  if (!roots) return fail(roots);
  auto state = std::make_unique<State>();
  state->roots = std::move(*roots);
  state->response_bytes = options.response_bytes;
  state->exchange_timeout = static_cast<int>(options.exchange_timeout.count());
  state->proxy = options.proxy;
  state->session = open_session(options.proxy);
  if (!state->session) return fail(Code::unavailable, "net.unreachable", describe_error(GetLastError()));
  const int connect = static_cast<int>(options.connect_timeout.count());
  WinHttpSetTimeouts(state->session.get(), connect, connect, state->exchange_timeout, state->exchange_timeout);
  // An old Windows knows no TLS 1.3 and refuses the whole set.
  DWORD both = WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2 | WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_3,
        one = WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2;
  if (!WinHttpSetOption(state->session.get(), WINHTTP_OPTION_SECURE_PROTOCOLS, &both, sizeof both))
    WinHttpSetOption(state->session.get(), WINHTTP_OPTION_SECURE_PROTOCOLS, &one, sizeof one);
  if (!options.certificate_chain.empty()) {
    const Bytes& leaf = options.certificate_chain.front();
    state->certificate.reset(CertCreateCertificateContext(X509_ASN_ENCODING, leaf.data(), static_cast<DWORD>(leaf.size())));
    if (!state->certificate || options.key == nullptr ||
        !CertSetCertificateContextProperty(state->certificate.get(), CERT_KEY_PROV_INFO_PROP_ID, 0, options.key))
      return fail(Code::invalid, "net.client_certificate", describe_error(GetLastError()));
  }
  return Client(std::move(state));
}

Client::Client(std::unique_ptr<State> state) : state_(std::move(state)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<Response> Client::send(const Call& call) {
  const auto url = parse_url(call.url);
  if (!url) return fail(url);
  if (!is_token(call.method)) return fail(Code::invalid, "net.call_malformed", "method");
  const auto headers = headers_of(call);
  if (!headers) return fail(headers);
  const std::string place = url->authority();
  Exchange exchange{.roots = &state_->roots};

  const Internet connection(WinHttpConnect(state_->session.get(), to_wide(url->host).c_str(), url->port, 0));
  if (!connection) return failed(GetLastError(), 0, place);
  Internet request(WinHttpOpenRequest(connection.get(), to_wide(call.method).c_str(), to_wide(url->target).c_str(), nullptr,
                                      WINHTTP_NO_REFERER, WINHTTP_DEFAULT_ACCEPT_TYPES, url->tls ? WINHTTP_FLAG_SECURE : 0));
  if (!request) return failed(GetLastError(), 0, place);
  // A kept connection has shown the certificate of another request, or none.
  DWORD off = WINHTTP_DISABLE_REDIRECTS | WINHTTP_DISABLE_COOKIES | WINHTTP_DISABLE_KEEP_ALIVE;
  auto* context = &exchange;
  WinHttpSetOption(request.get(), WINHTTP_OPTION_DISABLE_FEATURE, &off, sizeof off);
  WinHttpSetOption(request.get(), WINHTTP_OPTION_CONTEXT_VALUE, &context, sizeof context);
  WinHttpSetStatusCallback(request.get(), watch, WINHTTP_CALLBACK_FLAG_SECURE_FAILURE | WINHTTP_CALLBACK_FLAG_SEND_REQUEST, 0);
  if (url->tls && !state_->own(request.get()) && state_->certificate)
    return fail(Code::invalid, "net.client_certificate", describe_error(GetLastError()));

  if (state_->proxy) log_in_to_proxy(request.get(), state_->proxy->authorization);
  DWORD blind = SECURITY_FLAG_IGNORE_UNKNOWN_CA | SECURITY_FLAG_IGNORE_CERT_DATE_INVALID | SECURITY_FLAG_IGNORE_CERT_CN_INVALID |
                SECURITY_FLAG_IGNORE_CERT_WRONG_USAGE;
  if (!state_->judges) WinHttpSetOption(request.get(), WINHTTP_OPTION_SECURITY_FLAGS, &blind, sizeof blind);

  const auto size = static_cast<DWORD>(call.body.size());
  const auto refused = [&]() -> std::optional<Error> {
    if (!exchange.refused) return std::nullopt;
    (void)request.release();  // the callback closed it
    return Error{Code::unavailable, "net.tls_untrusted", place};
  };
  const bool sent = WinHttpSendRequest(request.get(), headers->empty() ? WINHTTP_NO_ADDITIONAL_HEADERS : headers->c_str(),
                                       static_cast<DWORD>(-1), const_cast<char*>(call.body.data()), size, size,
                                       reinterpret_cast<DWORD_PTR>(&exchange)) != 0;
  DWORD number = sent ? 0 : GetLastError();
  if (auto error = refused()) return std::unexpected<Error>(*error);
  if (!sent || !WinHttpReceiveResponse(request.get(), nullptr)) {
    if (sent) number = GetLastError();
    if (auto error = refused()) return std::unexpected<Error>(*error);
    return failed(number, exchange.verdict, place);
  }
  if (url->tls && !state_->roots.empty() && !exchange.judged)
    return fail(Code::unavailable, "net.tls_untrusted", place + ": Windows did not show the server's certificate");

  Response response;
  DWORD status = 0, width = sizeof status;
  if (!WinHttpQueryHeaders(request.get(), WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER, WINHTTP_HEADER_NAME_BY_INDEX,
                           &status, &width, WINHTTP_NO_HEADER_INDEX))
    return failed(GetLastError(), 0, place);
  response.status = static_cast<int>(status);
  state_->issuer = issuer_of(request.get());
  if (status == HTTP_STATUS_PROXY_AUTH_REQ) return fail(Code::unauthenticated, "net.proxy_password", place);
  response.headers = read_headers(request.get());
  auto body = state_->read_body(request.get(), place);
  if (!body) return fail(body);
  response.body = std::move(*body);
  return response;
}

Result<Response> Client::get(std::string url) { return send({.method = "GET", .url = std::move(url)}); }

Result<Response> Client::post(std::string url, std::string type, std::string body) {
  return send({.method = "POST", .url = std::move(url), .headers = {{"Content-Type", std::move(type)}}, .body = std::move(body)});
}

void Client::close() {}

const std::string& Client::server_issuer() const { return state_->issuer; }

Result<Instant> ask_time(const std::string& url, const ClientOptions& options) {
  ClientOptions bare = options;  // nothing of ours is shown to somebody who proved nothing
  bare.certificate_chain.clear();
  bare.key = nullptr;
  bare.trust_pem.clear();
  auto client = Client::make(bare);
  if (!client) return fail(client);
  client->state_->judges = false;
  const auto answer = client->send({.method = "HEAD", .url = url, .headers = {}, .body = {}});
  if (!answer) return fail(answer);
  SYSTEMTIME parts{};
  const std::string date(answer->headers.find("Date").value_or(""));
  if (date.empty() || !WinHttpTimeToSystemTime(to_wide(date).c_str(), &parts))
    return fail(Code::unavailable, "net.malformed", "Date");
  using namespace std::chrono;
  return sys_days{year{parts.wYear} / month{parts.wMonth} / day{parts.wDay}} + hours{parts.wHour} + minutes{parts.wMinute} +
         seconds{parts.wSecond};
}

}  // namespace inkan::net
