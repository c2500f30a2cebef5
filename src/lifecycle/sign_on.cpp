#include "lifecycle/sign_on.hpp"

#include <algorithm>

#include "lifecycle/read_from.hpp"

namespace inkan::lifecycle {
namespace {

constexpr std::chrono::seconds kCodeLife{60};
constexpr std::chrono::minutes kTokenLife{10};
constexpr std::size_t kSecretBytes = 32;
constexpr int kBatch = 500;  // grants judged in one read

Digest hash_of(const std::string& secret) { return sha256(as_bytes(secret)); }

/// sid_of names a session to applications without showing what the store finds it by.
Digest sid_of(const Digest& session) {
  Bytes text = to_bytes("inkan openid session ");
  text.insert(text.end(), session.bytes.begin(), session.bytes.end());
  return sha256(text);
}

std::string actor_of(const RelyingParty& party) { return "client " + party.id; }

AuditEntry entry_about(const Grant& grant, Instant now, std::string actor, const char* action, const char* why = nullptr) {
  AuditEntry entry = entry_for(grant.holder, now, std::move(actor), action);
  entry.detail["client"] = grant.client;
  if (why != nullptr) entry.detail["why"] = why;
  return entry;
}

/// is_over tells whether the login that a grant stands on was ended, and did not just run out of time.
Result<bool> is_over(Reader& reader, const Institution& institution, const Grant& grant, Instant now) {
  const auto session = reader.find_session(grant.session);
  if (!session) return fail(session);
  if (!*session || (*session)->fingerprint != grant.fingerprint) return true;
  const auto verdict = judge_certificate(reader, institution, grant.fingerprint, now);
  if (!verdict) return fail(verdict);
  return verdict->kind != CertificateVerdict::Kind::good;
}

/// find_login is the certificate's verdict where the login that a grant stands on is alive; none otherwise.
Result<std::optional<CertificateVerdict>> find_login(Reader& reader, const Institution& institution, const Digest& session,
                                                     const Digest& fingerprint, Instant now) {
  const auto found = reader.find_session(session);
  if (!found) return fail(found);
  if (!*found || !is_live(**found, now) || (*found)->fingerprint != fingerprint) return std::optional<CertificateVerdict>();
  auto verdict = judge_certificate(reader, institution, fingerprint, now);
  if (!verdict) return fail(verdict);
  if (verdict->kind != CertificateVerdict::Kind::good) return std::optional<CertificateVerdict>();
  return std::optional(std::move(*verdict));
}

/// judge says why a code is not taken; null for a good one.
Result<const char*> judge(Reader& reader, const Institution& institution, const Grant& grant,
                          const SignOn::Redemption& redemption, Instant now) {
  if (now >= grant.code_until) return "late";
  if (redemption.redirect_uri != grant.redirect_uri) return "redirect_uri";
  if (hash_of(redemption.verifier) != grant.challenge) return "verifier";
  const auto login = find_login(reader, institution, grant.session, grant.fingerprint, now);
  if (!login) return fail(login);
  return *login ? nullptr : "login";
}

}  // namespace

const RelyingParty* SignOn::find(const std::string& institution, std::string_view client) const {
  const auto known = parties_.find(institution);
  if (known == parties_.end()) return nullptr;
  const auto found = std::ranges::find(known->second, client, &RelyingParty::id);
  return found == known->second.end() ? nullptr : &*found;
}

bool SignOn::serves(const std::string& institution) const { return parties_.contains(institution); }

Result<std::string> SignOn::grant(const Institution& institution, const LoggedIn& who, const Order& order) {
  std::string code = make_token(services_.rng, kSecretBytes);
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    const auto holder = writer.lock_holder(who.holder.id);
    if (!holder) return fail(holder);
    const auto session = writer.find_session(who.session.token_hash);
    if (!session) return fail(session);
    if (!*session) return fail(Code::unauthenticated, "login.no_session");
    // Judged again with the holder locked: a revocation that was committed meanwhile must win (I7).
    const auto login = find_login(writer, institution, who.session.token_hash, (*session)->fingerprint, now);
    if (!login) return fail(login);
    if (!*login) return fail(Code::unauthenticated, "login.certificate");
    const Grant grant{.holder = who.holder.id,
                      .code_hash = hash_of(code),
                      .client = order.party.id,
                      .redirect_uri = order.redirect_uri,
                      .scope = order.scope,
                      .challenge = order.challenge,
                      .nonce = order.nonce,
                      .session = (*session)->token_hash,
                      .sid = sid_of((*session)->token_hash),
                      .fingerprint = (*session)->fingerprint,
                      .authenticated_at = (*session)->created_at,
                      .created_at = now,
                      .code_until = now + kCodeLife,
                      .kept_until = (*session)->expires_at};
    writer.audit(entry_about(grant, now, actor_of(grant.holder), "sign_on.granted"));
    return writer.put_grant(grant);
  });
  if (!done) return fail(done);
  return code;
}

Result<SignOn::Redeemed> SignOn::redeem(const Institution& institution, const RelyingParty& party, const Redemption& redemption) {
  const std::string token = make_token(services_.rng, kSecretBytes);
  std::optional<Grant> redeemed;
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    auto grant = writer.find_grant(institution.id, hash_of(redemption.code));
    if (!grant) return fail(grant);
    if (!*grant) return {};
    const std::string actor = actor_of(party);
    if ((*grant)->client != party.id) {
      writer.audit(entry_about(**grant, now, actor, "sign_on.refused", "client"));
      return {};
    }
    if (const auto locked = writer.lock_holder((*grant)->holder); !locked) return fail(locked);
    grant = writer.find_grant(institution.id, hash_of(redemption.code));  // as it is now that nobody else changes it
    if (!grant) return fail(grant);
    if (!*grant) return {};
    if ((*grant)->redeemed_at) {
      writer.audit(entry_about(**grant, now, actor, "sign_on.reused"));
      if (!(*grant)->revoked_at) (*grant)->revoked_at = now;
      return writer.put_grant(**grant);
    }
    (*grant)->redeemed_at = now;
    const auto why = judge(writer, institution, **grant, redemption, now);
    if (!why) return fail(why);
    if (*why != nullptr) {
      writer.audit(entry_about(**grant, now, actor, "sign_on.refused", *why));
      (*grant)->revoked_at = now;
      return writer.put_grant(**grant);
    }
    (*grant)->token_hash = hash_of(token);
    (*grant)->token_certificate = redemption.certificate;
    (*grant)->token_until = now + kTokenLife;
    writer.audit(entry_about(**grant, now, actor, "sign_on.redeemed"));
    if (auto put = writer.put_grant(**grant); !put) return put;
    redeemed = std::move(**grant);
    return {};
  });
  if (!done) return fail(done);
  if (!redeemed) return fail(Code::refused, "sign_on.code");
  return Redeemed{.token = token, .grant = std::move(*redeemed)};
}

Result<SignOn::Access> SignOn::look(const Institution& institution, const std::string& token,
                                    const std::optional<Digest>& certificate) {
  auto access = read_from(services_.store, [&](Reader& reader) -> Result<std::optional<Access>> {
    const Instant now = services_.clock.now();
    auto grant = reader.find_grant_by_token(institution.id, hash_of(token));
    if (!grant) return fail(grant);
    const bool usable = *grant && !(*grant)->revoked_at && (*grant)->token_until && now < *(*grant)->token_until &&
                        (!certificate || (*grant)->token_certificate == certificate);
    if (!usable) return std::optional<Access>();
    auto login = find_login(reader, institution, (*grant)->session, (*grant)->fingerprint, now);
    if (!login) return fail(login);
    if (!*login) return std::optional<Access>();
    return std::optional(Access{
        .grant = std::move(**grant), .holder = std::move(*(*login)->holder), .certificate = std::move(*(*login)->certificate)});
  });
  if (!access) return fail(access);
  if (!*access) return fail(Code::unauthenticated, "sign_on.token");
  return std::move(**access);
}

Result<void> SignOn::sign_out(const Institution& institution, const RelyingParty& party, const Digest& sid) {
  return services_.store.transact([&](Writer& writer) -> Result<void> {
    const auto grant = writer.find_grant_of_session(institution.id, sid);
    if (!grant) return fail(grant);
    if (!*grant) return {};
    const auto session = writer.find_session((*grant)->session);
    if (!session) return fail(session);
    if (!*session) return {};
    AuditEntry entry = entry_for((*grant)->holder, services_.clock.now(), actor_of((*grant)->holder), "session.closed");
    entry.detail["client"] = party.id;
    writer.audit(std::move(entry));
    return writer.remove_session((*grant)->session);
  });
}

Result<std::vector<SignOn::Ended>> SignOn::ended(const Institution& institution, const RelyingParty& party) {
  std::vector<Ended> all;
  Digest after{};
  for (bool more = true; more;) {
    const auto read = services_.store.read([&](Reader& reader) -> Result<void> {
      const auto grants = reader.untold_grants(institution.id, party.id, after, kBatch);
      if (!grants) return fail(grants);
      for (const Grant& grant : *grants) {
        const auto over = is_over(reader, institution, grant, services_.clock.now());
        if (!over) return fail(over);
        if (*over) all.push_back({.sid = grant.sid, .holder = grant.holder});
      }
      more = grants->size() == kBatch;
      if (more) after = grants->back().code_hash;
      return {};
    });
    if (!read) return fail(read);
  }
  // An application may have several grants of one login; it hears of its end once.
  std::ranges::sort(all, {}, [](const Ended& login) { return login.sid.bytes; });
  const auto twice = std::ranges::unique(all, {}, &Ended::sid);
  all.erase(twice.begin(), twice.end());
  return all;
}

Result<void> SignOn::told(const RelyingParty& party, const Ended& login) {
  return services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    AuditEntry entry = entry_for(login.holder, now, "job logout", "sign_on.logout_told");
    entry.detail["client"] = party.id;
    writer.audit(std::move(entry));
    return writer.set_told(login.holder.institution, party.id, login.sid, now);
  });
}

}  // namespace inkan::lifecycle
