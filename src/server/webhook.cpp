#include "server/webhook.hpp"

#include "base/log.hpp"
#include "lifecycle/events.hpp"
#include "lifecycle/read_from.hpp"
#include "pki/hmac.hpp"
#include "wire/delivery.hpp"

namespace inkan::server {
namespace {

constexpr int kPage = 100;
constexpr std::size_t kSecretFrom = 16;
constexpr const char* kAction = "webhook.told";

std::string subject_of(const WebhookFile& file) { return "webhook " + file.name; }

}  // namespace

Result<std::unique_ptr<Webhook>> Webhook::make(const lifecycle::Services& services, const WebhookFile& file) {
  if (!services.institutions.find(file.institution))
    return fail(Code::invalid, "config.value", "webhook " + file.name + ": no such institution");
  auto secret = read_secret(file.secret_file);
  if (!secret) return fail(secret);
  if (secret->size() < kSecretFrom)
    return fail(Code::invalid, "config.secret", file.secret_file.string() + ": under 16 characters");
  auto client = make_caller_client(file.trust);
  if (!client) return fail(client);
  return std::unique_ptr<Webhook>(new Webhook(services, file, Secret(std::move(*secret)), std::move(*client)));
}

Webhook::Webhook(const lifecycle::Services& services, WebhookFile file, Secret secret, net::Client client)
    : services_(services),
      file_(std::move(file)),
      secret_(std::move(secret)),
      client_(std::move(client)),
      caller_(
          [this] { return deliver(); },
          [this](const Error& error, std::chrono::seconds again) {
            log(LogLevel::warning, "server", "webhook.failed",
                {{"webhook", file_.name}, {"id", error.id}, {"detail", error.detail}, {"again", std::to_string(again.count())}});
          }) {}

Result<int> Webhook::deliver() {
  if (!placed_)
    if (auto found = find_place(); !found) return fail(found);
  const auto page = lifecycle::read_from(services_.store, [&](lifecycle::Reader& reader) {
    return lifecycle::read_events(reader, file_.institution, place_, kPage);
  });
  if (!page) return fail(page);
  if (!page->events.empty()) {
    const auto institution = services_.institutions.find(file_.institution);
    if (!institution) return fail(institution);
    if (auto sent = send(wire::write_delivery(**institution, *page)); !sent) return fail(sent);
    if (auto kept = keep_place(page->next, page->events.size()); !kept) return fail(kept);
  }
  place_ = page->next;
  return static_cast<int>(page->events.size());
}

Result<void> Webhook::find_place() {
  const auto records = lifecycle::read_from(
      services_.store, [&](lifecycle::Reader& reader) { return reader.audit_of(file_.institution, subject_of(file_), 1); });
  if (!records) return fail(records);
  if (!records->empty()) {
    const auto& detail = records->front().entry.detail;
    const auto next = detail.find("next");
    if (next == detail.end()) return fail(Code::corrupt, "store.corrupt", subject_of(file_));
    place_ = next->second;
  } else {
    const auto last =
        lifecycle::read_from(services_.store, [](lifecycle::Reader& reader) { return lifecycle::last_cursor(reader); });
    if (!last) return fail(last);
    if (auto kept = keep_place(*last, 0); !kept) return kept;
    place_ = *last;
  }
  placed_ = true;
  return {};
}

Result<void> Webhook::keep_place(const std::string& next, std::size_t events) {
  return services_.store.transact([&](lifecycle::Writer& writer) -> Result<void> {
    writer.audit({.at = services_.clock.now(),
                  .actor = "job webhook",
                  .action = kAction,
                  .institution = file_.institution,
                  .subject = subject_of(file_),
                  .detail = {{"next", next}, {"events", std::to_string(events)}}});
    return {};
  });
}

Result<void> Webhook::send(const std::string& body) {
  const std::string at = std::to_string(to_epoch(services_.clock.now()));
  const Digest mark = pki::hmac_sha256(secret_, as_bytes(at + "." + body));
  const net::Call call{.method = "POST",
                       .url = file_.url,
                       .headers = {{"Content-Type", "application/json"},
                                   {"Inkan-Webhook", file_.name},
                                   {"Inkan-Signature", "t=" + at + ",v1=" + mark.hex()}},
                       .body = body};
  const auto response = client_.send(call);
  if (!response) return fail(response);
  if (response->status < 200 || response->status > 299)
    return fail(Code::unavailable, "webhook.status", std::to_string(response->status));
  return {};
}

}  // namespace inkan::server
