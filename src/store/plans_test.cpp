// Every question goes by an index: SQLite's own plans of every statement that the ports run.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <mutex>
#include <set>

#include "support/store_contract.hpp"

namespace inkan::store {
namespace {

using lifecycle::Reader;
using lifecycle::Writer;
using samples::kNow;

/// Heard collects the statements that connections run while it stands.
class Heard {
 public:
  Heard() { sqlite3_auto_extension(entry()); }
  ~Heard() { sqlite3_cancel_auto_extension(entry()); }
  Heard(const Heard&) = delete;
  Heard& operator=(const Heard&) = delete;
  static inline std::mutex mutex;
  static inline std::set<std::string> statements;

 private:
  static int hear(unsigned, void*, void* statement, void*) {
    const std::lock_guard lock(mutex);
    if (const char* sql = sqlite3_sql(static_cast<sqlite3_stmt*>(statement))) statements.insert(sql);
    return 0;
  }
  static int install(sqlite3* database, char**, const sqlite3_api_routines*) {
    return sqlite3_trace_v2(database, SQLITE_TRACE_STMT, hear, nullptr);
  }
  static void (*entry())(void) { return reinterpret_cast<void (*)(void)>(install); }
};

Result<void> ask_everything(Reader& reader) {
  const auto id = samples::holder_id(1);
  std::ignore = reader.find_holder(id);
  std::ignore = reader.list_holders("d1", "", 10);
  std::ignore = reader.holders_of_contract("d1", "4711-001", 10);
  std::ignore = reader.search_holders("d1", "株", 10);
  std::ignore = reader.unfetched("d1", from_epoch_day(0), from_epoch_day(9), {}, 10);
  std::ignore = reader.usable_codes(id, kNow);
  std::ignore = reader.codes_to_make(kNow, 10);
  std::ignore = reader.contacts_of(id);
  std::ignore = reader.undeliverable_contacts("d1", 10);
  std::ignore = reader.find_staff({"d1", "tanaka"});
  std::ignore = reader.find_staff_by_fingerprint(samples::digest("x"));
  std::ignore = reader.list_staff("d1");
  std::ignore = reader.find_staff_session(samples::digest("x"));
  std::ignore = reader.find_request("d1", "R");
  std::ignore = reader.requests_of(id, 10);
  std::ignore = reader.waiting_requests("d1", 10);
  std::ignore = reader.find_by_fingerprint(samples::digest("x"));
  std::ignore = reader.find_by_serial("d1-g1", samples::serial(1));
  std::ignore = reader.find_by_key(samples::digest("x"));
  std::ignore = reader.live_certificates(id);
  std::ignore = reader.certificates_of(id);
  std::ignore = reader.unfinished(kNow);
  std::ignore = reader.revoked_for_crl("d1-g1", kNow);
  std::ignore = reader.live_under("d1-g1", {}, 10);
  std::ignore = reader.revoked_since("d1-g1", kNow, kNow);
  std::ignore = reader.due(
      {.institution = "d1", .kind = "before-30", .first = samples::kExpiry, .last = samples::kExpiry, .after = {}, .limit = 10});
  std::ignore = reader.due({.institution = "d1",
                            .kind = "before-20",
                            .first = samples::kExpiry,
                            .last = samples::kExpiry,
                            .after = {},
                            .limit = 10,
                            .spare_muted = true});
  std::ignore = reader.unreached({.institution = "d1", .first = samples::kExpiry, .last = samples::kExpiry, .limit = 10});
  std::ignore = reader.unconfirmed("d1", kNow, samples::kExpiry, {}, 10);
  std::ignore = reader.muted_since("d1-g1", samples::serial(1));
  std::ignore = reader.digest_contracts("d1", 10);
  std::ignore = reader.digest_lines("d1", "4711-001");
  std::ignore = reader.sharers_of("d1", "keiri@example.test", 10);
  std::ignore = reader.find_ticket("t");
  std::ignore = reader.find_current_ticket(id);
  std::ignore = reader.find_ticket_by_secret(samples::digest("x"));
  std::ignore = reader.find_session(samples::digest("x"));
  std::ignore = reader.find_grant("d1", samples::digest("x"));
  std::ignore = reader.find_grant_by_token("d1", samples::digest("x"));
  std::ignore = reader.find_grant_of_session("d1", samples::digest("x"));
  std::ignore = reader.untold_grants("d1", "kaikei", samples::digest("x"), 10);
  std::ignore = reader.notices_of(id, 10);
  std::ignore = reader.find_notice("d1", "N");
  std::ignore = reader.waiting_letters(kNow, 10);
  std::ignore = reader.find_letter(1);
  std::ignore = reader.sealed_letters("d1", 10);
  std::ignore = reader.find_tries("holder d1/x");
  std::ignore = reader.day_done("notices", "d1");
  std::ignore = reader.latest_crl("d1-g1");
  std::ignore = reader.latest_crl_head("d1-g1");
  std::ignore = reader.shard_heads("d1-g1");
  std::ignore = reader.crl_number("d1-g1");
  std::ignore = reader.audit_nodes();
  std::ignore = reader.audit_records("n1", 0, 10);
  std::ignore = reader.audit_of("d1", "keiri1001", 10);
  std::ignore = reader.audit_subtrees("n1", 8, 0, 10);
  std::ignore = reader.last_audit_subtree("n1", 8);
  return {};
}

Result<void> write_everything(Writer& writer) {
  const auto id = samples::holder_id(1);
  std::ignore = writer.put_holder(samples::holder(1));
  std::ignore = writer.lock_holder(id);
  std::ignore = writer.put_code(samples::code("c", id));
  std::ignore = writer.put_contact(samples::contact(id, "keiri@example.test"));
  std::ignore = writer.remove_contact(id, "keiri@example.test");
  std::ignore = writer.put_staff(samples::staff("tanaka"));
  std::ignore = writer.put_staff_session(samples::staff_session("x", "tanaka"));
  std::ignore = writer.remove_staff_session(samples::digest("x"));
  std::ignore = writer.remove_staff_sessions_of({"d1", "tanaka"});
  std::ignore = writer.put_request(samples::request(1, id));
  std::ignore = writer.add_certificate(samples::reservation(1, id));
  std::ignore = writer.set_certificate(samples::issued(samples::reservation(1, id)));
  std::ignore = writer.put_ticket(samples::ticket(1, id));
  std::ignore = writer.put_session(samples::session("x", id, "one"));
  std::ignore = writer.remove_session(samples::digest("x"));
  std::ignore = writer.remove_sessions_of(samples::digest("x"));
  std::ignore = writer.touch_session(samples::digest("x"), kNow);
  std::ignore = writer.put_grant(samples::grant("x", id));
  std::ignore = writer.set_told("d1", "kaikei", samples::digest("x"), kNow);
  std::ignore = writer.remove_sessions_before(kNow);
  std::ignore = writer.count_try("x", kNow, kNow);
  std::ignore = writer.put_tries({.account = "x", .wrong = 1, .first = kNow, .locked_until = {}});
  std::ignore = writer.remove_tries("x");
  std::ignore = writer.remove_tries_before(kNow);
  std::ignore = writer.set_mute("d1-g1", samples::serial(1), kNow);
  std::ignore = writer.set_mute("d1-g1", samples::serial(1), {});
  std::ignore = writer.put_digest_line(samples::digest_line(id));
  std::ignore = writer.remove_digest("d1", "4711-001");
  std::ignore = writer.next_notice_numbers("d1", samples::kExpiry, 2);
  std::ignore = writer.add_notice(samples::notice(1, id));
  std::ignore = writer.add_letter(samples::letter(id, "m"));
  std::ignore = writer.set_letter(samples::letter(id, "m"));
  std::ignore = writer.set_day_done("notices", "d1", samples::kExpiry);
  std::ignore = writer.set_crl_number("d1-g1", 1);
  std::ignore = writer.add_crl("d1-g1", {.number = 1, .this_update = kNow, .next_update = kNow, .der = to_bytes("x")});
  writer.audit(samples::entry("x"));
  std::ignore = writer.add_audit_subtrees("n1", {{.level = 8, .index = 0, .hash = samples::digest("x")}});
  return ask_everything(writer);
}

/// parameters_of counts $1, $2 …, each once.
std::size_t parameters_of(const std::string& sql) {
  std::size_t count = 0;
  while (sql.find("$" + std::to_string(count + 1)) != std::string::npos) ++count;
  return count;
}

TEST(Plans, every_question_goes_by_an_index) {
  const StorePlace place("sqlite");
  place.open();
  {
    const Heard heard;
    const auto store = place.open();
    const auto written = store->transact(write_everything);
    ASSERT_TRUE(written) << written.error().id << " " << written.error().detail;
    ASSERT_TRUE(store->read(ask_everything));
    ASSERT_TRUE(store->health());
  }
  const auto engine = place.engine();
  const auto connection = engine->connect(Access::write, "n1");
  ASSERT_TRUE(connection);
  int explained = 0;
  for (const std::string& sql : Heard::statements) {
    if (!sql.starts_with("SELECT") && !sql.starts_with("INSERT") && !sql.starts_with("UPDATE") && !sql.starts_with("DELETE"))
      continue;
    if (sql.find("sqlite_schema") != std::string::npos || sql.find("FROM migrations") != std::string::npos) continue;
    ++explained;
    std::string plan;
    const std::vector<Value> nothing(parameters_of(sql));
    const auto asked = (*connection)->run("EXPLAIN QUERY PLAN " + sql, nothing, [&](const Row& row) -> Result<void> {
      plan += "\n  " + std::string(row.text(3));
      return {};
    });
    ASSERT_TRUE(asked) << asked.error().detail;
    const bool one_row_a_node = sql == "SELECT node FROM audit_nodes ORDER BY node";
    EXPECT_TRUE(one_row_a_node || plan.find("SCAN") == std::string::npos) << sql << plan;
    const bool one_holders_own = sql.find("login_id = $2 AND stage = 'issued' ORDER BY") != std::string::npos ||
                                 sql.find("FROM contacts WHERE institution = $1 AND login_id = $2 ORDER BY") != std::string::npos;
    const bool found_by_company = sql.find("company >= $2") != std::string::npos;  // sorted by login ID, in the index alone
    if (found_by_company) {
      EXPECT_THAT(plan, testing::HasSubstr("COVERING INDEX holders_company")) << sql;
    }
    EXPECT_TRUE(one_holders_own || found_by_company || plan.find("TEMP B-TREE") == std::string::npos) << sql << plan;
  }
  EXPECT_GT(explained, 75);
}

}  // namespace
}  // namespace inkan::store
