#pragma once

#include <array>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/time.hpp"
#include "pki/ocsp.hpp"

namespace inkan::lifecycle {

/// SignedAnswer is an OCSP answer about one certificate, and what it says.
struct SignedAnswer {
  pki::StatusAnswer facts;
  Bytes der;
  Instant this_update;
  Instant next_update;
};

/// AnswerCache keeps signed answers without a nonce, so that a question that comes often costs one signature in a while. It never
/// decides: whoever asks has read the record just now, and gets an answer back only if it says exactly that. So no node needs to
/// tell another what was revoked. Safe to use from several threads.
class AnswerCache {
 public:
  /// kLongestKept answers at most, about 1.5 KB each; then the oldest go.
  static constexpr std::size_t kLongestKept = 32'768;

  /// find is a kept answer with these facts that still has half of its life before it; null when there is none.
  std::shared_ptr<const SignedAnswer> find(const pki::StatusAnswer& facts, Instant now);
  /// keep remembers an answer; it takes the place of an earlier one about the same CertID.
  void keep(std::shared_ptr<const SignedAnswer> answer);
  std::size_t size();

 private:
  struct Part {
    std::mutex mutex;
    std::unordered_map<std::string, std::shared_ptr<const SignedAnswer>> answers;  // by CertID as sent
    std::deque<std::string> order;                                                 // as they came
  };
  Part& part_of(const std::string& key) { return parts_[std::hash<std::string>{}(key) % parts_.size()]; }

  std::array<Part, 16> parts_;
};

}  // namespace inkan::lifecycle
