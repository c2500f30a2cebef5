#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "mail/bounce_box.hpp"
#include "mail/postman.hpp"
#include "server/anchor.hpp"
#include "server/bank.hpp"

namespace inkan::server {

/// Jobs are what the installation does by itself: the daily notices, codes whose delay is over, the post
/// and what comes back of it, status lists, reservations that a dead process
/// left behind, sessions past their end, heads of the audit logs. One thread looks about every second; what is not due costs one
/// indexed read. Status lists have a thread of their own: a revocation waits for no morning's letters.
class Jobs {
 public:
  /// Jobs takes the post's carrier, without which letters wait in the outbox, and the box that bounces come to.
  Jobs(Bank& bank, std::unique_ptr<mail::Postman> postman, std::optional<mail::BounceBox> bounces);
  ~Jobs();

  /// add_chore has something small done about once a minute. Before start.
  void add_chore(std::function<void()> chore) { chores_.push_back(std::move(chore)); }

  void start();
  /// stop ends the thread, and then anchors what was audited to the last.
  void stop();

  /// run_due runs every job that is due to its end, status lists too, on the caller's thread. Failures are logged and tried again
  /// next time.
  void run_due();

  /// recover closes what a process before this one left unfinished (I3). Only for a node that is alone with its store.
  Result<void> recover();

 private:
  /// repeat runs a job about every second until stop.
  void repeat(void (Jobs::*job)());
  /// run_others is run_due but for the status lists.
  void run_others();
  void run_short();
  void run_long();
  void run_notices();
  void run_codes();
  void run_post();
  void run_bounces();
  void run_status();
  void run_recovery();
  void run_ended();
  void run_chores();

  Bank& bank_;
  std::unique_ptr<mail::Postman> postman_;
  std::optional<mail::BounceBox> bounces_;
  Anchor anchor_;
  std::mutex running_;  // one run at a time
  Instant next_clearing_{};
  Instant next_ended_{};
  bool some_ended_ = false;  ///< and the lists do not say it yet
  std::vector<std::function<void()>> chores_;
  std::chrono::steady_clock::time_point next_chores_{};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
  std::thread status_thread_;
};

}  // namespace inkan::server
