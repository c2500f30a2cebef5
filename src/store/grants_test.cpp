// The contract of lifecycle/store.hpp for logins handed on to applications, on every engine.

#include <gtest/gtest.h>

#include <algorithm>

#include "support/store_contract.hpp"

namespace inkan::store {
namespace {

using lifecycle::Reader;
using lifecycle::Writer;
using samples::kNow;

class Grants : public StoreContract {};

using MaybeGrant = std::optional<lifecycle::Grant>;

TEST_P(Grants, grants_are_found_by_code_token_and_session_within_their_institution) {
  auto grant = samples::grant("a", samples::holder_id(1));
  const auto put = [&](const lifecycle::Grant& each) { write([&](Writer& writer) { return writer.put_grant(each); }); };
  const auto find = [&](const std::string& institution, const std::string& code) {
    return ask<MaybeGrant>([&](Reader& reader) { return reader.find_grant(institution, samples::digest(code)); });
  };
  put(grant);
  auto found = find("d1", "a");
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, grant);
  EXPECT_FALSE(find("d2", "a"));
  EXPECT_FALSE(find("d1", "b"));

  grant.redeemed_at = kNow + std::chrono::seconds{7};
  grant.token_hash = samples::digest("token");
  grant.token_certificate = samples::digest("application");
  grant.token_until = kNow + std::chrono::seconds{600};
  grant.revoked_at = kNow + std::chrono::seconds{8};
  put(grant);
  EXPECT_EQ(find("d1", "a"), grant);
  const auto by_token = [&](const std::string& institution) {
    return ask<MaybeGrant>([&](Reader& reader) { return reader.find_grant_by_token(institution, samples::digest("token")); });
  };
  EXPECT_EQ(by_token("d1"), grant);
  EXPECT_FALSE(by_token("d2"));
  const auto of_session = [&](const std::string& institution) {
    return ask<MaybeGrant>([&](Reader& reader) { return reader.find_grant_of_session(institution, grant.sid); });
  };
  EXPECT_EQ(of_session("d1"), grant);
  EXPECT_FALSE(of_session("d2"));

  put(samples::grant("b", samples::holder_id(1)));
  write([&](Writer& writer) { return writer.remove_sessions_before(grant.kept_until); });
  EXPECT_TRUE(find("d1", "b"));
  write([&](Writer& writer) { return writer.remove_sessions_before(grant.kept_until + std::chrono::seconds{1}); });
  EXPECT_FALSE(find("d1", "b"));
}

TEST_P(Grants, grants_whose_application_was_not_told_are_listed_in_order_until_it_was) {
  std::vector<lifecycle::Grant> all;
  for (const char* code : {"a", "b", "c", "d"}) {
    auto grant = samples::grant(code, samples::holder_id(1));
    if (code != std::string("d")) grant.token_hash = samples::digest(std::string("token ") + code);  // "d" was never redeemed
    write([&](Writer& writer) { return writer.put_grant(grant); });
    if (grant.token_hash) all.push_back(grant);
  }
  std::ranges::sort(all, {}, &lifecycle::Grant::code_hash);
  const auto untold = [&](const std::string& institution, const std::string& client, const Digest& after, int limit) {
    return ask<std::vector<lifecycle::Grant>>(
        [&](Reader& reader) { return reader.untold_grants(institution, client, after, limit); });
  };
  const std::string client = all[0].client;
  EXPECT_EQ(untold("d1", client, {}, 10), all);
  EXPECT_EQ(untold("d1", client, {}, 2), (std::vector{all[0], all[1]}));
  EXPECT_EQ(untold("d1", client, all[1].code_hash, 2), (std::vector{all[2]}));
  EXPECT_TRUE(untold("d2", client, {}, 10).empty());
  EXPECT_TRUE(untold("d1", "another", {}, 10).empty());

  const auto tell = [&](const std::string& institution, const std::string& whom) {
    write([&](Writer& writer) { return writer.set_told(institution, whom, all[0].sid, kNow); });
  };
  tell("d2", client);
  tell("d1", "another");
  EXPECT_EQ(untold("d1", client, {}, 10).size(), 3U);
  tell("d1", client);
  EXPECT_TRUE(untold("d1", client, {}, 10).empty()) << "all of one session at once";
  EXPECT_EQ(ask<MaybeGrant>([&](Reader& reader) { return reader.find_grant("d1", all[0].code_hash); })->told_at, kNow);
}

INSTANTIATE_TEST_SUITE_P(Store, Grants, testing::ValuesIn(store_engines()), [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace inkan::store
