#include "wire/cmp_transactions.hpp"

namespace inkan::wire {
namespace {

constexpr std::size_t kMost = 20'000;
constexpr std::chrono::hours kKept{24};

}  // namespace

void CmpTransactions::forget(Instant now) {
  while (!oldest_first_.empty()) {
    const auto found = all_.find(oldest_first_.front());
    if (found != all_.end() && all_.size() < kMost && now - found->second.touched < kKept) return;
    if (found != all_.end()) all_.erase(found);
    oldest_first_.pop_front();
  }
}

bool CmpTransactions::begin(const Bytes& id, CmpTransaction transaction) {
  const std::scoped_lock lock(mutex_);
  forget(transaction.touched);
  if (!all_.try_emplace(id, std::move(transaction)).second) return false;
  oldest_first_.push_back(id);
  return true;
}

std::optional<CmpTransaction> CmpTransactions::find(const Bytes& id, const std::string& asker) {
  const std::scoped_lock lock(mutex_);
  const auto found = all_.find(id);
  if (found == all_.end() || found->second.asker != asker) return std::nullopt;
  return found->second;
}

void CmpTransactions::put(const Bytes& id, CmpTransaction transaction) {
  const std::scoped_lock lock(mutex_);
  const auto found = all_.find(id);
  if (found != all_.end()) found->second = std::move(transaction);
}

}  // namespace inkan::wire
