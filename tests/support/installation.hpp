#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ca/ceremony.hpp"
#include "lifecycle/enrolment.hpp"
#include "lifecycle/holders.hpp"
#include "lifecycle/login.hpp"
#include "lifecycle/notices.hpp"
#include "lifecycle/outbox.hpp"
#include "lifecycle/status.hpp"
#include "pki/csr.hpp"
#include "store/open.hpp"
#include "support/fake_clock.hpp"
#include "support/institution.hpp"
#include "support/tool.hpp"

namespace inkan {

/// Installation is a real bank without doors: CA, SQLite (or the store of `url`), the story's verbs, and a clock that tests move.
class Installation {
 public:
  /// `profiles` are its institutions; none means d1 and d2 of support/institution.hpp.
  explicit Installation(const std::string& url = {}, Instant now = *parse_rfc3339("2026-11-01T10:00:00+09:00"),
                        std::vector<lifecycle::Institution> profiles = {});

  lifecycle::Services services(lifecycle::Step step = {});

  /// add_holder puts an approved ID on record, password "password-1".
  void add_holder(const std::string& login_id, const std::string& institution = "d1",
                  lifecycle::Role role = lifecycle::Role::administrator);
  /// import_holders puts many approved IDs on record, password "password-1": what Holders::add writes, but with one shared hash
  /// that costs next to nothing, for tests that check thousands of passwords. `more` are second addresses, checked, by login ID.
  /// hand_out_code is what two persons of the bank and the customer's mail come to: a code for whatever the ID may take.
  std::string hand_out_code(const std::string& login_id, const std::string& institution = "d1");
  void import_holders(const std::vector<lifecycle::NewHolder>& wanted, const std::map<std::string, std::string>& more = {});
  /// certify gives an ID a used certificate, issued now, by the way a customer takes. Gives its record.
  lifecycle::CertificateRecord certify(const std::string& login_id, const std::string& institution = "d1");

  const lifecycle::Institution& institution(const std::string& id = "d1") const { return **institutions.find(id); }
  lifecycle::CertificateRecord find(const lifecycle::CertificateRecord& record);
  std::vector<lifecycle::CertificateRecord> certificates_of(const std::string& login_id, const std::string& institution = "d1");
  long long audit_count(const std::string& action);

  TempFolder folder;
  FakeClock clock;
  SystemRng rng;
  lifecycle::Institutions institutions;
  std::unique_ptr<ca::KeyStore> keys;
  std::unique_ptr<ca::Issuer> issuer;
  std::unique_ptr<lifecycle::Store> store;
  lifecycle::Login login;
  lifecycle::Enrolment enrolment;
  lifecycle::Holders holders;
  lifecycle::Notices notices;
  lifecycle::Outbox outbox;
  lifecycle::Status status;
};

/// make_request is a PKCS#10 request for a fresh P-256 key.
pki::Csr make_request();

/// check_invariants holds I1–I5, I9 and I11 of docs/issuance.md against everything on record.
void check_invariants(lifecycle::Store& store, const lifecycle::Institutions& institutions);

}  // namespace inkan
