#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "lifecycle/bank_desk.hpp"
#include "lifecycle/company.hpp"
#include "lifecycle/contacts.hpp"
#include "lifecycle/recovery.hpp"
#include "support/desk.hpp"
#include "support/installation.hpp"

// A company of two 管理者 and one 利用者, and what the tests of its life ask over and over.
namespace inkan::lifecycle {
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

inline const Secret kPassword("password-1");

class Life : public ::testing::Test {
 protected:
  Life() : recovery(bank.services(), bank.login), company(bank.services(), bank.login), contacts(bank.services()) {
    bank.add_holder("kanri01");
    bank.add_holder("kanri02");
    bank.add_holder("keiri01", "d1", Role::user);
  }
  ~Life() override { check_invariants(*bank.store, bank.institutions); }

  Institution& d1() { return const_cast<Institution&>(bank.institution()); }
  AcquisitionPolicy& policy() { return d1().acquisition; }

  LoggedIn log_in(const CertificateRecord& certificate) {
    auto opened = bank.login.open(d1(), certificate.fingerprint, kPassword);
    check(opened.has_value(), opened ? "" : opened.error().id);
    return opened->logged_in;
  }
  Result<CertificateRecord> acquire(const std::string& login_id, const std::string& code,
                                    const std::optional<Digest>& shown = {}) {
    return bank.enrolment.acquire(d1(), login_id, kPassword, Secret(code), make_request(), shown);
  }
  CertificateVerdict::Kind judge(const CertificateRecord& certificate) {
    return bank.login.judge(d1(), certificate.fingerprint)->kind;
  }
  /// told counts the letters of one kind that a holder was sent.
  long long told(const std::string& login_id, const std::string& kind) {
    long long count = 0;
    const auto read = bank.store->read([&](Reader& reader) -> Result<void> {
      const auto notices = reader.notices_of({"d1", login_id}, 1000);
      if (!notices) return fail(notices);
      count = std::count_if(notices->begin(), notices->end(), [&](const Notice& notice) { return notice.kind == kind; });
      return {};
    });
    check(read.has_value(), "notices");
    return count;
  }
  /// newest_body is what the newest letter of one kind to a holder says.
  std::string newest_body(const std::string& login_id, const std::string& kind) {
    std::string body;
    const auto read = bank.store->read([&](Reader& reader) -> Result<void> {
      const auto notices = reader.notices_of({"d1", login_id}, 1000);
      if (!notices) return fail(notices);
      const auto found =
          std::find_if(notices->begin(), notices->end(), [&](const Notice& notice) { return notice.kind == kind; });
      if (found != notices->end()) body = found->body;
      return {};
    });
    check(read.has_value(), "notices");
    return body;
  }
  /// posted takes the code out of the newest letter of one kind, as its reader would.
  std::string posted(const std::string& kind) {
    std::string code;
    const auto claimed = bank.outbox.claim(100);
    check(claimed.has_value(), "claim");
    for (const Letter& letter : *claimed) {
      if (letter.subject == kind) {
        const auto at = letter.body.find("code=");
        if (at != std::string::npos) code = letter.body.substr(at + 5, letter.body.find('\n', at) - at - 5);
      }
      check(bank.outbox.settle_accepted(letter).has_value(), "settle");
    }
    return code;
  }

  Installation bank;
  Recovery recovery;
  Company company;
  Contacts contacts;
};

}  // namespace inkan::lifecycle
