#pragma once

#include <string>
#include <vector>

#include "lifecycle/services.hpp"

namespace inkan::lifecycle {

/// kLookBack is how far before a list it is looked for what the list lacks: a revocation's time is older than its commit, and
/// nodes' clocks differ.
inline constexpr std::chrono::minutes kLookBack{10};

/// listed_serials are the serials on a published list, in order. Error: `crl.malformed`.
Result<std::vector<pki::SerialNumber>> listed_serials(const StatusReader::PublishedCrl& list);

/// ListPublisher makes and publishes the lists of one issuing CA: the whole one, and where it has shards each of them
/// (docs/decisions/0025-crl-shards.md). For one thread at a time.
class ListPublisher {
 public:
  ListPublisher(const Services& services, ca::Authority authority) : services_(services), authority_(std::move(authority)) {}

  /// publish makes the next whole list where `whole` says so, and after it each shard that is missing, lacks a revocation or is
  /// an hour old. The revoked records are read once for all of them. A list that another node was faster with is judged and made
  /// once more. One that fails does not keep the others back. Gives how many were published; errors as Status::publish_crl's.
  Result<int> publish(bool whole);

  /// lags tells whether a shard may be due: the whole list, whose head is given, has changed since they were held against it, or
  /// one is an hour old.
  bool lags(const StatusReader::PublishedCrl& whole) const;

 private:
  using Published = std::optional<StatusReader::PublishedCrl>;
  /// Next is a list that is to be made, and what stands published in its place.
  struct Next {
    unsigned shard = 0;
    Published before;
  };
  /// Pass is what one look at the records gives.
  struct Pass {
    Instant now;
    unsigned long long whole = 0;  ///< number of the whole list that is published
    std::vector<Instant> made;     ///< when each published list was, by shard
    std::vector<Next> lists;
    std::vector<CertificateReader::Revoked> revoked;
    std::vector<std::vector<std::size_t>> of_shard;  ///< places in `revoked`
  };

  Result<Pass> look(bool whole);
  Result<void> look_at_shards(Reader& reader, const std::vector<Published>& heads, Pass& pass) const;
  Result<bool> lacks_one(Reader& reader, const Next& head, const Pass& pass) const;
  std::vector<pki::RevokedEntry> entries_of(const Next& next, const Pass& pass) const;
  Result<unsigned long long> publish_one(const Next& next, const Pass& pass);
  Result<bool> was_overtaken(const Next& next);
  void remember(const Pass& pass);

  Services services_;
  ca::Authority authority_;
  unsigned long long followed_ = 0;  // the whole list that the shards were held against
  Instant next_hour_{};              // when the first shard is an hour old
};

}  // namespace inkan::lifecycle
