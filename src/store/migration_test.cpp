#include "store/migration.hpp"

#include <gtest/gtest.h>

#include "store/open.hpp"
#include "support/store_contract.hpp"

namespace inkan::store {
namespace {

class MigrationContract : public testing::TestWithParam<std::string> {
 protected:
  std::string refusal(bool migrate, const std::vector<Migration>& known = embedded_migrations()) {
    const auto opened = SqlStore::open(place_.engine(), {.node = "n1", .migrate = migrate}, known);
    return opened ? "" : opened.error().id;
  }
  static std::vector<Migration> with(std::string_view sql) {
    auto known = embedded_migrations();
    known.push_back(
        {.number = static_cast<long long>(known.size()) + 1, .name = "next", .sql = sql, .checksum = sha256(as_bytes(sql))});
    return known;
  }

  StorePlace place_{GetParam()};
};

TEST_P(MigrationContract, an_empty_database_is_older_until_it_is_brought_up) {
  EXPECT_EQ(refusal(false), "store.schema_older");
  const auto empty = migration_status(place_.url());
  ASSERT_TRUE(empty) << empty.error().detail;
  EXPECT_EQ(empty->current, 0);
  EXPECT_GT(empty->newest, 0);
  const auto up = migrate(place_.url());
  ASSERT_TRUE(up) << up.error().detail;
  EXPECT_EQ(up->current, up->newest);
  EXPECT_TRUE(migrate(place_.url())) << "a second time changes nothing";
  EXPECT_EQ(migration_status(place_.url())->current, up->newest);
  EXPECT_EQ(refusal(false), "");
  EXPECT_TRUE(open({.url = place_.url(), .node = "n1", .migrate = false}));
}

TEST_P(MigrationContract, an_older_schema_goes_up_step_by_step_and_keeps_its_rows) {
  {
    const auto store = place_.open();
    ASSERT_TRUE(store->transact([](lifecycle::Writer& writer) { return writer.put_holder(samples::holder(1)); }));
  }
  const auto known = with("ALTER TABLE holders ADD COLUMN phone {text}; CREATE INDEX holders_phone ON holders (phone)");
  EXPECT_EQ(refusal(false, known), "store.schema_older");
  EXPECT_EQ(refusal(true, known), "");
  EXPECT_EQ(refusal(false), "store.schema_newer") << "the program of before";
  EXPECT_EQ(refusal(true), "store.schema_newer");
  const auto store = SqlStore::open(place_.engine(), {.node = "n1"}, known);
  ASSERT_TRUE(store);
  EXPECT_TRUE((*store)->read([](lifecycle::Reader& reader) -> Result<void> {
    EXPECT_TRUE(reader.find_holder(samples::holder_id(1)).value());
    return {};
  }));
}

TEST_P(MigrationContract, a_step_that_fails_leaves_the_schema_as_it_was) {
  place_.open();
  EXPECT_EQ(refusal(true, with("CREATE TABLE half (a {integer}); CREATE NONSENSE")), "store.unavailable");
  EXPECT_EQ(refusal(false), "");
  EXPECT_EQ(refusal(true, with("CREATE TABLE half (a {integer})")), "") << "half is not there yet";
}

TEST_P(MigrationContract, a_step_that_was_shipped_never_changes) {
  place_.open();
  auto known = embedded_migrations();
  known.front().checksum = samples::digest("edited");
  EXPECT_EQ(refusal(false, known), "store.migration_changed");
  EXPECT_EQ(refusal(true, known), "store.migration_changed");
}

TEST_P(MigrationContract, opening_checks_the_head_of_the_chain) {
  {
    const auto store = place_.open();
    ASSERT_TRUE(store->transact([](lifecycle::Writer& writer) -> Result<void> {
      writer.audit(samples::entry("a"));
      return {};
    }));
  }
  place_.ask("UPDATE audit_records SET actor = 'nobody'");
  EXPECT_EQ(refusal(false), "store.corrupt");
}

/// literal writes `count` bytes of one value as the engine of the place reads them.
std::string literal(const StorePlace& place, int value, int count = 32) {
  std::string hex;
  for (int i = 0; i < count; ++i) hex += fmt::format("{:02x}", value);
  return place.is_postgres() ? "'\\x" + hex + "'::bytea" : "X'" + hex + "'";
}

TEST_P(MigrationContract, the_whole_life_keeps_the_rows_of_the_first_schema) {
  auto first = embedded_migrations();
  first.resize(1);
  ASSERT_EQ(refusal(true, first), "");
  place_.ask(fmt::format(
      "INSERT INTO holders (institution, login_id, role, company, name, mail, password_hash, entitlement, created_at) VALUES "
      "('d1', 'keiri1', 'user', '甲社', '経理', 'a@example.test', 'h', 'held', 100), "
      "('d1', 'keiri2', 'user', '甲社', '経理', '', 'h', 'held', 100);"
      "INSERT INTO codes (id, institution, login_id, hash, created_at, expires_at, used_at) VALUES "
      "('c1', 'd1', 'keiri1', {1}, 200, 900, NULL), ('c2', 'd1', 'keiri1', {2}, 200, 900, 300);"
      "INSERT INTO certificates (institution, login_id, authority, serial, stage, ticket, tbs_hash, key_hash, not_before, "
      "not_after, expiry_day, reserved_at, fingerprint, issued_at, der) VALUES "
      "('d1', 'keiri1', 'd1-g1', {0}, 'issued', 't', {1}, {1}, 100, 900, 20000, 100, {1}, 100, {1});"
      "INSERT INTO sessions (token_hash, institution, login_id, fingerprint, created_at, expires_at) VALUES "
      "({1}, 'd1', 'keiri1', {1}, 400, 900);"
      "INSERT INTO notices (number, institution, login_id, serial, kind, decided_on, remaining, subject, body) VALUES "
      "('N-1', 'd1', 'keiri1', {0}, 'before-30', 20000, 30, 's', 'b'), "
      "('N-2', 'd1', 'keiri1', {0}, 'before-10', 20020, 10, 's', 'b');"
      "INSERT INTO letters (institution, login_id, notice, recipient, subject, body, message_id, state, attempts, next_attempt) "
      "VALUES ('d1', 'keiri1', 'N-1', 'a@example.test', 's', 'b', 'm', 'waiting', 0, 100)",
      literal(place_, 0x41, 20), literal(place_, 1), literal(place_, 2)));
  EXPECT_EQ(refusal(false), "store.schema_older");

  const auto store = place_.open();
  const lifecycle::HolderId id{"d1", "keiri1"};
  const auto serial = pki::SerialNumber::parse(Bytes(20, 0x41)).value();
  const auto read = store->read([&](lifecycle::Reader& reader) -> Result<void> {
    const auto company = reader.holders_of_contract("d1", "甲社", 10).value();
    EXPECT_EQ(company.size(), 2U) << "without a number of its own the contract is the company";
    const auto contacts = reader.contacts_of(id).value();
    EXPECT_EQ(contacts.size(), 1U);
    EXPECT_EQ(contacts.at(0).address, "a@example.test");
    EXPECT_EQ(contacts.at(0).added_at, from_epoch(100));
    EXPECT_EQ(contacts.at(0).checked_at, from_epoch(100)) << "the bank's own records count as checked";
    EXPECT_FALSE(contacts.at(0).check_hash);
    EXPECT_TRUE(reader.contacts_of({"d1", "keiri2"}).value().empty());
    const auto codes = reader.usable_codes(id, from_epoch(500)).value();
    EXPECT_EQ(codes.size(), 1U);
    EXPECT_EQ(codes.at(0).hash->bytes[0], 1);
    EXPECT_EQ(codes.at(0).usable_from, from_epoch(200));
    EXPECT_EQ(codes.at(0).purpose, lifecycle::CodePurpose::certificate);
    EXPECT_TRUE(reader.codes_to_make(from_epoch(500), 10).value().empty());
    const auto certificates = reader.live_certificates(id).value();
    EXPECT_EQ(certificates.size(), 1U);
    EXPECT_EQ(certificates.at(0).der, Bytes(32, 1));
    EXPECT_FALSE(certificates.at(0).held_at);
    EXPECT_EQ(certificates.at(0).held_by, "");
    Digest token;
    token.bytes.fill(1);
    EXPECT_EQ(reader.find_session(token).value().value().seen_at, from_epoch(400));
    const auto notices = reader.notices_of(id, 10).value();
    EXPECT_EQ(notices.size(), 2U);
    EXPECT_EQ(notices.at(0).number, "N-2");
    EXPECT_EQ(notices.at(1).serial, serial);
    EXPECT_FALSE(reader.waiting_letters(from_epoch(100), 10).value().at(0).wipe);
    return {};
  });
  ASSERT_TRUE(read) << read.error().detail;
  const auto written = store->transact([&](lifecycle::Writer& writer) -> Result<void> {
    auto notice = samples::notice(1, id);
    notice.serial = serial;
    EXPECT_FALSE(writer.add_notice(notice).value()) << "once per certificate and kind, as before";
    notice.serial.reset();
    EXPECT_TRUE(writer.add_notice(notice).value());
    auto code = samples::code("c3", id);
    code.hash.reset();
    return writer.put_code(code);
  });
  EXPECT_TRUE(written) << written.error().detail;
}

INSTANTIATE_TEST_SUITE_P(Store, MigrationContract, testing::ValuesIn(store_engines()),
                         [](const auto& tested) { return tested.param; });

TEST(Url, what_names_no_store_is_refused_and_not_repeated) {
  for (const char* url : {"", "sqlite:", "mysql://user:secret@host/db", "inkan.db"}) {
    const auto opened = open({.url = url, .node = "n1", .migrate = true});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().id, "store.url");
    EXPECT_EQ(opened.error().detail.find("secret"), std::string::npos);
  }
}

TEST(Url, a_server_that_does_not_answer_is_unavailable) {
  const auto opened = open({.url = "host=/nonexistent dbname=inkan", .node = "n1", .migrate = false});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().id, "store.unavailable");
}

}  // namespace
}  // namespace inkan::store
