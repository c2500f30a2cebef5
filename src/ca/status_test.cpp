#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ca/issuer.hpp"
#include "support/held_ceremony.hpp"

namespace inkan::ca {
namespace {

using pki::KeyAlgorithm;
using pki::RevocationReason;

std::string id_of(const auto& result) { return result ? "no error" : result.error().id; }

CrlOrder crl_order(HeldCeremony& held, std::size_t count) {
  CrlOrder order{HeldCeremony::kId, 7, held.now(), held.now() + std::chrono::hours{24}, {}};
  for (std::size_t i = 0; i < count; ++i)
    order.revoked.push_back({pki::SerialNumber::make(held.rng()), held.now() - std::chrono::minutes{i},
                             i % 2 == 0 ? RevocationReason::unspecified : RevocationReason::superseded});
  return order;
}

TEST(CrlOfIssuer, C5_is_what_openssl_reads) {
  for (KeyAlgorithm kind : {KeyAlgorithm::rsa2048, KeyAlgorithm::p256, KeyAlgorithm::p384}) {
    HeldCeremony held(kind);
    const CrlOrder order = crl_order(held, 2);
    const auto crl = held.issuer().make_crl(order);
    ASSERT_TRUE(crl) << id_of(crl) << crl.error().detail;
    const std::string file = held.folder().write("t.crl", *crl);
    const ToolRun run = run_tool(
        fmt::format("openssl crl -inform DER -in {} -noout -text -CAfile {}/t-g1.pem", file, held.certificates().string()));
    for (const std::string& wanted :
         {std::string("verify OK"), std::string("Version 2 (0x1)"), std::string("X509v3 Authority Key Identifier"),
          std::string("X509v3 CRL Number: \n                7"),
          std::string("X509v3 CRL Reason Code: \n                Superseded"),
          std::string("Next Update: Dec  1 03:00:00 2026 GMT")})
      EXPECT_NE(run.output.find(wanted), std::string::npos) << wanted << "\n" << run.output;
    EXPECT_EQ(run.output.find("Unspecified"), std::string::npos);
  }
}

TEST(CrlOfIssuer, revokes_for_openssl_verify) {
  HeldCeremony held;
  const pki::PrivateKey key = pki::PrivateKey::make(KeyAlgorithm::p256).value();
  const pki::Certificate certificate = held.issue(key.public_key());
  CrlOrder order = crl_order(held, 3);
  const auto verify = [&] {
    const std::string crl = held.folder().write("t.crl", held.issuer().make_crl(order).value());
    const std::string holder = held.folder().write("holder.pem", certificate.to_pem());
    const std::string ca = held.certificates().string();
    return run_tool(fmt::format("openssl verify -crl_check -attime {} -CRLfile {} -CAfile {}/root.pem -untrusted {}/t-g1.pem {}",
                                to_epoch(held.now()) + 1, crl, ca, ca, holder));
  };
  EXPECT_EQ(verify().status, 0) << verify().output;
  order.revoked.push_back({certificate.serial(), held.now(), RevocationReason::key_compromise});
  order.number = 8;
  EXPECT_NE(verify().output.find("certificate revoked"), std::string::npos);
}

TEST(CrlOfIssuer, I8_refuses_a_serial_twice_and_dates_that_do_not_follow) {
  HeldCeremony held;
  CrlOrder order = crl_order(held, 3);
  order.revoked.push_back(order.revoked[1]);
  EXPECT_EQ(id_of(held.issuer().make_crl(order)), "issuer.refused");
  order = crl_order(held, 1);
  order.next_update = order.this_update;
  EXPECT_EQ(id_of(held.issuer().make_crl(order)), "issuer.refused");
  order = crl_order(held, 1);
  order.number = 0;
  EXPECT_EQ(id_of(held.issuer().make_crl(order)), "issuer.refused");
  order.authority = "x";
  EXPECT_EQ(id_of(held.issuer().make_crl(order)), "issuer.unknown_authority");
}

TEST(CrlOfIssuer, may_be_empty_and_may_be_long) {
  HeldCeremony held;
  for (std::size_t count : {0u, 1u, 20'000u}) {
    const auto crl = held.issuer().make_crl(crl_order(held, count));
    ASSERT_TRUE(crl) << id_of(crl);
    const auto parsed = pki::Crl::parse(*crl);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->entries().size(), count);
    EXPECT_EQ(parsed->number(), 7u);
  }
}

/// An OCSP exchange with the openssl program as the client.
struct Exchange {
  HeldCeremony held;
  pki::PrivateKey key = pki::PrivateKey::make(KeyAlgorithm::p256).value();
  pki::Certificate certificate = held.issue(key.public_key());
  std::string ca = held.certificates().string();
  std::string holder = held.folder().write("holder.pem", certificate.to_pem());

  pki::OcspRequest ask(const std::string& options) {
    const std::string file = (held.folder().path() / "request.der").string();
    const ToolRun run =
        run_tool(fmt::format("openssl ocsp {} -issuer {}/t-g1.pem -cert {} -reqout {}", options, ca, holder, file));
    EXPECT_EQ(run.status, 0) << run.output;
    const std::string der = run_tool("cat " + file).output;
    auto request = pki::OcspRequest::parse(as_bytes(der));
    EXPECT_TRUE(request) << id_of(request);
    return *request;
  }
  OcspOrder order(const pki::OcspRequest& request, pki::StatusAnswer::Status status) const {
    OcspOrder out{HeldCeremony::kId, {}, held.now(), held.now(), held.now() + std::chrono::hours{12}, request.nonce()};
    for (const pki::CertId& id : request.ids())
      out.answers.push_back({id.der, status, held.now() - std::chrono::hours{1}, RevocationReason::key_compromise});
    return out;
  }
  ToolRun read(const Bytes& response) const {
    const std::string file = held.folder().write("response.der", response);
    return run_tool(fmt::format(
        "openssl ocsp -reqin {}/request.der -respin {} -CAfile {}/root.pem -verify_other {}/t-g1.pem -attime {} -text",
        held.folder().path().string(), file, ca, ca, to_epoch(held.now()) + 60));
  }
};

TEST(OcspOfIssuer, O5_openssl_takes_the_answer_of_the_delegated_responder) {
  Exchange exchange;
  for (const char* options : {"", "-no_nonce", "-sha256"}) {
    const pki::OcspRequest request = exchange.ask(options);
    for (auto [status, word] : {std::pair{pki::StatusAnswer::Status::good, "Cert Status: good"},
                                {pki::StatusAnswer::Status::revoked, "Cert Status: revoked"},
                                {pki::StatusAnswer::Status::unknown, "Cert Status: unknown"}}) {
      const auto response = exchange.held.issuer().make_ocsp(exchange.order(request, status));
      ASSERT_TRUE(response) << id_of(response) << response.error().detail;
      const ToolRun run = exchange.read(*response);
      EXPECT_NE(run.output.find("Response verify OK"), std::string::npos) << options << run.output;
      EXPECT_NE(run.output.find(word), std::string::npos) << options << run.output;
      EXPECT_EQ(run.output.find("once Verify error"), std::string::npos) << run.output;
      if (status == pki::StatusAnswer::Status::revoked) {
        EXPECT_NE(run.output.find("Revocation Reason: keyCompromise"), std::string::npos);
      }
    }
  }
}

TEST(OcspOfIssuer, never_vouches_for_another_authoritys_certificate) {
  Exchange exchange;
  HeldCeremony stranger(KeyAlgorithm::p384);
  const pki::OcspRequest request = exchange.ask("");
  EXPECT_EQ(id_of(stranger.issuer().make_ocsp(exchange.order(request, pki::StatusAnswer::Status::good))), "issuer.refused");
  EXPECT_TRUE(stranger.issuer().make_ocsp(exchange.order(request, pki::StatusAnswer::Status::unknown)));
}

TEST(OcspOfIssuer, refuses_orders_that_must_not_be_signed) {
  Exchange exchange;
  const OcspOrder sound = exchange.order(exchange.ask(""), pki::StatusAnswer::Status::good);
  const auto refusal = [&](auto change) {
    OcspOrder order = sound;
    change(order);
    return id_of(exchange.held.issuer().make_ocsp(order));
  };
  EXPECT_EQ(refusal([](OcspOrder& o) { o.answers.clear(); }), "issuer.refused");
  EXPECT_EQ(refusal([](OcspOrder& o) { o.answers.resize(17, o.answers[0]); }), "issuer.refused");
  EXPECT_EQ(refusal([](OcspOrder& o) { o.next_update = o.this_update; }), "issuer.refused");
  EXPECT_EQ(refusal([](OcspOrder& o) { o.produced_at -= std::chrono::seconds{1}; }), "issuer.refused");
  EXPECT_EQ(refusal([](OcspOrder& o) { o.nonce = Bytes(129); }), "issuer.refused");
  EXPECT_EQ(refusal([](OcspOrder& o) { o.answers[0].cert_id_der.pop_back(); }), "issuer.refused");
  EXPECT_EQ(refusal([](OcspOrder& o) { o.authority = "x"; }), "issuer.unknown_authority");
}

}  // namespace
}  // namespace inkan::ca
