#pragma once

#include <QMetaObject>
#include <QObject>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "app/clerk.hpp"

namespace inkan::app {

/// Reply is how a screen answers a question of the worker, once. A reply that is thrown away unanswered is a no.
template <class T>
using Reply = std::function<void(T)>;

/// Counter is what the worker asks on the window's own thread: each call shows a screen and returns at once.
class Counter {
 public:
  virtual ~Counter() = default;
  virtual QObject* place() = 0;  ///< lives on the window's thread
  virtual void ask_unlock(const SecretQuestion& question, Reply<std::shared_ptr<Secret>> reply) = 0;
  virtual void ask_agree(const Intent& intent, Reply<bool> reply) = 0;
  virtual void ask_password(Reply<std::shared_ptr<Secret>> reply) = 0;
  virtual void ask_keep(Reply<bool> reply) = 0;
  virtual void tick(Step step) = 0;
};

/// Errand does the window's work on a thread of its own, one task after another, so that no widget ever waits for a server, a
/// token or a disk. To the clerk it is the person; it passes each question on to the counter and waits.
class Errand : public Person {
 public:
  Errand(Counter& counter, std::function<Clerk()> clerk);
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

  /// tell runs a piece of work on the window's thread.
  void tell(std::function<void()> work) { QMetaObject::invokeMethod(counter_.place(), std::move(work), Qt::QueuedConnection); }

 private:
  template <class T>
  T ask(T otherwise, const std::function<void(Reply<T>)>& show);
  void run(const std::function<Clerk()>& clerk);

  Counter& counter_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::function<void(Clerk&, Person&)>> tasks_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace inkan::app
