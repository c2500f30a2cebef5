#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "app/clerk.hpp"

namespace inkan::app {

/// MakeClerk makes the clerk of a window, which asks for a proxy's password as `ask` does.
using MakeClerk = std::function<Clerk(const AskProxyLogin& ask)>;

/// Reply is how a screen answers a question of the worker, once. A reply that is thrown away unanswered is a no.
template <class T>
using Reply = std::function<void(T)>;

/// Counter is what the worker asks on the window's own thread: each call shows a screen and returns at once.
class Counter {
 public:
  virtual ~Counter() = default;
  /// tell runs a piece of work on the window's thread, from any thread and not at once.
  virtual void tell(std::function<void()> work) = 0;
  /// forget throws away what was told and not run yet, and whatever screen still holds a reply.
  virtual void forget() = 0;
  virtual void ask_unlock(const SecretQuestion& question, Reply<std::shared_ptr<Secret>> reply) = 0;
  virtual void ask_agree(const Intent& intent, Reply<bool> reply) = 0;
  virtual void ask_password(Reply<std::shared_ptr<Secret>> reply) = 0;
  virtual void ask_keep(Reply<bool> reply) = 0;
  virtual void tick(Step step) = 0;
};

/// Errand does the window's work on a thread of its own, one task after another, so that no window ever waits for a server, a
/// token or a disk. To the clerk it is the person; it passes each question on to the counter and waits.
class Errand : public Person {
 public:
  /// `make` gives the clerk, on the worker's thread; it is handed the way to ask a person for a proxy's password.
  Errand(Counter& counter, MakeClerk make);
  Errand(const Errand&) = delete;
  Errand& operator=(const Errand&) = delete;
  /// The thread ends with the task it is at, which comes to a safe end by itself; its open questions are answered with no.
  ~Errand() override;

  void post(std::function<void(Clerk&, Person&)> task);

  Result<Secret> unlock(const SecretQuestion& question) override;
  bool agree(const Intent& intent) override;
  Result<Secret> password() override;
  bool keep() override;
  void step(Step step) override;

  void tell(std::function<void()> work) { counter_.tell(std::move(work)); }

 private:
  template <class T>
  T ask(T otherwise, const std::function<void(Reply<T>)>& show);
  void run(const MakeClerk& make);

  Counter& counter_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::function<void(Clerk&, Person&)>> tasks_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace inkan::app
