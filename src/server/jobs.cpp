#include "server/jobs.hpp"

#include "base/log.hpp"
#include "ca/responder.hpp"
#include "lifecycle/ended_authorities.hpp"
#include "lifecycle/issuance.hpp"

namespace inkan::server {
namespace {

constexpr std::chrono::seconds kLook{1};
/// kLeftBehind is the age at which a reservation counts as left behind by a process that died (I3: closed within 60 seconds).
constexpr std::chrono::seconds kLeftBehind{45};
constexpr std::chrono::minutes kClearEvery{10};
constexpr std::chrono::minutes kChoresEvery{1};
constexpr int kEndedAtOnce = 500;             // certificates of a revoked CA whose records follow in one round
constexpr std::chrono::hours kEndedEvery{1};  // a node that has not started again may still sign by a CA that was revoked

void log_failure(const char* event, const Error& error) {
  log(LogLevel::error, "server", event, {{"id", error.id}, {"detail", error.detail}});
}

}  // namespace

Jobs::Jobs(Bank& bank, std::unique_ptr<mail::Postman> postman, std::optional<mail::BounceBox> bounces)
    : bank_(bank),
      postman_(std::move(postman)),
      bounces_(std::move(bounces)),
      anchor_(bank.store(), bank.config().ca_folder, bank.config().audit.heads, bank.config().audit.every) {}

Jobs::~Jobs() { stop(); }

void Jobs::start() {
  thread_ = std::thread([this] { repeat(&Jobs::run_others); });
  status_thread_ = std::thread([this] { repeat(&Jobs::run_status); });
}

void Jobs::repeat(void (Jobs::*job)()) {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    (this->*job)();
    lock.lock();
    wake_.wait_for(lock, kLook, [this] { return stopping_; });
  }
}

void Jobs::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (status_thread_.joinable()) status_thread_.join();
  if (!thread_.joinable()) return;
  thread_.join();
  anchor_.run(bank_.clock().now());
}

void Jobs::run_due() {
  const std::lock_guard lock(running_);
  run_short();
  run_status();  // before the long ones: without a current list we are not ready
  run_long();
}

void Jobs::run_others() {
  const std::lock_guard lock(running_);
  run_short();
  run_long();
}

void Jobs::run_short() {
  run_recovery();
  run_chores();
}

void Jobs::run_long() {
  run_ended();
  run_notices();
  run_codes();
  run_bounces();
  run_post();
  anchor_.run_due(bank_.clock().now());
}

Result<void> Jobs::recover() {
  const auto closed = lifecycle::close_unfinished(bank_.services(), bank_.clock().now() + std::chrono::seconds{1});
  if (!closed) return fail(closed);
  if (*closed > 0) log(LogLevel::warning, "server", "recovery.abandoned", {{"count", std::to_string(*closed)}});
  return {};
}

void Jobs::run_recovery() {
  const Instant now = bank_.clock().now();
  const auto closed = lifecycle::close_unfinished(bank_.services(), now - kLeftBehind);
  if (!closed) log_failure("recovery.failed", closed.error());
  if (now < next_clearing_) return;
  next_clearing_ = now + kClearEvery;
  const auto cleared = bank_.store().transact([&](lifecycle::Writer& writer) { return writer.remove_sessions_before(now); });
  if (!cleared) log_failure("sessions.failed", cleared.error());
  if (const auto renewed = ca::renew_responders(bank_.issuer(), now); !renewed) log_failure("responder.failed", renewed.error());
  if (const auto forgotten = bank_.login().gate().forget(); !forgotten) log_failure("tries.failed", forgotten.error());
}

/// run_ended comes before the notices: nobody is reminded to renew what is over.
void Jobs::run_ended() {
  const Instant now = bank_.clock().now();
  if (now < next_ended_) return;
  const auto ended = lifecycle::retire_ended(bank_.services(), kEndedAtOnce);
  if (!ended) return log_failure("authority.failed", ended.error());
  if (*ended > 0) log(LogLevel::info, "server", "authority.ended", {{"certificates", std::to_string(*ended)}});
  some_ended_ = some_ended_ || *ended > 0;
  if (*ended >= kEndedAtOnce) return;  // the rest in the next round
  next_ended_ = now + kEndedEvery;
  if (!some_ended_) return;
  some_ended_ = false;
  // Their dates are the CA's, in the past: no list looks that far back for what it lacks.
  for (const ca::Authority& authority : bank_.issuer().authorities())
    if (authority.revoked)
      if (auto published = bank_.status().publish_crl(authority.id); !published) log_failure("crl.failed", published.error());
}

/// run_chores goes by the machine's own time: files are none of a demo's clock's business.
void Jobs::run_chores() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_chores_) return;
  next_chores_ = now + kChoresEvery;
  for (const auto& chore : chores_) chore();
}

void Jobs::run_notices() {
  for (const lifecycle::Institution& institution : bank_.institutions().all()) {
    const auto day = bank_.notices().catch_up(institution);
    if (!day) {
      log_failure("notices.failed", day.error());
    } else if (day->decided > 0) {
      log(LogLevel::info, "server", "notices.decided",
          {{"institution", institution.id},
           {"notices", std::to_string(day->decided)},
           {"letters", std::to_string(day->letters)}});
    }
  }
}

void Jobs::run_post() {
  if (!postman_) return;
  if (const auto carried = postman_->carry(); !carried) log_failure("mail.failed", carried.error());
}

void Jobs::run_codes() {
  if (const auto sent = bank_.recovery().send_codes(); !sent) log_failure("codes.failed", sent.error());
}

void Jobs::run_bounces() {
  if (!bounces_) return;
  const auto reports = bounces_->collect();
  if (!reports) return log_failure("bounces.failed", reports.error());
  for (const mail::BounceBox::Report& report : *reports) {
    bool recorded = true;
    for (const mail::Bounce& bounce : report.bounces) {
      const auto kept = bank_.contacts().record_bounce({.letter = bounce.letter,
                                                        .recipient = bounce.recipient,
                                                        .hard = bounce.kind == mail::BounceKind::hard,
                                                        .status = bounce.status,
                                                        .text = bounce.text});
      if (kept || kept.error().code == Code::not_found) continue;  // about a letter that is no longer on record
      log_failure("bounces.failed", kept.error());
      recorded = false;
    }
    if (!recorded) continue;  // tried again in the next round
    if (const auto settled = bounces_->settle(report); !settled) log_failure("bounces.failed", settled.error());
  }
}

void Jobs::run_status() {
  if (const auto published = bank_.status().publish_due(); !published) log_failure("crl.failed", published.error());
}

}  // namespace inkan::server
