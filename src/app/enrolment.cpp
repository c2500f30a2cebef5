#include "app/enrolment.hpp"

#include <algorithm>

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

const pki::Certificate* issuer_of(const pki::Certificate& certificate, const std::vector<pki::Certificate>& authorities) {
  const auto found = std::ranges::find_if(authorities, [&](const pki::Certificate& authority) {
    return authority.subject().der() == certificate.issuer().der() && certificate.verify_by(authority);
  });
  return found == authorities.end() ? nullptr : &*found;
}

/// take_pending goes on with the key that is kept for this purpose, or makes one and keeps it before anything is sent.
Result<Pending> take_pending(P12Store& store, const std::string& purpose, const std::function<Result<pki::KeyAlgorithm>()>& kind,
                             const pki::Name& subject) {
  auto kept = store.load_pending();
  if (!kept) return fail(kept);
  if (*kept) {
    if ((*kept)->purpose != purpose) return fail(Code::conflict, "pending.other_certificate", store.path().string() + ".pending");
    return std::move(**kept);
  }
  const auto algorithm = kind();
  if (!algorithm) return fail(algorithm);
  auto key = pki::PrivateKey::make(*algorithm);
  if (!key) return fail(key);
  auto request = pki::Csr::make(*key, subject);
  if (!request) return fail(request);
  Pending made{purpose, std::move(*key), request->der()};
  if (auto written = store.keep_pending(made); !written) return fail(written);
  return made;
}

/// settle_refusal forgets the key of a request that was finally refused, so that the next try starts afresh.
std::unexpected<Error> settle_refusal(P12Store& store, const Error& error) {
  if (is_final(error))
    if (auto dropped = store.drop_pending(); !dropped) return fail(dropped);
  return std::unexpected<Error>(error);
}

/// save_issued checks what the bank sent and puts it into the file.
Result<void> save_issued(P12Store& store, const Pending& pending, const pki::Certificate& certificate,
                         const std::vector<pki::Certificate>& authorities, const Progress& progress) {
  const pki::Certificate* issuer = issuer_of(certificate, authorities);
  if (!issuer || certificate.spki() != pending.key.public_key().der())
    return fail(Code::unavailable, "bank.malformed", "the certificate is not of the bank's CA for our key");
  progress(Step::issued);
  if (auto saved = store.save(pending.key, certificate, {*issuer}); !saved) return saved;
  if (auto dropped = store.drop_pending(); !dropped) return dropped;
  progress(Step::saved);
  return {};
}

/// try_out uses the certificate that is in the file now; only then does the file before it go.
Result<Outcome> try_out(Bank& bank, P12Store& store, const std::vector<pki::Certificate>& authorities, const Progress& progress) {
  const auto present = store.load();
  if (!present) return fail(present);
  Outcome outcome{.certificate = list_certificate(present->certificate, bank.discovery(), authorities)};
  if (const auto used = bank.try_out(*present); !used) {
    outcome.kind = Outcome::Kind::saved_not_used;
    outcome.trial = used.error();
    return outcome;
  }
  progress(Step::used);
  if (auto dropped = store.drop_old(); !dropped) return fail(dropped);
  return outcome;
}

/// is_saved tells that an earlier run got as far as the file: the kept key is the file's own.
bool is_saved(const std::optional<Pending>& kept, const pki::Certificate& present) {
  return kept && kept->key.public_key().der() == present.spki();
}

}  // namespace

Result<Outcome> renew(Bank& bank, P12Store& store, const AskPassword& ask_password, const Agree& agree,
                      const Progress& progress) {
  const auto present = store.load();
  if (!present) return fail(present);
  const auto kept = store.load_pending();
  if (!kept) return fail(kept);
  const auto authorities = bank.authorities();
  if (!authorities) return fail(authorities);

  bool fresh = !*kept;
  if (is_saved(*kept, present->certificate) || (!*kept && store.has_old())) {
    // An earlier run saved the file and was cut off before the trial login. A FILE.old that is older than that stops nothing.
    if (auto dropped = store.drop_pending(); !dropped) return fail(dropped);
    auto outcome = try_out(bank, store, *authorities, progress);
    if (!outcome || outcome->kind != Outcome::Kind::done || outcome->certificate.renewable != Renewable::yes) return outcome;
    fresh = true;
  }
  const auto looked = fresh ? look_at(bank, *present, *authorities)
                            : Result<Listed>(list_certificate(present->certificate, bank.discovery(), *authorities));
  if (!looked) return fail(looked);
  const Listed& listed = *looked;
  const std::string purpose = "renew " + present->certificate.fingerprint().hex();
  if (listed.refusal) return std::unexpected<Error>(*listed.refusal);
  if (listed.renewable == Renewable::other_bank) return fail(Code::refused, "certificate.other_bank");
  if (fresh) {
    if (listed.renewable == Renewable::not_yet) return Outcome{.kind = Outcome::Kind::nothing_to_do, .certificate = listed};
    if (listed.renewable == Renewable::expired) return fail(Code::refused, "certificate.expired");
    if (!agree(listed)) return fail(Code::refused, "renewal.declined");
  }
  std::optional<Secret> password;
  if (bank.discovery().asks_password) {
    auto typed = ask_password();
    if (!typed) return fail(typed);
    password = std::move(*typed);
  }
  const auto same_kind = [&]() -> Result<pki::KeyAlgorithm> {
    const auto key = pki::PublicKey::parse(present->certificate.spki());
    if (!key) return fail(key);
    return key->algorithm();
  };
  const auto pending = take_pending(store, purpose, same_kind, present->certificate.subject());
  if (!pending) return fail(pending);
  progress(Step::key);
  const auto certificate = bank.renew(*present, password ? &*password : nullptr, pending->request);
  if (!certificate) {
    const Error& error = certificate.error();
    if (error.id == "renewal.not_yet") {
      if (auto dropped = store.drop_pending(); !dropped) return fail(dropped);
      return Outcome{.kind = Outcome::Kind::nothing_to_do, .certificate = listed};
    }
    return settle_refusal(store, error);
  }
  if (auto saved = save_issued(store, *pending, *certificate, *authorities, progress); !saved) return fail(saved);
  return try_out(bank, store, *authorities, progress);
}

Result<Outcome> issue(Bank& bank, P12Store& store, const Proof& proof, const Progress& progress) {
  const auto authorities = bank.authorities();
  if (!authorities) return fail(authorities);
  const std::string purpose = "issue " + proof.login_id;
  std::optional<pki::Pkcs12> old;
  if (store.exists()) {
    auto present = store.load();  // a wrong password for the file must show before the code is used up
    if (!present) return fail(present);
    const auto kept = store.load_pending();
    if (!kept) return fail(kept);
    if (is_saved(*kept, present->certificate)) {
      if (auto dropped = store.drop_pending(); !dropped) return fail(dropped);
      return try_out(bank, store, *authorities, progress);
    }
    if (issuer_of(present->certificate, *authorities)) old = std::move(*present);
  }
  const auto name = pki::Name::make({{"CN", proof.login_id}});
  if (!name) return fail(name);
  const auto pending = take_pending(store, purpose, [&] { return bank.wanted_key(); }, *name);
  if (!pending) return fail(pending);
  progress(Step::key);
  const auto certificate = bank.issue(proof, old ? &*old : nullptr, pending->request);
  if (!certificate) return settle_refusal(store, certificate.error());
  if (auto saved = save_issued(store, *pending, *certificate, *authorities, progress); !saved) return fail(saved);
  return try_out(bank, store, *authorities, progress);
}

}  // namespace inkan::app
