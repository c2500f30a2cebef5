#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "lifecycle/status.hpp"

namespace inkan::wire {

/// CrlCache keeps the newest list of each id as it is given out: a list may be long, and is read and hashed once, not for each
/// request. Which list is the newest the store says each time, for another node may have published it. Safe to use from several
/// threads.
class CrlCache {
 public:
  struct List {
    lifecycle::StatusReader::PublishedCrl crl;
    std::string etag;
  };
  /// newest is the newest published list. Error: `crl.none`.
  Result<std::shared_ptr<const List>> newest(lifecycle::Status& status, const ca::ListId& id);

 private:
  std::mutex mutex_;
  std::map<ca::ListId, std::shared_ptr<const List>> lists_;
};

}  // namespace inkan::wire
