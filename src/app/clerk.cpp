#include "app/clerk.hpp"

namespace inkan::app {
namespace {

constexpr int kKeptDays = 90;  // O30; some banks take an expired one in place of a code until then

}  // namespace

Result<KeyStore*> Clerk::store_of(const KnownBank& bank, Person& person, bool make) {
  const auto open = stores_.find(bank.store);
  if (open != stores_.end()) return open->second.get();
  const auto place = parse_place(bank.store);
  if (!place) return fail(place);
  // One token of a library at a time (pki/token.hpp), and NSS is one too.
  if (place->kind != Place::Kind::p12) std::erase_if(stores_, [](const auto& one) { return !one.first.starts_with("p12:"); });
  auto store = open_place(*place, disk_, [&](const SecretQuestion& question) { return person.unlock(question); }, make);
  if (!store) return fail(store);
  if (const auto opens = (*store)->certificates(); !opens) return fail(opens);  // a wrong password is asked again, not kept
  return stores_.emplace(bank.store, std::move(*store)).first->second.get();
}

Result<std::unique_ptr<Bank>> Clerk::bank_of(const KnownBank& bank) const {
  auto opened = open_(bank.portal, bank.trust_pem);
  if (!opened) return opened;
  const bool itself = bank.institution.empty() || (*opened)->discovery().institution == bank.institution;
  if (!itself) return fail(Code::unavailable, "bank.malformed", "another institution answers at " + bank.portal);
  return opened;
}

Result<void> Clerk::gather(const KnownBank& known, Person& person, Overview& overview) {
  const auto store = store_of(known, person, false);
  if (!store) return fail(store);
  const auto bank = bank_of(known);
  if (!bank) return fail(bank);
  const auto authorities = (*bank)->authorities();
  if (!authorities) return fail(authorities);
  auto candidates = list_store(**store, {}, **bank, *authorities);
  if (!candidates) return fail(candidates);
  for (Candidate& candidate : *candidates)
    if (candidate.listed.renewable != Renewable::other_bank) overview.found.push_back({known, std::move(candidate.listed)});
  const Discovery& now = (*bank)->discovery();
  if (now.quiet && !now.asks_password && !known.store.starts_with("p12:")) overview.quiet.push_back(known);
  auto surplus = find_surplus(**store, now.zone, now.now);
  if (!surplus) return fail(surplus);
  for (Surplus& one : *surplus)
    if (issuer_of(one.certificate, *authorities) != nullptr &&
        (one.reason == Surplus::Reason::replaced || one.listed.remaining < -kKeptDays))
      overview.spare.push_back({known, std::move(one)});
  return {};
}

Result<Overview> Clerk::look(Person& person) {
  auto banks = banks_.all();
  if (!banks) return fail(banks);
  Overview overview;
  overview.banks = *banks;
  for (const KnownBank& bank : *banks)
    if (const auto gathered = gather(bank, person, overview); !gathered) overview.silent.emplace_back(bank, gathered.error());
  return overview;
}

Result<Outcome> Clerk::run(const KnownBank& known, const Choice& choice, const std::string& transaction, Person& person) {
  const auto store = store_of(known, person, false);
  if (!store) return fail(store);
  const auto lock = (*store)->lock();
  if (!lock) return fail(lock);
  const auto bank = bank_of(known);
  if (!bank) return fail(bank);
  bool literal = false;
  Questions ask{.password = [&] { return person.password(); },
                .agree =
                    [&](const Listed& listed, const Taken* taken) {
                      literal = taken != nullptr && !taken->short_form;
                      return person.agree({known, (*bank)->discovery(), listed, taken ? std::optional(*taken) : std::nullopt});
                    },
                .keep = [&] { return !literal || person.keep(); }};
  return app::renew(**bank, **store, choice, ask, [&](Step step) { person.step(step); }, transaction);
}

Result<Outcome> Clerk::renew(const Found& found, Person& person) {
  return run(found.bank, {.login_id = found.listed.id, .serial = found.listed.serial}, {}, person);
}

Result<Outcome> Clerk::follow(const Link& link, Person& person) {
  const auto banks = banks_.find(link.institution);
  if (!banks) return fail(banks);
  Result<Outcome> outcome = fail(Code::not_found, "certificate.not_here");
  for (const KnownBank& bank : *banks) {
    outcome = run(bank, {}, link.transaction, person);
    const bool elsewhere = !outcome && (outcome.error().id == "transaction.foreign" ||
                                        outcome.error().id == "certificate.not_here" || outcome.error().id == "file.not_found");
    if (!elsewhere) return outcome;
  }
  return outcome;
}

Result<void> Clerk::tidy(const std::vector<Spare>& spare, Person& person) {
  for (const Spare& one : spare) {
    const auto store = store_of(one.bank, person, false);
    if (!store) return fail(store);
    const auto lock = (*store)->lock();
    if (!lock) return fail(lock);
    if (auto gone = (*store)->remove(one.surplus.certificate); !gone) return gone;
  }
  return {};
}

Result<Outcome> Clerk::issue(const KnownBank& known, const Proof& proof, Person& person) {
  const auto place = parse_place(known.store);
  if (!place) return fail(place);
  const auto store = store_of(known, person, true);
  if (!store) return fail(store);
  const auto lock = (*store)->lock();
  if (!lock) return fail(lock);
  const auto bank = bank_of(known);
  if (!bank) return fail(bank);
  auto outcome = app::issue(**bank, **store, proof, [&](Step step) { person.step(step); });
  if (!outcome) return outcome;
  const KnownBank kept = known_as((*bank)->discovery(), known.trust_pem, *place, known.store);
  if (const auto remembered = banks_.remember(kept); !remembered) return fail(remembered);
  return outcome;
}

}  // namespace inkan::app
