#pragma once

#include <optional>

#include "web/portal/authorization.hpp"
#include "web/portal/visit.hpp"

namespace inkan::web {

/// find_carried is the application's request that a login screen was come to with ("for" in its address), where it is good.
std::optional<Authorization> find_carried(const Visit& visit);

/// go_to_application is what follows a login that an application asked for: the way on to it. Where the certificate should be
/// renewed, the customer reads so first.
net::Response go_to_application(const Visit& visit, const Authorization& asked, const lifecycle::LoggedIn& who);

}  // namespace inkan::web
