#include "lifecycle/status.hpp"

namespace inkan::lifecycle {
namespace {

constexpr std::chrono::hours kCrlLife{24};
constexpr std::chrono::hours kCrlEvery{1};  // O24: a revocation is on a CRL within the hour at the latest
constexpr std::chrono::hours kOcspLife{1};

const ca::Authority* authority_of(const std::vector<ca::Authority>& all, const pki::CertId& id) {
  for (const ca::Authority& authority : all) {
    const bool sha256 = id.hash == pki::CertId::Hash::sha256;
    const Bytes& name = sha256 ? authority.name_sha256 : authority.name_sha1;
    const Bytes& key = sha256 ? authority.key_sha256 : authority.key_sha1;
    if (id.hash != pki::CertId::Hash::other && id.issuer_name_hash == name && id.issuer_key_hash == key) return &authority;
  }
  return nullptr;
}

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

}  // namespace

Result<void> Status::publish_crl(const ca::AuthorityId& authority) {
  const Instant now = services_.clock.now();
  ca::CrlOrder order{.authority = authority, .number = 1, .this_update = now, .next_update = now + kCrlLife, .revoked = {}};
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    auto latest = reader.latest_crl(authority);
    if (!latest) return fail(latest);
    if (*latest) order.number = (*latest)->number + 1;
    // Whatever had not expired when the last CRL was made is listed once more (RFC 5280 3.3).
    auto revoked = reader.revoked_for_crl(authority, *latest ? (*latest)->this_update : Instant{});
    if (!revoked) return fail(revoked);
    order.revoked = std::move(*revoked);
    return {};
  });
  if (!read) return read;
  auto der = services_.issuer.make_crl(order);
  if (!der) return fail(der);
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

Result<int> Status::publish_due() {
  int published = 0;
  for (const ca::Authority& authority : services_.issuer.authorities()) {
    const auto latest = crl(authority.id);
    if (latest && services_.clock.now() - latest->this_update < kCrlEvery) continue;
    if (!latest && latest.error().id != "crl.none") return fail(latest);
    if (auto done = publish_crl(authority.id); !done) return fail(done);
    ++published;
  }
  return published;
}

Result<StatusReader::PublishedCrl> Status::crl(const ca::AuthorityId& authority) {
  Result<StatusReader::PublishedCrl> result = fail(Code::not_found, "crl.none", authority);
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    auto latest = reader.latest_crl(authority);
    if (!latest) return fail(latest);
    if (*latest) result = std::move(**latest);
    return {};
  });
  if (!read) return fail(read);
  return result;
}

Status::OcspAnswer Status::answer_ocsp(ByteView request) {
  const auto failure = [](pki::OcspFailure why) { return OcspAnswer{.der = pki::make_ocsp_failure(why), .next_update = {}}; };
  const auto parsed = pki::OcspRequest::parse(request);
  if (!parsed) return failure(pki::OcspFailure::malformed_request);

  const std::vector<ca::Authority> authorities = services_.issuer.authorities();
  const ca::Authority* signer = nullptr;
  for (const pki::CertId& id : parsed->ids())
    if (!signer) signer = authority_of(authorities, id);
  if (!signer) return failure(pki::OcspFailure::unauthorized);

  const Instant now = services_.clock.now();
  ca::OcspOrder order{.authority = signer->id,
                      .answers = {},
                      .produced_at = now,
                      .this_update = now,
                      .next_update = now + kOcspLife,
                      .nonce = parsed->nonce()};
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    for (const pki::CertId& id : parsed->ids()) {
      const bool ours = authority_of(authorities, id) == signer;
      auto answer = ours ? answer_one(reader, signer->id, id)
                         : Result<pki::StatusAnswer>(pki::StatusAnswer{.cert_id_der = id.der, .revoked_at = {}});
      if (!answer) return fail(answer);
      order.answers.push_back(std::move(*answer));
    }
    return {};
  });
  if (!read) return failure(pki::OcspFailure::try_later);
  auto der = services_.issuer.make_ocsp(order);
  if (!der) return failure(pki::OcspFailure::internal_error);
  return {.der = std::move(*der), .next_update = order.next_update, .cacheable = order.nonce.empty()};
}

}  // namespace inkan::lifecycle
