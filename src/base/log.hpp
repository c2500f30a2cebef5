#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace inkan {

enum class LogLevel { debug, info, warning, error };

/// LogField is one key and value of a log line. Values never carry personal data, passwords, codes or keys.
using LogField = std::pair<std::string_view, std::string>;

/// log writes one JSON line to stderr: time, level, the room, a stable event id that docs/messages.md explains ("mail.refused"),
/// and fields. It is for operators; what the bank must be able to answer for goes to the audit trail instead.
void log(LogLevel level, std::string_view room, std::string_view event, std::initializer_list<LogField> fields = {});

/// set_log_level drops lines below `level` (default: info).
void set_log_level(LogLevel level);

}  // namespace inkan
