#include "net/response_reader.hpp"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace inkan::net {

namespace http = boost::beast::http;
using Ec = boost::beast::error_code;

namespace {

constexpr std::uint32_t kHeaderLimit = 64 * 1024;

}  // namespace

class ResponseReader::Parser final : public http::basic_parser<false> {
 public:
  Parser(Response& response, std::size_t limit, bool head_only) : response_(response) {
    eager(true);
    header_limit(kHeaderLimit);
    body_limit(limit);
    skip(head_only);
  }

 private:
  using View = boost::beast::string_view;

  void on_request_impl(http::verb, View, View, int, Ec&) override {}
  void on_response_impl(int status, View, int, Ec&) override { response_.status = status; }
  void on_field_impl(http::field, View name, View value, Ec&) override {
    if (!header_done_) response_.headers.add({name.data(), name.size()}, {value.data(), value.size()});
  }
  void on_header_impl(Ec&) override { header_done_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Ec&) override {}
  std::size_t on_body_impl(View body, Ec&) override {
    response_.body.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, View, Ec&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View body, Ec&) override {
    response_.body.append(body.data(), body.size());
    return body.size();
  }
  void on_finish_impl(Ec&) override {}

  Response& response_;
  bool header_done_ = false;
};

ResponseReader::ResponseReader(std::size_t limit, bool head_only)
    : limit_(limit), head_only_(head_only), parser_(std::make_unique<Parser>(response_, limit, head_only)) {}

ResponseReader::~ResponseReader() = default;

Result<std::size_t> ResponseReader::feed(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && !parser_->is_done()) {
    Ec ec;
    taken += parser_->put({bytes.data() + taken, bytes.size() - taken}, ec);
    if (ec == http::error::need_more) break;
    if (ec == http::error::body_limit || ec == http::error::header_limit) return fail(Code::too_large, "net.too_large");
    if (ec) return fail(Code::unavailable, "net.malformed", ec.message());
    if (parser_->is_done() && response_.status / 100 == 1) {
      // An interim answer (RFC 9110 15.2): the real one follows.
      response_ = Response{};
      parser_ = std::make_unique<Parser>(response_, limit_, head_only_);
    }
  }
  if (bytes.size() - taken > kHeaderLimit) return fail(Code::unavailable, "net.malformed", "no end of line");
  return taken;
}

Result<void> ResponseReader::end() {
  if (parser_->is_done()) return {};
  Ec ec;
  if (parser_->got_some()) parser_->put_eof(ec);
  if (!parser_->is_done() || ec) return fail(Code::unavailable, "net.malformed", "the answer was cut off");
  return {};
}

bool ResponseReader::done() const { return parser_->is_done(); }
bool ResponseReader::keep_alive() const { return parser_->keep_alive(); }

}  // namespace inkan::net
