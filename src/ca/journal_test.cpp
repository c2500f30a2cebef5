#include "ca/journal.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "support/fake_clock.hpp"
#include "support/tool.hpp"

namespace inkan::ca {
namespace {

using Kind = JournalEntry::Kind;

/// Place is a journal in a folder of one test's own.
struct Place {
  TempFolder folder;
  std::filesystem::path path = folder.path() / "signer.journal";
  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>(*parse_rfc3339("2026-11-22T03:00:00Z"));

  Result<std::unique_ptr<Journal>> open() const {
    return Journal::open(path, clock, [](const JournalEntry&) {});
  }
  std::vector<JournalEntry> lines() const {
    std::vector<JournalEntry> all;
    const auto read = read_journal(path, [&](const JournalEntry& entry) -> Result<void> {
      all.push_back(entry);
      return {};
    });
    EXPECT_TRUE(read) << read.error().detail;
    return all;
  }
  std::string error() const {
    const auto read = read_journal(path, [](const JournalEntry&) -> Result<void> { return {}; });
    return read ? "none" : read.error().id;
  }
  std::string text() const { return read_file(path).value(); }
  void write(const std::string& text) const { std::ofstream(path, std::ios::binary | std::ios::trunc) << text; }
};

std::string id_of(const Result<void>& result) { return result ? "no error" : result.error().id; }

JournalEntry certificate(int number) {
  return {
      .kind = Kind::certificate, .authority = "t-g1", .subject = "4f" + std::to_string(number), .hash = sha256(as_bytes("tbs"))};
}

TEST(Journal, keeps_lines_over_restarts) {
  const Place place;
  {
    const auto journal = place.open();
    ASSERT_TRUE(journal) << journal.error().detail;
    ASSERT_TRUE((*journal)->write(certificate(1)));
    EXPECT_EQ(place.open().error().id, "signer.running");
  }
  const auto journal = place.open();
  ASSERT_TRUE(journal);
  ASSERT_TRUE((*journal)->write(certificate(2)));
  const auto lines = place.lines();
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].kind, Kind::begun);
  EXPECT_EQ(lines[1].subject, "4f1");
  EXPECT_EQ(lines[2].sequence, 3);
  EXPECT_EQ(lines[2].at, place.clock->now());
  EXPECT_EQ(lines[2].authority, "t-g1");
}

TEST(Journal, a_line_is_on_the_disk_before_write_returns_and_many_share_a_flush) {
  const Place place;
  const auto journal = place.open();
  ASSERT_TRUE(journal);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      for (int k = 0; k < 25; ++k) {
        EXPECT_TRUE((*journal)->write(certificate(i * 100 + k)));
        EXPECT_NE(place.text().find("4f" + std::to_string(i * 100 + k) + " "), std::string::npos);
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(place.lines().size(), 201U);
}

TEST(Journal, T20_finds_every_change_of_a_line) {
  const Place place;
  {
    const auto journal = place.open();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE((*journal)->write(certificate(i)));
  }
  const std::string whole = place.text();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (i == whole.size() - 1) continue;  // without its end the last line counts as never finished: below
    std::string spoiled = whole;
    spoiled[i] = spoiled[i] == '1' ? '2' : '1';
    place.write(spoiled);
    EXPECT_EQ(place.error(), "journal.corrupt") << i;
    EXPECT_EQ(place.open().error().id, "journal.corrupt") << i;
  }
  const auto second = whole.find('\n') + 1, third = whole.find('\n', second) + 1;
  place.write(whole.substr(0, second) + whole.substr(third));  // one line taken out
  EXPECT_EQ(place.error(), "journal.corrupt");
  place.write(whole.substr(second));  // the first ones cut off
  EXPECT_EQ(place.error(), "journal.corrupt");
}

TEST(Journal, cuts_off_a_line_that_was_never_finished) {
  const Place place;
  {
    const auto journal = place.open();
    ASSERT_TRUE((*journal)->write(certificate(1)));
  }
  const std::string whole = place.text();
  for (std::size_t octets = 1; octets < 20; ++octets) {
    place.write(whole + whole.substr(0, octets));
    EXPECT_EQ(place.error(), "none");
    ASSERT_TRUE(place.open());
    EXPECT_EQ(place.text(), whole);
  }
}

TEST(Journal, counts_answers_in_one_line_a_minute) {
  const Place place;
  {
    const auto journal = place.open();
    for (int i = 0; i < 100; ++i) (*journal)->count_answer("t-g1", sha256(as_bytes("answer")));
    EXPECT_EQ(place.lines().size(), 1U);
    place.clock->advance(std::chrono::minutes{1});
    (*journal)->count_answer("t-g1", sha256(as_bytes("answer")));
    ASSERT_EQ(place.lines().size(), 2U);
    EXPECT_EQ(place.lines()[1].kind, Kind::answers);
    EXPECT_EQ(place.lines()[1].subject, "101");
    (*journal)->count_answer("t-g1", sha256(as_bytes("answer")));
  }
  EXPECT_EQ(place.lines().back().subject, "1");  // the last ones when it closes
}

TEST(Journal, I12_a_full_disk_stops_it_until_there_is_room) {
  const Place place;
  auto journal = place.open();
  ASSERT_TRUE((*journal)->write(certificate(1)));
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &usual), 0);
  rlimit tight = usual;
  tight.rlim_cur = place.text().size() + 30;  // half a line
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] { EXPECT_EQ(id_of((*journal)->write(certificate(20 + i))), "journal.write"); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(id_of((*journal)->health()), "journal.write");
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &usual), 0);
  std::signal(SIGXFSZ, before);
  EXPECT_EQ(id_of((*journal)->health()), "no error");
  EXPECT_TRUE((*journal)->write(certificate(4)));
  const auto lines = place.lines();
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[2].kind, Kind::resumed);
  EXPECT_EQ(lines[3].subject, "4f4");
}

}  // namespace
}  // namespace inkan::ca
