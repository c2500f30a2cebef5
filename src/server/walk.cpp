#include "server/walk.hpp"

#include "lifecycle/read_from.hpp"

namespace inkan::server {

constexpr int kPage = 500;

Result<void> for_each_certificate(lifecycle::Reader& reader, const std::string& institution,
                                  const std::function<Result<void>(lifecycle::CertificateRecord)>& take) {
  std::string after;
  while (true) {
    auto page = reader.list_holders(institution, after, kPage);
    if (!page) return fail(page);
    for (const lifecycle::Holder& holder : *page) {
      after = holder.id.login_id;
      auto certificates = reader.certificates_of(holder.id);
      if (!certificates) return fail(certificates);
      for (lifecycle::CertificateRecord& record : *certificates)
        if (auto taken = take(std::move(record)); !taken) return taken;
    }
    if (page->size() < static_cast<std::size_t>(kPage)) return {};
  }
}

Result<void> for_each_due(lifecycle::Store& store, const std::string& institution, Day first, Day last,
                          const std::function<void(const lifecycle::DueCertificate&)>& take) {
  lifecycle::CertificateReader::DueQuery query{.institution = institution,
                                               .kind = "none",  // no notice bears this kind: every certificate is listed
                                               .first = first,
                                               .last = last,
                                               .after = {},
                                               .limit = kPage};
  while (true) {
    const auto batch = lifecycle::read_from(store, [&](lifecycle::Reader& reader) { return reader.due(query); });
    if (!batch) return fail(batch);
    if (batch->empty()) return {};
    for (const lifecycle::DueCertificate& due : *batch) take(due);
    query.after = {{batch->back().expiry_day, batch->back().serial}};
  }
}

}  // namespace inkan::server
