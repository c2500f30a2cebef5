#include "server/key_check.hpp"

#include "pki/certificate.hpp"
#include "pki/key.hpp"
#include "pki/shared_factors.hpp"
#include "server/walk.hpp"

namespace inkan::server {

using lifecycle::CertificateRecord;

namespace {

/// is_over tells whether a certificate can do nothing any more, whoever has its key.
bool is_over(const CertificateRecord& record, const lifecycle::Institution& institution, Instant now) {
  return record.revoked_at ||
         status_of(record, institution, institution.zone.day_of(now)) == lifecycle::CertificateStatus::expired_closed;
}

}  // namespace

Result<KeyReport> check_keys(lifecycle::Store& store, const lifecycle::Institutions& institutions, Instant now) {
  KeyReport report;
  std::vector<Bytes> moduli;
  std::vector<CertificateRecord> owners;  // of the moduli, without their DER
  const auto note = [&](const CertificateRecord& record, const std::string& finding) {
    const auto institution = institutions.find(record.holder.institution);
    if (institution && !is_over(record, **institution, now)) report.findings.push_back({.record = record, .finding = finding});
  };
  const auto take = [&](CertificateRecord record) -> Result<void> {
    const auto certificate = pki::Certificate::parse(record.der);
    if (!certificate) return fail(certificate);
    record.der.clear();
    ++report.keys;
    if (const auto judged = pki::PublicKey::parse(certificate->spki()); !judged) note(record, judged.error().id);
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
  for (const std::size_t place : pki::find_shared_factors(moduli)) note(owners[place], "key.shared_factor");
  return report;
}

}  // namespace inkan::server
