// A store copied into another: between engines, in one moment, all or nothing.

#include "store/copy.hpp"

#include <gtest/gtest.h>

#include "support/store_contract.hpp"

namespace inkan::store {
namespace {
class CopyContract : public StoreContract {
 protected:
  /// fill puts one of each kind of row on record.
  void fill() {
    put_holders(1200);  // more than a page
    put_issued(1, 1);
    put_issued(2, 2, 5, [](auto& record) { record.ticket = "t2"; });
    write([](lifecycle::Writer& writer) -> Result<void> {
      const auto id = samples::holder_id(1);
      if (auto put = writer.put_ticket(samples::ticket(1, id)); !put) return put;
      if (auto put = writer.put_code(samples::code("c1", id)); !put) return put;
      if (auto put = writer.put_session(samples::session("s1", id, "x")); !put) return put;
      if (auto put = writer.add_notice(samples::notice(1, id)); !put) return fail(put);
      if (auto put = writer.add_letter(samples::letter(id, "<m1@x>")); !put) return put;
      writer.audit(samples::entry("a"));
      return {};
    });
  }
  static std::string url_of(const TempFolder& folder) { return "sqlite:" + (folder.path() / "copy.db").string(); }

  TempFolder folder_;
};

TEST_P(CopyContract, every_row_arrives_and_numbers_go_on_after_the_highest) {
  fill();
  const auto out = copy(place_.url(), url_of(folder_));
  ASSERT_TRUE(out) << out.error().id << " " << out.error().detail;
  const StorePlace back(GetParam());
  const auto in = copy(url_of(folder_), back.url());
  ASSERT_TRUE(in) << in.error().id << " " << in.error().detail;
  EXPECT_EQ(*out, *in);
  EXPECT_GT(*out, 1200);

  const auto before = audit("n1");
  store_ = back.open();
  EXPECT_EQ(audit("n1").size(), before.size());
  EXPECT_TRUE(is_chain(audit("n1")));
  EXPECT_EQ(audit("n1").back().hash, before.back().hash);
  EXPECT_TRUE(ask<std::optional<lifecycle::Holder>>([](auto& reader) { return reader.find_holder(samples::holder_id(1200)); }));
  const auto session =
      ask<std::optional<lifecycle::Session>>([](auto& reader) { return reader.find_session(samples::digest("s1")); });
  EXPECT_FALSE(session) << "who was logged in then is not logged in now";
  put_issued(3, 3, 9, [](auto& record) { record.ticket = "t3"; });
  EXPECT_TRUE(is_chain(audit("n1")));
}

TEST_P(CopyContract, a_store_that_holds_something_is_refused_and_left_alone) {
  fill();
  const StorePlace other(GetParam());
  ASSERT_TRUE(other.open()->transact([](lifecycle::Writer& writer) { return writer.put_holder(samples::holder(7)); }));
  ASSERT_TRUE(copy(place_.url(), url_of(folder_)));
  const auto refused = copy(url_of(folder_), other.url());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().id, "store.not_empty");
  EXPECT_EQ(copy(place_.url(), url_of(folder_)).error().id, "store.not_empty");
}

TEST_P(CopyContract, codes_are_worth_nothing_after_void_codes) {
  fill();
  ASSERT_TRUE(copy(place_.url(), url_of(folder_)));
  const auto voided = void_codes(url_of(folder_), samples::kNow);
  ASSERT_TRUE(voided) << voided.error().detail;
  EXPECT_EQ(*voided, 1);
  EXPECT_EQ(*void_codes(url_of(folder_), samples::kNow), 0);
}

INSTANTIATE_TEST_SUITE_P(Store, CopyContract, testing::ValuesIn(store_engines()), [](const auto& each) { return each.param; });

}  // namespace
}  // namespace inkan::store
