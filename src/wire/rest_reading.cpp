#include "wire/rest_reading.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "base/base64url.hpp"
#include "base/text.hpp"
#include "lifecycle/generations.hpp"
#include "lifecycle/holders.hpp"
#include "lifecycle/read_from.hpp"
#include "wire/problem.hpp"
#include "wire/rest_json.hpp"

namespace inkan::wire {
namespace {

using lifecycle::CertificateRecord;

constexpr int kPage = 50;
constexpr int kPageLimit = 200;
constexpr std::string_view kDer = "application/pkix-cert";
constexpr std::string_view kChain = "application/pem-certificate-chain";
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kPersonsAgain = "60";
constexpr std::string_view kEventsAgain = "5";     // seconds until it is worth looking again
constexpr std::chrono::hours kRenewalInfoKept{6};  // RFC 9773 4.2 leaves it to us
constexpr std::chrono::hours kPastWindow{1};       // how long the window of a revoked one was

Day today(const RestCall& call) { return call.institution.zone.day_of(call.options.services.clock.now()); }

/// parse_limit reads ?limit=. Error: `rest.limit`.
Result<int> parse_limit(const RestCall& call, int usual, int most) {
  const auto text = call.request.find_query("limit");
  if (!text) return usual;
  int limit = 0;
  const auto [stop, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
  if (error != std::errc() || stop != text->data() + text->size() || limit < 1) return fail(Code::invalid, "rest.limit");
  return std::min(limit, most);
}

/// choose_type is the first media type of Accept that we have; without Accept it is JSON. Nothing: none will do.
std::optional<std::string_view> choose_type(const net::Request& request) {
  const auto accept = request.find_header("Accept");
  if (!accept) return kJson;
  for (const std::string& range : split(*accept, ',')) {
    const std::string_view type = trim(std::string_view(range).substr(0, range.find(';')));
    if (type == "*/*" || type == "application/*") return kJson;
    for (const std::string_view ours : {kJson, kDer, kChain})
      if (net::same_name(type, ours)) return ours;
  }
  return {};
}

/// issuer_of is the certificate of whoever issued, in PEM.
std::string issuer_of(const RestCall& call, const CertificateRecord& record) {
  for (const ca::Authority& authority : call.options.services.issuer.authorities())
    if (authority.id == record.authority) return authority.certificate.to_pem();
  for (const lifecycle::AcceptedAuthority& accepted : call.institution.accepted)
    if (accepted.id == record.authority)
      if (const auto certificate = pki::Certificate::parse(accepted.certificate)) return certificate->to_pem();
  return {};
}

Result<std::string> chain_of(const RestCall& call, const CertificateRecord& record) {
  const auto certificate = pki::Certificate::parse(record.der);
  if (!certificate) return fail(Code::corrupt, "store.corrupt", record.serial.hex());
  return certificate->to_pem() + issuer_of(call, record);
}

/// find_named finds what RFC 9773 4.1 names: base64url of the issuer's key identifier, a dot, base64url of the serial's octets.
Result<CertificateRecord> find_named(const RestCall& call, const std::string& name) {
  const auto dot = name.find('.');
  if (dot == std::string::npos) return fail(Code::invalid, "renewal_info.malformed");
  const auto key_id = parse_base64url(name.substr(0, dot));
  const auto octets = parse_base64url(name.substr(dot + 1));
  if (!key_id || !octets || key_id->empty()) return fail(Code::invalid, "renewal_info.malformed");
  const auto serial = pki::SerialNumber::parse(*octets);
  if (!serial) return fail(Code::invalid, "renewal_info.malformed");
  for (const ca::Authority& authority : authorities_of(call.options.services.issuer, call.institution)) {
    if (authority.certificate.key_id() != *key_id) continue;
    auto record = find_certificate(call.options, call.institution, serial->hex());
    if (!record || record->authority == authority.id) return record;
  }
  return fail(Code::not_found, "certificate.unknown");
}

}  // namespace

Result<CertificateRecord> find_certificate(const DoorOptions& options, const lifecycle::Institution& institution,
                                           const std::string& text) {
  Result<CertificateRecord> result = fail(Code::not_found, "certificate.unknown");
  const auto serial = pki::SerialNumber::parse_hex(text);
  if (!serial) return result;
  auto read = options.services.store.read([&](lifecycle::Reader& reader) -> Result<void> {
    auto found = lifecycle::find_by_serial(reader, options.services.issuer, institution, *serial);
    if (!found) return fail(found);
    for (const lifecycle::AcceptedAuthority& accepted : institution.accepted) {
      if (*found) break;
      found = reader.find_by_serial(accepted.id, *serial);
      if (!found) return fail(found);
    }
    const bool ours = *found && (*found)->holder.institution == institution.id;
    if (ours && (*found)->stage == lifecycle::Stage::issued) result = std::move(**found);
    return {};
  });
  if (!read) return fail(read);
  return result;
}

net::Response serve_holders(const RestCall& call) {
  const auto limit = parse_limit(call, kPage, kPageLimit);
  if (!limit) return refuse(call, limit.error());
  const std::string after(call.request.find_query("after").value_or(""));
  boost::json::object page;
  const auto read = call.options.services.store.read([&](lifecycle::Reader& reader) -> Result<void> {
    // One more than is shown tells whether there is a next page.
    auto holders = reader.list_holders(call.institution.id, after, *limit + 1);
    if (!holders) return fail(holders);
    if (holders->size() > static_cast<std::size_t>(*limit)) {
      holders->pop_back();
      page["next"] = holders->back().id.login_id;
    }
    boost::json::array listed;
    for (lifecycle::Holder& holder : *holders) {
      const auto view = lifecycle::view_of(reader, call.institution, std::move(holder), today(call));
      if (!view) return fail(view);
      listed.push_back(to_json(*view, call.institution, today(call)));
    }
    page["holders"] = std::move(listed);
    return {};
  });
  return read ? make_json(200, page) : refuse(call, read.error());
}

net::Response serve_holder(const RestCall& call) {
  const auto view = lifecycle::Holders(call.options.services).view(call.institution, call.names[0]);
  if (!view) return refuse(call, view.error());
  return make_json(200, to_json(*view, call.institution, today(call)));
}

net::Response serve_certificates(const RestCall& call) {
  const auto view = lifecycle::Holders(call.options.services).view(call.institution, call.names[0]);
  if (!view) return refuse(call, view.error());
  boost::json::array listed;
  const auto read = call.options.services.store.read([&](lifecycle::Reader& reader) -> Result<void> {
    const auto all = reader.certificates_of(view->holder.id);
    if (!all) return fail(all);
    for (const CertificateRecord& record : *all) listed.push_back(to_json(record, call.institution, today(call)));
    return {};
  });
  if (!read) return refuse(call, read.error());
  return make_json(200, {{"certificates", std::move(listed)}});
}

net::Response serve_certificate(const RestCall& call) {
  const auto type = choose_type(call.request);
  if (!type) return make_problem(406, "wire.not_acceptable");
  const auto record = find_certificate(call.options, call.institution, call.names[0]);
  if (!record) return refuse(call, record.error());
  net::Response response;
  if (*type == kDer) {
    response = net::make_response(200, std::string(kDer), std::string(as_text(record->der)));
  } else {
    auto chain = chain_of(call, *record);
    if (!chain) return refuse(call, chain.error());
    if (*type == kChain) {
      response = net::make_response(200, std::string(kChain), *chain);
    } else {
      boost::json::object out = to_json(*record, call.institution, today(call));
      out["chain"] = std::move(*chain);
      response = make_json(200, out);
    }
  }
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("Vary", "Accept");
  return response;
}

net::Response serve_renewal_info(const RestCall& call) {
  const auto record = find_named(call, call.names[0]);
  if (!record) return refuse(call, record.error());
  const Zone& zone = call.institution.zone;
  const Instant now = call.options.services.clock.now();
  Instant start = zone.start_of(record->expiry_day - std::chrono::days{call.institution.renewal.window_days});
  Instant end = std::max(start, lifecycle::renewal_end(call.institution, record->not_after).last);
  if (const auto ending = ending_of(*record, call.institution)) {  // RFC 9773 4.2: a window in the past says renew at once
    end = std::min(ending->at, now) - std::chrono::seconds{1};
    start = end - kPastWindow;
  }
  boost::json::object out{{"suggestedWindow", boost::json::object{{"start", to_rfc3339(start)}, {"end", to_rfc3339(end)}}}};
  const auto address = call.options.addresses.find(call.institution.id);
  if (address != call.options.addresses.end()) out["explanationURL"] = address->second.portal + "/";
  net::Response response = make_json(200, out);
  response.headers.set("Retry-After", std::to_string(std::chrono::seconds(kRenewalInfoKept).count()));
  return response;
}

net::Response serve_requests(const RestCall& call) {
  constexpr int kNewest = 20;
  const auto view = lifecycle::Holders(call.options.services).view(call.institution, call.names[0]);
  if (!view) return refuse(call, view.error());
  const auto requests = lifecycle::read_from(
      call.options.services.store, [&](lifecycle::Reader& reader) { return reader.requests_of(view->holder.id, kNewest); });
  if (!requests) return refuse(call, requests.error());
  boost::json::array listed;
  for (const lifecycle::StaffRequest& request : *requests) listed.push_back(to_json(request, call.institution));
  return make_json(200, {{"requests", std::move(listed)}});
}

net::Response serve_request(const RestCall& call) {
  const auto request = lifecycle::read_from(call.options.services.store, [&](lifecycle::Reader& reader) {
    return reader.find_request(call.institution.id, call.names[0]);
  });
  if (!request) return refuse(call, request.error());
  if (!*request) return make_problem(404, "request.unknown");
  const bool waits = (*request)->state == lifecycle::RequestState::waiting;
  net::Response response = make_json(waits ? 202 : 200, to_json(**request, call.institution));
  if (waits) response.headers.set("Retry-After", std::string(kPersonsAgain));
  return response;
}

net::Response serve_events(const RestCall& call) {
  const auto limit = parse_limit(call, kPage, lifecycle::kEventLimit);
  if (!limit) return refuse(call, limit.error());
  const auto page = lifecycle::read_from(call.options.services.store, [&](lifecycle::Reader& reader) {
    return lifecycle::read_events(reader, call.institution.id, call.request.find_query("after").value_or(""), *limit);
  });
  if (!page) return refuse(call, page.error());
  net::Response response =
      make_json(200, {{"events", to_json(page->events, call.institution)}, {"next", page->next}, {"more", page->more}});
  const std::string etag = "\"" + sha256(as_bytes(response.body)).hex().substr(0, 32) + "\"";
  if (call.request.find_header("If-None-Match") == etag) {
    response.status = 304;
    response.body.clear();
  }
  response.headers.set("ETag", etag);
  response.headers.set("Cache-Control", "private, no-cache");
  if (!page->more) response.headers.set("Retry-After", std::string(kEventsAgain));
  return response;
}

}  // namespace inkan::wire
