#include "lifecycle/answer_cache.hpp"

namespace inkan::lifecycle {
namespace {

bool say_the_same(const pki::StatusAnswer& a, const pki::StatusAnswer& b) {
  if (a.cert_id_der != b.cert_id_der || a.status != b.status) return false;
  return a.status != pki::StatusAnswer::Status::revoked || (a.revoked_at == b.revoked_at && a.reason == b.reason);
}

}  // namespace

std::shared_ptr<const SignedAnswer> AnswerCache::find(const pki::StatusAnswer& facts, Instant now) {
  const std::string key(as_text(facts.cert_id_der));
  Part& part = part_of(key);
  std::shared_ptr<const SignedAnswer> answer;
  {
    const std::lock_guard lock(part.mutex);
    const auto found = part.answers.find(key);
    if (found == part.answers.end()) return nullptr;
    answer = found->second;
  }
  const bool fresh = now >= answer->this_update && answer->next_update - now > (answer->next_update - answer->this_update) / 2;
  return fresh && say_the_same(answer->facts, facts) ? answer : nullptr;
}

void AnswerCache::keep(std::shared_ptr<const SignedAnswer> answer) {
  std::string key(as_text(answer->facts.cert_id_der));
  Part& part = part_of(key);
  const std::lock_guard lock(part.mutex);
  auto [place, is_new] = part.answers.insert_or_assign(key, std::move(answer));
  if (!is_new) return;
  part.order.push_back(std::move(key));
  if (part.order.size() <= kLongestKept / parts_.size()) return;
  part.answers.erase(part.order.front());
  part.order.pop_front();
}

std::size_t AnswerCache::size() {
  std::size_t all = 0;
  for (Part& part : parts_) {
    const std::lock_guard lock(part.mutex);
    all += part.answers.size();
  }
  return all;
}

}  // namespace inkan::lifecycle
