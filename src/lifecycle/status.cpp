#include "lifecycle/status.hpp"

#include <algorithm>

#include "lifecycle/list_check.hpp"
#include "lifecycle/read_from.hpp"

namespace inkan::lifecycle {
namespace {

constexpr std::chrono::hours kCrlLife{24};
constexpr std::chrono::hours kCrlEvery{1};     // O24: at the latest, whatever was revoked
constexpr std::chrono::seconds kCrlPause{5};   // between two lists, so that a thousand revocations cost a few of them
constexpr int kCrlShare = 20;                  // a list that takes a second to make is made three times a minute
constexpr std::chrono::minutes kLookBack{10};  // a revocation's time is older than its commit, and nodes' clocks differ
constexpr std::chrono::hours kOcspLife{1};
constexpr int kMostTries = 3;

/// answer_one says what our records say of one serial. A reservation that is just being signed is neither good nor unknown (I2):
/// the whole answer waits for it.
Result<pki::StatusAnswer> answer_one(Reader& reader, const ca::AuthorityId& authority, const pki::CertId& id) {
  pki::StatusAnswer answer{.cert_id_der = id.der, .status = pki::StatusAnswer::Status::unknown, .revoked_at = {}};
  if (!id.serial) return answer;
  auto found = reader.find_by_serial(authority, *id.serial);
  if (!found) return fail(found);
  if (!*found) return answer;
  const CertificateRecord& record = **found;
  if (record.stage == Stage::reserved) return fail(Code::unavailable, "issuance.running");
  if (record.revoked_at) {
    answer.status = pki::StatusAnswer::Status::revoked;
    answer.revoked_at = *record.revoked_at;
    answer.reason = record.reason.value_or(pki::RevocationReason::unspecified);
  } else {
    answer.status = pki::StatusAnswer::Status::good;
  }
  return answer;
}

/// take_number gives the next list's number and writes it down before the signature: a process that dies between the two leaves a
/// gap, and the next list does not ask a signer that remembers for the same number again.
Result<unsigned long long> take_number(Store& store, const ca::AuthorityId& authority) {
  unsigned long long number = 0;
  const auto taken = store.transact([&](Writer& writer) -> Result<void> {
    const auto last = writer.crl_number(authority);
    if (!last) return fail(last);
    number = *last + 1;
    return writer.set_crl_number(authority, number);
  });
  return taken ? Result<unsigned long long>(number) : fail(taken);
}

/// free_number gives back the number of a list that was refused, for it was not signed; unless a later one was taken since.
Result<void> free_number(Store& store, const ca::AuthorityId& authority, unsigned long long number) {
  return store.transact([&](Writer& writer) -> Result<void> {
    const auto last = writer.crl_number(authority);
    if (!last) return fail(last);
    return *last == number ? writer.set_crl_number(authority, number - 1) : Result<void>();
  });
}

}  // namespace

Result<void> Status::publish_one(const ca::AuthorityId& authority) {
  const auto known = std::ranges::find(authorities_, authority, &ca::Authority::id);
  if (known == authorities_.end()) return fail(Code::not_found, "issuer.unknown_authority", authority);
  const Instant now = services_.clock.now();
  ca::CrlOrder order{.authority = authority, .number = 0, .this_update = now, .next_update = now + kCrlLife, .revoked = {}};
  std::optional<StatusReader::PublishedCrl> before;
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    auto latest = reader.latest_crl(authority);
    if (!latest) return fail(latest);
    before = std::move(*latest);
    // Whatever had not expired when the last CRL was made is listed once more (RFC 5280 3.3).
    auto revoked = reader.revoked_for_crl(authority, before ? before->this_update : Instant{});
    if (!revoked) return fail(revoked);
    order.revoked = std::move(*revoked);
    return {};
  });
  if (!read) return read;
  const auto number = take_number(services_.store, authority);
  if (!number) return fail(number);
  order.number = *number;
  auto der = services_.issuer.make_crl(order);
  if (!der && der.error().id == "issuer.refused")
    if (auto freed = free_number(services_.store, authority, order.number); !freed) return freed;
  if (!der) return fail(der);
  if (auto checked = check_list(services_.store, *known, *der, before, services_.clock.now()); !checked) return checked;
  return services_.store.transact([&](Writer& writer) -> Result<void> {
    writer.audit({.at = now,
                  .actor = "job crl",
                  .action = "crl.published",
                  .institution = {},
                  .subject = authority,
                  .detail = {{"number", std::to_string(order.number)}, {"entries", std::to_string(order.revoked.size())}}});
    return writer.add_crl(authority, {order.number, order.this_update, order.next_update, *der});
  });
}

Result<void> Status::publish_crl(const ca::AuthorityId& authority) {
  const std::lock_guard lock(publishing_);
  const auto number = [&] {
    const auto head = crl_head(authority);
    return head ? head->number : 0;
  };
  Result<void> published;
  for (int tries = 0; tries < kMostTries; ++tries) {
    const auto last = number();
    published = publish_one(authority);
    if (published || number() == last) break;  // else another node was faster: its list may lack what was revoked here
  }
  return published;
}

Result<int> Status::publish_due() {
  const std::lock_guard lock(looking_);
  int published = 0;
  Result<int> result = 0;
  for (const ca::Authority& authority : authorities_) {
    Pace& pace = paces_[authority.id];
    const auto due = is_due(authority.id, pace);
    if (!due) return fail(due);
    if (!*due) continue;
    const auto begun = services_.clock.steady();
    const auto done = publish_crl(authority.id);
    const auto ended = services_.clock.steady();
    pace.next_look = ended + (ended - begun) * kCrlShare;
    if (done) {
      ++published;
      continue;
    }
    pace.next_try = ended + kCrlPause;
    result = fail(done);  // the other authorities' lists are made all the same
  }
  return result ? Result<int>(published) : result;
}

Result<bool> Status::is_due(const ca::AuthorityId& authority, Pace& pace) {
  if (services_.clock.steady() < pace.next_try) return false;
  const auto latest = crl_head(authority);
  if (!latest) return latest.error().id == "crl.none" ? Result<bool>(true) : fail(latest);
  const auto age = services_.clock.now() - latest->this_update;
  if (age >= kCrlEvery) return true;
  if (age < kCrlPause || services_.clock.steady() < pace.next_look) return false;
  return lacks_one(authority, *latest, pace);
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
    const auto parsed = pki::Crl::parse(list->der);
    if (!parsed) return fail(parsed);
    pace.serials.clear();
    for (const pki::RevokedEntry& entry : parsed->entries()) pace.serials.push_back(entry.serial);
    std::ranges::sort(pace.serials);
    pace.number = list->number;
  }
  return std::ranges::any_of(revoked, [&](const auto& serial) { return !std::ranges::binary_search(pace.serials, serial); });
}

namespace {

Result<StatusReader::PublishedCrl> find_list(
    Store& store, const ca::AuthorityId& authority,
    Result<std::optional<StatusReader::PublishedCrl>> (StatusReader::*find)(const ca::AuthorityId&)) {
  auto latest = read_from(store, [&](Reader& reader) { return (reader.*find)(authority); });
  if (!latest) return fail(latest);
  if (!*latest) return fail(Code::not_found, "crl.none", authority);
  return std::move(**latest);
}

}  // namespace

Result<StatusReader::PublishedCrl> Status::crl(const ca::AuthorityId& authority) {
  return find_list(services_.store, authority, &StatusReader::latest_crl);
}

Result<StatusReader::PublishedCrl> Status::crl_head(const ca::AuthorityId& authority) {
  return find_list(services_.store, authority, &StatusReader::latest_crl_head);
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
      auto answer = ours ? answer_one(reader, signer->id, id)
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
