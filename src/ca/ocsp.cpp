#include "ca/ocsp.hpp"

#include "pki/der.hpp"
#include "pki/oid.hpp"
#include "pki/signature.hpp"

namespace inkan::ca {
namespace {

namespace oid = pki::oid;
namespace tag = pki::tag;
using pki::DerWriter;
using pki::StatusAnswer;

constexpr std::size_t kMostAnswers = 16;
constexpr std::size_t kLongestNonce = 128;  // RFC 9654 2.1

bool names_us(const pki::CertId& id, const Authority& authority) {
  if (!id.serial) return false;
  switch (id.hash) {
    case pki::CertId::Hash::sha1: return id.issuer_name_hash == authority.name_sha1 && id.issuer_key_hash == authority.key_sha1;
    case pki::CertId::Hash::sha256:
      return id.issuer_name_hash == authority.name_sha256 && id.issuer_key_hash == authority.key_sha256;
    case pki::CertId::Hash::other: return false;
  }
  return false;
}

void status(DerWriter& out, const StatusAnswer& answer) {
  switch (answer.status) {
    case StatusAnswer::Status::good: return out.primitive(tag::context_primitive(0), {});
    case StatusAnswer::Status::unknown: return out.primitive(tag::context_primitive(2), {});
    case StatusAnswer::Status::revoked: break;
  }
  out.nest(tag::context(1), [&] {
    out.generalized_time(answer.revoked_at);
    if (answer.reason == pki::RevocationReason::unspecified) return;
    out.nest(tag::context(0), [&] { out.number(static_cast<unsigned long long>(answer.reason), tag::kEnumerated); });
  });
}

}  // namespace

Result<void> check_ocsp_order(const OcspOrder& order, const Authority& authority) {
  const auto refuse = [](std::string what) { return fail(Code::internal, "issuer.refused", "OCSP: " + std::move(what)); };
  if (order.answers.empty() || order.answers.size() > kMostAnswers) return refuse("number of answers");
  if (order.this_update >= order.next_update || order.produced_at < order.this_update) return refuse("dates");
  if (order.nonce.size() > kLongestNonce) return refuse("nonce");
  for (const StatusAnswer& answer : order.answers) {
    const Result<pki::CertId> id = pki::parse_cert_id(answer.cert_id_der);
    if (!id) return refuse(id.error().detail);
    if (answer.status != StatusAnswer::Status::unknown && !names_us(*id, authority))
      return refuse("another authority's certificate");
  }
  return {};
}

Bytes ocsp_data(const OcspOrder& order, ByteView responder_key_id) {
  DerWriter out;
  out.nest(tag::kSequence, [&] {
    out.nest(tag::context(2), [&] { out.octets(responder_key_id); });  // responderID byKey
    out.generalized_time(order.produced_at);
    out.nest(tag::kSequence, [&] {
      for (const StatusAnswer& answer : order.answers)
        out.nest(tag::kSequence, [&] {
          out.raw(answer.cert_id_der);
          status(out, answer);
          out.generalized_time(order.this_update);
          out.nest(tag::context(0), [&] { out.generalized_time(order.next_update); });
        });
    });
    if (order.nonce.empty()) return;
    out.nest(tag::context(1), [&] {
      out.nest(tag::kSequence, [&] {
        out.nest(tag::kSequence, [&] {
          out.oid(oid::kOcspNonce);
          out.nest(tag::kOctetString, [&] { out.octets(order.nonce); });
        });
      });
    });
  });
  return out.take();
}

Bytes ocsp_response(ByteView data, pki::KeyAlgorithm signer, ByteView signature, const pki::Certificate& responder) {
  DerWriter out;
  out.nest(tag::kSequence, [&] {
    out.number(0, tag::kEnumerated);  // successful
    out.nest(tag::context(0), [&] {
      out.nest(tag::kSequence, [&] {
        out.oid(oid::kOcspBasic);
        out.nest(tag::kOctetString, [&] {
          out.nest(tag::kSequence, [&] {
            out.raw(data);
            out.raw(pki::signature_algorithm(signer));
            out.bits(signature);
            out.nest(tag::context(0), [&] { out.nest(tag::kSequence, [&] { out.raw(responder.der()); }); });
          });
        });
      });
    });
  });
  return out.take();
}

}  // namespace inkan::ca
