#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "lifecycle/bank_desk.hpp"
#include "support/browser.hpp"
#include "support/catalogue.hpp"
#include "support/desk.hpp"
#include "support/installation.hpp"
#include "web/console/console.hpp"

namespace inkan::web {

inline constexpr const char* kDesk = "https://desk.localhost:18448";

/// load_console_texts is the catalogue that both doors share, in one language.
inline std::map<std::string, std::string> load_console_texts(const std::string& language) {
  const std::string pages = INKAN_SOURCE_DIR "/src/web/pages/";
  auto texts = load_texts(pages + language + ".toml");
  auto desk = load_texts(pages + "console/" + language + ".toml");
  texts.merge(desk);
  check(desk.empty(), "a key in one catalogue alone");
  return texts;
}

/// text_of is a page's text without its marks, escapes undone.
inline std::string text_of(std::string html) {
  std::string out;
  bool inside = false;
  for (const char c : html) {
    if (c == '<') inside = true;
    if (!inside) out += c;
    if (c == '>') inside = false;
  }
  for (const auto& [escape, letter] :
       std::map<std::string, std::string>{{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}})
    for (auto at = out.find(escape); at != std::string::npos; at = out.find(escape, at + 1))
      out.replace(at, escape.size(), letter);
  return out;
}

/// ConsoleTest is a whole bank with two institutions behind its desk: at d1 a clerk, two approvers and an auditor, at d2 a clerk.
class ConsoleTest : public testing::Test {
 protected:
  ConsoleTest() : desk(bank.services(), bank.login) {
    add(clerk, lifecycle::StaffRole::clerk);
    add(approver, lifecycle::StaffRole::approver);
    add(second, lifecycle::StaffRole::approver);
    add(auditor, lifecycle::StaffRole::auditor);
    auto made = Console::make({.services = bank.services(),
                               .login = bank.login,
                               .bank_desk = desk,
                               .origin = kDesk,
                               .catalogue = {{"ja", load_console_texts("ja")}, {"en", load_console_texts("en")}}});
    check(made.has_value(), made ? "" : made.error().id + " " + made.error().detail);
    console = std::move(*made);
  }

  void add(const StaffPerson& person, lifecycle::StaffRole role, const std::string& institution = "d1",
           const std::string& name = "窓口 花子") {
    auto added = desk.add_staff({.id = {institution, person.login_id},
                                 .role = role,
                                 .name = name,
                                 .password = Secret("desk-password"),
                                 .certificate = person.certificate.der()},
                                "test");
    check(added.has_value(), added ? "" : added.error().id);
  }

  std::optional<lifecycle::Staff> bank_staff(const StaffPerson& person) {
    std::optional<lifecycle::Staff> found;
    check(bank.store
              ->read([&](lifecycle::Reader& reader) -> Result<void> {
                found = *reader.find_staff_by_fingerprint(person.certificate.fingerprint());
                return {};
              })
              .has_value(),
          "a person on record");
    return found;
  }

  /// at_desk is a browser of a person who is logged in.
  Browser at_desk(const StaffPerson& person, const std::string& language = "ja") {
    Browser browser(*console, language);
    browser.show(person.certificate.fingerprint());
    browser.get(std::string(kDesk) + "/login");
    const auto page = browser.post("/login", "password=desk-password");
    EXPECT_EQ(browser.path(), "/search") << page.body;
    return browser;
  }

  void days_before(const lifecycle::CertificateRecord& certificate, int days) {
    bank.clock.set(bank.institution().zone.start_of(certificate.expiry_day - std::chrono::days{days}) + std::chrono::hours{10});
  }

  /// holder puts an ID on record and gives its certificate, with so many days left.
  lifecycle::CertificateRecord holder(const std::string& login_id, int days) {
    bank.add_holder(login_id);
    auto certificate = bank.certify(login_id);
    days_before(certificate, days);
    return certificate;
  }

  static std::string between(const std::string& text, const std::string& before, const std::string& after) {
    const auto start = text.find(before);
    if (start == std::string::npos) return {};
    return text.substr(start + before.size(), text.find(after, start + before.size()) - start - before.size());
  }

  /// statement_on is what the page's script would sign: every line that stands on the page.
  static std::string statement_on(const std::string& html) {
    std::string text;
    const std::string mark = "<span data-line>";
    for (auto at = html.find(mark); at != std::string::npos; at = html.find(mark, at + 1))
      text += text_of(html.substr(at + mark.size(), html.find("</span>", at) - at - mark.size())) + "\n";
    return text;
  }

  /// sign presses the button of a page with a statement: the hidden fields, and the signature of a person over what is shown.
  static net::Response sign(Browser& browser, const net::Response& page, const StaffPerson& person) {
    std::string form;
    const std::string mark = "<input type=\"hidden\" name=\"";
    for (auto at = page.body.find(mark); at != std::string::npos; at = page.body.find(mark, at + 1)) {
      const std::string name = page.body.substr(at + mark.size(), page.body.find('"', at + mark.size()) - at - mark.size());
      const std::string value = text_of(between(page.body.substr(at), "value=\"", "\""));
      if (name != "signature") form += name + "=" + net::percent_encode(value) + "&";
    }
    form += "signature=" + net::percent_encode(to_base64(person.sign(statement_on(page.body))));
    const auto end = page.body.find("\" data-sign");
    const auto start = page.body.rfind('"', end - 1) + 1;
    return browser.post(page.body.substr(start, end - start), form);
  }

  /// ask_reissue is the first person's part; gives the page of the request.
  net::Response ask_reissue(Browser& browser, const StaffPerson& person, const std::string& login_id) {
    const auto statement = browser.post("/files/" + login_id + "/ask", kAskReissue);
    return sign(browser, statement, person);
  }

  static inline const std::string kAskReissue = "act=reissue&identity_check=" + net::percent_encode("届出印を照合") +
                                                "&call_back=" + net::percent_encode("10:05 登録番号へ");

  Installation bank;
  lifecycle::BankDesk desk;
  StaffPerson clerk = StaffPerson::make("tanto01");
  StaffPerson approver = StaffPerson::make("shonin01");
  StaffPerson second = StaffPerson::make("shonin02");
  StaffPerson auditor = StaffPerson::make("kansa01");
  std::unique_ptr<Console> console;
};

}  // namespace inkan::web
