// Heads outside the store: each changed bit of the file is seen, and no head is signed over records that are not what they were.

#include "server/audit_heads.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ca/audit_key.hpp"
#include "server/anchor.hpp"
#include "server/audit_proof.hpp"
#include "support/store_place.hpp"
#include "support/store_samples.hpp"

namespace inkan::server {
namespace {

using samples::kNow;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::chrono::minutes kEvery{5};

class AuditHeads : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(ca::make_audit_key(folder_.path(), rng_));
    key_ = ca::open_audit_key(folder_.path()).value();
  }
  std::filesystem::path file() const { return folder_.path() / "heads.jsonl"; }
  const pki::PublicKey& public_key() const { return key_->public_key(); }
  std::string content() const {
    std::ifstream in(file(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  std::vector<std::string> findings() const {
    std::vector<std::string> ids;
    const HeadsFile read = read_heads(file(), public_key()).value();
    for (const HeadFinding& each : read.findings) ids.push_back(each.id + " " + std::to_string(each.line));
    return ids;
  }
  /// write_three puts heads over 1, 2 and 3 records into the file.
  void write_three() {
    auto writer = HeadsWriter::open(file(), public_key()).value();
    for (int size = 1; size <= 3; ++size)
      ASSERT_TRUE(writer.append({.node = "n1", .size = size, .root = samples::digest(std::to_string(size))}, kNow, *key_));
  }
  void add(lifecycle::Store& store, int count) {
    const auto added = store.transact([&](lifecycle::Writer& writer) -> Result<void> {
      for (int i = 0; i < count; ++i) writer.audit(samples::entry("keiri"));
      return {};
    });
    ASSERT_TRUE(added);
  }
  Anchor anchor(lifecycle::Store& store) const { return {store, folder_.path(), file(), kEvery}; }

  TempFolder folder_;
  SystemRng rng_;
  std::unique_ptr<ca::SigningKey> key_;
};

TEST_F(AuditHeads, the_key_is_made_once_and_its_public_half_can_be_handed_out) {
  EXPECT_THAT(ca::make_audit_key(folder_.path(), rng_).value(), IsEmpty());
  EXPECT_EQ(ca::read_public_key(ca::audit_key_file(folder_.path())).value().der(), public_key().der());
  EXPECT_EQ(ca::open_audit_key(folder_.path() / "none").error().id, "audit.no_key");
  EXPECT_EQ(ca::read_public_key(folder_.write("other.pem", "no key")).error().id, "key.malformed");
}

TEST_F(AuditHeads, lines_come_back_as_they_were_written) {
  write_three();
  const auto read = read_heads(file(), public_key()).value();
  EXPECT_THAT(read.findings, IsEmpty());
  ASSERT_THAT(read.heads, SizeIs(3));
  EXPECT_EQ(read.heads[0].previous, Digest{});
  EXPECT_EQ(read.newest().at("n1").tree.size, 3);
  EXPECT_EQ(HeadsWriter::open(file(), public_key()).value().newest().at("n1"), read.heads[2]);
}

TEST_F(AuditHeads, T20_no_bit_of_a_line_changes_unseen) {
  write_three();
  const std::string whole = content();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
    folder_.write("heads.jsonl", changed);
    const auto read = read_heads(file(), public_key()).value();
    EXPECT_TRUE(!read.findings.empty() || read.heads.size() < 3) << "byte " << i;
  }
}

TEST_F(AuditHeads, T20_lines_taken_away_or_signed_by_another_are_named) {
  write_three();
  const std::string whole = content();
  const auto first = whole.find('\n') + 1, second = whole.find('\n', first) + 1;
  folder_.write("heads.jsonl", whole.substr(0, first) + whole.substr(second));
  EXPECT_THAT(findings(), ElementsAre("audit.head_missing 2"));
  EXPECT_EQ(HeadsWriter::open(file(), public_key()).error().id, "audit.heads_damaged");
  folder_.write("heads.jsonl", whole.substr(first));
  EXPECT_THAT(findings(), IsEmpty()) << "a copy of the newest lines";
  folder_.write("heads.jsonl", whole + "no head\n");
  EXPECT_THAT(findings(), ElementsAre("audit.head_malformed 4"));

  const TempFolder elsewhere;
  ASSERT_TRUE(ca::make_audit_key(elsewhere.path(), rng_));
  const auto other = ca::open_audit_key(elsewhere.path()).value();
  EXPECT_EQ(check_head(parse_head(whole.substr(0, first - 1)).value(), other->public_key()).error().id, "audit.head_forged");
}

TEST_F(AuditHeads, a_line_that_broke_off_is_begun_anew_and_one_process_writes) {
  write_three();
  const std::string whole = content();
  folder_.write("heads.jsonl", whole + R"({"node":"n1","si)");
  {
    auto writer = HeadsWriter::open(file(), public_key()).value();
    EXPECT_EQ(content(), whole);
    EXPECT_EQ(HeadsWriter::open(file(), public_key()).error().id, "audit.heads_in_use");
    ASSERT_TRUE(writer.append({.node = "n1", .size = 4, .root = samples::digest("4")}, kNow, *key_));
  }
  EXPECT_THAT(findings(), IsEmpty());
  EXPECT_EQ(HeadsWriter::open(folder_.path() / "no" / "folder", public_key()).error().id, "audit.heads_write");
}

TEST_F(AuditHeads, a_head_is_signed_when_records_were_added_and_the_time_has_come) {
  const StorePlace place("sqlite");
  const auto store = place.open();
  Anchor job = anchor(*store);
  EXPECT_THAT(job.run(kNow), IsEmpty());
  add(*store, 3);
  const auto heads = job.run(kNow);
  ASSERT_THAT(heads, SizeIs(1));
  EXPECT_EQ(heads[0].tree.size, 3);
  EXPECT_THAT(job.run(kNow), IsEmpty()) << "nothing was added";
  add(*store, 1);
  job.run_due(kNow);
  add(*store, 1);
  job.run_due(kNow + kEvery - std::chrono::seconds{1});
  EXPECT_THAT(read_heads(file(), public_key()).value().heads, SizeIs(2));
  job.run_due(kNow + kEvery);
  EXPECT_THAT(read_heads(file(), public_key()).value().heads, SizeIs(3));
}

TEST_F(AuditHeads, T20_no_head_is_signed_over_records_that_were_cut_off_or_written_anew) {
  const StorePlace place("sqlite");
  auto store = place.open();
  add(*store, 5);
  ASSERT_THAT(anchor(*store).run(kNow), SizeIs(1));
  place.ask("DELETE FROM audit_records WHERE sequence > 3");
  EXPECT_THAT(anchor(*store).run(kNow), IsEmpty());
  store.reset();
  store = place.open();
  add(*store, 1);
  const auto other = store->transact([&](lifecycle::Writer& writer) -> Result<void> {
    for (int i = 0; i < 4; ++i) writer.audit(samples::entry("another"));
    return {};
  });
  ASSERT_TRUE(other);
  EXPECT_THAT(anchor(*store).run(kNow), IsEmpty());
  place.ask("DELETE FROM audit_records; DELETE FROM audit_nodes; DELETE FROM audit_subtrees");
  EXPECT_THAT(anchor(*store).run(kNow), IsEmpty());
  EXPECT_THAT(read_heads(file(), public_key()).value().heads, SizeIs(1));
}

TEST_F(AuditHeads, proofs_are_checked_by_the_key_alone_and_no_changed_letter_passes) {
  const StorePlace place("sqlite");
  const auto store = place.open();
  Anchor job = anchor(*store);
  add(*store, 6);
  const SignedHead earlier = job.run(kNow).at(0);
  add(*store, 5);
  const SignedHead head = job.run(kNow).at(0);
  const std::string inclusion = to_json(prove_inclusion(*store, 7, head).value());
  const std::string consistency = to_json(prove_consistency(*store, earlier, head).value());
  EXPECT_EQ(check_proof(inclusion, public_key()).value().entry.subject, "keiri");
  EXPECT_EQ(check_proof(consistency, public_key()).value().first, 6);
  EXPECT_EQ(prove_inclusion(*store, 12, head).error().id, "audit.no_record");
  for (const std::string& proof : {inclusion, consistency})
    for (std::size_t i = 0; i + 1 < proof.size(); ++i) {
      std::string changed = proof;
      changed[i] = static_cast<char>(changed[i] ^ 1);
      EXPECT_FALSE(check_proof(changed, public_key())) << i << " " << changed;
    }
  EXPECT_EQ(check_proof("{}", public_key()).error().id, "proof.malformed");
  place.ask("UPDATE audit_records SET subject = 'other' WHERE sequence = 7");
  EXPECT_EQ(prove_inclusion(*store, 7, head).error().id, "audit.not_as_signed");
}

}  // namespace
}  // namespace inkan::server
