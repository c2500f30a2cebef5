// I9 T20: what was written is found again, or it is said what is not. Every hand that could be laid on the audit records is laid
// on them behind the store's back, by SQL and in the bytes of SQLite's file, and heads kept outside tell.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/chance.hpp"
#include "lifecycle/audit_trail.hpp"
#include "support/store_contract.hpp"

namespace inkan::store {
namespace {

using lifecycle::AuditFinding;
using lifecycle::AuditReport;
using lifecycle::Reader;
using lifecycle::TreeHead;
using lifecycle::Writer;
using testing::ElementsAre;
using testing::IsEmpty;

/// add_records writes so many records to a store's node, told apart by their subjects.
void add_records(SqlStore& store, int count, const std::string& subject = "keiri") {
  const auto done = store.transact([&](Writer& writer) -> Result<void> {
    for (int i = 1; i <= count; ++i) writer.audit(samples::entry(subject + std::to_string(i)));
    return {};
  });
  ASSERT_TRUE(done) << done.error().detail;
}

AuditReport judged(SqlStore& store, const std::vector<TreeHead>& heads) {
  AuditReport report;
  const auto read = store.read([&](Reader& reader) -> Result<void> {
    auto judged = lifecycle::judge_audit(reader, heads);
    if (!judged) return fail(judged);
    report = std::move(*judged);
    return {};
  });
  EXPECT_TRUE(read) << read.error().id << " " << read.error().detail;
  return report;
}

class Audit : public StoreContract {
 protected:
  /// fill writes 300 records of n1, heads taken at 5, 260 and 300, and 3 of n2, all under one head.
  void fill() {
    for (const int count : {5, 255, 40}) {
      add_records(*store_, count);
      heads_.push_back(grown("n1"));
    }
    add_records(*place_.open("n2"), 3);
    heads_.push_back(grown("n2"));
  }
  TreeHead grown(const std::string& node) {
    const auto head = lifecycle::grow_tree(*store_, node);
    EXPECT_TRUE(head) << head.error().detail;
    return head.value_or(TreeHead{});
  }
  /// after is what judging finds once SQL was run behind the store's back.
  std::vector<AuditFinding> after(const std::string& sql) {
    fill();
    EXPECT_THAT(judged(*store_, heads_).findings, IsEmpty());
    place_.ask(sql);
    return judged(*store_, heads_).findings;
  }
  /// of_n1 is a finding of n1.
  static AuditFinding of_n1(const char* id, long long first, long long last) {
    return {.id = id, .node = "n1", .first = first, .last = last};
  }

  std::vector<TreeHead> heads_;
};

TEST_P(Audit, the_tree_is_that_of_all_records_at_every_size) {
  lifecycle::MerkleFrontier tree;
  int size = 0;
  for (const int more : {1, 2, 252, 1, 1, 255, 300, 65536}) {  // to the ends of stored parts, and over them
    add_records(*store_, more);
    EXPECT_EQ(grown("n1").size, size + more);
    for (const auto& record : audit("n1"))
      if (record.sequence > size) tree.add(lifecycle::audit_leaf(record));
    size += more;
    EXPECT_EQ(grown("n1").root, tree.root()) << size;
    EXPECT_EQ(ask<Digest>([&](Reader& reader) { return lifecycle::root_at(reader, "n1", size); }), tree.root());
  }
  const auto parts = [&](int level) {
    return ask<std::vector<lifecycle::Subtree>>([&](Reader& reader) { return reader.audit_subtrees("n1", level, 0, 1000); })
        .size();
  };
  EXPECT_EQ(parts(8), static_cast<std::size_t>(size / 256));
  EXPECT_EQ(parts(16), static_cast<std::size_t>(size / 65536));
}

TEST_P(Audit, proofs_hold_whatever_part_of_the_inside_is_stored) {
  fill();
  const auto records = audit("n1");
  const auto prove = [&](long long index, long long size, const Digest& root) {
    const auto path = ask<std::vector<Digest>>(
        [&](Reader& reader) { return lifecycle::inclusion_path(index, size, lifecycle::audit_subtrees_of(reader, "n1")); });
    return lifecycle::is_included(lifecycle::audit_leaf(records[static_cast<std::size_t>(index)]), index, size, path, root);
  };
  const auto all = [&] {
    for (const long long index : {0LL, 4LL, 255LL, 256LL, 259LL, 299LL}) EXPECT_TRUE(prove(index, 300, heads_[2].root)) << index;
    const auto path = ask<std::vector<Digest>>(
        [&](Reader& reader) { return lifecycle::consistency_path(5, 300, lifecycle::audit_subtrees_of(reader, "n1")); });
    EXPECT_TRUE(lifecycle::is_consistent(5, 300, heads_[0].root, heads_[2].root, path));
  };
  all();
  place_.ask("DELETE FROM audit_subtrees");
  all();
  EXPECT_EQ(grown("n1"), heads_[2]);
  all();
}

TEST_P(Audit, untouched_records_bear_every_head) {
  fill();
  const AuditReport report = judged(*store_, heads_);
  EXPECT_THAT(report.findings, IsEmpty());
  ASSERT_EQ(report.logs.size(), 2U);
  EXPECT_EQ(report.logs[0].chain.sequence, 300);
  EXPECT_EQ(report.logs[0].root, heads_[2].root);
  EXPECT_EQ(report.logs[0].anchored, 300);
  add_records(*store_, 7);
  EXPECT_EQ(judged(*store_, heads_).logs[0].anchored, 300);
  EXPECT_THAT(judged(*store_, heads_).findings, IsEmpty());
}

TEST_P(Audit, T20_a_flip_in_any_column_is_found) {
  fill();
  const std::string third = " = (SELECT {} FROM audit_records WHERE node = 'n1' AND sequence = 3)";
  const auto flip = [&](const std::string& what) {
    const TempFolder unused;
    place_.ask("CREATE TABLE kept AS SELECT * FROM audit_records WHERE node = 'n1' AND sequence = 7");
    place_.ask("UPDATE audit_records SET " + what + " WHERE node = 'n1' AND sequence = 7");
    auto findings = judged(*store_, heads_).findings;
    place_.ask("DELETE FROM audit_records WHERE node = 'n1' AND sequence = 7");
    place_.ask("INSERT INTO audit_records SELECT * FROM kept");
    place_.ask("DROP TABLE kept");
    EXPECT_THAT(judged(*store_, heads_).findings, IsEmpty()) << what;
    return findings;
  };
  for (const char* column : {"actor", "action", "institution", "subject"})
    EXPECT_THAT(flip(fmt::format("{} = {} || 'x'", column, column)), ElementsAre(of_n1("audit.changed", 7, 7))) << column;
  EXPECT_THAT(flip("at = at + 1"), ElementsAre(of_n1("audit.changed", 7, 7)));
  EXPECT_THAT(flip("detail = '6:ticket5:12:346:鍵6:値'"), ElementsAre(of_n1("audit.changed", 7, 7)));
  EXPECT_THAT(flip("detail = 'no details at all'"), ElementsAre(of_n1("audit.changed", 7, 7)));
  EXPECT_THAT(flip("previous" + fmt::format(fmt::runtime(third), "hash")),
              ElementsAre(of_n1("audit.broken_link", 7, 7), of_n1("audit.changed", 7, 7)));
  EXPECT_THAT(flip("hash" + fmt::format(fmt::runtime(third), "hash")),
              ElementsAre(of_n1("audit.changed", 7, 7), of_n1("audit.broken_link", 8, 8)));
}

TEST_P(Audit, T20_a_deletion_is_found) {
  EXPECT_THAT(after("DELETE FROM audit_records WHERE node = 'n1' AND sequence BETWEEN 20 AND 22"),
              ElementsAre(of_n1("audit.gap", 20, 22)));
}

TEST_P(Audit, T20_two_records_that_changed_places_are_found) {
  EXPECT_THAT(after("UPDATE audit_records SET sequence = 1000 WHERE node = 'n1' AND sequence = 7;"
                    "UPDATE audit_records SET sequence = 7 WHERE node = 'n1' AND sequence = 9;"
                    "UPDATE audit_records SET sequence = 9 WHERE node = 'n1' AND sequence = 1000"),
              ElementsAre(of_n1("audit.broken_link", 7, 7), of_n1("audit.changed", 7, 7), of_n1("audit.broken_link", 8, 8),
                          of_n1("audit.broken_link", 9, 9), of_n1("audit.changed", 9, 9), of_n1("audit.broken_link", 10, 10)));
}

TEST_P(Audit, T20_a_record_before_the_first_is_found) {
  EXPECT_THAT(after("INSERT INTO audit_records SELECT node, 0, at, actor, action, institution, subject, detail, previous, hash "
                    "FROM audit_records WHERE node = 'n1' AND sequence = 7"),
              ElementsAre(of_n1("audit.stray", 0, 0)));
}

TEST_P(Audit, T20_the_newest_records_cut_off_are_found_by_an_anchored_head) {
  EXPECT_THAT(after("DELETE FROM audit_records WHERE node = 'n1' AND sequence > 290"),
              ElementsAre(of_n1("audit.truncated", 291, 300)));
  EXPECT_THAT(judged(*store_, {}).findings, IsEmpty()) << "the chain alone cannot know";
}

TEST_P(Audit, T20_a_whole_node_taken_away_with_all_that_names_it_is_found) {
  EXPECT_THAT(after("DELETE FROM audit_records WHERE node = 'n2'; DELETE FROM audit_nodes WHERE node = 'n2'; "
                    "DELETE FROM audit_subtrees WHERE node = 'n2'"),
              ElementsAre(AuditFinding{.id = "audit.truncated", .node = "n2", .first = 1, .last = 3}));
}

TEST_P(Audit, T20_records_written_anew_with_every_link_right_are_found_by_the_heads_over_them) {
  fill();
  place_.ask("DELETE FROM audit_records WHERE node = 'n1' AND sequence > 100; DELETE FROM audit_subtrees");
  store_.reset();  // the node is its own
  store_ = place_.open();
  add_records(*store_, 400, "other");
  EXPECT_THAT(judged(*store_, {}).findings, IsEmpty()) << "the chain alone cannot know";
  EXPECT_THAT(judged(*store_, heads_).findings, ElementsAre(of_n1("audit.not_as_signed", 6, 260)));
}

TEST_P(Audit, T20_the_stored_inside_of_the_tree_is_believed_by_nobody) {
  EXPECT_THAT(after("UPDATE audit_subtrees SET hash = (SELECT hash FROM audit_records WHERE node = 'n1' AND sequence = 3)"),
              ElementsAre(of_n1("audit.subtree", 1, 256)));
}

INSTANTIATE_TEST_SUITE_P(Store, Audit, testing::ValuesIn(store_engines()), [](const auto& tested) { return tested.param; });

/// AuditFile is a SQLite file with records whose heads are kept outside, closed, to be laid hands on.
class AuditFile : public testing::Test {
 protected:
  void SetUp() override {
    const auto store = place_.open();
    for (const int count : {5, 255, 40}) {
      add_records(*store, count);
      heads_.push_back(lifecycle::grow_tree(*store, "n1").value());
      if (count == 255) older_ = copy_of(*store);
    }
    records_ = records_of(*store);
  }
  /// copy_of is the database as it is, in one file.
  std::string copy_of(SqlStore&) {
    const std::string copy = (folder_.path() / "older.db").string();
    place_.ask("VACUUM INTO '" + copy + "'");
    return copy;
  }
  static std::vector<lifecycle::AuditRecord> records_of(SqlStore& store) {
    std::vector<lifecycle::AuditRecord> records;
    std::ignore = store.read([&](Reader& reader) -> Result<void> {
      return lifecycle::walk_audit(reader, [&](const lifecycle::AuditRecord& record) -> Result<void> {
        records.push_back(record);
        return {};
      });
    });
    return records;
  }
  static Result<std::unique_ptr<SqlStore>> open(const std::string& path) {
    return SqlStore::open(make_sqlite_engine({.path = path}), {.node = "auditor", .migrate = false});
  }

  TempFolder folder_;
  StorePlace place_{"sqlite"};
  std::vector<TreeHead> heads_;
  std::string older_;
  std::vector<lifecycle::AuditRecord> records_;
};

TEST_F(AuditFile, T20_T24_an_older_copy_of_the_whole_database_is_found) {
  std::filesystem::copy_file(older_, place_.path(), std::filesystem::copy_options::overwrite_existing);
  const auto store = open(place_.path());
  ASSERT_TRUE(store);
  EXPECT_THAT(judged(**store, heads_).findings,
              ElementsAre(AuditFinding{.id = "audit.truncated", .node = "n1", .first = 261, .last = 300}));
}

TEST_F(AuditFile, T20_T24_an_older_copy_that_went_on_past_the_newest_head_is_found) {
  std::filesystem::copy_file(older_, place_.path(), std::filesystem::copy_options::overwrite_existing);
  const auto store = place_.open();
  add_records(*store, 100, "later");
  EXPECT_THAT(judged(*store, heads_).findings,
              ElementsAre(AuditFinding{.id = "audit.not_as_signed", .node = "n1", .first = 261, .last = 300}));
}

TEST_F(AuditFile, T20_a_flipped_bit_anywhere_in_the_file_changes_no_record_unseen) {
  std::ifstream in(place_.path(), std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  SystemRng rng;
  int found = 0;
  for (int i = 0; i < 400; ++i) {
    std::string flipped = whole;
    const Bytes chance = make_bytes(rng, 4);
    const std::size_t place = (chance[0] << 16 | chance[1] << 8 | chance[2]) % whole.size();
    flipped[place] = static_cast<char>(flipped[place] ^ (1 << (chance[3] % 8)));
    const std::string path = folder_.write("flipped.db", flipped);
    const auto store = open(path);
    if (!store) continue;  // SQLite itself sees it
    AuditReport report;
    const auto read = (*store)->read([&](Reader& reader) -> Result<void> {
      auto judgement = lifecycle::judge_audit(reader, heads_);
      if (!judgement) return fail(judgement);
      report = std::move(*judgement);
      return {};
    });
    if (!read) continue;
    if (!report.findings.empty())
      ++found;
    else
      EXPECT_TRUE(std::ranges::equal(records_, records_of(**store),
                                     [](const auto& one, const auto& other) { return one.hash == other.hash; }))
          << "byte " << place << " bit " << chance[3] % 8;
  }
  EXPECT_GT(found, 20);
}

}  // namespace
}  // namespace inkan::store
