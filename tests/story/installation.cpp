#include "support/installation.hpp"
#include "support/handed_code.hpp"

#include <map>
#include <set>

#include "base/password.hpp"
#include "lifecycle/audit_trail.hpp"

namespace inkan {
namespace {

std::vector<lifecycle::Institution> or_two(std::vector<lifecycle::Institution> profiles) {
  if (!profiles.empty()) return profiles;
  auto second = lifecycle::make_institution("d2");
  second.document = "D2";
  return {lifecycle::make_institution(), std::move(second)};
}

std::unique_ptr<ca::Issuer> make_issuer(ca::KeyStore& keys, const std::filesystem::path& folder,
                                        const lifecycle::Institutions& all, Rng& rng, Instant now) {
  ca::CeremonyPlan plan{.root_subject = *pki::Name::make({{"C", "JP"}, {"O", "Test"}, {"CN", "Root"}}),
                        .root_key = pki::KeyAlgorithm::p256,
                        .authorities = {}};
  for (const auto& institution : all.all())
    plan.authorities.push_back(
        {.id = institution.authority,
         .subject = *pki::Name::make({{"C", "JP"}, {"O", institution.name}, {"CN", institution.authority}}),
         .key = pki::KeyAlgorithm::p256,
         .crl_url = "http://localhost/crl/" + institution.authority + ".crl",
         .ocsp_url = "http://localhost/ocsp/" + institution.id,
         .ca_url = "http://localhost/ca/" + institution.authority + ".cer",
         .policy_oid = "1.3.6.1.4.1.99999.1"});
  const auto held = ca::hold_ceremony(plan, keys, folder, rng, now);
  check(held.has_value(), held ? "" : held.error().detail);
  auto issuer = ca::open_issuer(keys, folder);
  check(issuer.has_value(), issuer ? "" : issuer.error().detail);
  return std::move(*issuer);
}

std::unique_ptr<lifecycle::Store> open_store(const std::string& url, const std::filesystem::path& folder) {
  auto store =
      store::open({.url = url.empty() ? "sqlite:" + (folder / "inkan.db").string() : url, .node = "test", .migrate = true});
  check(store.has_value(), store ? "" : store.error().id + " " + store.error().detail);
  return std::move(*store);
}

}  // namespace

Installation::Installation(const std::string& url, Instant now, std::vector<lifecycle::Institution> profiles)
    : clock(now),
      institutions(or_two(std::move(profiles))),
      keys(ca::open_file_key_store(folder.path() / "ca", Secret("passphrase"))),
      issuer(make_issuer(*keys, folder.path() / "ca", institutions, rng, now - std::chrono::days{1})),
      store(open_store(url, folder.path())),
      login(services()),
      enrolment(services(), login),
      holders(services()),
      notices(services()),
      outbox(services()),
      status(services()) {}

lifecycle::Services Installation::services(lifecycle::Step step) {
  return {.store = *store, .issuer = *issuer, .institutions = institutions, .clock = clock, .rng = rng, .step = std::move(step)};
}

void Installation::add_holder(const std::string& login_id, const std::string& institution, lifecycle::Role role) {
  std::vector<lifecycle::NewHolder> one;
  one.push_back({.id = {institution, login_id},
                 .role = role,
                 .company = "青空商事株式会社",
                 .name = "経理担当者",
                 .mail = login_id + "@customer.example",
                 .password = Secret("password-1")});
  const auto added = holders.add(one, "test");
  ASSERT_TRUE(added) << added.error().id;
}

void Installation::import_holders(const std::vector<lifecycle::NewHolder>& wanted,
                                  const std::map<std::string, std::string>& more) {
  static const std::string kHash = *hash_password(Secret("password-1"), {.passes = 1, .memory = 8192});
  const Instant now = clock.now();
  const auto done = store->transact([&](lifecycle::Writer& writer) -> Result<void> {
    for (const lifecycle::NewHolder& each : wanted) {
      const lifecycle::Institution& at = institution(each.id.institution);
      const lifecycle::Holder holder{
          .id = each.id,
          .role = each.role,
          .company = each.company,
          .name = each.name,
          .mail = each.mail,
          .password_hash = kHash,
          .entitlement = lifecycle::Entitlement::acquirable,
          .acquire_until = at.zone.day_of(now) + std::chrono::days{at.acquisition.deadline_days},
          .created_at = now,
          .last_login = {},
          .contract = each.company,
      };
      if (auto put = writer.put_holder(holder); !put) return put;
      std::vector<std::string> addresses;
      if (!each.mail.empty()) addresses.push_back(each.mail);
      if (const auto second = more.find(each.id.login_id); second != more.end()) addresses.push_back(second->second);
      for (const std::string& address : addresses) {
        auto put = writer.put_contact({.holder = each.id, .address = address, .added_at = now, .checked_at = now});
        if (!put) return put;
      }
      writer.audit({.at = now,
                    .actor = "test",
                    .action = "holder.added",
                    .institution = each.id.institution,
                    .subject = each.id.login_id,
                    .detail = {}});
    }
    return {};
  });
  check(done.has_value(), done ? "" : done.error().id + " " + done.error().detail);
}

std::string Installation::hand_out_code(const std::string& login_id, const std::string& id) {
  return lifecycle::hand_out_code(*store, rng, institution(id), login_id, clock.now());
}

lifecycle::CertificateRecord Installation::certify(const std::string& login_id, const std::string& id) {
  const std::string code = hand_out_code(login_id, id);
  const auto issued = enrolment.acquire(institution(id), login_id, Secret("password-1"), Secret(code), make_request());
  check(issued.has_value(), issued ? "" : issued.error().id);
  const auto used = enrolment.confirm_use(institution(id), *issued->fingerprint);
  check(used.has_value(), used ? "" : used.error().id);
  return *used;
}

lifecycle::CertificateRecord Installation::find(const lifecycle::CertificateRecord& record) {
  std::optional<lifecycle::CertificateRecord> found;
  const auto read = store->read([&](lifecycle::Reader& reader) -> Result<void> {
    auto result = reader.find_by_serial(record.authority, record.serial);
    if (!result) return fail(result);
    found = std::move(*result);
    return {};
  });
  check(read.has_value() && found.has_value(), "certificate not on record");
  return *found;
}

std::vector<lifecycle::CertificateRecord> Installation::certificates_of(const std::string& login_id, const std::string& id) {
  std::vector<lifecycle::CertificateRecord> all;
  const auto read = store->read([&](lifecycle::Reader& reader) -> Result<void> {
    auto result = reader.certificates_of({id, login_id});
    if (!result) return fail(result);
    all = std::move(*result);
    return {};
  });
  check(read.has_value(), "certificates_of");
  return all;
}

long long Installation::audit_count(const std::string& action) {
  long long count = 0;
  const auto read = store->read([&](lifecycle::Reader& reader) {
    return lifecycle::walk_audit(reader, [&](const lifecycle::AuditRecord& record) -> Result<void> {
      count += record.entry.action == action ? 1 : 0;
      return {};
    });
  });
  check(read.has_value(), "audit");
  return count;
}

pki::Csr make_request() {
  const auto key = pki::PrivateKey::make(pki::KeyAlgorithm::p256);
  check(key.has_value(), "key");
  auto request = pki::Csr::make(*key, *pki::Name::make({{"CN", "request"}}));
  check(request.has_value(), "request");
  return std::move(*request);
}

namespace {

/// replaced_by_ticket is the expiry day of the certificate that a record's renewal replaced; of any other act nothing.
std::optional<Day> replaced_by_ticket(lifecycle::Reader& reader, const std::vector<lifecycle::CertificateRecord>& all,
                                      const lifecycle::CertificateRecord& record) {
  const auto ticket = reader.find_ticket(record.ticket);
  if (!ticket || !*ticket || (*ticket)->kind != lifecycle::TicketKind::renewal) return {};
  for (const auto& each : all)
    if (each.serial == (*ticket)->replaces) return each.expiry_day;
  return {};
}

}  // namespace

void check_invariants(lifecycle::Store& store, const lifecycle::Institutions& institutions) {
  std::map<std::string, std::map<std::string, int>> acts;  // action → serial → how often
  const auto read = store.read([&](lifecycle::Reader& reader) -> Result<void> {
    const auto verified = lifecycle::verify_audit(reader);
    EXPECT_TRUE(verified) << "I9: " << verified.error().id << " " << verified.error().detail;
    auto walked = lifecycle::walk_audit(reader, [&](const lifecycle::AuditRecord& record) -> Result<void> {
      const auto serial = record.entry.detail.find("serial");
      if (serial != record.entry.detail.end()) ++acts[record.entry.action][serial->second];
      return {};
    });
    if (!walked) return walked;
    std::set<std::string> serials;
    for (const auto& institution : institutions.all()) {
      auto holders = reader.list_holders(institution.id, "", 100'000);
      if (!holders) return fail(holders);
      for (const auto& holder : *holders) {
        auto certificates = reader.certificates_of(holder.id);
        if (!certificates) return fail(certificates);
        std::map<std::string, int> live_of_ticket;
        int live = 0;
        for (const auto& record : *certificates) {
          EXPECT_TRUE(serials.insert(record.serial.hex()).second) << "I1: a serial twice";
          if (record.authority != institution.authority) {  // another CA's, taken over (O38): not our act
            EXPECT_EQ(acts["certificate.imported"][record.serial.hex()], 1) << "I9";
            continue;
          }
          EXPECT_EQ(acts["certificate.reserved"][record.serial.hex()], 1) << "I1, I9";
          EXPECT_EQ(acts["certificate.issued"][record.serial.hex()], 1) << "I9";
          EXPECT_EQ(acts["certificate.revoked"][record.serial.hex()], record.revoked_at ? 1 : 0) << "I9";
          EXPECT_EQ(acts["certificate.confirmed"][record.serial.hex()], record.confirmed_at ? 1 : 0) << "I9";
          const auto parsed = pki::Certificate::parse(record.der);
          if (!parsed) return fail(parsed);
          EXPECT_EQ(parsed->serial(), record.serial);
          EXPECT_EQ(parsed->fingerprint(), *record.fingerprint);
          EXPECT_EQ(parsed->not_after(), institution.zone.end_of(record.expiry_day)) << "I11";
          const auto replaced = replaced_by_ticket(reader, *certificates, record);
          EXPECT_EQ(record.expiry_day, lifecycle::renewed_expiry(institution, record.reserved_at, replaced)) << "I11";
          if (!record.revoked_at) {
            ++live;
            EXPECT_EQ(++live_of_ticket[record.ticket], 1) << "I5: two live certificates under one ticket";
          }
        }
        EXPECT_LE(live, 2) << "I5: " << holder.id.login_id;
      }
    }
    const auto unfinished = reader.unfinished(from_epoch(1LL << 40));
    if (!unfinished) return fail(unfinished);
    EXPECT_TRUE(unfinished->empty()) << "I3: " << unfinished->size() << " reservations never ended";
    for (const auto& [serial, count] : acts["certificate.reserved"]) {
      const int ends =
          (acts["certificate.issued"].contains(serial) ? 1 : 0) + (acts["certificate.abandoned"].contains(serial) ? 1 : 0);
      EXPECT_EQ(count, 1) << "I1";
      EXPECT_EQ(ends, 1) << "I3: " << serial;
    }
    return {};
  });
  ASSERT_TRUE(read) << read.error().id << " " << read.error().detail;
}

}  // namespace inkan
