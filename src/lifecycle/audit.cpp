#include "lifecycle/audit.hpp"

#include <fmt/format.h>

namespace inkan::lifecycle {
namespace {

void append(std::string& out, std::string_view value) { out += fmt::format("{}:{};", value.size(), value); }

}  // namespace

AuditEntry entry_for(const HolderId& subject, Instant at, std::string actor, std::string action) {
  return {.at = at,
          .actor = std::move(actor),
          .action = std::move(action),
          .institution = subject.institution,
          .subject = subject.login_id,
          .detail = {}};
}

std::string to_canonical(const std::string& node, long long sequence, const AuditEntry& entry) {
  std::string out;
  append(out, node);
  append(out, std::to_string(sequence));
  append(out, std::to_string(to_epoch(entry.at)));
  append(out, entry.actor);
  append(out, entry.action);
  append(out, entry.institution);
  append(out, entry.subject);
  for (const auto& [key, value] : entry.detail) {
    append(out, key);
    append(out, value);
  }
  return out;
}

Digest chain(const Digest& previous, const std::string& canonical) {
  Bytes both(previous.bytes.begin(), previous.bytes.end());
  both.insert(both.end(), canonical.begin(), canonical.end());
  return sha256(both);
}

}  // namespace inkan::lifecycle
