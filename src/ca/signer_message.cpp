#include "ca/signer_message.hpp"

#include <algorithm>

namespace inkan::ca {
namespace {

constexpr std::size_t kLongestName = 64;
constexpr std::size_t kLongestDetail = 1024;

enum Verb : std::uint8_t { kSign = 1, kCrl = 2, kOcsp = 3, kHealth = 4 };
enum Outcome : std::uint8_t { kDone = 0, kRefused = 1 };

class Writer {
 public:
  void octet(std::uint8_t value) { out_.push_back(value); }
  void number(unsigned long long value, int octets = 8) {
    for (int i = octets - 1; i >= 0; --i) octet(static_cast<std::uint8_t>((value >> (8 * i)) & 0xff));
  }
  void instant(Instant at) { number(static_cast<unsigned long long>(to_epoch(at))); }
  void bytes(ByteView content) {
    number(content.size(), 4);
    out_.insert(out_.end(), content.begin(), content.end());
  }
  void reserve(std::size_t size) { out_.reserve(size); }
  Bytes take() { return std::move(out_); }

 private:
  Bytes out_;
};

/// Reader's first failure sticks, as DerReader's does: a caller reads a whole message and asks once.
class Reader {
 public:
  explicit Reader(ByteView bytes) : rest_(bytes) {}
  std::uint8_t octet() { return static_cast<std::uint8_t>(number(1)); }
  unsigned long long number(int octets = 8) {
    unsigned long long value = 0;
    for (const std::uint8_t each : take(static_cast<std::size_t>(octets))) value = value << 8 | each;
    return value;
  }
  Instant instant() {
    const auto seconds = static_cast<long long>(number());
    if (seconds < 0 || seconds > kLastSecond) failed_ = true;
    return from_epoch(failed_ ? 0 : seconds);
  }
  ByteView bytes(std::size_t longest) {
    const auto size = static_cast<std::size_t>(number(4));
    if (size > longest) failed_ = true;
    return take(size);
  }
  std::string text(std::size_t longest) { return std::string(as_text(bytes(longest))); }
  /// count reads how many entries follow; each takes `least` octets at least, so that no number makes room that is not there.
  std::size_t count(std::size_t least) {
    const auto value = static_cast<std::size_t>(number(4));
    if (value > rest_.size() / least) failed_ = true;
    return failed_ ? 0 : value;
  }
  void refuse() { failed_ = true; }
  bool failed() const { return failed_; }
  bool done() const { return !failed_ && rest_.empty(); }

 private:
  static constexpr long long kLastSecond = 253'402'300'799;  // 9999-12-31T23:59:59Z, the last that a certificate can say
  ByteView take(std::size_t size) {
    if (failed_ || size > rest_.size()) {
      failed_ = true;
      return {};
    }
    const ByteView taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  ByteView rest_;
  bool failed_ = false;
};

void write(Writer& out, const SignOrder& order) {
  out.octet(kSign);
  out.bytes(as_bytes(order.authority));
  out.bytes(order.tbs);
}

void write(Writer& out, const CrlOrder& order) {
  out.reserve(order.revoked.size() * 33 + 256);
  out.octet(kCrl);
  out.bytes(as_bytes(order.authority));
  out.number(order.shard, 4);
  out.number(order.number);
  out.instant(order.this_update);
  out.instant(order.next_update);
  out.number(order.revoked.size(), 4);
  for (const pki::RevokedEntry& entry : order.revoked) {
    out.bytes(entry.serial.bytes());
    out.instant(entry.revoked_at);
    out.octet(static_cast<std::uint8_t>(entry.reason));
  }
}

void write(Writer& out, const OcspOrder& order) {
  out.octet(kOcsp);
  out.bytes(as_bytes(order.authority));
  out.instant(order.produced_at);
  out.instant(order.this_update);
  out.instant(order.next_update);
  out.bytes(order.nonce);
  out.number(order.answers.size(), 4);
  for (const pki::StatusAnswer& answer : order.answers) {
    out.bytes(answer.cert_id_der);
    out.octet(static_cast<std::uint8_t>(answer.status));
    out.instant(answer.revoked_at);
    out.octet(static_cast<std::uint8_t>(answer.reason));
  }
}

void write(Writer& out, const HealthOrder&) { out.octet(kHealth); }

pki::RevocationReason read_reason(Reader& in) {
  using pki::RevocationReason;
  const auto reason = static_cast<RevocationReason>(in.octet());
  switch (reason) {
    case RevocationReason::unspecified:
    case RevocationReason::key_compromise:
    case RevocationReason::ca_compromise:
    case RevocationReason::affiliation_changed:
    case RevocationReason::superseded:
    case RevocationReason::cessation_of_operation: return reason;
  }
  in.refuse();
  return RevocationReason::unspecified;
}

SignOrder read_sign(Reader& in) {
  SignOrder order{.authority = in.text(kLongestName), .tbs = {}};
  order.tbs = inkan::to_bytes(in.bytes(kLongestOrder));
  return order;
}

CrlOrder read_crl(Reader& in) {
  CrlOrder order{.authority = in.text(kLongestName), .revoked = {}};
  order.shard = static_cast<unsigned>(in.number(4));
  order.number = in.number();
  order.this_update = in.instant();
  order.next_update = in.instant();
  const std::size_t count = in.count(4 + 1 + 8 + 1);
  order.revoked.reserve(count);
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    Result<pki::SerialNumber> serial = pki::SerialNumber::parse(in.bytes(20));
    const Instant at = in.instant();
    const pki::RevocationReason reason = read_reason(in);
    if (serial)
      order.revoked.push_back({std::move(*serial), at, reason});
    else
      in.refuse();
  }
  return order;
}

OcspOrder read_ocsp(Reader& in) {
  OcspOrder order{.authority = in.text(kLongestName), .answers = {}, .nonce = {}};
  order.produced_at = in.instant();
  order.this_update = in.instant();
  order.next_update = in.instant();
  order.nonce = inkan::to_bytes(in.bytes(kLongestOrder));
  const std::size_t count = in.count(4 + 1 + 8 + 1);
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    pki::StatusAnswer answer{.cert_id_der = inkan::to_bytes(in.bytes(kLongestOrder)), .revoked_at = {}};
    const std::uint8_t status = in.octet();
    if (status > static_cast<std::uint8_t>(pki::StatusAnswer::Status::unknown)) in.refuse();
    answer.status = static_cast<pki::StatusAnswer::Status>(status);
    answer.revoked_at = in.instant();
    answer.reason = read_reason(in);
    order.answers.push_back(std::move(answer));
  }
  return order;
}

SignerOrder read_order(Reader& in) {
  switch (in.octet()) {
    case kSign: return read_sign(in);
    case kCrl: return read_crl(in);
    case kOcsp: return read_ocsp(in);
    case kHealth: break;
    default: in.refuse();
  }
  return HealthOrder{};
}

std::unexpected<Error> malformed() { return fail(Code::invalid, "signer.malformed"); }

}  // namespace

std::size_t longest_order(std::uint8_t first) {
  if (first == kCrl) return kLongestList;
  return first == kSign || first == kOcsp || first == kHealth ? kLongestOrder : 0;
}

Bytes to_bytes(const SignerOrder& order) {
  Writer out;
  std::visit([&](const auto& each) { write(out, each); }, order);
  return out.take();
}

Result<SignerOrder> parse_signer_order(ByteView bytes) {
  if (bytes.empty() || bytes.size() > longest_order(bytes.front())) return malformed();
  Reader in(bytes);
  SignerOrder order = read_order(in);
  if (!in.done()) return malformed();
  return order;
}

Bytes to_answer(const Result<Bytes>& result) {
  Writer out;
  if (result) {
    out.reserve(result->size() + 8);
    out.octet(kDone);
    out.bytes(*result);
    return out.take();
  }
  const auto cut = [](const std::string& text, std::size_t longest) {
    return as_bytes(text).first(std::min(text.size(), longest));
  };
  out.octet(kRefused);
  out.octet(static_cast<std::uint8_t>(result.error().code));
  out.bytes(cut(result.error().id, kLongestName));
  out.bytes(cut(result.error().detail, kLongestDetail));
  return out.take();
}

Result<Bytes> parse_answer(ByteView bytes) {
  Reader in(bytes);
  switch (in.octet()) {
    case kDone: {
      const ByteView content = in.bytes(kLongestList);
      if (!in.done()) return malformed();
      return inkan::to_bytes(content);
    }
    case kRefused: {
      const std::uint8_t code = in.octet();
      std::string id = in.text(kLongestName), detail = in.text(kLongestDetail);
      if (!in.done() || id.empty() || code > static_cast<std::uint8_t>(Code::internal)) return malformed();
      return fail(static_cast<Code>(code), std::move(id), std::move(detail));
    }
    default: return malformed();
  }
}

}  // namespace inkan::ca
