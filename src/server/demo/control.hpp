#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/result.hpp"

namespace inkan::server::demo {

/// Control is the demo's socket for its clock: DIR/control (mode 0600), one line in, one line out. It exists in the demo alone.
class Control {
 public:
  using Answer = std::function<std::string(const std::string& line)>;

  /// start listens. Error: `demo.control`.
  static Result<std::unique_ptr<Control>> start(const std::filesystem::path& path, Answer answer);
  ~Control();

 private:
  Control(std::filesystem::path path, int socket, Answer answer);
  void serve();

  std::filesystem::path path_;
  int socket_;
  Answer answer_;
  std::thread thread_;
};

/// ask sends one line to a control socket and waits for the answer. Error: `demo.not_running`.
Result<std::string> ask(const std::filesystem::path& path, const std::string& line);

}  // namespace inkan::server::demo
