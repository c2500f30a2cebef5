#pragma once

#include <QApplication>
#include <QDir>
#include <QLabel>
#include <QPushButton>
#include <QTest>

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "app/p12_store.hpp"
#include "app/window/main_window.hpp"
#include "support/fake_bank.hpp"
#include "support/tool.hpp"

/// The real window, offscreen, over a bank of the tests.
namespace inkan::app {

inline constexpr int kPatience = 20000;  // milliseconds; a busy machine is no failure
inline const std::string kTransaction = "0123456789abcdef0123456789abcdef";

/// LentBank is a bank that the test keeps, with a gate before it issues.
class LentBank : public Bank {
 public:
  LentBank(FakeBank& bank, std::function<void()> gate) : bank_(bank), gate_(std::move(gate)) {}
  const Discovery& discovery() const override { return bank_.discovery(); }
  Result<std::vector<pki::Certificate>> authorities() override { return bank_.authorities(); }
  Result<pki::KeyAlgorithm> wanted_key() override { return bank_.wanted_key(); }
  Result<pki::Certificate> issue(const Proof& proof, const Identity* expired, ByteView request) override {
    return bank_.issue(proof, expired, request);
  }
  Result<Taken> take_over(const Identity& present, const std::string& transaction) override {
    return bank_.take_over(present, transaction);
  }
  Result<pki::Certificate> renew(const Identity& present, const Secret* password, const std::string& transaction,
                                 ByteView request) override {
    if (gate_) gate_();
    return bank_.renew(present, password, transaction, request);
  }
  Result<void> look(const Identity& present) override { return bank_.look(present); }
  Result<void> try_out(const Identity& fresh) override { return bank_.try_out(fresh); }

 private:
  FakeBank& bank_;
  std::function<void()> gate_;
};

class WindowTest : public testing::Test {
 protected:
  WindowTest() {
    bank_.discovery_.institution = "d5";
    bank_.discovery_.name = "サンプル第五銀行";
    bank_.discovery_.portal = "https://d5.test";
    bank_.discovery_.asks_password = true;
  }
  ~WindowTest() override { window_.reset(); }

  /// enrol puts a certificate into a file of its own, and the bank into the list.
  void enrol(const std::string& login_id, const char* expires) {
    const auto key = pki::PrivateKey::make(pki::KeyAlgorithm::p256);
    const std::string file = folder_.write(
        login_id + ".p12",
        ByteView(*pki::make_pkcs12(*key, certify(key->public_key(), expires, login_id), {}, login_id, Secret("pw"))));
    ASSERT_TRUE(banks().remember(known("p12:" + file)));
  }
  KnownBank known(const std::string& store) const {
    return {.institution = "d5", .name = "サンプル第五銀行", .portal = "https://d5.test", .trust_pem = {}, .store = store};
  }
  Banks banks() { return {disk_, folder_.path() / "config" / "banks.json"}; }

  void open(WindowOptions options = {}) {
    options.clerk = [this](const AskProxyLogin& ask) {
      return Clerk(disk_, banks(), [this, ask](const std::string& server, const std::string&) -> Result<std::unique_ptr<Bank>> {
        if (!proxy_password_.empty()) {
          const auto given = ask("keiri@proxy.test:8080");
          if (!given || given->reveal() != proxy_password_)
            return fail(Code::unauthenticated, "net.proxy_password", "proxy.test:8080");
        }
        if (!server.starts_with("https://d5.test")) return fail(Code::unavailable, "net.connect");
        return std::make_unique<LentBank>(bank_, gate_);
      });
    };
    window_ = std::make_unique<MainWindow>(std::move(options));
    window_->show();
    window_->activateWindow();
    static_cast<void>(QTest::qWaitForWindowExposed(window_.get()));
  }
  void open_link(const std::string& institution = "d5") { open({.link = Link{institution, kTransaction}}); }

  Screen& at(const char* code) {
    const bool came = QTest::qWaitFor([&] { return window_->screen()->code().startsWith(QLatin1String(code)); }, kPatience);
    EXPECT_TRUE(came) << "waiting for " << code << ", at " << window_->screen()->code().toStdString() << "\n" << said();
    return *window_->screen();
  }
  std::string said() const {
    QString text;
    for (const QLabel* label : window_->screen()->findChildren<QLabel*>()) text += label->text() + "\n";
    return text.toStdString();
  }
  void expect_said(const char* text) { EXPECT_NE(said().find(text), std::string::npos) << text << "\n--\n" << said(); }
  QPushButton* button(const char* label) const {
    for (QPushButton* one : window_->screen()->findChildren<QPushButton*>())
      if (one->accessibleName() == QString::fromUtf8(label)) return one;
    return nullptr;
  }
  void press(const char* label) {
    QPushButton* found = button(label);
    ASSERT_NE(found, nullptr) << label << "\n" << said();
    ASSERT_TRUE(found->isEnabled()) << label;
    QTest::mouseClick(found, Qt::LeftButton);
  }
  void type(const char* text) { QTest::keyClicks(window_->focusWidget(), QString::fromUtf8(text)); }
  void key(Qt::Key key) { QTest::keyClick(window_->focusWidget(), key); }
  /// unlock answers the file's own password.
  void unlock() {
    at("A111");
    type("pw");
    key(Qt::Key_Return);
  }
  void shoot(const char* name) {
    QTest::qWait(50);
    const QString folder = QStringLiteral(INKAN_SCREENSHOTS);
    QDir().mkpath(folder);
    EXPECT_TRUE(window_->grab().save(folder + "/app-" + QLatin1String(name) + ".png"));
  }

  TempFolder folder_;
  MachineDisk disk_;
  FakeBank bank_;
  std::function<void()> gate_;
  std::string proxy_password_;  // empty: no proxy
  std::unique_ptr<MainWindow> window_;
};

}  // namespace inkan::app
