#include "pki/ocsp.hpp"

#include "pki/der.hpp"
#include "pki/oid.hpp"

namespace inkan::pki {
namespace {

constexpr std::size_t kRequestLimit = 4096;
constexpr std::size_t kMostIds = 16;
constexpr std::size_t kLongestNonce = 128;  // RFC 9654 2.1

std::unexpected<Error> malformed(std::string what) { return fail(Code::invalid, "ocsp.malformed", std::move(what)); }

/// The nonce's octets; empty when there is none.
Result<Bytes> read_nonce(DerReader list) {
  Bytes nonce;
  while (!list.empty()) {
    DerReader extension = list.enter(tag::kSequence);
    const ByteView id = extension.take(tag::kOid).content;
    bool critical = false;
    if (extension.has(tag::kBoolean)) critical = extension.take(tag::kBoolean).content[0] != 0;
    const ByteView value = extension.take(tag::kOctetString).content;
    if (!extension.done()) return malformed("Extension");
    if (same(id, oid::kOcspNonce)) {
      DerReader inner(value);
      const ByteView octets = inner.take(tag::kOctetString).content;
      if (!inner.done() || octets.empty() || octets.size() > kLongestNonce || !nonce.empty()) return malformed("nonce");
      nonce = to_bytes(octets);
    } else if (critical) {
      return malformed("a critical extension we do not know");
    }
  }
  if (!list.done()) return malformed("requestExtensions");
  return nonce;
}

}  // namespace

Result<CertId> parse_cert_id(ByteView der) {
  if (der.size() > kRequestLimit || !is_der(der)) return malformed("not DER");
  DerReader outer(der);
  DerReader fields = outer.enter(tag::kSequence);
  DerReader algorithm = fields.enter(tag::kSequence);
  const ByteView hash = algorithm.take(tag::kOid).content;
  if (!algorithm.empty()) algorithm.take_any();
  CertId id;
  id.hash = same(hash, oid::kSha1) ? CertId::Hash::sha1 : same(hash, oid::kSha256) ? CertId::Hash::sha256 : CertId::Hash::other;
  id.issuer_name_hash = to_bytes(fields.take(tag::kOctetString).content);
  id.issuer_key_hash = to_bytes(fields.take(tag::kOctetString).content);
  const Result<SerialNumber> serial = SerialNumber::parse(fields.take(tag::kInteger).content);
  if (!outer.done() || !fields.done() || !algorithm.done()) return malformed("CertID");
  const std::size_t size = id.hash == CertId::Hash::sha1 ? 20 : id.hash == CertId::Hash::sha256 ? 32 : id.issuer_name_hash.size();
  if (id.issuer_name_hash.size() != size || id.issuer_key_hash.size() != size) return malformed("hash of a wrong length");
  if (serial) id.serial = *serial;
  id.der = to_bytes(der);
  return id;
}

Result<OcspRequest> OcspRequest::parse(ByteView der) {
  if (der.size() > kRequestLimit || !is_der(der)) return malformed("over 4 KiB, or not DER");
  DerReader outer(der);
  DerReader parts = outer.enter(tag::kSequence);
  DerReader tbs = parts.enter(tag::kSequence);
  if (parts.has(tag::context(0))) parts.take_any();  // optionalSignature
  if (!outer.done() || !parts.done()) return malformed("OCSPRequest");

  if (tbs.has(tag::context(0))) {
    DerReader version = tbs.enter(tag::context(0));
    if (read_number(version.take(tag::kInteger)) != 0ULL || !version.done()) return malformed("version");
  }
  if (tbs.has(tag::context(1))) tbs.take_any();  // requestorName
  OcspRequest request;
  DerReader list = tbs.enter(tag::kSequence);
  while (!list.empty()) {
    DerReader single = list.enter(tag::kSequence);
    Result<CertId> id = parse_cert_id(single.take(tag::kSequence).whole);
    if (!id) return fail(id);
    if (single.has(tag::context(0))) single.take_any();  // singleRequestExtensions
    if (!single.done() || request.ids_.size() == kMostIds) return malformed("requestList");
    request.ids_.push_back(std::move(*id));
  }
  if (!list.done() || request.ids_.empty()) return malformed("requestList");
  if (tbs.has(tag::context(2))) {
    DerReader field = tbs.enter(tag::context(2));
    Result<Bytes> nonce = read_nonce(field.enter(tag::kSequence));
    if (!nonce) return fail(nonce);
    if (!field.done()) return malformed("requestExtensions");
    request.nonce_ = std::move(*nonce);
  }
  if (!tbs.done()) return malformed("TBSRequest");
  return request;
}

Bytes make_ocsp_failure(OcspFailure failure) {
  DerWriter out;
  out.nest(tag::kSequence, [&] { out.number(static_cast<unsigned long long>(failure), tag::kEnumerated); });
  return out.take();
}

}  // namespace inkan::pki
