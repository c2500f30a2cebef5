#pragma once

#include <memory>
#include <optional>

#include "mail/bounce_box.hpp"
#include "mail/postman.hpp"
#include "server/bank.hpp"

namespace inkan::server {

/// make_postman builds the carrier of a configured relay, with what letters are signed with; null when none is configured.
/// Errors: `config.secret`, `config.not_found`, `mail.*`, `mail_signer.*`.
Result<std::unique_ptr<mail::Postman>> make_postman(Bank& bank);

/// open_bounce_box opens the folder that bounces are delivered to; none when none is configured. Errors: `config.secret`,
/// `mail.*`.
Result<std::optional<mail::BounceBox>> open_bounce_box(const Config& config);

}  // namespace inkan::server
