#include "lifecycle/unreached.hpp"

#include <algorithm>
#include <tuple>

#include "lifecycle/letters.hpp"

namespace inkan::lifecycle {
namespace {

constexpr int kBatch = 500;

/// judge makes the entry of one ID; none when another of its addresses works.
Result<std::optional<Unreached>> judge(Reader& reader, const Institution& institution, DueCertificate due, Day today) {
  const auto contacts = reader.contacts_of(due.holder);
  if (!contacts) return fail(contacts);
  if (!works_of(*contacts).empty()) return std::optional<Unreached>();
  const int remaining = days_between(today, due.expiry_day);
  const bool has_address = !due.mail.empty();
  return Unreached{.due = std::move(due),
                   .remaining = remaining,
                   .has_address = has_address,
                   .by_post = institution.renewal.post_days > 0 && remaining <= institution.renewal.post_days};
}

}  // namespace

Result<UnreachedList> find_unreached(Reader& reader, const Institution& institution, Day today, int limit) {
  UnreachedList list;
  CertificateReader::UnreachedQuery query{.institution = institution.id,
                                          .kind = {},
                                          .first = today,
                                          .last = today + std::chrono::days{institution.renewal.window_days},
                                          .after = {},
                                          .limit = kBatch};
  for (int seen = 0;;) {
    auto batch = reader.unreached(query);
    if (!batch) return fail(batch);
    if (batch->empty()) break;
    query.after = batch->back().holder.login_id;
    for (DueCertificate& due : *batch) {
      list.more = seen++ >= limit;
      if (list.more) break;
      auto one = judge(reader, institution, std::move(due), today);
      if (!one) return fail(one);
      if (*one) list.ids.push_back(std::move(**one));
    }
    if (list.more) break;
  }
  std::ranges::sort(list.ids, {}, [](const Unreached& one) { return std::tie(one.due.expiry_day, one.due.holder.login_id); });
  return list;
}

Result<std::vector<Sharing>> find_sharing(Reader& reader, const Institution& institution, Day today) {
  std::vector<Sharing> all;
  CertificateReader::DueQuery query{.institution = institution.id,
                                    .kind = {},
                                    .first = today,
                                    .last = today + std::chrono::days{institution.renewal.window_days},
                                    .after = {},
                                    .limit = kBatch};
  while (true) {
    auto batch = reader.due(query);
    if (!batch) return fail(batch);
    if (batch->empty()) return all;
    query.after = {{batch->back().expiry_day, batch->back().serial}};
    for (DueCertificate& due : *batch) {
      const auto shared = is_shared(reader, institution.id, due.mail);
      if (!shared) return fail(shared);
      const int remaining = days_between(today, due.expiry_day);
      if (*shared) all.push_back({.due = std::move(due), .remaining = remaining});
    }
  }
}

Result<bool> is_shared(Reader& reader, const std::string& institution, const std::string& address) {
  if (address.empty()) return false;
  const auto sharers = reader.sharers_of(institution, address, 2);
  if (!sharers) return fail(sharers);
  return sharers->size() > 1;
}

}  // namespace inkan::lifecycle
