#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "pki/cmp.hpp"
#include "pki/csr.hpp"

namespace inkan::wire {

/// CmpTransaction is what this process remembers of one transactionID (RFC 9483 3.1).
struct CmpTransaction {
  std::string asker;  ///< institution and who it is, as CmpAsker::who has it
  pki::CmpBody kind = pki::CmpBody::ir;
  enum class Stage { running, waiting, delivered, ended } stage = Stage::running;
  Bytes our_nonce;                         ///< the senderNonce of our last answer: the next question must repeat it
  Bytes request_id;                        ///< certReqId
  std::optional<pki::Csr> csr = {};        ///< what is asked for, while it waits
  std::string login_id = {};               ///< for whom a registration authority asks
  bool with_mods = false;                  ///< more was asked than our record gives
  std::optional<Digest> fingerprint = {};  ///< of the certificate that was delivered
  Bytes certificate_hash = {};             ///< what certConf must bear
  Instant touched = {};
};

/// CmpTransactions are the transactions of one process. A transactionID stays taken after its end, so that what was recorded on
/// the line is no use to anybody; the oldest are forgotten a day after their last message, or when there are too many. What a
/// forgotten one issued stays issued: the same key gets the same certificate in a new transaction. Safe to call from several
/// threads.
class CmpTransactions {
 public:
  /// begin takes an id; false when it is taken already.
  bool begin(const Bytes& id, CmpTransaction transaction);
  /// find is a transaction of this asker's; another's is as good as none.
  std::optional<CmpTransaction> find(const Bytes& id, const std::string& asker);
  /// put replaces what begin began.
  void put(const Bytes& id, CmpTransaction transaction);

 private:
  void forget(Instant now);

  std::mutex mutex_;
  std::map<Bytes, CmpTransaction> all_;
  std::deque<Bytes> oldest_first_;  ///< by begin
};

}  // namespace inkan::wire
