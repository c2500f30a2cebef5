#pragma once

#include <functional>
#include <map>
#include <optional>

#include "app/enrolment.hpp"
#include "pki/csr.hpp"
#include "support/held_ceremony.hpp"

/// The other end for tests of the customer's program.
namespace inkan::app {

inline Instant at(const char* text) { return *parse_rfc3339(text); }

/// One bank's CA, held for all tests: its keys take a moment.
inline HeldCeremony& ceremony() {
  static HeldCeremony held(pki::KeyAlgorithm::p256, at("2025-01-01T00:00:00+09:00"));
  return held;
}

/// certify is the bank's certificate for a key; it lives a year and ends with the second before `expires`.
inline pki::Certificate certify(const pki::PublicKey& key, const char* expires, const std::string& login_id = "keiri01") {
  ca::CertificateOrder order = ceremony().order(key);
  order.subject = pki::Name::make({{"O", "試験銀行"}, {"CN", login_id}}).value();
  order.not_after = at(expires) - std::chrono::seconds{1};
  order.not_before = order.not_after - std::chrono::days{365};
  const auto prepared = ceremony().issuer().prepare(order);
  check(prepared.has_value(), "prepare");
  return pki::Certificate::parse(ceremony().issuer().sign(*prepared).value()).value();
}

/// kYes is a person who agrees to all, and whose login password is "login".
inline const Questions kYes{.password = [] { return Result<Secret>(Secret("login")); },
                            .agree = [](const Listed&, const Taken*) { return true; }};

/// FakeBank issues as the real one does: one certificate for one key, however often it is asked.
class FakeBank : public Bank {
 public:
  const Discovery& discovery() const override { return discovery_; }
  Result<std::vector<pki::Certificate>> authorities() override {
    return std::vector{ceremony().authority().root, ceremony().authority().certificate};
  }
  Result<pki::KeyAlgorithm> wanted_key() override { return pki::KeyAlgorithm::p256; }
  Result<pki::Certificate> issue(const Proof& proof, const Identity*, ByteView request) override {
    if (proof.code.reveal() != "right") return fail(Code::unauthenticated, "acquisition.refused");
    return answer(request, proof.login_id);
  }
  Result<pki::Certificate> renew(const Identity& present, const Secret* password, const std::string& transaction,
                                 ByteView request) override {
    renewed_under = transaction;
    if (discovery_.asks_password && (!password || password->reveal() != "login"))
      return fail(Code::unauthenticated, "login.password");
    return answer(request, present.certificate.subject().find("CN"));
  }
  Result<Taken> take_over(const Identity& present, const std::string& transaction) override {
    if (handed_refusal) return std::unexpected<Error>(*handed_refusal);
    if (present.certificate.subject().find("CN") != handed.login_id) return fail(Code::refused, "transaction.foreign");
    Taken taken = handed;
    taken.transaction = transaction;
    taken_over = transaction;
    return taken;
  }
  Result<void> look(const Identity&) override { return revoked ? fail(Code::refused, "certificate.revoked") : Result<void>(); }
  Result<void> try_out(const Identity& fresh) override {
    if (trial_fails) return fail(Code::unavailable, "net.timeout");
    used = fresh.certificate.fingerprint();
    return {};
  }

  std::map<Digest, pki::Certificate> issued;  // by key
  std::optional<Digest> used;
  int lost_answers = 0;
  bool trial_fails = false;
  bool revoked = false;
  bool sends_another = false;
  std::optional<Error> refusal;
  std::optional<Error> handed_refusal;
  std::string taken_over;
  std::string renewed_under;
  /// handed is what the page began.
  Taken handed{.transaction = {},
               .short_form = false,
               .asks = {Question::key, Question::request},
               .login_id = "keiri01",
               .new_expiry = *parse_day("2027-11-10")};
  std::function<void()> meanwhile = [] {};  ///< what happens while it is asked for a certificate
  Discovery discovery_{.institution = "d1",
                       .name = "サンプル銀行",
                       .portal = "https://d1.test",
                       .est = "https://est.test",
                       .self_test = "https://est.test/self-test",
                       .zone = *Zone::find("Asia/Tokyo"),
                       .now = at("2026-11-10T10:00:00+09:00"),
                       .window_days = 30,
                       .asks_password = false};

 private:
  Result<pki::Certificate> answer(ByteView request, const std::string& login_id) {
    meanwhile();
    if (refusal) return std::unexpected<Error>(*refusal);
    const auto csr = pki::Csr::parse(request);
    if (!csr) return fail(csr);
    const auto [found, fresh] = issued.try_emplace(csr->key().hash(), certify(csr->key(), "2027-11-11T00:00:00+09:00", login_id));
    if (lost_answers > 0) {
      --lost_answers;
      return fail(Code::unavailable, "net.timeout");
    }
    if (sends_another) return certify(pki::PrivateKey::make(pki::KeyAlgorithm::p256)->public_key(), "2027-11-11T00:00:00+09:00");
    return found->second;
  }
};

}  // namespace inkan::app
