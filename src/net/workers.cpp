#include "net/workers.hpp"

#include <algorithm>

namespace inkan::net {

Workers::Workers(std::size_t threads, std::size_t queue) : queue_(queue) {
  threads = std::max<std::size_t>(threads, 1);
  idle_ = threads;
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

Workers::~Workers() { stop(); }

bool Workers::reserve() {
  const std::lock_guard lock(mutex_);
  // A job for which a worker is free does not wait, so it takes no place.
  if (jobs_.size() + reserved_ >= queue_ + idle_) return false;
  ++reserved_;
  return true;
}

void Workers::push(Job job) {
  {
    const std::lock_guard lock(mutex_);
    --reserved_;
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
}

void Workers::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_)
    if (thread.joinable()) thread.join();
  jobs_.clear();
}

void Workers::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    --idle_;
    lock.unlock();
    job();
    job = nullptr;
    lock.lock();
    ++idle_;
  }
}

}  // namespace inkan::net
