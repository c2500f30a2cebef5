#include "net/request_reader.hpp"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "net/grammar.hpp"

namespace inkan::net {

namespace http = boost::beast::http;
using Ec = boost::beast::error_code;

namespace {

constexpr std::size_t kMaxFields = 100;

// A line that begins with a blank goes on with the last field for some readers and not for others (obs-fold, RFC 9112 5.2); the
// same with lines that end in a bare CR or LF.
bool has_ambiguous_lines(std::string_view head) {
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (head[i] == '\r' && (i + 1 == head.size() || head[i + 1] != '\n')) return true;
    if (head[i] != '\n') continue;
    if (i == 0 || head[i - 1] != '\r') return true;
    if (i + 1 < head.size() && (head[i + 1] == ' ' || head[i + 1] == '\t')) return true;
  }
  return false;
}

}  // namespace

// Parser lets Beast cut the message and writes the pieces straight into the Request.
class RequestReader::Parser final : public http::basic_parser<true> {
 public:
  explicit Parser(RequestReader& reader) : reader_(reader) {
    eager(true);
    header_limit(static_cast<std::uint32_t>(reader.header_bytes_ + 1));
    body_limit(reader.body_bytes_);
  }

  bool expects_continue = false;

 private:
  using View = boost::beast::string_view;

  void on_request_impl(http::verb, View method, View target, int version, Ec&) override {
    reader_.request_.method.assign(method.data(), method.size());
    reader_.request_.target.assign(target.data(), target.size());
    version_ = version;
  }

  void on_response_impl(int, View, int, Ec&) override {}

  void on_field_impl(http::field, View name, View value, Ec& ec) override {
    if (header_done_) return;  // trailers: nothing of ours reads them, and none may pass for a header
    if (reader_.request_.headers.fields().size() == kMaxFields) return refuse(431, "http.too_many_fields", ec);
    reader_.request_.headers.add({name.data(), name.size()}, {value.data(), value.size()});
  }

  void on_header_impl(Ec& ec) override {
    header_done_ = true;
    check_singletons(ec);
    if (!ec) check_framing(ec);
    if (!ec) check_target(ec);
    if (!ec) check_expectation(ec);
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>& length, Ec&) override {
    if (length) reader_.request_.body.reserve(*length);  // the limit was checked before
  }

  std::size_t on_body_impl(View body, Ec&) override {
    reader_.request_.body.append(body.data(), body.size());
    return body.size();
  }

  void on_chunk_header_impl(std::uint64_t, View, Ec&) override {}

  std::size_t on_chunk_body_impl(std::uint64_t, View body, Ec&) override {
    reader_.request_.body.append(body.data(), body.size());
    return body.size();
  }

  void on_finish_impl(Ec&) override {}

  void refuse(int status, std::string reason, Ec& ec) {
    reader_.refuse(status, std::move(reason));
    ec = http::error::bad_value;
  }

  // Fields that decide who asks or where a message ends come once at most.
  void check_singletons(Ec& ec) {
    for (std::string_view name : {"Host", "Content-Length", "Transfer-Encoding", "Content-Type", "Authorization", "Expect"})
      if (reader_.request_.headers.count(name) > 1) return refuse(400, "http.repeated_field", ec);
  }

  void check_framing(Ec& ec) {
    const Headers& headers = reader_.request_.headers;
    const auto encoding = headers.find("Transfer-Encoding");
    const auto length = headers.find("Content-Length");
    if (encoding && length) return refuse(400, "http.two_lengths", ec);
    if (encoding && version_ < 11) return refuse(400, "http.chunked_in_1_0", ec);
    if (encoding && !same_name(*encoding, "chunked")) return refuse(501, "http.transfer_encoding", ec);
    if (length && !std::all_of(length->begin(), length->end(), net::is_digit)) return refuse(400, "http.content_length", ec);
  }

  void check_target(Ec& ec) {
    Request& request = reader_.request_;
    Result<Target> target = net::parse_target(request.target);
    if (!target) return refuse(400, target.error().id, ec);
    if (target->path == "*" && request.method != "OPTIONS") return refuse(400, "target.malformed", ec);
    const auto host = request.find_header("Host");
    if (!host && version_ >= 11) return refuse(400, "http.no_host", ec);
    if (host) {
      Result<std::string> name = parse_authority(*host);
      if (!name) return refuse(400, name.error().id, ec);
      request.host = std::move(*name);
    }
    // RFC 9112 3.2.2 lets the target win over Host; two different answers to "which host?" are not for us to choose from.
    if (!target->authority.empty() && (!host || !same_name(target->authority, *host))) return refuse(400, "http.two_hosts", ec);
    request.path = std::move(target->path);
    request.query = std::move(target->query);
  }

  void check_expectation(Ec& ec) {
    const auto expect = reader_.request_.find_header("Expect");
    if (!expect) return;
    if (!same_name(*expect, "100-continue")) return refuse(417, "http.expectation", ec);
    expects_continue = version_ >= 11;
  }

  RequestReader& reader_;
  int version_ = 11;
  bool header_done_ = false;
};

RequestReader::RequestReader(std::size_t header_bytes, std::size_t body_bytes)
    : header_bytes_(header_bytes), body_bytes_(body_bytes) {
  start();
}

RequestReader::~RequestReader() = default;

void RequestReader::start() {
  state_ = State::head;
  searched_ = 0;
  request_ = Request{};
  status_ = 0;
  reason_.clear();
  parser_ = std::make_unique<Parser>(*this);
}

void RequestReader::refuse(int status, std::string reason) {
  if (state_ == State::refused) return;
  state_ = State::refused;
  status_ = status;
  reason_ = std::move(reason);
}

std::size_t RequestReader::feed(std::string_view bytes) {
  if (state_ == State::done || state_ == State::refused || bytes.empty()) return 0;
  if (state_ == State::head) {
    const std::size_t end = bytes.find("\r\n\r\n", searched_);
    const std::size_t size = end == std::string_view::npos ? bytes.size() : end + 4;
    if (size > header_bytes_) {
      refuse(431, "http.header_too_large");
      return 0;
    }
    if (end == std::string_view::npos) {
      searched_ = bytes.size() < 3 ? 0 : bytes.size() - 3;
      return 0;
    }
    if (has_ambiguous_lines(bytes.substr(0, size))) {
      refuse(400, "http.malformed");
      return 0;
    }
  }
  std::size_t taken = 0;
  while (taken < bytes.size() && !parser_->is_done()) {
    Ec ec;
    const std::size_t count = parser_->put({bytes.data() + taken, bytes.size() - taken}, ec);
    taken += count;
    if (ec == http::error::need_more) break;
    if (ec == http::error::body_limit) {
      refuse(413, "http.body_too_large");
      return taken;
    }
    if (ec == http::error::bad_version) {
      refuse(505, "http.version");
      return taken;
    }
    if (ec) {
      refuse(400, "http.malformed");
      return taken;
    }
  }
  if (parser_->is_done()) {
    state_ = State::done;
  } else if (parser_->is_header_done()) {
    state_ = State::body;
    // What is left over now is the middle of a chunk's line or trailer; those are short.
    if (bytes.size() - taken > header_bytes_) refuse(400, "http.malformed");
  }
  return taken;
}

RequestReader::State RequestReader::state() const { return state_; }
Request& RequestReader::request() { return request_; }
bool RequestReader::keep_alive() const { return parser_->keep_alive(); }
bool RequestReader::expects_continue() const { return parser_->is_header_done() && parser_->expects_continue; }
int RequestReader::status() const { return status_; }
const std::string& RequestReader::reason() const { return reason_; }

}  // namespace inkan::net
