#include <cstdint>

#include "pki/cmp.hpp"
#include "pki/cmp_body.hpp"

// What a stranger sends to CMP: the envelope, the body of its kind, and the MAC's parameters.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace inkan;
  const auto message = pki::CmpMessage::parse({data, size});
  if (!message) return 0;
  const ByteView content = message->content();
  switch (message->body()) {
    case pki::CmpBody::ir:
    case pki::CmpBody::cr:
    case pki::CmpBody::kur: static_cast<void>(pki::parse_cert_request(content)); break;
    case pki::CmpBody::p10cr: static_cast<void>(pki::parse_pkcs10_request(content)); break;
    case pki::CmpBody::cert_conf: static_cast<void>(pki::parse_cert_confirm(content)); break;
    case pki::CmpBody::rr: static_cast<void>(pki::parse_revocation(content)); break;
    case pki::CmpBody::genm: static_cast<void>(pki::parse_questions(content)); break;
    case pki::CmpBody::poll_req: static_cast<void>(pki::parse_poll_request(content)); break;
    default: break;
  }
  static_cast<void>(message->verify_mac(Secret("secret")));
  if (!message->extra_certs().empty()) static_cast<void>(message->verify_by(message->extra_certs().front()));
  return 0;
}
