#include "app/enrolment.hpp"

#include <algorithm>

#include "pki/csr.hpp"

namespace inkan::app {
namespace {

/// is_final tells a refusal that the same request will always meet, from one that a later try may not.
bool is_final(const Error& error) {
  switch (error.code) {
    case Code::refused:
    case Code::forbidden:
    case Code::not_found:
    case Code::conflict:
    case Code::invalid:
    case Code::expired:
    case Code::too_large: return !error.id.starts_with("net.");
    default: return false;
  }
}

/// Journey is what both go through once a certificate may be asked for.
class Journey {
 public:
  using Keep = std::function<bool()>;
  Journey(Bank& bank, KeyStore& store, std::vector<pki::Certificate> authorities, const Progress& progress, Keep keep)
      : bank_(bank), store_(store), authorities_(std::move(authorities)), progress_(progress), keep_(std::move(keep)) {}

  /// Ask sends a request (PKCS#10, DER) to the bank.
  using Ask = std::function<Result<pki::Certificate>(ByteView)>;
  using Algorithm = std::function<Result<pki::KeyAlgorithm>()>;

  const std::vector<pki::Certificate>& authorities() const { return authorities_; }

  /// find_unused is a certificate that an earlier run saved and did not get to use.
  Result<std::optional<pki::Certificate>> find_unused(const Choice& choice) const {
    const auto all = store_.certificates();
    if (!all) return fail(all);
    for (const pki::Certificate& certificate : *all) {
      if (!choice.fits(certificate)) continue;
      if (!is_open(list_certificate(certificate, bank_.discovery(), authorities_).renewable)) continue;
      const auto unused = store_.is_unused(certificate);
      if (!unused) return fail(unused);
      if (*unused) return certificate;
    }
    return std::nullopt;
  }

  /// try_out uses a saved certificate; only then does what it replaced go.
  Result<Outcome> try_out(const pki::Certificate& certificate) const {
    const auto identity = store_.open(certificate);
    if (!identity) return fail(identity);
    Outcome outcome{.certificate = list_certificate(certificate, bank_.discovery(), authorities_)};
    if (const auto used = bank_.try_out(*identity); !used) {
      if (auto reached = store_.reach(); !reached) return fail(reached);
      outcome.kind = Outcome::Kind::saved_not_used;
      outcome.trial = used.error();
      return outcome;
    }
    progress_(Step::used);
    if (auto marked = store_.mark_used(certificate); !marked) return fail(marked);
    return outcome;
  }

  /// enrol goes on with the key that waits for this purpose, or makes one before anything is sent; then asks, saves and tries
  /// out.
  Result<Outcome> enrol(const std::string& purpose, const Algorithm& algorithm, const pki::Name& subject, const Ask& ask) const {
    const auto pending = take_pending(purpose, algorithm);
    if (!pending) return fail(pending);
    progress_(Step::key);
    const auto request = pki::Csr::make(pending->key, subject);
    if (!request) return fail(request);
    const auto certificate = ask(request->der());
    if (!certificate) {
      if (auto reached = store_.reach(); !reached) return fail(reached);
      return settle_refusal(purpose, certificate.error());
    }
    if (auto saved = save(*pending, *certificate); !saved) return fail(saved);
    return try_out(*certificate);
  }

 private:
  Result<Pending> take_pending(const std::string& purpose, const Algorithm& algorithm) const {
    auto kept = store_.find_pending(purpose);
    if (!kept) return fail(kept);
    if (*kept) return std::move(**kept);
    const auto wanted = algorithm();
    if (!wanted) return fail(wanted);
    return store_.make_pending(purpose, *wanted);
  }

  /// settle_refusal forgets the key of a request that was finally refused, so that the next try starts afresh.
  std::unexpected<Error> settle_refusal(const std::string& purpose, const Error& error) const {
    if (is_final(error))
      if (auto dropped = store_.drop_pending(purpose); !dropped) return fail(dropped);
    return std::unexpected<Error>(error);
  }

  /// save checks what the bank sent and puts it beside its key.
  Result<void> save(const Pending& pending, const pki::Certificate& certificate) const {
    const pki::Certificate* issuer = issuer_of(certificate, authorities_);
    if (!issuer || certificate.spki() != pending.key.public_key().der())
      return fail(Code::unavailable, "bank.malformed", "the certificate is not of the bank's CA for our key");
    progress_(Step::issued);
    if (keep_ && !keep_()) return fail(Code::refused, "renewal.not_kept");
    const Discovery& bank = bank_.discovery();
    const std::string name = bank.name + " " + certificate.subject().find("CN") + " " +
                             to_japanese(bank.zone.day_of(certificate.not_after())) + "まで";
    if (auto saved = store_.save(pending, certificate, {*issuer}, name); !saved) return saved;
    progress_(Step::saved);
    return {};
  }

  Bank& bank_;
  KeyStore& store_;
  std::vector<pki::Certificate> authorities_;
  const Progress& progress_;
  Keep keep_;
};

/// find_started is the certificate whose renewal was begun, where there is exactly one.
Result<std::optional<pki::Certificate>> find_started(KeyStore& store, const Choice& choice) {
  const auto all = store.certificates();
  if (!all) return fail(all);
  std::vector<pki::Certificate> started;
  for (const pki::Certificate& certificate : *all) {
    if (!choice.fits(certificate)) continue;
    const auto kept = store.find_pending(renewal_of(certificate.fingerprint()));
    if (!kept) return fail(kept);
    if (*kept) started.push_back(certificate);
  }
  if (started.size() != 1) return std::nullopt;
  return std::move(started.front());
}

/// Handed is the certificate for which the bank handed a transaction over.
struct Handed {
  Candidate candidate;
  Taken taken;
};

/// take_over asks the bank with each certificate that might be meant: only it knows whose renewal the link names.
Result<Handed> take_over(Bank& bank, KeyStore& store, const std::vector<Candidate>& candidates, const std::string& transaction) {
  std::unexpected<Error> refused = fail(Code::not_found, "certificate.not_here");
  for (const Candidate& candidate : candidates) {
    if (candidate.listed.renewable == Renewable::other_bank) continue;
    if (candidate.listed.refusal) {
      refused = std::unexpected<Error>(*candidate.listed.refusal);
      continue;
    }
    const auto present = store.open(candidate.certificate);
    if (!present) return fail(present);
    auto taken = bank.take_over(*present, transaction);
    if (taken) return Handed{candidate, std::move(*taken)};
    refused = fail(taken);
    if (taken.error().id != "transaction.foreign") break;
  }
  return refused;
}

/// judge_candidate says why a certificate without a transaction cannot be renewed.
Result<void> judge_candidate(const Listed& listed) {
  if (listed.refusal) return std::unexpected<Error>(*listed.refusal);
  if (listed.renewable == Renewable::other_bank) return fail(Code::refused, "certificate.other_bank");
  return {};
}

}  // namespace

Result<Outcome> renew(Bank& bank, KeyStore& store, const Choice& choice, const Questions& ask, const Progress& progress,
                      const std::string& transaction) {
  auto authorities = bank.authorities();
  if (!authorities) return fail(authorities);
  const Journey journey(bank, store, std::move(*authorities), progress, ask.keep);

  const auto unused = journey.find_unused(choice);
  if (!unused) return fail(unused);
  if (*unused) {
    auto outcome = journey.try_out(**unused);
    if (!outcome || outcome->kind != Outcome::Kind::done || outcome->certificate.renewable != Renewable::yes) return outcome;
  }
  const auto started = find_started(store, choice);
  if (!started) return fail(started);
  auto candidates = *started ? Result<std::vector<Candidate>>(std::vector{
                                   Candidate{**started, list_certificate(**started, bank.discovery(), journey.authorities())}})
                             : list_store(store, choice, bank, journey.authorities());
  if (!candidates) return fail(candidates);
  std::optional<Taken> taken;
  if (!transaction.empty()) {
    auto handed = take_over(bank, store, *candidates, transaction);
    if (!handed) return fail(handed);
    taken = std::move(handed->taken);
    *candidates = std::vector{std::move(handed->candidate)};
  }
  const auto chosen = choose_renewable(std::move(*candidates));
  if (!chosen) return fail(chosen);
  const auto& [certificate, listed] = *chosen;
  if (const auto stands = judge_candidate(listed); !stands) return fail(stands);
  if (!*started) {
    if (listed.renewable == Renewable::not_yet) return Outcome{.kind = Outcome::Kind::nothing_to_do, .certificate = listed};
    if (listed.renewable == Renewable::expired) return fail(Code::refused, "certificate.expired");
  }
  // Though a key waits, what a page hands over is asked for again, since another renewal may have begun; and whoever is to type
  // the password is told what for.
  const bool asks = taken || !*started || bank.discovery().asks_password;
  if (asks && !ask.agree(listed, taken ? &*taken : nullptr)) return fail(Code::refused, "renewal.declined");
  std::optional<Secret> password;
  if (bank.discovery().asks_password) {
    auto typed = ask.password();
    if (!typed) return fail(typed);
    password = std::move(*typed);
  }
  const auto present = store.open(certificate);
  if (!present) return fail(present);
  auto outcome = journey.enrol(
      renewal_of(certificate.fingerprint()), [&] { return Result<pki::KeyAlgorithm>(present->key.public_key().algorithm()); },
      certificate.subject(),
      [&](ByteView request) { return bank.renew(*present, password ? &*password : nullptr, transaction, request); });
  if (!outcome && outcome.error().id == "renewal.not_yet") {
    if (auto dropped = store.drop_pending(renewal_of(certificate.fingerprint())); !dropped) return fail(dropped);
    return Outcome{.kind = Outcome::Kind::nothing_to_do, .certificate = listed};
  }
  return outcome;
}

Result<Outcome> issue(Bank& bank, KeyStore& store, const Proof& proof, const Progress& progress) {
  auto authorities = bank.authorities();
  if (!authorities) return fail(authorities);
  const Journey journey(bank, store, std::move(*authorities), progress, {});
  const Choice own{.login_id = proof.login_id, .serial = {}};

  const auto unused = journey.find_unused(own);
  if (!unused) return fail(unused);
  if (*unused) return journey.try_out(**unused);

  const auto all = store.certificates();  // a wrong password for the store must show before the code is used up
  if (!all) return fail(all);
  std::optional<Identity> old;
  for (const pki::Certificate& certificate : *all) {
    if (!own.fits(certificate) || !issuer_of(certificate, journey.authorities())) continue;
    auto opened = store.open(certificate);
    if (!opened) return fail(opened);
    old = std::move(*opened);  // in the order of expiry: the last one stays
  }
  const auto name = pki::Name::make({{"CN", proof.login_id}});
  if (!name) return fail(name);
  return journey.enrol(
      "issue " + proof.login_id, [&] { return bank.wanted_key(); }, *name,
      [&](ByteView request) { return bank.issue(proof, old ? &*old : nullptr, request); });
}

}  // namespace inkan::app
