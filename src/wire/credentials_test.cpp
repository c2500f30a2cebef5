#include "wire/credentials.hpp"

#include <gtest/gtest.h>

#include "base/bytes.hpp"

namespace inkan::wire {
namespace {

net::Request with(std::string authorization) {
  net::Request request;
  request.headers.add("Authorization", std::move(authorization));
  return request;
}

net::Request basic(std::string_view plain) { return with("Basic " + to_base64(as_bytes(plain))); }

TEST(Credentials, are_login_id_and_password_with_colons_and_spaces_in_the_password) {
  const auto parsed = parse_credentials(basic("keiri01:pass: word 語"));
  ASSERT_TRUE(parsed && *parsed);
  EXPECT_EQ((*parsed)->login_id, "keiri01");
  EXPECT_EQ((*parsed)->password.reveal(), "pass: word 語");
  EXPECT_TRUE(*parse_credentials(with("bAsIc " + to_base64(as_bytes("a:b")))));
}

TEST(Credentials, are_absent_without_the_field_or_with_another_scheme) {
  EXPECT_FALSE(parse_credentials({}).value());
  EXPECT_FALSE(parse_credentials(with("Bearer abc")).value());
}

TEST(Credentials, that_are_malformed_or_there_twice_are_refused) {
  for (const std::string& field : {std::string("Basic"), std::string("Basic !"), "Basic " + to_base64(as_bytes("nocolon")),
                                   "Basic " + to_base64(as_bytes("a:\xff")), "Basic " + to_base64(as_bytes("a:b\n"))})
    EXPECT_EQ(parse_credentials(with(field)).error().id, "credentials.malformed") << field;
  net::Request twice = basic("a:b");
  twice.headers.add("Authorization", "Basic YTpj");
  EXPECT_FALSE(parse_credentials(twice));
}

TEST(Credentials, the_last_space_separates_password_and_code) {
  const PasswordAndCode both = split_code(Secret("my pass word K7QD-2MXP"));
  EXPECT_EQ(both.password.reveal(), "my pass word");
  EXPECT_EQ(both.code.reveal(), "K7QD-2MXP");
  const PasswordAndCode alone = split_code(Secret("password"));
  EXPECT_EQ(alone.password.reveal(), "password");
  EXPECT_TRUE(alone.code.empty());
}

}  // namespace
}  // namespace inkan::wire
