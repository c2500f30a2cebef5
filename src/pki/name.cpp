#include "pki/name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "pki/der.hpp"
#include "pki/oid.hpp"

namespace inkan::pki {
namespace {

constexpr std::size_t kUpperBound = 64;  // ub-common-name and its siblings (RFC 5280 appendix A.1)
constexpr std::size_t kNameLimit = 4096;

struct Attribute {
  std::string_view type;
  ByteView oid;
};

constexpr Attribute kAttributes[] = {
    {"C", oid::kCountry}, {"O", oid::kOrganization}, {"OU", oid::kOrganizationalUnit}, {"CN", oid::kCommonName}};

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool is_country(std::string_view value) {
  return value.size() == 2 && std::ranges::all_of(value, [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::string dotted(ByteView oid) {
  std::string out;
  unsigned long long arc = 0;
  for (std::uint8_t octet : oid) {
    arc = arc << 7 | (octet & 0x7f);
    if (octet >= 0x80) continue;
    if (out.empty()) {
      const unsigned long long first = std::min(arc / 40, 2ULL);
      out = fmt::format("{}.{}", first, arc - first * 40);
    } else {
      out += fmt::format(".{}", arc);
    }
    arc = 0;
  }
  return out;
}

void append_utf8(std::string& out, unsigned code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xe0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
}

/// A DirectoryString in UTF-8; nothing when it is not one, or not plain text.
std::optional<std::string> read_text(const DerElement& element) {
  std::string text;
  switch (element.tag) {
    case tag::kUtf8String:
    case tag::kPrintableString:
    case tag::kIa5String: text = as_text(element.content); break;
    case tag::kTeletexString:
      for (std::uint8_t octet : element.content) append_utf8(text, octet);  // Latin-1, as everyone writes it
      break;
    case tag::kBmpString:
      if (element.content.size() % 2 != 0) return std::nullopt;
      for (std::size_t i = 0; i < element.content.size(); i += 2)
        append_utf8(text, static_cast<unsigned>(element.content[i] << 8 | element.content[i + 1]));
      break;
    default: return std::nullopt;
  }
  if (!is_plain_text(text)) return std::nullopt;
  return text;
}

NamePart read_part(ByteView type, const DerElement& value) {
  const auto* known = std::ranges::find_if(kAttributes, [&](const Attribute& a) { return same(a.oid, type); });
  const std::optional<std::string> text = read_text(value);
  return {known == std::end(kAttributes) ? dotted(type) : std::string(known->type), text ? *text : "#" + to_hex(value.whole)};
}

}  // namespace

Result<Name> Name::make(std::vector<NamePart> parts) {
  DerWriter out;
  std::optional<Error> refusal;
  out.nest(tag::kSequence, [&] {
    for (const NamePart& part : parts) {
      const auto* attribute = std::ranges::find(kAttributes, std::string_view(part.type), &Attribute::type);
      if (attribute == std::end(kAttributes)) {
        refusal = Error{Code::invalid, "name.type", part.type};
        return;
      }
      const bool country = part.type == "C";
      if (part.value.empty() || !is_plain_text(part.value) || characters(part.value) > kUpperBound ||
          (country && !is_country(part.value))) {
        refusal = Error{Code::invalid, "name.value", part.type};
        return;
      }
      out.nest(tag::kSet, [&] {
        out.nest(tag::kSequence, [&] {
          out.oid(attribute->oid);
          out.primitive(country ? tag::kPrintableString : tag::kUtf8String, as_bytes(part.value));
        });
      });
    }
  });
  if (parts.empty()) return fail(Code::invalid, "name.value", "no parts");
  if (refusal) return std::unexpected<Error>(*refusal);
  return Name(std::move(parts), out.take());
}

Result<Name> Name::parse(ByteView der) {
  const auto malformed = [] { return fail(Code::invalid, "name.malformed"); };
  if (der.size() > kNameLimit || !is_der(der)) return malformed();
  std::vector<NamePart> parts;
  DerReader outer(der);
  DerReader rdns = outer.enter(tag::kSequence);
  while (!rdns.empty()) {
    DerReader rdn = rdns.enter(tag::kSet);
    if (rdn.empty()) return malformed();
    while (!rdn.empty()) {
      DerReader attribute = rdn.enter(tag::kSequence);
      const ByteView type = attribute.take(tag::kOid).content;
      const DerElement value = attribute.take_any();
      if (!attribute.done()) return malformed();
      parts.push_back(read_part(type, value));
    }
  }
  if (!rdns.done() || !outer.done()) return malformed();
  return Name(std::move(parts), to_bytes(der));
}

std::string Name::find(std::string_view type) const {
  const auto part = std::ranges::find(parts_, type, &NamePart::type);
  return part == parts_.end() ? std::string() : part->value;
}

std::string Name::to_text() const {
  std::string out;
  for (const NamePart& part : parts_) out += fmt::format("{}{}={}", out.empty() ? "" : ", ", part.type, part.value);
  return out;
}

}  // namespace inkan::pki
