#include "pki/der.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace inkan::pki {
namespace {

/// Length octets of a definite length, minimal (X.690 10.1); at most four of them.
struct Length {
  std::array<std::uint8_t, 5> octets{};
  std::size_t count = 0;
};

Length length_octets(std::size_t size) {
  Length length;
  if (size < 0x80) {
    length.octets[length.count++] = static_cast<std::uint8_t>(size);
    return length;
  }
  const int width = size > 0xffffff ? 4 : size > 0xffff ? 3 : size > 0xff ? 2 : 1;
  length.octets[length.count++] = static_cast<std::uint8_t>(0x80 | width);
  for (int i = width - 1; i >= 0; --i) length.octets[length.count++] = static_cast<std::uint8_t>(size >> (8 * i));
  return length;
}

bool is_minimal_integer(ByteView content) {
  if (content.empty()) return false;
  if (content.size() == 1) return true;
  return !(content[0] == 0x00 && content[1] < 0x80) && !(content[0] == 0xff && content[1] >= 0x80);
}

bool is_oid(ByteView content) {
  if (content.empty() || content.back() >= 0x80) return false;
  bool first = true;
  for (std::uint8_t octet : content) {
    if (first && octet == 0x80) return false;  // a leading zero digit
    first = octet < 0x80;
  }
  return true;
}

bool is_bit_string(ByteView content) {
  if (content.empty() || content[0] > 7) return false;
  if (content.size() == 1) return content[0] == 0;
  return (content.back() & ((1u << content[0]) - 1)) == 0;
}

bool is_der_element(const DerElement& element, int depth) {
  switch (element.tag) {
    case tag::kBoolean: return element.content.size() == 1 && (element.content[0] == 0x00 || element.content[0] == 0xff);
    case tag::kInteger:
    case tag::kEnumerated: return is_minimal_integer(element.content);
    case tag::kNull: return element.content.empty();
    case tag::kOid: return is_oid(element.content);
    case tag::kBitString: return is_bit_string(element.content);
    default: break;
  }
  const bool constructed = (element.tag & 0x20) != 0;
  const bool universal = (element.tag & 0xc0) == 0;
  if (universal && constructed && element.tag != tag::kSequence && element.tag != tag::kSet) return false;
  if (universal && !constructed &&
      (element.tag == 0 || element.tag == (tag::kSequence & 0x1f) || element.tag == (tag::kSet & 0x1f)))
    return false;
  if (!constructed) return true;
  if (depth == 0) return false;
  DerReader reader(element.content);
  while (!reader.empty())
    if (!is_der_element(reader.take_any(), depth - 1)) return false;
  return reader.done();
}

std::optional<int> digits(ByteView text, std::size_t from, std::size_t count) {
  int value = 0;
  for (std::size_t i = from; i < from + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

/// The parts of a calendar instant, for writing.
struct Fields {
  int year;
  unsigned month, day;
  int hour, minute, second;
};

Fields fields_of(Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{instant - day};
  return {
      static_cast<int>(date.year()),          static_cast<unsigned>(date.month()),      static_cast<unsigned>(date.day()),
      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count())};
}

}  // namespace

DerElement DerReader::refuse() {
  failed_ = true;
  rest_ = {};
  return {};
}

DerElement DerReader::take_any() {
  if (failed_ || rest_.size() < 2 || (rest_[0] & 0x1f) == 0x1f) return refuse();
  std::size_t header = 2;
  std::size_t size = rest_[1];
  if (size >= 0x80) {
    const std::size_t width = size & 0x7f;
    if (width < 1 || width > 4 || rest_.size() < 2 + width) return refuse();
    size = 0;
    for (std::size_t i = 0; i < width; ++i) size = size << 8 | rest_[2 + i];
    header += width;
    if (length_octets(size).count != 1 + width) return refuse();
  }
  if (rest_.size() - header < size) return refuse();
  const DerElement element{rest_[0], rest_.subspan(header, size), rest_.first(header + size)};
  rest_ = rest_.subspan(header + size);
  return element;
}

DerElement DerReader::take(std::uint8_t tag) { return has(tag) ? take_any() : refuse(); }

bool is_der(ByteView bytes) {
  DerReader reader(bytes);
  const DerElement element = reader.take_any();
  return reader.done() && is_der_element(element, kDerDepth);
}

std::optional<Instant> read_time(const DerElement& element) {
  const bool utc = element.tag == tag::kUtcTime;
  if (!utc && element.tag != tag::kGeneralizedTime) return std::nullopt;
  const ByteView text = element.content;
  const std::size_t year_digits = utc ? 2 : 4;
  if (text.size() != year_digits + 11 || text.back() != 'Z') return std::nullopt;
  const auto year = digits(text, 0, year_digits), month = digits(text, year_digits, 2), day = digits(text, year_digits + 2, 2);
  const auto hour = digits(text, year_digits + 4, 2), minute = digits(text, year_digits + 6, 2);
  const auto second = digits(text, year_digits + 8, 2);
  if (!year || !month || !day || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  const int full_year = utc ? (*year < 50 ? 2000 + *year : 1900 + *year) : *year;
  const std::chrono::year_month_day date{std::chrono::year{full_year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{*second};
}

std::optional<unsigned long long> read_number(const DerElement& element) {
  if (element.tag != tag::kInteger && element.tag != tag::kEnumerated) return std::nullopt;
  if (!is_minimal_integer(element.content) || element.content.size() > 8 || element.content[0] >= 0x80) return std::nullopt;
  unsigned long long value = 0;
  for (std::uint8_t octet : element.content) value = value << 8 | octet;
  return value;
}

std::optional<ByteView> read_bits(const DerElement& element) {
  if (element.tag != tag::kBitString || element.content.empty() || element.content[0] != 0) return std::nullopt;
  return element.content.subspan(1);
}

bool same(ByteView a, ByteView b) { return std::ranges::equal(a, b); }

void DerWriter::primitive(std::uint8_t tag, ByteView content) {
  const Length length = length_octets(content.size());
  out_.push_back(tag);
  raw({length.octets.data(), length.count});
  raw(content);
}

void DerWriter::boolean_true() {
  const std::uint8_t yes = 0xff;
  primitive(tag::kBoolean, {&yes, 1});
}

void DerWriter::number(unsigned long long value, std::uint8_t tag) {
  std::array<std::uint8_t, 9> octets{};  // a leading zero octet keeps the value positive
  for (std::size_t i = 0; i < 8; ++i) octets[8 - i] = static_cast<std::uint8_t>(value >> (8 * i));
  std::size_t start = 0;
  while (start < 8 && octets[start] == 0 && octets[start + 1] < 0x80) ++start;
  primitive(tag, ByteView(octets).subspan(start));
}

void DerWriter::bits(ByteView content) {
  const Length length = length_octets(content.size() + 1);
  out_.push_back(tag::kBitString);
  raw({length.octets.data(), length.count});
  out_.push_back(0);
  raw(content);
}

void DerWriter::time(Instant instant) {
  const Fields f = fields_of(instant);
  if (f.year < 1950 || f.year > 2049) return generalized_time(instant);
  const std::string text =
      fmt::format("{:02}{:02}{:02}{:02}{:02}{:02}Z", f.year % 100, f.month, f.day, f.hour, f.minute, f.second);
  primitive(tag::kUtcTime, as_bytes(text));
}

void DerWriter::generalized_time(Instant instant, std::uint8_t tag) {
  const Fields f = fields_of(instant);
  const std::string text = fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}Z", f.year, f.month, f.day, f.hour, f.minute, f.second);
  primitive(tag, as_bytes(text));
}

std::size_t DerWriter::open(std::uint8_t tag) {
  out_.push_back(tag);
  out_.push_back(0);
  return out_.size();
}

void DerWriter::close(std::size_t start) {
  const Length length = length_octets(out_.size() - start);
  out_[start - 1] = length.octets[0];
  out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(start), length.octets.begin() + 1,
              length.octets.begin() + static_cast<std::ptrdiff_t>(length.count));
}

Result<Bytes> encode_oid(std::string_view dotted) {
  const auto malformed = [&] { return fail(Code::invalid, "oid.malformed", std::string(dotted)); };
  std::vector<std::uint64_t> arcs;
  const char* at = dotted.data();
  const char* const end = at + dotted.size();
  while (true) {
    std::uint64_t arc = 0;
    const auto [next, error] = std::from_chars(at, end, arc);
    if (error != std::errc() || (*at == '0' && next - at > 1) || arc > (std::uint64_t{1} << 56)) return malformed();
    arcs.push_back(arc);
    if (next == end) break;
    if (*next != '.' || next + 1 == end) return malformed();
    at = next + 1;
  }
  if (arcs.size() < 2 || arcs[0] > 2 || (arcs[0] < 2 && arcs[1] > 39)) return malformed();
  arcs[1] += arcs[0] * 40;
  Bytes out;
  for (std::size_t i = 1; i < arcs.size(); ++i) {
    int shift = 63;
    while (shift > 0 && (arcs[i] >> shift) == 0) shift -= 7;
    for (; shift >= 0; shift -= 7) out.push_back(static_cast<std::uint8_t>((arcs[i] >> shift & 0x7f) | (shift > 0 ? 0x80 : 0)));
  }
  return out;
}

std::string to_pem_block(std::string_view label, ByteView der) {
  const std::string text = to_base64(der);
  std::string out = fmt::format("-----BEGIN {}-----\n", label);
  for (std::size_t at = 0; at < text.size(); at += 64) {
    out += text.substr(at, 64);
    out += '\n';
  }
  out += fmt::format("-----END {}-----\n", label);
  return out;
}

Result<std::optional<Bytes>> take_pem_block(std::string_view& pem, std::string_view label) {
  const std::string begin = fmt::format("-----BEGIN {}-----", label), end = fmt::format("-----END {}-----", label);
  const std::size_t from = pem.find(begin);
  if (from == std::string_view::npos) return std::optional<Bytes>();
  const std::size_t to = pem.find(end, from);
  if (to == std::string_view::npos) return fail(Code::invalid, "pem.malformed", "a PEM block without its end");
  auto der = parse_base64(pem.substr(from + begin.size(), to - from - begin.size()));
  if (!der) return fail(Code::invalid, "pem.malformed", "base64");
  pem.remove_prefix(to + end.size());
  return std::optional(std::move(*der));
}

}  // namespace inkan::pki
