#pragma once

#include <optional>
#include <string>

#include "base/secret.hpp"
#include "net/http.hpp"

namespace inkan::wire {

/// Credentials is what HTTP Basic carried (RFC 7617).
struct Credentials {
  std::string login_id;
  Secret password;
};

/// parse_credentials reads the Authorization field; empty when there is none, or another scheme. Error: `credentials.malformed`
/// (twice there, not base64, no colon, not UTF-8).
Result<std::optional<Credentials>> parse_credentials(const net::Request& request);

/// PasswordAndCode is how simpleenroll carries a one-time code: the password, a space, the code. A password may hold spaces, a
/// code never does, so the last space separates.
struct PasswordAndCode {
  Secret password;
  Secret code;  ///< empty when there is no space
};
PasswordAndCode split_code(const Secret& typed);

}  // namespace inkan::wire
