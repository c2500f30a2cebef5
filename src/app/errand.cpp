#include "app/errand.hpp"

#include <future>
#include <utility>

namespace inkan::app {

Errand::Errand(Counter& counter, MakeClerk make) : counter_(counter), thread_([this, make = std::move(make)] { run(make); }) {}

Errand::~Errand() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
    tasks_.clear();
  }
  // A question that is still on its way to the window would be waited for without end: thrown away, it is a no.
  counter_.forget();
  arrived_.notify_one();
  thread_.join();
}

void Errand::post(std::function<void(Clerk&, Person&)> task) {
  {
    const std::scoped_lock lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  arrived_.notify_one();
}

void Errand::run(const MakeClerk& make) {
  Clerk clerk = make([this](const std::string& proxy) {
    return unlock({.about = SecretQuestion::About::proxy, .name = proxy, .pin = {}, .source = {}});
  });
  while (true) {
    std::function<void(Clerk&, Person&)> task;
    {
      std::unique_lock lock(mutex_);
      arrived_.wait(lock, [&] { return ending_ || !tasks_.empty(); });
      if (ending_) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task(clerk, *this);
  }
}

template <class T>
T Errand::ask(T otherwise, const std::function<void(Reply<T>)>& show) {
  auto promise = std::make_shared<std::promise<T>>();
  auto answer = promise->get_future();
  {
    const std::scoped_lock lock(mutex_);
    if (ending_) return otherwise;
    // The promise lives in the reply alone: a window that throws the question away breaks it, and that is a no.
    tell([show, reply = Reply<T>([kept = std::move(promise)](T value) { kept->set_value(std::move(value)); })] { show(reply); });
  }
  try {
    return answer.get();
  } catch (const std::future_error&) {
    return otherwise;
  }
}

Result<Secret> Errand::unlock(const SecretQuestion& question) {
  using Given = std::shared_ptr<Secret>;
  const Given given =
      ask<Given>(nullptr, [this, question](Reply<Given> reply) { counter_.ask_unlock(question, std::move(reply)); });
  if (!given) return fail(Code::unauthenticated, "window.not_opened");
  return std::move(*given);
}

bool Errand::agree(const Intent& intent) {
  return ask<bool>(false, [this, intent](Reply<bool> reply) { counter_.ask_agree(intent, std::move(reply)); });
}

Result<Secret> Errand::password() {
  using Given = std::shared_ptr<Secret>;
  const Given given = ask<Given>(nullptr, [this](Reply<Given> reply) { counter_.ask_password(std::move(reply)); });
  if (!given) return fail(Code::refused, "renewal.declined");
  return std::move(*given);
}

bool Errand::keep() {
  return ask<bool>(false, [this](Reply<bool> reply) { counter_.ask_keep(std::move(reply)); });
}

void Errand::step(Step step) {
  tell([this, step] { counter_.tick(step); });
}

}  // namespace inkan::app
