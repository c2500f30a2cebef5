#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace inkan::net {

/// Workers is a fixed number of threads and a bounded queue before them. Private to this room.
class Workers {
 public:
  using Job = std::move_only_function<void()>;

  Workers(std::size_t threads, std::size_t queue);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// reserve takes a place in the queue if one is free; `push` must follow. Asked first, since the job that cannot be queued is
  /// already half of a coroutine.
  bool reserve();
  void push(Job job);

  /// stop lets running jobs end and drops those that wait.
  void stop();

 private:
  void run();

  const std::size_t queue_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  std::size_t reserved_ = 0;
  std::size_t idle_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace inkan::net
