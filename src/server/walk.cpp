#include "server/walk.hpp"

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
    std::vector<lifecycle::DueCertificate> batch;
    auto read = store.read([&](lifecycle::Reader& reader) -> Result<void> {
      auto due = reader.due(query);
      if (!due) return fail(due);
      batch = std::move(*due);
      return {};
    });
    if (!read) return read;
    if (batch.empty()) return {};
    for (const lifecycle::DueCertificate& due : batch) take(due);
    query.after = {{batch.back().expiry_day, batch.back().serial}};
  }
}

}  // namespace inkan::server
