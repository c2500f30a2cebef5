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
