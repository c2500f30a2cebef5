#pragma once

#include <map>
#include <mutex>
#include <string>

#include "lifecycle/answer_cache.hpp"
#include "lifecycle/list_publisher.hpp"
#include "lifecycle/services.hpp"

namespace inkan::lifecycle {

/// Status hands CRL and OCSP bytes to the doors (docs/decisions/0021-status.md). Safe to use from several threads.
class Status {
 public:
  explicit Status(const Services& services);

  /// publish_crl signs, checks (list_check.hpp) and stores the next CRL of an authority, and each of its shards that lacks a
  /// revocation (list_publisher.hpp): what was revoked before the call is on published lists after it. Errors: `issuer.*`,
  /// `store.*`, `crl.refused`.
  Result<void> publish_crl(const ca::AuthorityId& authority);
  /// publish_due publishes every CRL that is missing, an hour old, or lacks a revocation (O24), shards too: no sooner than five
  /// seconds after the one before, and a list that takes long more rarely, so that a thousand revocations cost a few lists. To be
  /// called about every second; gives how many it published.
  Result<int> publish_due();

  /// crl is the newest published CRL of this id; crl_head says of it all but the bytes. Error: `crl.none`.
  Result<StatusReader::PublishedCrl> crl(const ca::ListId& list);
  Result<StatusReader::PublishedCrl> crl_head(const ca::ListId& list);
  /// shards_head is of the shard of an authority that goes stale first; nothing where it has no shards. Error: `crl.none`, where
  /// one is missing.
  Result<std::optional<StatusReader::PublishedShard>> shards_head(const ca::Authority& authority);

  /// answer_ocsp answers a DER request by our records: good only for an issued, unrevoked serial; revoked for a revoked or
  /// abandoned one; unknown for a serial never reserved or another issuer (promises.md O2, I2). Malformed requests and failures
  /// give the unsigned error answers of RFC 6960 4.2.1.
  /// An answer to a question about one certificate without a nonce may be one that was signed before.
  struct OcspAnswer {
    Bytes der;
    Instant this_update;
    Instant next_update;
    bool cacheable = false;
  };
  OcspAnswer answer_ocsp(ByteView request);

 private:
  /// Pace is what this process remembers of one authority's lists.
  struct Pace {
    std::chrono::steady_clock::time_point next_look{};  ///< for what a published list lacks
    std::chrono::steady_clock::time_point next_try{};   ///< after a failure
    unsigned long long number = 0;                      ///< of the list that `serials` stand on
    std::vector<pki::SerialNumber> serials;             ///< in order
  };
  /// Due is what of an authority's lists must be made now.
  struct Due {
    bool whole = false;
    bool shards = false;
  };
  Result<int> publish(const ca::AuthorityId& authority, bool whole);
  Result<Due> what_is_due(const ca::AuthorityId& authority, Pace& pace);
  Result<bool> lacks_one(const ca::AuthorityId& authority, const StatusReader::PublishedCrl& latest, Pace& pace);
  const ca::Authority* signer_of(const pki::CertId& id) const;

  Services services_;
  std::vector<ca::Authority> authorities_;
  std::mutex publishing_;  // one list at a time; for publishers_
  std::map<ca::AuthorityId, ListPublisher> publishers_;
  std::mutex looking_;  // for paces_
  std::map<ca::AuthorityId, Pace> paces_;
  AnswerCache answers_;
};

}  // namespace inkan::lifecycle
