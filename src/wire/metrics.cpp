#include "wire/metrics.hpp"

#include <fmt/format.h>

#include <iterator>

namespace inkan::wire {
namespace {

constexpr std::array kAreas = {"est", "cmp", "ocsp", "crl", "ca", "api", "discovery", "forward_auth", "openid", "none"};
static_assert(kAreas.size() == kAreaCount);
constexpr std::array kFlows = {"acquisition", "renewal", "bulk"};
constexpr std::array kResults = {"issued", "refused", "failed"};
constexpr std::chrono::seconds kTotalsKept{10};

void describe(std::string& out, std::string_view name, std::string_view type, std::string_view words) {
  fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", name, words, name, type);
}

void show_totals(std::string& out, const lifecycle::Totals& totals) {
  describe(out, "inkan_holders", "gauge", "IDs on record.");
  fmt::format_to(std::back_inserter(out), "inkan_holders {}\n", totals.holders);
  describe(out, "inkan_certificates", "gauge", "Serial numbers on record, by how far the issuing act got; revoked ones apart.");
  for (const auto& [state, count] : {std::pair{"issued", totals.certificates_issued},
                                     {"reserved", totals.certificates_reserved},
                                     {"abandoned", totals.certificates_abandoned},
                                     {"revoked", totals.certificates_revoked}})
    fmt::format_to(std::back_inserter(out), "inkan_certificates{{state=\"{}\"}} {}\n", state, count);
  describe(out, "inkan_letters_waiting", "gauge", "Letters in the outbox.");
  fmt::format_to(std::back_inserter(out), "inkan_letters_waiting {}\n", totals.letters_waiting);
  describe(out, "inkan_audit_records", "gauge", "Records of the audit trail.");
  fmt::format_to(std::back_inserter(out), "inkan_audit_records {}\n", totals.audit_records);
}

void show_authorities(std::string& out, const DoorOptions& options) {
  const auto authorities = options.services.issuer.authorities();
  describe(out, "inkan_ca_not_after_timestamp_seconds", "gauge", "When an issuing CA's certificate ends.");
  for (const ca::Authority& authority : authorities)
    fmt::format_to(std::back_inserter(out), "inkan_ca_not_after_timestamp_seconds{{authority=\"{}\"}} {}\n", authority.id,
                   to_epoch(authority.certificate.not_after()));
  if (options.responder_ends) {
    describe(out, "inkan_ocsp_responder_not_after_timestamp_seconds", "gauge",
             "When an OCSP responder's certificate ends; it is renewed 30 days before by whoever has the CA's key.");
    for (const auto& [authority, not_after] : options.responder_ends())
      fmt::format_to(std::back_inserter(out), "inkan_ocsp_responder_not_after_timestamp_seconds{{authority=\"{}\"}} {}\n",
                     authority, to_epoch(not_after));
  }
  describe(out, "inkan_crl_next_update_timestamp_seconds", "gauge", "When the newest published CRL goes stale.");
  for (const ca::Authority& authority : authorities)
    if (const auto crl = options.status.crl_head(authority.id))
      fmt::format_to(std::back_inserter(out), "inkan_crl_next_update_timestamp_seconds{{authority=\"{}\"}} {}\n", authority.id,
                     to_epoch(crl->next_update));
  if (std::ranges::all_of(authorities, [](const auto& authority) { return authority.addresses.crl_shards == 0; })) return;
  describe(out, "inkan_crl_shards_next_update_timestamp_seconds", "gauge",
           "When the first of an issuing CA's CRL shards goes stale; not there while one was never published.");
  for (const ca::Authority& authority : authorities)
    if (const auto shard = options.status.shards_head(authority); shard && *shard)
      fmt::format_to(std::back_inserter(out), "inkan_crl_shards_next_update_timestamp_seconds{{authority=\"{}\"}} {}\n",
                     authority.id, to_epoch((*shard)->head.next_update));
}

}  // namespace

void Metrics::count_request(Area area, int status) {
  const auto status_class = static_cast<std::size_t>(std::min(std::max(status / 100, 1), 5) - 1);
  requests_[static_cast<std::size_t>(area)][status_class].fetch_add(1, std::memory_order_relaxed);
}

void Metrics::count_issue(Flow flow, const Result<lifecycle::CertificateRecord>& result) {
  std::size_t kind = 0;
  if (!result) {
    const Code code = result.error().code;
    kind = code == Code::unavailable || code == Code::corrupt || code == Code::internal ? 2 : 1;
  }
  issues_[static_cast<std::size_t>(flow)][kind].fetch_add(1, std::memory_order_relaxed);
}

std::optional<lifecycle::Totals> Metrics::totals(const DoorOptions& options) {
  const std::lock_guard lock(mutex_);
  const auto now = options.services.clock.steady();
  if (totals_at_ && now - *totals_at_ < kTotalsKept) return totals_;
  totals_.reset();
  const auto read = options.services.store.read([&](lifecycle::Reader& reader) -> Result<void> {
    auto counted = reader.totals();
    if (!counted) return fail(counted);
    totals_ = *counted;
    return {};
  });
  totals_at_ = now;
  return read ? totals_ : std::nullopt;
}

std::string Metrics::to_text(const DoorOptions& options) {
  std::string out;
  if (!options.version.empty()) {
    describe(out, "inkan_build_info", "gauge", "The program that answers.");
    fmt::format_to(std::back_inserter(out), "inkan_build_info{{version=\"{}\"}} 1\n", options.version);
  }
  describe(out, "inkan_requests_total", "counter", "Requests at the machines' door, by area and class of status.");
  for (std::size_t area = 0; area < requests_.size(); ++area)
    for (std::size_t status = 1; status < requests_[area].size(); ++status)
      fmt::format_to(std::back_inserter(out), "inkan_requests_total{{door=\"{}\",status=\"{}xx\"}} {}\n", kAreas[area],
                     status + 1, requests_[area][status].load(std::memory_order_relaxed));
  describe(out, "inkan_issue_total", "counter", "Attempts to get a certificate at the machines' door.");
  for (std::size_t flow = 0; flow < issues_.size(); ++flow)
    for (std::size_t result = 0; result < issues_[flow].size(); ++result)
      fmt::format_to(std::back_inserter(out), "inkan_issue_total{{flow=\"{}\",result=\"{}\"}} {}\n", kFlows[flow],
                     kResults[result], issues_[flow][result].load(std::memory_order_relaxed));
  describe(out, "inkan_signer_up", "gauge", "1 when a signature can be made now.");
  fmt::format_to(std::back_inserter(out), "inkan_signer_up {}\n", options.services.issuer.health() ? 1 : 0);
  show_authorities(out, options);
  const auto counted = totals(options);
  describe(out, "inkan_store_up", "gauge", "1 when the store could be read.");
  fmt::format_to(std::back_inserter(out), "inkan_store_up {}\n", counted ? 1 : 0);
  if (counted) show_totals(out, *counted);
  return out;
}

}  // namespace inkan::wire
