#pragma once

#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace inkan::pki {

/// NamePart is one attribute of a distinguished name: type "C", "O", "OU" or "CN", value in UTF-8. A name read from elsewhere may
/// also bear other types, as dotted numbers; a value that is not plain text is shown as RFC 4514 does, "#" and the DER in hex.
struct NamePart {
  std::string type;
  std::string value;
  bool operator==(const NamePart&) const = default;
};

/// Name is an X.501 distinguished name (RFC 5280 4.1.2.4): one attribute per RDN, UTF8String (PrintableString for C).
class Name {
 public:
  /// make refuses values that are empty, over X.520's upper bounds (64 characters; C: 2 letters), or not plain text.
  /// Errors: `name.value`, `name.type`.
  static Result<Name> make(std::vector<NamePart> parts);
  /// parse reads DER as found in a certificate, at most 4 KiB. Error: `name.malformed`.
  static Result<Name> parse(ByteView der);

  const Bytes& der() const { return der_; }
  const std::vector<NamePart>& parts() const { return parts_; }
  /// find is the first value of a type, or an empty string.
  std::string find(std::string_view type) const;
  /// to_text writes "O=…, OU=…, CN=…" for people.
  std::string to_text() const;

 private:
  Name(std::vector<NamePart> parts, Bytes der) : parts_(std::move(parts)), der_(std::move(der)) {}
  std::vector<NamePart> parts_;
  Bytes der_;
};

}  // namespace inkan::pki
