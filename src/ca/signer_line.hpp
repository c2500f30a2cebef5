#pragma once

#include <filesystem>
#include <functional>

#include "base/bytes.hpp"
#include "base/file.hpp"

/// Private to ca: the Unix socket between server and signer. A message is its length in four octets, then itself.
namespace inkan::ca {

/// listen_at opens a socket that only its owner may use; with a group, the group too. What a dead process left there is taken
/// away. Errors: `signer.socket` (the path is too long, or cannot be had), `signer.running` (somebody answers there).
Result<Descriptor> listen_at(const std::filesystem::path& path, const std::string& group);

/// connect_to reaches a signer. Error: `issuer.unavailable`.
Result<Descriptor> connect_to(const std::filesystem::path& path);

/// send_message and receive_message carry one message. `longest` judges a message by its first octet before room is made for it.
/// Errors: `signer.line` (closed, or silent for longer than `patience`), `signer.malformed` (too long).
using Longest = std::function<std::size_t(std::uint8_t first)>;
Result<void> send_message(const Descriptor& line, ByteView message);
Result<Bytes> receive_message(const Descriptor& line, const Longest& longest);

/// set_patience bounds each wait for the other side's next octets.
void set_patience(const Descriptor& line, int seconds);

/// is_quiet tells that the other side neither closed nor said anything unasked: the line may be used once more.
bool is_quiet(const Descriptor& line);

}  // namespace inkan::ca
