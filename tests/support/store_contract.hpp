#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "support/store_place.hpp"
#include "support/store_samples.hpp"

namespace inkan {

/// is_chain tells whether records follow one another from 1 without a gap, each hash as its text demands.
inline bool is_chain(const std::vector<lifecycle::AuditRecord>& records) {
  Digest previous;
  long long sequence = 0;
  for (const lifecycle::AuditRecord& record : records) {
    if (record.sequence != ++sequence || record.previous != previous) return false;
    if (record.hash != lifecycle::chain(previous, to_canonical(record.node, sequence, record.entry))) return false;
    previous = record.hash;
  }
  return true;
}

/// StoreContract is a test on an empty store of the engine that the test's parameter names.
class StoreContract : public testing::TestWithParam<std::string> {
 protected:
  void write(const std::function<Result<void>(lifecycle::Writer&)>& work) {
    const auto done = store_->transact(work);
    ASSERT_TRUE(done) << done.error().id << " " << done.error().detail;
  }
  std::string refusal(const std::function<Result<void>(lifecycle::Writer&)>& work) {
    const auto done = store_->transact(work);
    return done ? "" : done.error().id;
  }
  /// ask is the answer of one question, in a read of its own.
  template <class T>
  T ask(const std::function<Result<T>(lifecycle::Reader&)>& question) {
    std::optional<T> answer;
    const auto read = store_->read([&](lifecycle::Reader& reader) -> Result<void> {
      auto found = question(reader);
      if (!found) return fail(found);
      answer = std::move(*found);
      return {};
    });
    EXPECT_TRUE(read) << read.error().id << " " << read.error().detail;
    return answer.value();
  }
  void put_holders(int count) {
    write([&](lifecycle::Writer& writer) -> Result<void> {
      for (int i = 1; i <= count; ++i)
        if (auto put = writer.put_holder(samples::holder(i)); !put) return put;
      return {};
    });
  }
  /// put_issued puts a holder's certificate on record as issued, `later` seconds after now.
  lifecycle::CertificateRecord put_issued(int number, int holder, int later = 0,
                                          const std::function<void(lifecycle::CertificateRecord&)>& alter = {}) {
    auto record = samples::reservation(number, samples::holder_id(holder));
    record.reserved_at += std::chrono::seconds{later};
    if (alter) alter(record);
    write([&](lifecycle::Writer& writer) { return writer.add_certificate(record); });
    record = samples::issued(record);
    write([&](lifecycle::Writer& writer) { return writer.set_certificate(record); });
    return record;
  }
  std::vector<lifecycle::AuditRecord> audit(const std::string& node) {
    return ask<std::vector<lifecycle::AuditRecord>>(
        [&](lifecycle::Reader& reader) { return reader.audit_records(node, 0, 1'000'000); });
  }

  StorePlace place_{GetParam()};
  std::unique_ptr<store::SqlStore> store_ = place_.open();
};

}  // namespace inkan
