#include "server/anchor.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.hpp"
#include "ca/audit_key.hpp"
#include "lifecycle/read_from.hpp"

namespace inkan::server {
namespace {

void log_failure(const Error& error) {
  const bool is_expected = error.id == "audit.no_key" || error.id == "audit.not_as_signed";
  log(LogLevel::error, "server", is_expected ? error.id : "audit.not_anchored", {{"id", error.id}, {"detail", error.detail}});
}

}  // namespace

Anchor::Anchor(lifecycle::Store& store, std::filesystem::path ca_folder, std::filesystem::path heads, std::chrono::minutes every)
    : store_(store), ca_folder_(std::move(ca_folder)), heads_(std::move(heads)), every_(every) {}

void Anchor::run_due(Instant now) {
  if (now < next_ && next_ <= now + every_) return;  // a clock that was set back waits no longer than the others
  next_ = now + every_;
  run(now);
}

std::vector<SignedHead> Anchor::run(Instant now) {
  std::vector<SignedHead> signed_now;
  if (const auto opened = open(); !opened) {
    log_failure(opened.error());
    return signed_now;
  }
  const auto all = nodes();
  if (!all) {
    log_failure(all.error());
    return signed_now;
  }
  for (const std::string& node : *all) {
    auto head = sign(node, now);
    if (!head) {
      log_failure(head.error());
    } else if (*head) {
      log(LogLevel::info, "server", "audit.anchored",
          {{"node", node}, {"size", std::to_string((*head)->tree.size)}, {"root", (*head)->tree.root.hex()}});
      signed_now.push_back(std::move(**head));
    }
  }
  return signed_now;
}

Result<void> Anchor::open() {
  if (!key_) {
    auto key = ca::open_audit_key(ca_folder_);
    if (!key) return fail(key);
    key_ = std::move(*key);
  }
  if (writer_) return {};
  auto writer = HeadsWriter::open(heads_, key_->public_key());
  if (!writer) return fail(writer);
  writer_.emplace(std::move(*writer));
  return {};
}

/// nodes are those on record and those in the file: a node that was taken away with all that names it is missed.
Result<std::vector<std::string>> Anchor::nodes() {
  auto nodes = lifecycle::read_from(store_, [](lifecycle::Reader& reader) { return reader.audit_nodes(); });
  if (!nodes) return nodes;
  for (const auto& [node, head] : writer_->newest())
    if (std::ranges::find(*nodes, node) == nodes->end()) nodes->push_back(node);
  return nodes;
}

Result<std::optional<SignedHead>> Anchor::sign(const std::string& node, Instant now) {
  const auto grown = lifecycle::grow_tree(store_, node);
  if (!grown) return fail(grown);
  const auto last = writer_->newest().find(node);
  if (last != writer_->newest().end()) {
    const lifecycle::TreeHead& before = last->second.tree;
    if (before == *grown) return std::optional<SignedHead>();
    Result<Digest> then = Digest{};
    if (before.size <= grown->size) {
      then =
          lifecycle::read_from(store_, [&](lifecycle::Reader& reader) { return lifecycle::root_at(reader, node, before.size); });
      if (!then) return fail(then);
    }
    if (before.size > grown->size || *then != before.root)
      return fail(Code::corrupt, "audit.not_as_signed",
                  fmt::format("{}: {} records, a head was signed over {}", node, grown->size, before.size));
  }
  if (grown->size == 0) return std::optional<SignedHead>();
  auto head = writer_->append(*grown, now, *key_);
  if (!head) {
    writer_.reset();  // opened anew next time, whatever the file is like then
    return fail(head);
  }
  return std::optional(std::move(*head));
}

}  // namespace inkan::server
