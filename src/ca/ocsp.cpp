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
