#include "ca/signer_door.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/log.hpp"
#include "ca/authority.hpp"
#include "ca/signer_line.hpp"
#include "ca/signer_message.hpp"

namespace inkan::ca {
namespace {

constexpr std::size_t kMostLines = 64;

/// Answer gives what each verb of the port gives.
struct Answer {
  const Issuer& issuer;
  Result<Bytes> operator()(const SignOrder& order) const {
    return issuer.sign({.authority = order.authority, .tbs = order.tbs, .tbs_hash = sha256(order.tbs)});
  }
  Result<Bytes> operator()(const CrlOrder& order) const { return issuer.make_crl(order); }
  Result<Bytes> operator()(const OcspOrder& order) const { return issuer.make_ocsp(order); }
  Result<Bytes> operator()(const HealthOrder&) const {
    if (auto healthy = issuer.health(); !healthy) return fail(healthy);
    return inkan::to_bytes(mark_of(issuer.authorities()).view());
  }
};

}  // namespace

Result<std::unique_ptr<SignerDoor>> SignerDoor::open(const Issuer& issuer, SignerDoorOptions options) {
  Result<Descriptor> socket = listen_at(options.socket, options.group);
  if (!socket) return fail(socket);
  return std::unique_ptr<SignerDoor>(new SignerDoor(issuer, std::move(options), std::move(*socket)));
}

SignerDoor::SignerDoor(const Issuer& issuer, SignerDoorOptions options, Descriptor socket)
    : issuer_(issuer), options_(std::move(options)), socket_(std::move(socket)), thread_([this] { accept_all(); }) {}

SignerDoor::~SignerDoor() {
  stopping_ = true;
  ::shutdown(socket_.get(), SHUT_RDWR);  // wakes accept
  thread_.join();
  for (Line& line : lines_) ::shutdown(line.socket.get(), SHUT_RD);  // a running answer still leaves
  for (Line& line : lines_) line.thread.join();
  ::unlink(options_.socket.c_str());
}

void SignerDoor::accept_all() {
  while (!stopping_) {
    Descriptor peer(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!peer.is_open()) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (!stopping_) log(LogLevel::error, "ca", "signer.accept", {{"errno", std::to_string(errno)}});
      if (stopping_ || (errno != EMFILE && errno != ENFILE)) return;
      clear_ended();
      continue;
    }
    clear_ended();
    const std::lock_guard lock(mutex_);
    if (lines_.size() >= kMostLines || !may_ask(peer)) continue;
    Line& line = lines_.emplace_back(std::move(peer));
    line.thread = std::thread([this, &line] { answer_all(line); });
  }
}

bool SignerDoor::may_ask(const Descriptor& line) const {
  ucred peer{};
  socklen_t size = sizeof peer;
  const bool known = ::getsockopt(line.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
                     std::ranges::find(options_.clients, peer.uid) != options_.clients.end();
  if (!known) log(LogLevel::warning, "ca", "signer.stranger", {{"uid", std::to_string(peer.uid)}});
  return known;
}

void SignerDoor::clear_ended() {
  const std::lock_guard lock(mutex_);
  std::erase_if(lines_, [](Line& line) {
    if (!line.ended) return false;
    line.thread.join();
    return true;
  });
}

void SignerDoor::answer_all(Line& line) {
  while (true) {
    const Result<Bytes> message = receive_message(line.socket, longest_order);
    if (!message && message.error().id == "signer.line") break;
    const Result<SignerOrder> order = message ? parse_signer_order(*message) : fail(message);
    const Result<Bytes> result = order ? std::visit(Answer{issuer_}, *order) : fail(order);
    // What could not be understood ends the line: nobody knows where the next message would begin.
    if (!send_message(line.socket, to_answer(result)) || !order) break;
  }
  line.ended = true;
  ::shutdown(line.socket.get(), SHUT_RDWR);
}

}  // namespace inkan::ca
