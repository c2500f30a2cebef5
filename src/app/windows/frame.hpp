#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/windows/page.hpp"

namespace inkan::app {

/// Frame is the program's one window, of Windows' own controls: it shows a Page and knows nothing of certificates. All of it
/// belongs to the thread that made it, but for tell().
class Frame {
 public:
  /// `may_close` is asked when the window is to close.
  Frame(std::string title, std::function<bool()> may_close);
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;
  ~Frame();

  /// show puts a page in the present one's place, which is thrown away with its acts.
  void show(Page page);
  /// change gives a text of the page shown new words.
  void change(std::size_t part, const std::string& text);
  /// tell runs a piece of work on the window's thread, from any thread.
  void tell(std::function<void()> work);
  /// forget throws away what was told and not run yet.
  void forget();
  void close();
  /// run shows the window until it is closed.
  void run();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace inkan::app
