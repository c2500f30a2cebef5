#include "server/key_check.hpp"

#include "pki/certificate.hpp"
#include "pki/key.hpp"
#include "pki/shared_factors.hpp"
#include "server/walk.hpp"

namespace inkan::server {

using lifecycle::CertificateRecord;

Result<KeyReport> check_keys(lifecycle::Store& store, const lifecycle::Institutions& institutions) {
  KeyReport report;
  std::vector<Bytes> moduli;
  std::vector<CertificateRecord> owners;  // of the moduli, without their DER
  const auto take = [&](CertificateRecord record) -> Result<void> {
    const auto certificate = pki::Certificate::parse(record.der);
    if (!certificate) return fail(certificate);
    record.der.clear();
    ++report.keys;
    if (const auto judged = pki::PublicKey::parse(certificate->spki()); !judged)
      report.findings.push_back({.record = record, .finding = judged.error().id});
    if (auto modulus = pki::modulus_of(certificate->spki())) {
      moduli.push_back(std::move(*modulus));
      owners.push_back(std::move(record));
    }
    return {};
  };
  for (const lifecycle::Institution& each : institutions.all()) {
    auto read = store.read([&](lifecycle::Reader& reader) { return for_each_certificate(reader, each.id, take); });
    if (!read) return fail(read);
  }
  for (const std::size_t place : pki::find_shared_factors(moduli))
    report.findings.push_back({.record = owners[place], .finding = "key.shared_factor"});
  return report;
}

}  // namespace inkan::server
