// Bytes as a client could send them, through the reader and on through every parser a request meets.

#include <cstddef>
#include <cstdint>
#include <string>

#include "net/request_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace inkan;
  if (size == 0) return 0;
  // The first byte says how the network cuts the rest; cut or whole, the outcome must be one.
  const std::size_t step = data[0] + 1u;
  const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  net::RequestReader whole(1024, 1024);
  const std::size_t taken = whole.feed(text);
  check(taken <= text.size(), "the reader takes no more than there is");

  net::RequestReader cut(1024, 1024);
  std::string waiting;
  for (std::size_t at = 0; at < text.size() && cut.state() != net::RequestReader::State::done; at += step) {
    waiting += text.substr(at, step);
    waiting.erase(0, cut.feed(waiting));
  }
  if (whole.state() == net::RequestReader::State::done) {
    check(cut.state() == net::RequestReader::State::done, "cuts make no difference");
    net::Request& request = whole.request();
    check(request.body == cut.request().body && request.path == cut.request().path, "cuts make no difference to the content");
    check(request.path == "*" || request.path.starts_with('/'), "a path begins with a slash");
    check(request.path.find('\0') == std::string::npos, "a path has no NUL");
    if (const auto form = net::parse_form(request)) check(form->fields().size() <= 200, "a form has a limit");
    (void)net::parse_cookies(request.headers);
  }
  return 0;
}
