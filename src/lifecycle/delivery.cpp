#include "lifecycle/enrolment.hpp"
#include "lifecycle/read_from.hpp"

// What a program says of a certificate that was handed to it.
namespace inkan::lifecycle {

Result<void> Enrolment::acknowledge(const Institution& institution, const Digest& fingerprint, bool accepted) {
  auto found = read_from(services_.store, [&](Reader& reader) { return reader.find_by_fingerprint(fingerprint); });
  if (!found) return fail(found);
  if (!*found || (*found)->holder.institution != institution.id) return fail(Code::not_found, "certificate.unknown");
  const CertificateRecord& record = **found;
  const std::string actor = actor_of(record.holder);
  if (!accepted) {
    const auto opened = make_anew(institution, record.ticket, actor);
    return opened ? Result<void>() : fail(opened);
  }
  return services_.store.transact([&](Writer& writer) -> Result<void> {
    writer.audit({.at = services_.clock.now(),
                  .actor = actor,
                  .action = "certificate.delivered",
                  .institution = record.holder.institution,
                  .subject = record.holder.login_id,
                  .detail = {{"serial", record.serial.hex()}}});
    return {};
  });
}

}  // namespace inkan::lifecycle
