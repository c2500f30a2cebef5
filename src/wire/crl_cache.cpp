#include "wire/crl_cache.hpp"

namespace inkan::wire {

Result<std::shared_ptr<const CrlCache::List>> CrlCache::newest(lifecycle::Status& status, const ca::ListId& id) {
  const auto head = status.crl_head(id);
  if (!head) return fail(head);
  {
    const std::lock_guard lock(mutex_);
    const auto kept = lists_.find(id);
    if (kept != lists_.end() && kept->second->crl.number == head->number) return kept->second;
  }
  auto crl = status.crl(id);
  if (!crl) return fail(crl);
  std::string etag = "crl-" + std::to_string(crl->number) + "-" + sha256(crl->der).hex().substr(0, 16);
  auto list = std::make_shared<const List>(List{.crl = std::move(*crl), .etag = std::move(etag)});
  const std::lock_guard lock(mutex_);
  return lists_[id] = std::move(list);
}

}  // namespace inkan::wire
