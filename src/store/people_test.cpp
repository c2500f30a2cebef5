// The contract of lifecycle/store.hpp for people, on every engine: holders with their codes and addresses, the bank's staff.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/store_contract.hpp"

namespace inkan::store {
namespace {

using lifecycle::Reader;
using lifecycle::RequestState;
using lifecycle::Writer;
using samples::kNow;
using std::chrono::seconds;

using Codes = std::vector<lifecycle::OneTimeCode>;
using Contacts = std::vector<lifecycle::Contact>;
using Holders = std::vector<lifecycle::Holder>;
using MaybeRequest = std::optional<lifecycle::StaffRequest>;
using MaybeStaff = std::optional<lifecycle::Staff>;
using MaybeStaffSession = std::optional<lifecycle::StaffSession>;
using Requests = std::vector<lifecycle::StaffRequest>;

class People : public StoreContract {
 protected:
  using Question = Result<Holders> (Reader::*)(const std::string&, const std::string&, int);
  /// ids are the login IDs that a question of institution d1 gives.
  std::vector<std::string> ids(Question question, const std::string& text, int limit) {
    std::vector<std::string> out;
    for (const auto& holder : ask<Holders>([&](Reader& reader) { return (reader.*question)("d1", text, limit); }))
      out.push_back(holder.id.login_id);
    return out;
  }
  void put_named(const std::string& login_id, const std::string& company, const std::string& contract = "c",
                 const std::string& institution = "d1") {
    auto holder = samples::holder(1);
    holder.id = {institution, login_id};
    holder.company = company;
    holder.contract = contract;
    write([&](Writer& writer) { return writer.put_holder(holder); });
  }
  std::vector<std::string> numbers(const Requests& requests) {
    std::vector<std::string> out;
    for (const auto& request : requests) out.push_back(request.number);
    return out;
  }
};

TEST_P(People, a_holder_is_kept_whole_and_replaced_by_id) {
  auto holder = samples::holder(1);
  write([&](Writer& writer) { return writer.put_holder(holder); });
  holder.role = lifecycle::Role::user;
  holder.entitlement = lifecycle::Entitlement::terminated;
  holder.acquire_until.reset();
  holder.last_login.reset();
  holder.name = "別の担当者";
  write([&](Writer& writer) -> Result<void> {
    if (auto put = writer.put_holder(holder); !put) return put;
    const auto own = writer.lock_holder(holder.id);
    if (!own) return fail(own);
    EXPECT_EQ((*own)->name, holder.name) << "a transaction sees its own writes";
    return {};
  });
  const auto found = ask<std::optional<lifecycle::Holder>>([&](Reader& reader) { return reader.find_holder(holder.id); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, holder.id);
  EXPECT_EQ(found->role, holder.role);
  EXPECT_EQ(found->company, holder.company);
  EXPECT_EQ(found->name, holder.name);
  EXPECT_EQ(found->mail, holder.mail);
  EXPECT_EQ(found->password_hash, holder.password_hash);
  EXPECT_EQ(found->entitlement, holder.entitlement);
  EXPECT_EQ(found->acquire_until, holder.acquire_until);
  EXPECT_EQ(found->created_at, holder.created_at);
  EXPECT_EQ(found->last_login, holder.last_login);
  EXPECT_EQ(found->contract, holder.contract);
}

TEST_P(People, a_holder_may_move_to_another_company_and_contract) {
  auto holder = samples::holder(1);
  write([&](Writer& writer) { return writer.put_holder(holder); });
  for (const auto& [company, contract] : {std::pair("株式会社別商事", "4711-001"), {"株式会社別商事", "4712-001"}}) {
    holder.company = company;
    holder.contract = contract;
    write([&](Writer& writer) { return writer.put_holder(holder); });
    const auto found = ask<std::optional<lifecycle::Holder>>([&](Reader& reader) { return reader.find_holder(holder.id); });
    EXPECT_EQ(found->company, company);
    EXPECT_EQ(found->contract, contract);
  }
  EXPECT_TRUE(ids(&Reader::holders_of_contract, "4711-001", 10).empty());
  EXPECT_THAT(ids(&Reader::holders_of_contract, "4712-001", 10), testing::ElementsAre("keiri1001"));
  EXPECT_TRUE(ids(&Reader::search_holders, "株式会社サンプル", 10).empty());
}

TEST_P(People, an_unknown_holder_is_nothing_not_an_error) {
  EXPECT_FALSE(ask<std::optional<lifecycle::Holder>>([](Reader& reader) { return reader.find_holder({"d1", "nobody"}); }));
  write([](Writer& writer) -> Result<void> {
    const auto locked = writer.lock_holder({"d1", "nobody"});
    if (!locked) return fail(locked);
    EXPECT_FALSE(*locked);
    return {};
  });
}

TEST_P(People, holders_are_listed_by_login_id_page_by_page) {
  put_holders(5);
  write([](Writer& writer) {
    auto other = samples::holder(9);
    other.id = {"d2", "keiri1000"};
    return writer.put_holder(other);
  });
  // By code points, whatever the database's locale says.
  write([](Writer& writer) {
    auto dotted = samples::holder(9);
    dotted.id.login_id = "keiri-1";
    return writer.put_holder(dotted);
  });
  const auto first = ask<Holders>([](Reader& reader) { return reader.list_holders("d1", "", 3); });
  const auto rest = ask<Holders>([&](Reader& reader) { return reader.list_holders("d1", first.back().id.login_id, 10); });
  std::vector<std::string> ids;
  for (const auto& holders : {first, rest})
    for (const auto& holder : holders) ids.push_back(holder.id.login_id);
  EXPECT_THAT(ids, testing::ElementsAre("keiri-1", "keiri1001", "keiri1002", "keiri1003", "keiri1004", "keiri1005"));
}

TEST_P(People, the_ids_of_a_contract_stand_together) {
  put_named("keiri3", "甲", "4711");
  put_named("keiri1", "甲", "4711");
  put_named("keiri2", "乙", "4712");
  put_named("keiri0", "甲", "4711", "d2");
  put_named("keiri4", "丙", "4711");
  EXPECT_THAT(ids(&Reader::holders_of_contract, "4711", 10), testing::ElementsAre("keiri1", "keiri3", "keiri4"));
  EXPECT_THAT(ids(&Reader::holders_of_contract, "4711", 2), testing::ElementsAre("keiri1", "keiri3"));
  EXPECT_TRUE(ids(&Reader::holders_of_contract, "471", 10).empty());
}

TEST_P(People, a_search_finds_what_login_id_or_company_begins_with) {
  put_named("a-keiri", "株式会社サンプル商事");
  put_named("b-keiri", "サンプル株式会社");
  put_named("c-keiri", "株式会社サンプル");
  put_named("サンプル", "サンプル合同会社");  // by both: once
  put_named("a-other", "株式会社山田");
  put_named("a-keiri", "株式会社サンプル商事", "c", "d2");
  EXPECT_THAT(ids(&Reader::search_holders, "a-", 10), testing::ElementsAre("a-keiri", "a-other"));
  EXPECT_THAT(ids(&Reader::search_holders, "株式会社サンプル", 10), testing::ElementsAre("a-keiri", "c-keiri"));
  EXPECT_THAT(ids(&Reader::search_holders, "サンプル", 10), testing::ElementsAre("b-keiri", "サンプル"));
  EXPECT_THAT(ids(&Reader::search_holders, "株式会社", 2), testing::ElementsAre("a-keiri", "a-other")) << "the first by login ID";
  EXPECT_THAT(ids(&Reader::search_holders, "", 10), testing::SizeIs(5));
  EXPECT_TRUE(ids(&Reader::search_holders, "keiri", 10).empty());
  EXPECT_TRUE(ids(&Reader::search_holders, "%", 10).empty());
  EXPECT_TRUE(ids(&Reader::search_holders, "a_", 10).empty());
  EXPECT_TRUE(ids(&Reader::search_holders, "A-", 10).empty());
}

TEST_P(People, a_search_goes_up_to_the_last_code_point) {
  put_named("x\u00ff", "甲");
  put_named("x\U0001F58B", "乙");  // beyond the 16 bits
  put_named("y", "丙");
  EXPECT_THAT(ids(&Reader::search_holders, "x", 10), testing::SizeIs(2));
}

TEST_P(People, a_code_is_kept_whole_and_usable_until_used_or_past_its_time) {
  put_holders(1);
  auto code = samples::code("c1", samples::holder_id(1));
  code.expires_at = kNow + seconds{10};
  const auto usable = [&](int after) {
    return ask<Codes>([&](Reader& reader) { return reader.usable_codes(code.holder, kNow + seconds{after}); });
  };
  write([&](Writer& writer) { return writer.put_code(code); });
  const auto found = usable(9);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].id, "c1");
  EXPECT_EQ(found[0].holder, code.holder);
  EXPECT_EQ(found[0].purpose, lifecycle::CodePurpose::new_computer);
  EXPECT_EQ(found[0].hash, code.hash);
  EXPECT_EQ(found[0].created_at, code.created_at);
  EXPECT_EQ(found[0].usable_from, code.usable_from);
  EXPECT_EQ(found[0].expires_at, code.expires_at);
  EXPECT_FALSE(found[0].used_at);
  EXPECT_EQ(found[0].released_by, code.released_by);
  EXPECT_TRUE(usable(10).empty());
  code.used_at = kNow;
  write([&](Writer& writer) { return writer.put_code(code); });
  EXPECT_TRUE(usable(0).empty());
}

TEST_P(People, a_code_is_made_when_its_hour_has_come) {
  put_holders(1);
  const auto put = [&](const std::string& id, int from, int until, bool made = false, bool used = false) {
    auto code = samples::code(id, samples::holder_id(1));
    code.usable_from = kNow + seconds{from};
    code.expires_at = kNow + seconds{until};
    if (!made) code.hash.reset();
    if (used) code.used_at = kNow;
    write([&](Writer& writer) { return writer.put_code(code); });
  };
  put("later", 10, 100);
  put("b", 5, 100);
  put("a", 5, 8);
  put("made", 0, 100, true);
  put("stopped", 0, 100, false, true);
  const auto to_make = [&](int now, int limit = 10) {
    std::vector<std::string> out;
    for (const auto& code : ask<Codes>([&](Reader& reader) { return reader.codes_to_make(kNow + seconds{now}, limit); })) {
      EXPECT_FALSE(code.hash);
      out.push_back(code.id);
    }
    return out;
  };
  EXPECT_TRUE(to_make(4).empty());
  EXPECT_THAT(to_make(5), testing::ElementsAre("a", "b"));
  EXPECT_THAT(to_make(5, 1), testing::ElementsAre("a"));
  EXPECT_THAT(to_make(10), testing::ElementsAre("b", "later"));
  EXPECT_THAT(ask<Codes>([](Reader& reader) { return reader.usable_codes(samples::holder_id(1), kNow); }), testing::SizeIs(4))
      << "those not made yet among them";
  put("b", 5, 100, true);
  EXPECT_THAT(to_make(10), testing::ElementsAre("later"));
  EXPECT_TRUE(to_make(100).empty());
}

TEST_P(People, unfetched_are_the_approved_ones_by_their_last_day) {
  put_holders(5);
  const auto until = [&](int n, int day, lifecycle::Entitlement entitlement) {
    auto holder =
        *ask<std::optional<lifecycle::Holder>>([&](Reader& reader) { return reader.find_holder(samples::holder_id(n)); });
    holder.entitlement = entitlement;
    holder.acquire_until = from_epoch_day(day);
    write([&](Writer& writer) { return writer.put_holder(holder); });
  };
  until(1, 107, lifecycle::Entitlement::acquirable);
  until(2, 105, lifecycle::Entitlement::acquirable);
  until(3, 105, lifecycle::Entitlement::held);
  until(4, 105, lifecycle::Entitlement::acquirable);
  until(5, 111, lifecycle::Entitlement::acquirable);
  const auto found = [&](const std::optional<std::pair<Day, std::string>>& after, int limit) {
    std::vector<std::string> ids;
    for (const auto& holder : ask<std::vector<lifecycle::Holder>>(
             [&](Reader& reader) { return reader.unfetched("d1", from_epoch_day(105), from_epoch_day(110), after, limit); }))
      ids.push_back(holder.id.login_id);
    return ids;
  };
  const auto id = [](int n) { return samples::holder_id(n).login_id; };
  EXPECT_THAT(found({}, 10), testing::ElementsAre(id(2), id(4), id(1)));
  EXPECT_THAT(found({}, 1), testing::ElementsAre(id(2)));
  EXPECT_THAT(found({{from_epoch_day(105), id(2)}}, 10), testing::ElementsAre(id(4), id(1)));
}

TEST_P(People, a_contact_is_kept_whole_replaced_by_address_and_removed) {
  put_holders(2);
  const auto id = samples::holder_id(1);
  const auto contacts = [&] { return ask<Contacts>([&](Reader& reader) { return reader.contacts_of(id); }); };
  auto contact = samples::contact(id, "b@example.test");
  auto earlier = samples::contact(id, "c@example.test");
  earlier.added_at = kNow - seconds{1};
  write([&](Writer& writer) -> Result<void> {
    for (const auto& each :
         {contact, samples::contact(id, "a@example.test"), earlier, samples::contact(samples::holder_id(2), "b@example.test")})
      if (auto put = writer.put_contact(each); !put) return put;
    return {};
  });
  const auto found = contacts();
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].address, "c@example.test");
  EXPECT_EQ(found[1].address, "a@example.test");
  EXPECT_EQ(found[2].address, "b@example.test");
  EXPECT_EQ(found[2].holder, id);
  EXPECT_EQ(found[2].added_at, contact.added_at);
  EXPECT_EQ(found[2].checked_at, contact.checked_at);
  EXPECT_EQ(found[2].check_hash, contact.check_hash);
  EXPECT_EQ(found[2].check_until, contact.check_until);
  EXPECT_EQ(found[2].check_tries, 2);
  EXPECT_EQ(found[2].undeliverable_since, contact.undeliverable_since);
  EXPECT_EQ(found[2].undeliverable_why, contact.undeliverable_why);
  EXPECT_EQ(found[2].soft_bounces, 1);

  contact.checked_at.reset();
  contact.check_hash.reset();
  contact.check_until.reset();
  contact.undeliverable_since.reset();
  contact.undeliverable_why.clear();
  contact.soft_bounces = 0;
  write([&](Writer& writer) -> Result<void> {
    if (auto put = writer.put_contact(contact); !put) return put;
    if (auto removed = writer.remove_contact(id, "nobody@example.test"); !removed) return removed;
    return writer.remove_contact(id, "a@example.test");
  });
  const auto left = contacts();
  ASSERT_EQ(left.size(), 2U);
  EXPECT_EQ(left[1].address, "b@example.test");
  EXPECT_FALSE(left[1].checked_at);
  EXPECT_FALSE(left[1].check_hash);
  EXPECT_FALSE(left[1].check_until);
  EXPECT_FALSE(left[1].undeliverable_since);
  EXPECT_EQ(left[1].undeliverable_why, "");
  EXPECT_EQ(left[1].soft_bounces, 0);
  EXPECT_EQ(refusal([](Writer& writer) { return writer.put_contact(samples::contact({"d1", "nobody"}, "a@example.test")); }),
            "store.constraint");
}

TEST_P(People, undeliverable_contacts_come_by_login_id_and_address) {
  put_holders(3);
  write([](Writer& writer) -> Result<void> {
    auto reached = samples::contact(samples::holder_id(1), "a@example.test");
    reached.undeliverable_since.reset();
    for (const auto& contact :
         {samples::contact(samples::holder_id(3), "a@example.test"), samples::contact(samples::holder_id(1), "c@example.test"),
          samples::contact(samples::holder_id(1), "b@example.test"), reached})
      if (auto put = writer.put_contact(contact); !put) return put;
    return {};
  });
  const auto addresses = [&](const std::string& institution, int limit) {
    std::vector<std::string> out;
    for (const auto& contact : ask<Contacts>([&](Reader& reader) { return reader.undeliverable_contacts(institution, limit); }))
      out.push_back(contact.holder.login_id + " " + contact.address);
    return out;
  };
  EXPECT_THAT(addresses("d1", 10),
              testing::ElementsAre("keiri1001 b@example.test", "keiri1001 c@example.test", "keiri1003 a@example.test"));
  EXPECT_THAT(addresses("d1", 1), testing::ElementsAre("keiri1001 b@example.test"));
  EXPECT_TRUE(addresses("d2", 10).empty());
}

TEST_P(People, a_person_of_the_bank_is_kept_whole_and_found_by_certificate) {
  auto staff = samples::staff("tanaka");
  write([&](Writer& writer) { return writer.put_staff(staff); });
  const auto find = [&] { return ask<MaybeStaff>([&](Reader& reader) { return reader.find_staff(staff.id); }); };
  const auto expect_kept = [&] {
    const auto found = find();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, staff.id);
    EXPECT_EQ(found->role, staff.role);
    EXPECT_EQ(found->name, staff.name);
    EXPECT_EQ(found->password_hash, staff.password_hash);
    EXPECT_EQ(found->certificate, staff.certificate);
    EXPECT_EQ(found->fingerprint, staff.fingerprint);
    EXPECT_EQ(found->added_at, staff.added_at);
    EXPECT_EQ(found->removed_at, staff.removed_at);
  };
  expect_kept();
  const auto before = staff.fingerprint;
  staff.role = lifecycle::StaffRole::auditor;
  staff.certificate = to_bytes("the next one");
  staff.fingerprint = sha256(staff.certificate);
  staff.removed_at.reset();
  write([&](Writer& writer) { return writer.put_staff(staff); });
  expect_kept();
  const auto by_fingerprint = [&](const Digest& fingerprint) {
    return ask<MaybeStaff>([&](Reader& reader) { return reader.find_staff_by_fingerprint(fingerprint); });
  };
  EXPECT_EQ(by_fingerprint(staff.fingerprint)->id, staff.id);
  EXPECT_FALSE(by_fingerprint(before));
  EXPECT_FALSE(ask<MaybeStaff>([](Reader& reader) { return reader.find_staff({"d2", "tanaka"}); }));
}

TEST_P(People, a_certificate_is_one_persons) {
  const auto first = samples::staff("tanaka");
  auto second = samples::staff("suzuki");
  write([&](Writer& writer) { return writer.put_staff(first); });
  second.fingerprint = first.fingerprint;
  EXPECT_EQ(refusal([&](Writer& writer) { return writer.put_staff(second); }), "store.conflict");
  second.id = {"d2", "tanaka"};
  EXPECT_EQ(refusal([&](Writer& writer) { return writer.put_staff(second); }), "store.conflict");
  // A work may take the conflict as an answer and go on.
  write([&](Writer& writer) -> Result<void> {
    EXPECT_FALSE(writer.put_staff(second));
    return writer.put_staff(samples::staff("suzuki"));
  });
  std::vector<std::string> listed;
  for (const auto& staff : ask<std::vector<lifecycle::Staff>>([](Reader& reader) { return reader.list_staff("d1"); }))
    listed.push_back(staff.id.login_id);
  EXPECT_THAT(listed, testing::ElementsAre("suzuki", "tanaka"));
}

TEST_P(People, staff_sessions_end_by_token_by_person_and_by_time) {
  write([](Writer& writer) -> Result<void> {
    for (const char* person : {"tanaka", "suzuki"})
      if (auto put = writer.put_staff(samples::staff(person)); !put) return put;
    auto ended = samples::staff_session("d", "suzuki");
    ended.expires_at = kNow + seconds{9};
    for (const auto& session : {samples::staff_session("a", "tanaka"), samples::staff_session("b", "tanaka"),
                                samples::staff_session("c", "suzuki"), ended})
      if (auto put = writer.put_staff_session(session); !put) return put;
    return {};
  });
  const auto find = [&](const std::string& token) {
    return ask<MaybeStaffSession>([&](Reader& reader) { return reader.find_staff_session(samples::digest(token)); });
  };
  auto session = find("a");
  ASSERT_TRUE(session);
  const auto expected = samples::staff_session("a", "tanaka");
  EXPECT_EQ(session->token_hash, expected.token_hash);
  EXPECT_EQ(session->staff, expected.staff);
  EXPECT_EQ(session->fingerprint, expected.fingerprint);
  EXPECT_EQ(session->created_at, expected.created_at);
  EXPECT_EQ(session->expires_at, expected.expires_at);
  EXPECT_EQ(session->seen_at, expected.seen_at);
  session->seen_at = kNow + seconds{63};
  write([&](Writer& writer) { return writer.put_staff_session(*session); });
  EXPECT_EQ(find("a")->seen_at, kNow + seconds{63});

  write([](Writer& writer) { return writer.remove_sessions_before(kNow + seconds{10}); });
  EXPECT_TRUE(find("c"));
  EXPECT_FALSE(find("d"));
  write([](Writer& writer) { return writer.remove_staff_session(samples::digest("a")); });
  EXPECT_FALSE(find("a"));
  EXPECT_TRUE(find("b"));
  write([](Writer& writer) { return writer.remove_staff_sessions_of({"d1", "tanaka"}); });
  EXPECT_FALSE(find("b"));
  EXPECT_TRUE(find("c"));
}

TEST_P(People, a_request_keeps_what_was_asked_and_takes_what_was_decided) {
  put_holders(2);
  const auto asked = samples::request(1, samples::holder_id(1));
  auto request = asked;
  const auto find = [&] {
    return ask<MaybeRequest>([&](Reader& reader) { return reader.find_request("d1", asked.number); }).value();
  };
  const auto expect_kept = [&] {
    const auto found = find();
    EXPECT_EQ(found.number, asked.number);
    EXPECT_EQ(found.holder, asked.holder);
    EXPECT_EQ(found.act, asked.act);
    EXPECT_EQ(found.about, asked.about);
    EXPECT_EQ(found.identity_check, asked.identity_check);
    EXPECT_EQ(found.call_back, asked.call_back);
    EXPECT_EQ(found.requested_by, asked.requested_by);
    EXPECT_EQ(found.requested_at, asked.requested_at);
    EXPECT_EQ(found.request_signature, asked.request_signature);
    EXPECT_EQ(found.state, request.state);
    EXPECT_EQ(found.decided_by, request.decided_by);
    EXPECT_EQ(found.decided_at, request.decided_at);
    EXPECT_EQ(found.decision_signature, request.decision_signature);
    EXPECT_EQ(found.decision_note, request.decision_note);
  };
  write([&](Writer& writer) { return writer.put_request(request); });
  expect_kept();
  request.state = RequestState::refused;
  request.decided_by = "suzuki";
  request.decided_at = kNow + seconds{60};
  request.decision_signature = to_bytes("signature of the decision");
  request.decision_note = "届出印が違う";
  request.holder = samples::holder_id(2);
  request.act = lifecycle::RequestAct::reissue;
  request.about.reset();
  request.requested_by = "suzuki";
  request.request_signature = to_bytes("another");
  write([&](Writer& writer) { return writer.put_request(request); });
  expect_kept();
  EXPECT_FALSE(ask<MaybeRequest>([&](Reader& reader) { return reader.find_request("d2", asked.number); }));
  EXPECT_EQ(refusal([](Writer& writer) { return writer.put_request(samples::request(2, {"d1", "nobody"})); }),
            "store.constraint");
}

TEST_P(People, requests_come_newest_first_and_the_waiting_oldest_first) {
  put_holders(2);
  write([](Writer& writer) -> Result<void> {
    auto other = samples::request(4, samples::holder_id(2));
    other.about.reset();
    auto decided = samples::request(3, samples::holder_id(1));
    decided.requested_at = kNow + seconds{5};
    decided.state = RequestState::approved;
    for (const auto& request :
         {samples::request(2, samples::holder_id(1)), samples::request(1, samples::holder_id(1)), decided, other})
      if (auto put = writer.put_request(request); !put) return put;
    return {};
  });
  const auto of_first = [&](int limit) {
    return numbers(ask<Requests>([&](Reader& reader) { return reader.requests_of(samples::holder_id(1), limit); }));
  };
  const auto waiting = [&](const std::string& institution, int limit) {
    return numbers(ask<Requests>([&](Reader& reader) { return reader.waiting_requests(institution, limit); }));
  };
  EXPECT_THAT(of_first(10), testing::ElementsAre("R-20261031-100003", "R-20261031-100002", "R-20261031-100001"));
  EXPECT_THAT(of_first(1), testing::ElementsAre("R-20261031-100003"));
  EXPECT_THAT(waiting("d1", 10), testing::ElementsAre("R-20261031-100001", "R-20261031-100002", "R-20261031-100004"));
  EXPECT_THAT(waiting("d1", 2), testing::ElementsAre("R-20261031-100001", "R-20261031-100002"));
  EXPECT_TRUE(waiting("d2", 10).empty());
  EXPECT_FALSE(ask<MaybeRequest>([](Reader& reader) { return reader.find_request("d1", "R-20261031-100004"); })->about);
}

INSTANTIATE_TEST_SUITE_P(Store, People, testing::ValuesIn(store_engines()), [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace inkan::store
