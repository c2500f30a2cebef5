// Fills a database through the store's own verbs, as the bank's acts would have, only quicker: holders without a password each of
// their own, certificates without a signature. Never shipped.

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/clock.hpp"
#include "base/password.hpp"
#include "measure.hpp"
#include "store/open.hpp"

namespace inkan::bench {
namespace {

using lifecycle::CertificateRecord;
using lifecycle::Holder;
using lifecycle::Writer;

constexpr std::size_t kBatch = 2000;
constexpr std::size_t kDerSize = 930;  // what a holder's certificate takes here
constexpr int kYear = 365;

struct Seed {
  std::string url;
  std::string institution;
  std::size_t count = 0;
  Day today;
  Instant now;
};

Holder make_holder(const Seed& seed, std::size_t number, const std::string& hash, lifecycle::Entitlement entitlement) {
  return {.id = {seed.institution, holder_name(number)},
          .role = lifecycle::Role::user,
          .company = fmt::format("株式会社みほん商事{:04}", number % 10'000),
          .name = "経理担当者",
          .mail = holder_name(number) + "@example.jp",
          .password_hash = hash,
          .entitlement = entitlement,
          .acquire_until = {},
          .created_at = seed.now,
          .last_login = {}};
}

/// make_record is an issued and used certificate; the days of expiry are spread over a year from tomorrow, in the order of issue.
CertificateRecord make_record(const Seed& seed, std::size_t number) {
  const std::string name = seed.institution + holder_name(number);
  const Digest serial_source = sha256(as_bytes("serial " + name));
  Bytes serial(serial_source.bytes.begin(), serial_source.bytes.begin() + 20);
  serial[0] = static_cast<std::uint8_t>((serial[0] & 0x3f) | 0x40);
  const int ahead = 1 + static_cast<int>(number * kYear / seed.count);
  const Day expiry = seed.today + std::chrono::days{ahead};
  const Instant issued = seed.now - std::chrono::days{kYear - ahead};
  CertificateRecord record{.holder = {seed.institution, holder_name(number)},
                           .authority = seed.institution + "-g1",
                           .serial = need(pki::SerialNumber::parse(serial), "serial"),
                           .ticket = "seed",
                           .tbs_hash = sha256(as_bytes("tbs " + name)),
                           .key_hash = sha256(as_bytes("key " + name)),
                           .not_before = issued,
                           .not_after = seed.now + std::chrono::days{ahead},
                           .expiry_day = expiry,
                           .reserved_at = issued};
  record.stage = lifecycle::Stage::issued;
  record.der = Bytes(kDerSize, 0x30);
  record.fingerprint = sha256(as_bytes("der " + name));
  record.issued_at = issued;
  record.confirmed_at = issued;
  return record;
}

Result<void> put_certificate(Writer& writer, const Seed& seed, std::size_t number) {
  CertificateRecord record = make_record(seed, number);
  const CertificateRecord issued = record;
  record.stage = lifecycle::Stage::reserved;
  record.der.clear();
  record.fingerprint.reset();
  record.issued_at.reset();
  record.confirmed_at.reset();
  if (auto added = writer.add_certificate(record); !added) return added;
  if (auto set = writer.set_certificate(issued); !set) return set;
  writer.audit({.at = *issued.issued_at,
                .actor = "bench",
                .action = "certificate.issued",
                .institution = seed.institution,
                .subject = issued.holder.login_id,
                .detail = {{"serial", issued.serial.hex()}, {"fingerprint", issued.fingerprint->hex()}}});
  return {};
}

void fill(const Seed& seed, bool certificates) {
  const auto store = need(store::open({.url = seed.url, .node = "seed", .migrate = true}), seed.url);
  const std::string hash = need(hash_password(Secret("bench-password")), "password");
  const auto entitlement = certificates ? lifecycle::Entitlement::held : lifecycle::Entitlement::acquirable;
  for (std::size_t first = 0; first < seed.count; first += kBatch) {
    const std::size_t last = std::min(seed.count, first + kBatch);
    need(store->transact([&](Writer& writer) -> Result<void> {
      for (std::size_t number = first; number < last; ++number) {
        if (auto put = writer.put_holder(make_holder(seed, number, hash, entitlement)); !put) return put;
        if (!certificates) continue;
        if (auto put = put_certificate(writer, seed, number); !put) return put;
      }
      return {};
    }),
         "transact");
  }
}

}  // namespace
}  // namespace inkan::bench

int main(int argc, char** argv) {
  using namespace inkan;
  CLI::App app("Fills a database for the benchmarks.");
  bench::Seed seed;
  bool certificates = false;
  app.add_option("--store", seed.url, "sqlite:FILE or a connection string of PostgreSQL")->required();
  app.add_option("--institution", seed.institution)->required();
  app.add_option("--count", seed.count, "holders")->required();
  app.add_flag("--certificates", certificates, "each holds a certificate; else each is approved for one");
  CLI11_PARSE(app, argc, argv);
  seed.now = MachineClock().now();
  seed.today = bench::need(Zone::find("Asia/Tokyo"), "zone").day_of(seed.now);
  bench::fill(seed, certificates);
  return 0;
}
