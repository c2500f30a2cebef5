#include "lifecycle/status.hpp"

#include <algorithm>

#include "lifecycle/read_from.hpp"

namespace inkan::lifecycle {
namespace {

constexpr std::chrono::hours kCrlEvery{1};    // O24: at the latest, whatever was revoked
constexpr std::chrono::seconds kCrlPause{5};  // between two lists, so that a thousand revocations cost a few of them
constexpr int kCrlShare = 20;                 // a list that takes a second to make is made three times a minute
constexpr std::chrono::hours kOcspLife{1};

/// answer_one says what our records say of one serial. A reservation that is just being signed is neither good nor unknown (I2):
/// the whole answer waits for it.
/// A revoked CA's certificates are all revoked (RFC 6960 2.7): whoever asks about one alone must not hear "good".
Result<pki::StatusAnswer> answer_one(Reader& reader, const ca::Authority& authority, const pki::CertId& id) {
  pki::StatusAnswer answer{.cert_id_der = id.der, .status = pki::StatusAnswer::Status::unknown, .revoked_at = {}};
  if (!id.serial) return answer;
  auto found = reader.find_by_serial(authority.id, *id.serial);
  if (!found) return fail(found);
  if (!*found) return answer;
  const CertificateRecord& record = **found;
  if (record.stage == Stage::reserved) return fail(Code::unavailable, "issuance.running");
  const auto ending = ending_of(record, authority.revoked);
  answer.status = ending ? pki::StatusAnswer::Status::revoked : pki::StatusAnswer::Status::good;
  if (!ending) return answer;
  answer.revoked_at = ending->at;
  answer.reason = ending->reason;
  return answer;
}

}  // namespace

Status::Status(const Services& services) : services_(services), authorities_(services.issuer.authorities()) {
  for (const ca::Authority& authority : authorities_) publishers_.try_emplace(authority.id, services_, authority);
}

Result<int> Status::publish(const ca::AuthorityId& authority, bool whole) {
  const std::lock_guard lock(publishing_);
  const auto publisher = publishers_.find(authority);
  if (publisher == publishers_.end()) return fail(Code::not_found, "issuer.unknown_authority", authority);
  return publisher->second.publish(whole);
}

Result<void> Status::publish_crl(const ca::AuthorityId& authority) {
  const auto published = publish(authority, true);
  return published ? Result<void>() : fail(published);
}

Result<int> Status::publish_due() {
  const std::lock_guard lock(looking_);
  int published = 0;
  Result<int> result = 0;
  for (const ca::Authority& authority : authorities_) {
    Pace& pace = paces_[authority.id];
    const auto due = what_is_due(authority.id, pace);
    if (!due) return fail(due);
    if (!due->whole && !due->shards) continue;
    const auto begun = services_.clock.steady();
    const auto done = publish(authority.id, due->whole);
    const auto ended = services_.clock.steady();
    pace.next_look = ended + (ended - begun) * kCrlShare;
    if (done) {
      published += *done;
      continue;
    }
    pace.next_try = ended + kCrlPause;
    result = fail(done);  // the other authorities' lists are made all the same
  }
  return result ? Result<int>(published) : result;
}

Result<Status::Due> Status::what_is_due(const ca::AuthorityId& authority, Pace& pace) {
  if (services_.clock.steady() < pace.next_try) return Due{};
  const auto latest = crl_head(authority);
  if (!latest) return latest.error().id == "crl.none" ? Result<Due>(Due{.whole = true}) : fail(latest);
  const auto age = services_.clock.now() - latest->this_update;
  if (age >= kCrlEvery) return Due{.whole = true};
  // A whole list that is seconds old is another node's, which makes the shards as well, or ours with its shards made.
  if (age < kCrlPause || services_.clock.steady() < pace.next_look) return Due{};
  const auto whole = lacks_one(authority, *latest, pace);
  if (!whole) return fail(whole);
  const std::lock_guard lock(publishing_);
  return Due{.whole = *whole, .shards = publishers_.at(authority).lags(*latest)};
}

Result<bool> Status::lacks_one(const ca::AuthorityId& authority, const StatusReader::PublishedCrl& latest, Pace& pace) {
  std::vector<pki::SerialNumber> revoked;
  std::optional<StatusReader::PublishedCrl> list;
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    auto found = reader.revoked_since(authority, latest.this_update - kLookBack, latest.this_update);
    if (!found) return fail(found);
    revoked = std::move(*found);
    if (revoked.empty() || pace.number == latest.number) return {};
    auto whole = reader.latest_crl(authority);
    if (!whole) return fail(whole);
    list = std::move(*whole);
    return {};
  });
  if (!read) return fail(read);
  if (revoked.empty()) return false;
  if (list) {
    auto serials = listed_serials(*list);
    if (!serials) return fail(serials);
    pace.serials = std::move(*serials);
    pace.number = list->number;
  }
  return std::ranges::any_of(revoked, [&](const auto& serial) { return !std::ranges::binary_search(pace.serials, serial); });
}

namespace {

Result<StatusReader::PublishedCrl> find_list(
    Store& store, const ca::ListId& list,
    Result<std::optional<StatusReader::PublishedCrl>> (StatusReader::*find)(const ca::ListId&)) {
  auto latest = read_from(store, [&](Reader& reader) { return (reader.*find)(list); });
  if (!latest) return fail(latest);
  if (!*latest) return fail(Code::not_found, "crl.none", list);
  return std::move(**latest);
}

}  // namespace

Result<StatusReader::PublishedCrl> Status::crl(const ca::ListId& list) {
  return find_list(services_.store, list, &StatusReader::latest_crl);
}

Result<StatusReader::PublishedCrl> Status::crl_head(const ca::ListId& list) {
  return find_list(services_.store, list, &StatusReader::latest_crl_head);
}

Result<std::optional<StatusReader::PublishedShard>> Status::shards_head(const ca::Authority& authority) {
  const unsigned shards = authority.addresses.crl_shards;
  if (shards == 0) return std::nullopt;
  auto heads = read_from(services_.store, [&](Reader& reader) { return reader.shard_heads(authority.id); });
  if (!heads) return fail(heads);
  if (heads->size() != shards) return fail(Code::not_found, "crl.none", authority.id + ": a shard");
  return std::ranges::min(*heads, {}, [](const auto& shard) { return shard.head.next_update; });
}

const ca::Authority* Status::signer_of(const pki::CertId& id) const {
  for (const ca::Authority& authority : authorities_) {
    const bool sha256 = id.hash == pki::CertId::Hash::sha256;
    const Bytes& name = sha256 ? authority.name_sha256 : authority.name_sha1;
    const Bytes& key = sha256 ? authority.key_sha256 : authority.key_sha1;
    if (id.hash != pki::CertId::Hash::other && id.issuer_name_hash == name && id.issuer_key_hash == key) return &authority;
  }
  return nullptr;
}

Status::OcspAnswer Status::answer_ocsp(ByteView request) {
  const auto failure = [](pki::OcspFailure why) {
    return OcspAnswer{.der = pki::make_ocsp_failure(why), .this_update = {}, .next_update = {}};
  };
  const auto parsed = pki::OcspRequest::parse(request);
  if (!parsed) return failure(pki::OcspFailure::malformed_request);

  const ca::Authority* signer = nullptr;
  for (const pki::CertId& id : parsed->ids())
    if (!signer) signer = signer_of(id);
  if (!signer) return failure(pki::OcspFailure::unauthorized);

  const Instant now = services_.clock.now();
  ca::OcspOrder order{.authority = signer->id,
                      .answers = {},
                      .produced_at = now,
                      .this_update = now,
                      .next_update = std::min(now + kOcspLife, signer->certificate.not_after()),
                      .nonce = parsed->nonce()};
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    for (const pki::CertId& id : parsed->ids()) {
      const bool ours = signer_of(id) == signer;
      auto answer = ours ? answer_one(reader, *signer, id)
                         : Result<pki::StatusAnswer>(pki::StatusAnswer{.cert_id_der = id.der, .revoked_at = {}});
      if (!answer) return fail(answer);
      order.answers.push_back(std::move(*answer));
    }
    return {};
  });
  if (!read) return failure(pki::OcspFailure::try_later);
  const bool plain = order.nonce.empty();
  // An unknown serial is anybody's guess: keeping answers about them would drive out those about certificates.
  const bool kept = plain && order.answers.size() == 1 && order.answers[0].status != pki::StatusAnswer::Status::unknown;
  if (kept)
    if (const auto signed_before = answers_.find(order.answers[0], now))
      return {.der = signed_before->der,
              .this_update = signed_before->this_update,
              .next_update = signed_before->next_update,
              .cacheable = true};
  auto der = services_.issuer.make_ocsp(order);
  if (!der) return failure(pki::OcspFailure::internal_error);
  if (kept) answers_.keep(std::make_shared<SignedAnswer>(order.answers[0], *der, order.this_update, order.next_update));
  return {.der = std::move(*der), .this_update = now, .next_update = order.next_update, .cacheable = plain};
}

}  // namespace inkan::lifecycle
