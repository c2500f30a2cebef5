#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "support/browser.hpp"
#include "support/catalogue.hpp"
#include "support/expect_text.hpp"
#include "support/installation.hpp"

namespace inkan::web {

inline constexpr const char* kNoticeTitle = "電子証明書の更新をお願いします";
inline constexpr const char* kRenewHere = "電子証明書の更新はこちら";

/// PortalTest is a whole bank with two institutions in the forms of D1 and D2, behind the portal.
class PortalTest : public testing::Test {
 protected:
  explicit PortalTest(net::TryLimit allowed = {}, lifecycle::Institutions shown = profiles())
      : institutions(std::move(shown)),
        enrolment(services(), bank.login),
        recovery(services(), bank.login),
        company(services(), bank.login),
        contacts(services()),
        limit(std::make_shared<net::AddressLimit>(allowed, bank.clock)) {
    open_portal();
  }

  /// open_portal makes the portal, with the bank's applications where there are any.
  void open_portal(lifecycle::SignOn* sign_on = nullptr, ReadIdToken read_id_token = {}) {
    const std::string pages = INKAN_SOURCE_DIR "/src/web/pages/";
    auto made = Portal::make({.services = services(),
                              .login = bank.login,
                              .enrolment = enrolment,
                              .recovery = recovery,
                              .company = company,
                              .contacts = contacts,
                              .origins = {{"d1", {"https://d1.localhost:18443", "d1.localhost", 18444}},
                                          {"d2", {"https://d2.localhost:18443", "d2.localhost", 18444}}},
                              .catalogue = {{"ja", load_texts(pages + "ja.toml")}, {"en", load_texts(pages + "en.toml")}},
                              .tries = limit,
                              .sign_on = sign_on,
                              .read_id_token = std::move(read_id_token)});
    check(made.has_value(), made ? "" : made.error().id + " " + made.error().detail);
    portal = std::move(*made);
  }

  static lifecycle::Institutions profiles() {
    auto d1 = lifecycle::make_institution("d1");
    d1.screens = {
        {"notice.opens", "body"}, {"notice.changed", "yes"}, {"issue.screen", "own"}, {"completion.screen", "installed"}};
    auto d2 = lifecycle::make_institution("d2");
    d2.screens = {{"notice.opens", "list"}, {"issue.screen", "inline"}, {"completion.screen", "issued"}};
    return lifecycle::Institutions({d1, d2});
  }

  lifecycle::Services services() {
    return {.store = *bank.store, .issuer = *bank.issuer, .institutions = institutions, .clock = bank.clock, .rng = bank.rng};
  }

  static std::string portal_of(const std::string& id) { return "https://" + id + ".localhost:18443"; }

  /// days_before moves the clock to some days before a certificate's last day.
  void days_before(const lifecycle::CertificateRecord& certificate, int days) {
    bank.clock.set(bank.institution().zone.start_of(certificate.expiry_day - std::chrono::days{days}) + std::chrono::hours{10});
  }

  /// holder puts an ID on record and gives its certificate, with so many days left.
  lifecycle::CertificateRecord holder(const std::string& login_id, int days, const std::string& id = "d1") {
    bank.add_holder(login_id, id);
    auto certificate = bank.certify(login_id, id);
    days_before(certificate, days);
    return certificate;
  }

  /// to_notices logs a browser in.
  net::Response to_notices(Browser& browser, const lifecycle::CertificateRecord& certificate, const std::string& id = "d1") {
    browser.show(*certificate.fingerprint);
    browser.get(portal_of(id) + "/certificate-login");
    return browser.post("/login", "password=password-1");
  }

  static std::string between(const std::string& text, const std::string& before, const std::string& after) {
    const auto start = text.find(before);
    if (start == std::string::npos) return {};
    return text.substr(start + before.size(), text.find(after, start + before.size()) - start - before.size());
  }

  /// ask_certificate sends a request as the page's script does.
  static net::Response ask_certificate(Browser& browser, const std::string& path, const std::string& ticket,
                                       const Bytes& request) {
    return browser.send("POST", path, std::string(as_text(request)),
                        {{"Content-Type", "application/pkcs10"},
                         {"Inkan-Ticket", ticket},
                         {"Origin", browser.origin()},
                         {"Sec-Fetch-Site", "same-origin"}});
  }

  Installation bank;
  lifecycle::Institutions institutions;
  lifecycle::Enrolment enrolment;
  lifecycle::Recovery recovery;
  lifecycle::Company company;
  lifecycle::Contacts contacts;
  std::shared_ptr<net::AddressLimit> limit;
  std::unique_ptr<Portal> portal;
};

}  // namespace inkan::web
