#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/time.hpp"

/// A small, bounded reader and writer of DER (ITU-T X.690 section 10): enough for what X.509, PKCS#10, CRL, OCSP and CMS need.
namespace inkan::pki {

/// Tag holds the identifier octets in use; context tags are made by context().
namespace tag {
inline constexpr std::uint8_t kBoolean = 0x01, kInteger = 0x02, kBitString = 0x03, kOctetString = 0x04, kNull = 0x05, kOid = 0x06,
                              kEnumerated = 0x0a, kUtf8String = 0x0c, kPrintableString = 0x13, kTeletexString = 0x14,
                              kIa5String = 0x16, kUtcTime = 0x17, kGeneralizedTime = 0x18, kBmpString = 0x1e, kSequence = 0x30,
                              kSet = 0x31;
/// context is a context-specific tag: constructed (explicit, or an implicit SEQUENCE or SET) or primitive.
constexpr std::uint8_t context(unsigned number) { return static_cast<std::uint8_t>(0xa0 | number); }
constexpr std::uint8_t context_primitive(unsigned number) { return static_cast<std::uint8_t>(0x80 | number); }
}  // namespace tag

/// kDerDepth bounds nesting: the deepest structure read here (a certificate's names) has 7 levels.
inline constexpr int kDerDepth = 16;

/// DerElement is one tag-length-value; both views look into the bytes it was read from.
struct DerElement {
  std::uint8_t tag = 0;
  ByteView content;
  ByteView whole;
};

/// DerReader walks the elements of one level. The first failure sticks: every later take gives an empty element and done() stays
/// false, so that a caller reads a whole structure and asks once.
class DerReader {
 public:
  explicit DerReader(ByteView bytes) : rest_(bytes) {}

  /// has tells whether the next element bears this tag.
  bool has(std::uint8_t tag) const { return !failed_ && !rest_.empty() && rest_[0] == tag; }
  bool empty() const { return failed_ || rest_.empty(); }
  /// take reads the next element, of this tag; lengths are definite and minimal.
  DerElement take(std::uint8_t tag);
  DerElement take_any();
  /// enter takes a constructed element and gives a reader over its content.
  DerReader enter(std::uint8_t tag) { return DerReader(take(tag).content); }
  /// done is true when everything was read and nothing failed.
  bool done() const { return !failed_ && rest_.empty(); }
  bool failed() const { return failed_; }

 private:
  DerElement refuse();
  ByteView rest_;
  bool failed_ = false;
};

/// is_der tells whether the bytes are exactly one element in strict DER: lengths, booleans, integers, nulls, object identifiers
/// and bit strings at every level, nested at most kDerDepth deep.
bool is_der(ByteView bytes);

/// read_time reads UTCTime or GeneralizedTime in the form RFC 5280 4.1.2.5 allows: Zulu, with seconds, without fractions.
std::optional<Instant> read_time(const DerElement& element);

/// read_number reads a non-negative INTEGER or ENUMERATED below 2^63.
std::optional<unsigned long long> read_number(const DerElement& element);

/// read_bits gives the octets of a BIT STRING that has no unused bits.
std::optional<ByteView> read_bits(const DerElement& element);

/// same tells whether two views hold the same octets.
bool same(ByteView a, ByteView b);

/// DerWriter appends elements to a buffer; nest() fills in a constructed element's length when its body is written.
class DerWriter {
 public:
  void raw(ByteView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
  void primitive(std::uint8_t tag, ByteView content);
  template <class Body>
  void nest(std::uint8_t tag, Body body) {
    const std::size_t start = open(tag);
    body();
    close(start);
  }

  void oid(ByteView content) { primitive(tag::kOid, content); }
  void null() { primitive(tag::kNull, {}); }
  void boolean_true();
  void octets(ByteView content) { primitive(tag::kOctetString, content); }
  void number(unsigned long long value, std::uint8_t tag = tag::kInteger);
  /// bits writes a BIT STRING of whole octets.
  void bits(ByteView content);
  /// time writes UTCTime up to 2049 and GeneralizedTime from 2050 (RFC 5280 4.1.2.5).
  void time(Instant instant);
  /// generalized_time writes GeneralizedTime whatever the year (RFC 6960 4.2.2.1).
  void generalized_time(Instant instant, std::uint8_t tag = tag::kGeneralizedTime);

  const Bytes& bytes() const { return out_; }
  Bytes take() { return std::move(out_); }
  void reserve(std::size_t size) { out_.reserve(size); }

 private:
  std::size_t open(std::uint8_t tag);
  void close(std::size_t start);
  Bytes out_;
};

/// encode_oid turns "1.3.6.1.4.1.99999.1" into the content octets of an OBJECT IDENTIFIER. Error: `oid.malformed`.
Result<Bytes> encode_oid(std::string_view dotted);

/// to_pem writes one block of RFC 7468 under a label such as "CERTIFICATE".
std::string to_pem_block(std::string_view label, ByteView der);

/// take_pem_block reads the next block of a label and leaves in `pem` what stands behind it; text outside blocks is passed over.
/// Nothing: there is no more. Error: `pem.malformed`.
Result<std::optional<Bytes>> take_pem_block(std::string_view& pem, std::string_view label);

}  // namespace inkan::pki
