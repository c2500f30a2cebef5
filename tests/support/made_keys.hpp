#pragma once

#include "pki/der.hpp"
#include "pki/key.hpp"
#include "pki/name.hpp"
#include "pki/oid.hpp"
#include "pki/signature.hpp"

namespace inkan {

/// made_key is a key pair of a kind, made once per process: RSA keys are slow to make.
inline const pki::PrivateKey& made_key(pki::KeyAlgorithm algorithm) {
  static const pki::PrivateKey keys[] = {
      pki::PrivateKey::make(pki::KeyAlgorithm::rsa2048).value(), pki::PrivateKey::make(pki::KeyAlgorithm::rsa3072).value(),
      pki::PrivateKey::make(pki::KeyAlgorithm::p256).value(), pki::PrivateKey::make(pki::KeyAlgorithm::p384).value()};
  switch (algorithm) {
    case pki::KeyAlgorithm::rsa2048: return keys[0];
    case pki::KeyAlgorithm::rsa3072: return keys[1];
    case pki::KeyAlgorithm::p384: return keys[3];
    default: return keys[2];
  }
}

/// make_rsa_spki writes an RSA SubjectPublicKeyInfo of any two numbers (big-endian, without sign).
inline Bytes make_rsa_spki(ByteView modulus, ByteView exponent) {
  const auto positive = [](ByteView magnitude) {
    Bytes out = to_bytes(magnitude);
    if (!out.empty() && out[0] >= 0x80) out.insert(out.begin(), 0);
    return out;
  };
  pki::DerWriter key, out;
  key.nest(pki::tag::kSequence, [&] {
    key.primitive(pki::tag::kInteger, positive(modulus));
    key.primitive(pki::tag::kInteger, positive(exponent));
  });
  out.nest(pki::tag::kSequence, [&] {
    out.nest(pki::tag::kSequence, [&] {
      out.oid(pki::oid::kRsaEncryption);
      out.null();
    });
    out.bits(key.bytes());
  });
  return out.take();
}

/// make_ec_spki writes an EC SubjectPublicKeyInfo with any parameters (DER) and any point.
inline Bytes make_ec_spki(ByteView parameters, ByteView point) {
  pki::DerWriter out;
  out.nest(pki::tag::kSequence, [&] {
    out.nest(pki::tag::kSequence, [&] {
      out.oid(pki::oid::kEcPublicKey);
      out.raw(parameters);
    });
    out.bits(point);
  });
  return out.take();
}

/// make_request writes a PKCS#10 request of any key and attributes (the content of [0]), signed by `signer`.
inline Bytes make_request(ByteView spki, ByteView attributes, const pki::PrivateKey& signer) {
  pki::DerWriter info, out;
  info.nest(pki::tag::kSequence, [&] {
    info.number(0);
    info.primitive(pki::tag::kSequence, {});
    info.raw(spki);
    info.primitive(pki::tag::context(0), attributes);
  });
  out.nest(pki::tag::kSequence, [&] {
    out.raw(info.bytes());
    out.raw(pki::signature_algorithm(signer.public_key().algorithm()));
    out.bits(signer.sign(info.bytes()).value());
  });
  return out.take();
}

}  // namespace inkan
