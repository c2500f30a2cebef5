#include "pki/ocsp.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "pki/der.hpp"
#include "pki/oid.hpp"

namespace inkan::pki {
namespace {

std::string id_of(const auto& result) { return result ? "no error" : result.error().id; }

Bytes make_cert_id(ByteView hash, std::size_t size, ByteView serial) {
  DerWriter out;
  out.nest(tag::kSequence, [&] {
    out.nest(tag::kSequence, [&] {
      out.oid(hash);
      out.null();
    });
    out.octets(Bytes(size, 0xaa));
    out.octets(Bytes(size, 0xbb));
    out.primitive(tag::kInteger, serial);
  });
  return out.take();
}

struct Wanted {
  std::size_t ids = 1;
  std::optional<Bytes> nonce;
  bool critical_stranger = false;
  bool explicit_version = false;
};

Bytes make_request(const Wanted& wanted) {
  DerWriter out;
  out.nest(tag::kSequence, [&] {
    out.nest(tag::kSequence, [&] {
      if (wanted.explicit_version) out.nest(tag::context(0), [&] { out.number(0); });
      out.nest(tag::kSequence, [&] {
        for (std::size_t i = 0; i < wanted.ids; ++i)
          out.nest(tag::kSequence, [&] { out.raw(make_cert_id(oid::kSha1, 20, Bytes{0x40, static_cast<std::uint8_t>(i)})); });
      });
      if (!wanted.nonce && !wanted.critical_stranger) return;
      out.nest(tag::context(2), [&] {
        out.nest(tag::kSequence, [&] {
          out.nest(tag::kSequence, [&] {
            out.oid(wanted.critical_stranger ? ByteView(oid::kOcspNoCheck) : ByteView(oid::kOcspNonce));
            if (wanted.critical_stranger) out.boolean_true();
            out.nest(tag::kOctetString, [&] { out.octets(wanted.nonce.value_or(Bytes{1})); });
          });
        });
      });
    });
  });
  return out.take();
}

TEST(OcspRequest, reads_ids_and_nonce) {
  const auto request = OcspRequest::parse(make_request({.ids = 3, .nonce = Bytes(32, 7)}));
  ASSERT_TRUE(request) << id_of(request);
  EXPECT_EQ(request->ids().size(), 3u);
  EXPECT_EQ(request->nonce(), Bytes(32, 7));
  const CertId& id = request->ids()[2];
  EXPECT_EQ(id.hash, CertId::Hash::sha1);
  EXPECT_EQ(id.issuer_name_hash, Bytes(20, 0xaa));
  EXPECT_EQ(id.issuer_key_hash, Bytes(20, 0xbb));
  EXPECT_EQ(id.serial->hex(), "4002");
  EXPECT_EQ(id.der, make_cert_id(oid::kSha1, 20, Bytes{0x40, 2}));
  EXPECT_TRUE(OcspRequest::parse(make_request({.explicit_version = true})));
}

TEST(OcspRequest, O7_holds_the_nonce_to_RFC_9654) {
  const auto with = [](std::size_t size) { return id_of(OcspRequest::parse(make_request({.nonce = Bytes(size, 1)}))); };
  for (std::size_t good : {1u, 16u, 32u, 128u}) EXPECT_EQ(with(good), "no error") << good;
  for (std::size_t bad : {0u, 129u, 1000u}) EXPECT_EQ(with(bad), "ocsp.malformed") << bad;
}

TEST(OcspRequest, takes_1_to_16_certificates) {
  EXPECT_EQ(id_of(OcspRequest::parse(make_request({.ids = 0}))), "ocsp.malformed");
  EXPECT_EQ(id_of(OcspRequest::parse(make_request({.ids = 16}))), "no error");
  EXPECT_EQ(id_of(OcspRequest::parse(make_request({.ids = 17}))), "ocsp.malformed");
}

TEST(OcspRequest, refuses_a_critical_extension_it_does_not_know) {
  EXPECT_EQ(id_of(OcspRequest::parse(make_request({.critical_stranger = true}))), "ocsp.malformed");
}

TEST(CertId, knows_two_hashes_and_their_lengths) {
  const Bytes serial{1};
  EXPECT_EQ(parse_cert_id(make_cert_id(oid::kSha256, 32, serial))->hash, CertId::Hash::sha256);
  EXPECT_EQ(parse_cert_id(make_cert_id(oid::kSha384, 48, serial))->hash, CertId::Hash::other);
  EXPECT_EQ(id_of(parse_cert_id(make_cert_id(oid::kSha1, 32, serial))), "ocsp.malformed");
  EXPECT_EQ(id_of(parse_cert_id(make_cert_id(oid::kSha256, 20, serial))), "ocsp.malformed");
  EXPECT_FALSE(parse_cert_id(make_cert_id(oid::kSha1, 20, Bytes{0}))->serial);     // zero: no certificate has it
  EXPECT_FALSE(parse_cert_id(make_cert_id(oid::kSha1, 20, Bytes{0x80}))->serial);  // negative
}

TEST(OcspFailure, is_five_octets) {
  EXPECT_EQ(to_hex(make_ocsp_failure(OcspFailure::malformed_request)), "30030a0101");
  EXPECT_EQ(to_hex(make_ocsp_failure(OcspFailure::unauthorized)), "30030a0106");
}

TEST(OcspRequest, survives_truncation_and_size) {
  const Bytes sound = make_request({.ids = 2, .nonce = Bytes(16, 1)});
  for (std::size_t size = 0; size < sound.size(); ++size) EXPECT_FALSE(OcspRequest::parse(ByteView(sound).first(size)));
  EXPECT_EQ(id_of(OcspRequest::parse(Bytes(4097, 0x30))), "ocsp.malformed");
}

RC_GTEST_PROP(OcspRequest, survives_any_change, (unsigned short at, unsigned char bits)) {
  Bytes request = make_request({.ids = 2, .nonce = Bytes(16, 1)});
  request[at % request.size()] ^= bits;
  const auto read = OcspRequest::parse(request);
  if (!read) return;
  RC_ASSERT(!read->ids().empty());
  for (const CertId& id : read->ids()) RC_ASSERT(parse_cert_id(id.der).has_value());
}

}  // namespace
}  // namespace inkan::pki
