// The contract of lifecycle/store.hpp for tickets, sessions, notices, letters, CRLs and the audit trail, on every engine.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/store_contract.hpp"

namespace inkan::store {
namespace {

using lifecycle::LetterState;
using lifecycle::Reader;
using lifecycle::TicketStage;
using lifecycle::Writer;
using samples::kNow;

class Records : public StoreContract {};

using MaybeTicket = std::optional<lifecycle::Ticket>;
using MaybeSession = std::optional<lifecycle::Session>;
using Letters = std::vector<lifecycle::Letter>;
using Notices = std::vector<lifecycle::Notice>;

TEST_P(Records, a_ticket_is_kept_whole_and_replaced_by_id) {
  put_holders(1);
  auto ticket = samples::ticket(1, samples::holder_id(1));
  write([&](Writer& writer) { return writer.put_ticket(ticket); });
  ticket.stage = TicketStage::issued;
  ticket.serial = samples::serial(2);
  ticket.replaces.reset();
  ticket.secret_hash = samples::digest("another browser");
  ticket.taken_at = ticket.created_at + std::chrono::minutes{1};
  write([&](Writer& writer) { return writer.put_ticket(ticket); });
  const auto found = ask<MaybeTicket>([](Reader& reader) { return reader.find_ticket("ticket1"); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->holder, ticket.holder);
  EXPECT_EQ(found->kind, ticket.kind);
  EXPECT_EQ(found->stage, ticket.stage);
  EXPECT_EQ(found->evidence, ticket.evidence);
  EXPECT_EQ(found->replaces, ticket.replaces);
  EXPECT_EQ(found->serial, ticket.serial);
  EXPECT_EQ(found->secret_hash, ticket.secret_hash);
  EXPECT_EQ(found->created_at, ticket.created_at);
  EXPECT_EQ(found->expires_at, ticket.expires_at);
  EXPECT_EQ(found->taken_at, ticket.taken_at);
  EXPECT_EQ(ask<MaybeTicket>([&](Reader& reader) { return reader.find_ticket_by_secret(ticket.secret_hash); })->id, ticket.id);
  EXPECT_FALSE(ask<MaybeTicket>([](Reader& reader) { return reader.find_ticket_by_secret(samples::digest("secret1")); }));
  EXPECT_FALSE(ask<MaybeTicket>([](Reader& reader) { return reader.find_ticket("ticket2"); }));
}

TEST_P(Records, the_current_ticket_is_the_newest_that_runs) {
  put_holders(1);
  const auto id = samples::holder_id(1);
  const auto current = [&] {
    const auto ticket = ask<MaybeTicket>([&](Reader& reader) { return reader.find_current_ticket(id); });
    return ticket ? ticket->id : "";
  };
  const auto put = [&](int number, TicketStage stage) {
    auto ticket = samples::ticket(number, id);
    ticket.stage = stage;
    write([&](Writer& writer) { return writer.put_ticket(ticket); });
  };
  EXPECT_EQ(current(), "");
  put(1, TicketStage::issued);
  put(2, TicketStage::open);  // in the same second
  EXPECT_EQ(current(), "ticket2");
  put(2, TicketStage::cancelled);
  EXPECT_EQ(current(), "ticket1");
  for (const TicketStage stage : {TicketStage::confirmed, TicketStage::cancelled, TicketStage::expired}) {
    put(1, stage);
    EXPECT_EQ(current(), "");
  }
}

TEST_P(Records, sessions_end_by_token_by_certificate_and_by_time) {
  const auto put = [&](const std::string& token, const std::string& certificate, int seconds) {
    auto session = samples::session(token, samples::holder_id(1), certificate);
    session.expires_at = kNow + std::chrono::seconds{seconds};
    write([&](Writer& writer) { return writer.put_session(session); });
  };
  const auto find = [&](const std::string& token) {
    return ask<MaybeSession>([&](Reader& reader) { return reader.find_session(samples::digest(token)); });
  };
  put("a", "one", 10);
  put("b", "two", 10);
  put("c", "three", 11);
  put("d", "three", 9);
  const auto a = find("a");
  ASSERT_TRUE(a);
  EXPECT_EQ(a->holder, samples::holder_id(1));
  EXPECT_EQ(a->fingerprint, samples::digest("one"));
  EXPECT_EQ(a->created_at, kNow);
  EXPECT_EQ(a->expires_at, kNow + std::chrono::seconds{10});
  EXPECT_EQ(a->previous_login, kNow - std::chrono::days{1});
  EXPECT_EQ(a->seen_at, kNow + std::chrono::seconds{4});
  write([&](Writer& writer) {
    auto seen = *a;
    seen.seen_at = kNow + std::chrono::seconds{64};
    return writer.put_session(seen);
  });
  EXPECT_EQ(find("a")->seen_at, kNow + std::chrono::seconds{64});
  write([](Writer& writer) { return writer.remove_session(samples::digest("a")); });
  EXPECT_FALSE(find("a"));
  write([](Writer& writer) { return writer.remove_sessions_of(samples::digest("two")); });
  EXPECT_FALSE(find("b"));
  write([](Writer& writer) { return writer.remove_sessions_before(kNow + std::chrono::seconds{10}); });
  EXPECT_TRUE(find("c"));
  EXPECT_FALSE(find("d"));
}

TEST_P(Records, a_notice_exists_once_per_certificate_and_kind) {
  const auto id = samples::holder_id(1);
  write([&](Writer& writer) -> Result<void> {
    auto first = writer.add_notice(samples::notice(1, id));
    if (!first) return fail(first);
    EXPECT_TRUE(*first);
    auto again = samples::notice(1, id);
    again.number = "N-20261101-000001";
    auto second = writer.add_notice(again);
    if (!second) return fail(second);
    EXPECT_FALSE(*second);
    auto other = samples::notice(1, id, "before-10");
    other.number = "N-20261101-000002";
    auto third = writer.add_notice(other);
    if (!third) return fail(third);
    EXPECT_TRUE(*third);
    return {};
  });
  const auto notices = ask<Notices>([&](Reader& reader) { return reader.notices_of(id, 10); });
  ASSERT_EQ(notices.size(), 2U);
  EXPECT_EQ(notices[0].kind, "before-10") << "newest first";
  EXPECT_EQ(ask<Notices>([&](Reader& reader) { return reader.notices_of(id, 1); }).size(), 1U);
  const auto expected = samples::notice(1, id);
  const auto found =
      ask<std::optional<lifecycle::Notice>>([&](Reader& reader) { return reader.find_notice("d1", expected.number); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->holder, expected.holder);
  EXPECT_EQ(found->serial, expected.serial);
  EXPECT_EQ(found->decided_on, expected.decided_on);
  EXPECT_EQ(found->remaining, expected.remaining);
  EXPECT_EQ(found->subject, expected.subject);
  EXPECT_EQ(found->body, expected.body);
  EXPECT_FALSE(ask<std::optional<lifecycle::Notice>>([&](Reader& reader) { return reader.find_notice("d2", expected.number); }));
}

TEST_P(Records, a_notice_about_no_certificate_is_kept_each_time) {
  const auto id = samples::holder_id(1);
  write([&](Writer& writer) -> Result<void> {
    for (int i = 1; i <= 2; ++i) {
      auto notice = samples::notice(i, id, "address-added");
      notice.serial.reset();
      const auto added = writer.add_notice(notice);
      if (!added) return fail(added);
      EXPECT_TRUE(*added);
    }
    return {};
  });
  const auto notices = ask<Notices>([&](Reader& reader) { return reader.notices_of(id, 10); });
  ASSERT_EQ(notices.size(), 2U);
  EXPECT_FALSE(notices[0].serial);
  EXPECT_FALSE(notices[1].serial);
}

TEST_P(Records, notice_numbers_count_up_per_institution_and_day) {
  const Day day = samples::kExpiry;
  std::vector<long long> numbers;
  write([&](Writer& writer) -> Result<void> {
    for (const auto& [institution, on, count] :
         {std::tuple("d1", day, 1), {"d1", day, 3}, {"d2", day, 1}, {"d1", day + std::chrono::days{1}, 2}, {"d1", day, 1}}) {
      const auto number = writer.next_notice_numbers(institution, on, count);
      if (!number) return fail(number);
      numbers.push_back(*number);
    }
    return {};
  });
  EXPECT_THAT(numbers, testing::ElementsAre(1, 2, 1, 1, 5));
}

TEST_P(Records, waiting_letters_come_oldest_first_when_their_time_has_come) {
  const auto id = samples::holder_id(1);
  const auto waiting = [&](int seconds, int limit = 10) {
    return ask<Letters>([&](Reader& reader) { return reader.waiting_letters(kNow + std::chrono::seconds{seconds}, limit); });
  };
  auto later = samples::letter(id, "later");
  later.next_attempt = kNow + std::chrono::seconds{60};
  later.about.reset();
  write([&](Writer& writer) -> Result<void> {
    for (const auto& letter : {later, samples::letter(id, "first"), samples::letter(id, "second")})
      if (auto added = writer.add_letter(letter); !added) return added;
    return {};
  });
  const auto now = waiting(0);
  ASSERT_EQ(now.size(), 2U);
  EXPECT_EQ(now[0].message_id, "first");
  EXPECT_EQ(now[0].holder, id);
  EXPECT_EQ(now[0].notice, "N-20261031-100001");
  EXPECT_EQ(now[0].to, "keiri@example.test");
  EXPECT_EQ(now[0].subject, "お知らせ");
  EXPECT_EQ(now[0].body, "本文");
  EXPECT_EQ(now[0].about, samples::serial(1));
  EXPECT_TRUE(now[0].wipe);
  EXPECT_EQ(now[1].message_id, "second");
  EXPECT_NE(now[0].id, now[1].id);
  EXPECT_EQ(waiting(0, 1).size(), 1U);
  EXPECT_EQ(waiting(59).size(), 2U);
  ASSERT_EQ(waiting(60).size(), 3U);
  EXPECT_FALSE(waiting(60)[2].about);

  auto tried = now[0];
  tried.attempts = 3;
  tried.next_attempt = kNow + std::chrono::seconds{100};
  auto accepted = now[1];
  accepted.state = LetterState::accepted;
  write([&](Writer& writer) -> Result<void> {
    if (auto set = writer.set_letter(tried); !set) return set;
    return writer.set_letter(accepted);
  });
  EXPECT_TRUE(waiting(0).empty());
  ASSERT_EQ(waiting(100).size(), 2U);
  EXPECT_EQ(waiting(100)[1].attempts, 3);
}

TEST_P(Records, a_letter_is_found_by_its_number_and_its_body_can_be_emptied) {
  using MaybeLetter = std::optional<lifecycle::Letter>;
  auto plain = samples::letter(samples::holder_id(1), "plain");
  plain.wipe = false;
  write([&](Writer& writer) -> Result<void> {
    if (auto added = writer.add_letter(samples::letter(samples::holder_id(1), "with a code")); !added) return added;
    return writer.add_letter(plain);
  });
  const auto letters = ask<Letters>([](Reader& reader) { return reader.waiting_letters(kNow, 10); });
  ASSERT_EQ(letters.size(), 2U);
  const auto find = [&](long long id) { return ask<MaybeLetter>([&](Reader& reader) { return reader.find_letter(id); }); };
  EXPECT_FALSE(find(letters[1].id)->wipe);
  auto left = letters[0];
  EXPECT_TRUE(left.wipe);
  left.state = LetterState::accepted;
  left.body.clear();
  write([&](Writer& writer) { return writer.set_letter(left); });
  const auto found = find(left.id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->message_id, "with a code");
  EXPECT_EQ(found->state, LetterState::accepted);
  EXPECT_EQ(found->body, "");
  EXPECT_EQ(find(letters[1].id)->body, plain.body);
  EXPECT_FALSE(find(letters[1].id + 100));
}

TEST_P(Records, a_day_is_done_per_job_and_institution) {
  const auto done = [&](const std::string& job, const std::string& institution) {
    return ask<std::optional<Day>>([&](Reader& reader) { return reader.day_done(job, institution); });
  };
  EXPECT_FALSE(done("notices", "d1"));
  write([](Writer& writer) { return writer.set_day_done("notices", "d1", samples::kExpiry); });
  write([](Writer& writer) { return writer.set_day_done("notices", "d1", samples::kExpiry + std::chrono::days{1}); });
  EXPECT_EQ(done("notices", "d1"), samples::kExpiry + std::chrono::days{1});
  EXPECT_FALSE(done("notices", "d2"));
  EXPECT_FALSE(done("other", "d1"));
}

TEST_P(Records, crl_numbers_only_rise) {
  using Crl = lifecycle::StatusReader::PublishedCrl;
  const auto latest = [&](const std::string& authority) {
    return ask<std::optional<Crl>>([&](Reader& reader) { return reader.latest_crl(authority); });
  };
  const auto crl = [](unsigned long long number) {
    return Crl{.number = number,
               .this_update = kNow,
               .next_update = kNow + std::chrono::days{7},
               .der = to_bytes(std::string(100'000, 'x') + std::to_string(number))};
  };
  EXPECT_FALSE(latest("d1-g1"));
  write([&](Writer& writer) { return writer.add_crl("d1-g1", crl(5)); });
  write([&](Writer& writer) { return writer.add_crl("d1-g1", crl(7)); });
  for (const unsigned long long number : {7ULL, 6ULL, 5ULL, 1ULL})
    EXPECT_EQ(refusal([&](Writer& writer) { return writer.add_crl("d1-g1", crl(number)); }), "store.conflict");
  ASSERT_TRUE(latest("d1-g1"));
  EXPECT_EQ(latest("d1-g1")->number, 7U);
  EXPECT_EQ(latest("d1-g1")->der, crl(7).der);
  const auto head = ask<std::optional<Crl>>([](Reader& reader) { return reader.latest_crl_head("d1-g1"); });
  ASSERT_TRUE(head);
  EXPECT_EQ(head->number, 7U);
  EXPECT_EQ(head->next_update, latest("d1-g1")->next_update);
  EXPECT_TRUE(head->der.empty());

  const auto number = [&](const std::string& authority) {
    return ask<unsigned long long>([&](Reader& reader) { return reader.crl_number(authority); });
  };
  EXPECT_EQ(number("d1-g1"), 7U);
  EXPECT_EQ(number("d2-g1"), 0U);
  write([&](Writer& writer) { return writer.set_crl_number("d1-g1", 9); });
  EXPECT_EQ(number("d1-g1"), 9U);
  write([&](Writer& writer) { return writer.set_crl_number("d1-g1", 4); });
  EXPECT_EQ(number("d1-g1"), 7U) << "what is published counts";
  EXPECT_EQ(latest("d1-g1")->next_update, kNow + std::chrono::days{7});
  EXPECT_FALSE(latest("d1-g2"));
}

TEST_P(Records, each_shard_of_a_list_has_numbers_of_its_own_and_heads_are_of_one_authority) {
  using Crl = lifecycle::StatusReader::PublishedCrl;
  using Heads = std::vector<lifecycle::StatusReader::PublishedShard>;
  const auto crl = [](unsigned long long number) {
    return Crl{.number = number, .this_update = kNow, .next_update = kNow + std::chrono::days{1}, .der = to_bytes("x")};
  };
  for (const char* list : {"d1-g1", "d1-g1/1", "d1-g1/10", "d1-g1/2", "d1-g10", "d1-g10/1", "d1-g", "d1-g/1"})
    write([&](Writer& writer) { return writer.add_crl(list, crl(4)); });
  write([&](Writer& writer) { return writer.add_crl("d1-g1/10", crl(9)); });
  write([&](Writer& writer) { return writer.set_crl_number("d1-g1/2", 7); });
  const auto heads = ask<Heads>([](Reader& reader) { return reader.shard_heads("d1-g1"); });
  ASSERT_EQ(heads.size(), 3U);
  EXPECT_EQ(heads[0].list, "d1-g1/1");
  EXPECT_EQ(heads[1].list, "d1-g1/10") << "in the order of their ids as text";
  EXPECT_EQ(heads[2].list, "d1-g1/2");
  EXPECT_EQ(heads[1].head.number, 9U);
  EXPECT_EQ(heads[1].head.next_update, kNow + std::chrono::days{1});
  EXPECT_TRUE(ask<Heads>([](Reader& reader) { return reader.shard_heads("d2-g1"); }).empty());
  const auto number = [&](const std::string& list) {
    return ask<unsigned long long>([&](Reader& reader) { return reader.crl_number(list); });
  };
  EXPECT_EQ(number("d1-g1"), 4U);
  EXPECT_EQ(number("d1-g1/2"), 7U);
  EXPECT_EQ(number("d1-g1/10"), 9U);
  EXPECT_EQ(refusal([&](Writer& writer) { return writer.add_crl("d1-g1/10", crl(9)); }), "store.conflict");
}

TEST_P(Records, audit_entries_form_a_chain_from_one) {
  write([](Writer& writer) -> Result<void> {
    writer.audit(samples::entry("a"));
    writer.audit(samples::entry("b"));
    return {};
  });
  write([](Writer& writer) -> Result<void> {
    writer.audit(samples::entry("c"));
    return {};
  });
  EXPECT_THAT(ask<std::vector<std::string>>([](Reader& reader) { return reader.audit_nodes(); }), testing::ElementsAre("n1"));
  const auto chain = audit("n1");
  ASSERT_EQ(chain.size(), 3U);
  EXPECT_EQ(chain[2].entry.subject, "c");
  EXPECT_EQ(chain[2].entry.actor, "operator");
  EXPECT_EQ(chain[2].entry.action, "certificate.reserved");
  EXPECT_EQ(chain[2].entry.institution, "d1");
  EXPECT_EQ(chain[2].entry.at, kNow);
  EXPECT_EQ(chain[2].entry.detail, samples::entry("c").detail);
  EXPECT_TRUE(is_chain(chain));
}

TEST_P(Records, the_audit_trail_of_one_subject_comes_newest_first) {
  const auto add = [&](SqlStore& store, const std::string& subject, const std::string& action, int seconds,
                       const std::string& institution = "d1") {
    const auto done = store.transact([&](Writer& writer) -> Result<void> {
      auto entry = samples::entry(subject);
      entry.action = action;
      entry.institution = institution;
      entry.at = kNow + std::chrono::seconds{seconds};
      writer.audit(entry);
      return {};
    });
    ASSERT_TRUE(done) << done.error().detail;
  };
  add(*store_, "keiri1001", "first", 0);
  add(*store_, "keiri1002", "other subject", 0);
  add(*store_, "keiri1001", "other institution", 0, "d2");
  add(*store_, "keiri1001", "second", 5);
  add(*store_, "keiri1001", "third", 5);  // in the same second
  add(*place_.open("n2"), "keiri1001", "between", 2);
  const auto actions = [&](int limit) {
    std::vector<std::string> out;
    for (const auto& record :
         ask<std::vector<lifecycle::AuditRecord>>([&](Reader& reader) { return reader.audit_of("d1", "keiri1001", limit); })) {
      out.push_back(record.entry.action);
      EXPECT_EQ(record.entry.detail, samples::entry("x").detail);
    }
    return out;
  };
  EXPECT_THAT(actions(10), testing::ElementsAre("third", "second", "between", "first"));
  EXPECT_THAT(actions(2), testing::ElementsAre("third", "second"));
}

TEST_P(Records, totals_count_what_is_there) {
  put_holders(2);
  write([](Writer& writer) -> Result<void> {
    auto abandoned = samples::reservation(3, samples::holder_id(1));
    abandoned.stage = lifecycle::Stage::abandoned;
    abandoned.revoked_at = kNow;
    for (const auto& record :
         {samples::reservation(1, samples::holder_id(1)), samples::reservation(2, samples::holder_id(1)), abandoned})
      if (auto added = writer.add_certificate(record); !added) return added;
    writer.audit(samples::entry("x"));
    return writer.add_letter(samples::letter(samples::holder_id(1), "m"));
  });
  auto record = put_issued(4, 2);
  record.revoked_at = kNow;
  write([&](Writer& writer) { return writer.set_certificate(record); });
  put_issued(5, 2);
  const auto totals = ask<lifecycle::Totals>([](Reader& reader) { return reader.totals(); });
  EXPECT_EQ(totals.holders, 2);
  EXPECT_EQ(totals.certificates_issued, 2);
  EXPECT_EQ(totals.certificates_reserved, 2);
  EXPECT_EQ(totals.certificates_abandoned, 1);
  EXPECT_EQ(totals.certificates_revoked, 1);
  EXPECT_EQ(totals.letters_waiting, 1);
  EXPECT_EQ(totals.audit_records, 1);
}

TEST_P(Records, text_that_is_not_text_is_refused_by_both_engines) {
  for (const std::string& name : {std::string("a\0b", 3), std::string("\xff\xfe")}) {
    auto holder = samples::holder(1);
    holder.name = name;
    EXPECT_EQ(refusal([&](Writer& writer) { return writer.put_holder(holder); }), "store.text");
  }
}

TEST_P(Records, wrong_passwords_are_counted_by_account_and_forgotten_by_time) {
  const auto find = [&](const std::string& account) {
    return ask<std::optional<lifecycle::Tries>>([&](Reader& reader) { return reader.find_tries(account); });
  };
  const auto count = [&](const std::string& account, Instant now, Instant since) {
    lifecycle::Tries tries;
    write([&](Writer& writer) -> Result<void> {
      auto counted = writer.count_try(account, now, since);
      if (!counted) return fail(counted);
      tries = *counted;
      return {};
    });
    return tries;
  };
  const auto hour = std::chrono::hours{1};
  EXPECT_FALSE(find("holder d1/keiri01"));
  EXPECT_EQ(count("holder d1/keiri01", kNow, kNow - hour).wrong, 1);
  EXPECT_EQ(count("holder d1/keiri01", kNow + hour / 2, kNow - hour / 2).wrong, 2);
  EXPECT_EQ(find("holder d1/keiri01")->first, kNow);
  const auto anew = count("holder d1/keiri01", kNow + 2 * hour, kNow + hour);
  EXPECT_EQ(anew.wrong, 1) << "an hour is over";
  EXPECT_EQ(anew.first, kNow + 2 * hour);
  EXPECT_EQ(count("holder d2/keiri01", kNow, kNow).wrong, 1) << "another bank's ID is another account";
  write([&](Writer& writer) {
    return writer.put_tries({"holder d1/keiri01", 0, kNow + 2 * hour, kNow + 2 * hour + std::chrono::minutes{15}});
  });
  EXPECT_EQ(find("holder d1/keiri01")->locked_until, kNow + 2 * hour + std::chrono::minutes{15});
  EXPECT_EQ(count("holder d1/keiri01", kNow + 2 * hour, kNow + hour).locked_until, kNow + 2 * hour + std::chrono::minutes{15})
      << "counting takes no rest away";
  write([&](Writer& writer) { return writer.remove_tries_before(kNow + hour); });
  EXPECT_TRUE(find("holder d1/keiri01"));
  EXPECT_FALSE(find("holder d2/keiri01"));
  write([&](Writer& writer) { return writer.remove_tries("holder d1/keiri01"); });
  EXPECT_FALSE(find("holder d1/keiri01"));
}

INSTANTIATE_TEST_SUITE_P(Store, Records, testing::ValuesIn(store_engines()), [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace inkan::store
