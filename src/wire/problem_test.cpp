#include "wire/problem.hpp"

#include <gtest/gtest.h>

#include "support/fake_rng.hpp"

namespace inkan::wire {
namespace {

TEST(Problem, carries_the_code_and_never_the_detail) {
  FakeRng rng;
  const net::Response response = make_problem({Code::refused, "renewal.not_yet", "secret detail"}, rng);
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(response.headers.find("Content-Type"), "application/problem+json");
  EXPECT_NE(response.body.find(R"("code":"renewal.not_yet")"), std::string::npos) << response.body;
  EXPECT_EQ(response.body.find("secret"), std::string::npos);
}

TEST(Problem, of_a_defect_shows_a_reference_only) {
  FakeRng rng;
  const net::Response response = make_problem({Code::internal, "issuer.lint", "cert.serial"}, rng);
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body.find("issuer"), std::string::npos);
  EXPECT_NE(response.body.find("\"reference\":\""), std::string::npos);
}

TEST(Problem, tells_when_to_come_back) {
  FakeRng rng;
  EXPECT_TRUE(make_problem({Code::too_many, "login.locked", {}}, rng).headers.find("Retry-After"));
  EXPECT_TRUE(make_problem({Code::unavailable, "issuance.running", {}}, rng).headers.find("Retry-After"));
}

TEST(Problem, a_certificate_that_does_not_do_is_no_matter_of_authorization) {
  EXPECT_EQ(to_status({Code::unauthenticated, "certificate.revoked", {}}), 403);
  EXPECT_EQ(to_status({Code::unauthenticated, "login.certificate", {}}), 403);
  EXPECT_EQ(to_status({Code::unauthenticated, "login.password", {}}), 401);
}

TEST(MediaType, is_compared_without_parameters_and_case) {
  net::Request request;
  EXPECT_FALSE(has_media_type(request, "application/pkcs10"));
  request.headers.add("Content-Type", "Application/PKCS10 ; charset=x");
  EXPECT_TRUE(has_media_type(request, "application/pkcs10"));
  EXPECT_FALSE(has_media_type(request, "application/pkcs1"));
}

}  // namespace
}  // namespace inkan::wire
