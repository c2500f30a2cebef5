// The real window, offscreen with real fonts, against a bank of the tests: D5-10 to D5-16, and what stands around them.

#include <gtest/gtest.h>

#include <QApplication>
#include <QCheckBox>
#include <QListWidget>
#include <QSignalSpy>
#include <QTest>
#include <future>
#include <semaphore>

#include "app/window/look.hpp"
#include "support/shown_window.hpp"

namespace inkan::app {
namespace {

TEST_F(WindowTest, D5_10_without_any_certificate_it_offers_one_and_says_why_the_list_is_empty) {
  open();
  at("A101");
  expect_said("証明書の発行を行う場合は、「証明書発行」ボタンを押下し、表示する画面で必要情報を入力してください。");
  expect_said("このアプリから取得した電子証明書はまだありません。");
  EXPECT_NE(button("証明書発行"), nullptr);
  EXPECT_EQ(button("証明書更新"), nullptr);
  shoot("D5-10");
}

TEST_F(WindowTest, D5_11_only_what_can_be_renewed_stands_in_the_list) {
  enrol("keiri01", "2026-12-01T00:00:00+09:00");
  enrol("keiri02", "2027-06-01T00:00:00+09:00");
  open();
  unlock();
  unlock();
  const Screen& screen = at("A101");
  expect_said("証明書の更新を行う場合は、更新する証明書をリストから選び、「証明書更新」ボタンを押してください。");
  const auto* list = screen.findChild<QListWidget*>();
  ASSERT_NE(list, nullptr);
  ASSERT_EQ(list->count(), 1);
  EXPECT_TRUE(list->item(0)->text().contains("keiri01")) << list->item(0)->text().toStdString();
  EXPECT_TRUE(list->item(0)->text().contains("残り20日")) << list->item(0)->text().toStdString();
  expect_said("keiri02：2027年5月1日");
  shoot("D5-11");
}

TEST_F(WindowTest, E205_what_does_not_answer_says_so_and_can_be_asked_again) {
  enrol("keiri01", "2026-12-01T00:00:00+09:00");
  ASSERT_TRUE(banks().remember({.institution = "d9",
                                .name = "遠い銀行",
                                .portal = "https://d9.test",
                                .trust_pem = {},
                                .store = banks().all()->front().store}));
  open();
  unlock();
  at("A101");
  expect_said("遠い銀行：銀行のサーバーに接続できません。");
  EXPECT_NE(button("もう一度確認"), nullptr);
  shoot("E205");
}

TEST_F(WindowTest, E202_a_proxy_that_wants_a_password_is_answered_in_the_window) {
  enrol("keiri01", "2026-12-01T00:00:00+09:00");
  proxy_password_ = "s3cret";
  open();
  unlock();
  for (const char* typed : {"wrong", "s3cret"}) {
    Screen& screen = at("A111");
    EXPECT_EQ(screen.title().toStdString(), "社内のプロキシにログインします");
    expect_said("（E202）");
    expect_said("keiri@proxy.test:8080");
    if (*typed == 'w') shoot("E202-proxy");
    type(typed);
    key(Qt::Key_Return);
    at("A101");
    if (*typed == 'w') {
      expect_said("サンプル第五銀行：社内のプロキシがユーザー名とパスワードを求めています（E202）。");
      press("もう一度確認");
    }
  }
  proxy_password_.clear();
  EXPECT_NE(button("証明書更新"), nullptr);
}

TEST_F(WindowTest, D5_12_to_D5_15_a_renewal_by_the_keyboard_alone) {
  enrol("keiri01", "2026-12-01T00:00:00+09:00");
  open();
  unlock();
  at("A101");
  key(Qt::Key_Return);  // the list has the keyboard; Enter presses 証明書更新
  at("A201");
  expect_said("電子証明書発行に必要な本人認証を行います。ログインパスワードを入力の上、「認証」ボタンを押してください。");
  EXPECT_FALSE(button("認証")->isEnabled());
  EXPECT_NE(button("戻る"), nullptr);
  shoot("D5-12");
  type("wrong");
  key(Qt::Key_Return);
  at("A301");
  at("A201");
  expect_said("ログインパスワードが違います（E208）。");
  shoot("D5-12-wrong");
  type("login");
  key(Qt::Key_Return);
  at("A401");
  expect_said("電子証明書の発行とインストールが完了しました。「閉じる」ボタンを押して、アプリを閉じてください。");
  expect_said("*電子証明書の有効期限は、発行後1年間です。");
  expect_said("*有効期間満了の30日前に、ログイン後のトップページおよび電子メールでお知らせします。");
  expect_said("証明書シリアル番号");
  EXPECT_EQ(said().find("全てのブラウザを閉じて"), std::string::npos) << "the trial login has shown that this is not needed";
  EXPECT_EQ(bank_.issued.size(), 1U);
  EXPECT_TRUE(bank_.used);
  shoot("D5-15");
  key(Qt::Key_Return);
  EXPECT_FALSE(window_->isVisible());
}

TEST_F(WindowTest, D5_12_a_renewal_that_broke_off_asks_for_the_password_again_and_goes_on) {
  enrol("keiri01", "2026-12-01T00:00:00+09:00");
  bank_.lost_answers = 1;
  for (const char* ends : {"A901", "A401"}) {
    open();
    unlock();
    at("A101");
    press("証明書更新");
    at("A201");
    type("login");
    key(Qt::Key_Return);
    at(ends);
    window_.reset();
  }
  EXPECT_EQ(bank_.issued.size(), 1U);
}

TEST_F(WindowTest, D5_12_back_leads_to_the_list_and_nothing_was_made) {
  enrol("keiri01", "2026-12-01T00:00:00+09:00");
  open();
  unlock();
  at("A101");
  press("証明書更新");
  at("A201");
  key(Qt::Key_Escape);
  at("A101");
  EXPECT_TRUE(bank_.issued.empty());
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "keiri01.p12.pending"));
}

TEST_F(WindowTest, D5_13_an_issue_asks_for_id_password_and_code) {
  open({.preset = {.institution = {},
                   .name = {},
                   .portal = "https://d5.test",
                   .trust_pem = {},
                   .store = "p12:" + (folder_.path() / "new.p12").string()}});
  at("A101");
  press("証明書発行");
  Screen& screen = at("A202");
  expect_said("ログインIDとログインパスワードを入力の上、「認証して発行」ボタンを押してください。");
  EXPECT_FALSE(button("認証して発行")->isEnabled());
  const auto fields = screen.findChildren<QLineEdit*>();
  ASSERT_EQ(fields.size(), 4);
  fields[1]->setText("keiri09");
  fields[2]->setText("login");
  fields[3]->setText("wrong");
  shoot("D5-13");
  press("認証して発行");
  at("A111");
  expect_said("新しいファイルのパスワード");
  type("pw");
  EXPECT_FALSE(button("開く")->isEnabled()) << "typed once";
  key(Qt::Key_Tab);
  type("pw");
  shoot("unlock-new");
  key(Qt::Key_Return);
  const Screen& again = at("A202");
  expect_said("ログインID、パスワード、ワンタイムコードのいずれかが違います。");
  const auto filled = again.findChildren<QLineEdit*>();
  EXPECT_EQ(filled[1]->text(), "keiri09");
  EXPECT_TRUE(filled[2]->text().isEmpty());
  filled[2]->setText("login");
  filled[3]->setText("right");
  press("認証して発行");
  at("A401");
  expect_said("keiri09");
  ASSERT_EQ(banks().find("d5")->size(), 1U) << "from here on links of this bank are known";
}

TEST_F(WindowTest, D5_14_a_step_is_ticked_on_its_evidence_and_closing_asks_first) {
  enrol("keiri01", "2026-12-01T00:00:00+09:00");
  std::binary_semaphore arrived{0};
  std::binary_semaphore open_gate{0};
  gate_ = [&] {
    arrived.release();
    open_gate.acquire();
  };
  open();
  unlock();
  at("A101");
  press("証明書更新");
  at("A201");
  type("login");
  key(Qt::Key_Return);
  ASSERT_TRUE(QTest::qWaitFor([&] { return arrived.try_acquire(); }, kPatience));
  at("A301");
  expect_said("ただいま処理中です。しばらくお待ちください。");
  const auto ticked = [&] { return QString::fromStdString(said()).count(QString::fromUtf8("✓")); };
  EXPECT_TRUE(QTest::qWaitFor([&] { return ticked() == 1; }, kPatience)) << "the key is made, nothing is issued yet";
  shoot("D5-14");
  window_->close();
  at("A903");
  EXPECT_TRUE(window_->isVisible());
  shoot("leave");
  press("手続きを続ける");
  at("A301");
  window_->close();
  at("A903");
  open_gate.release();
  at("A401");
}

TEST_F(WindowTest, quiet_renewal_is_agreed_to_and_taken_back_where_the_bank_allows_it) {
  const std::string place = "nss:" + (folder_.path() / "nssdb").string();
  check(open_place(
            *parse_place(place), disk_, [](const SecretQuestion&) { return Result<Secret>(Secret("")); }, true)
            .has_value(),
        "a database");
  ASSERT_TRUE(banks().remember(known(place)));
  std::promise<bool> said;
  open({.quiet = [&](const KnownBank& bank, bool yes) {
    EXPECT_EQ(bank.store, place);
    said.set_value(yes);
    return Result<void>();
  }});
  EXPECT_EQ(at("A101").findChildren<QCheckBox*>().size(), 0);  // the bank asks for the password: nobody would be there to type it
  bank_.discovery_.quiet = true;
  bank_.discovery_.asks_password = false;
  window_.reset();
  for (const bool yes : {true, false}) {
    ASSERT_TRUE(banks().set_quiet(known(place), yes ? Quiet::unasked : Quiet::yes));
    said = {};
    open({.quiet = [&](const KnownBank&, bool told) {
      said.set_value(told);
      return Result<void>();
    }});
    const auto boxes = at("A101").findChildren<QCheckBox*>();
    ASSERT_EQ(boxes.size(), 1);
    EXPECT_EQ(boxes.front()->isChecked(), !yes);
    if (yes) shoot("quiet");
    boxes.front()->click();
    EXPECT_EQ(said.get_future().get(), yes);
    window_.reset();
  }
}

TEST_F(WindowTest, O30_what_is_spare_is_shown_and_goes_with_its_key_when_told_to) {
  const std::string place = "nss:" + (folder_.path() / "nssdb").string();
  const auto open_place_there = [&] {
    auto store = open_place(*parse_place(place), disk_, [](const SecretQuestion&) { return Result<Secret>(Secret("")); }, true);
    check(store.has_value(), "the database opens");
    return std::move(*store);
  };
  for (const char* expires : {"2026-11-20T00:00:00+09:00", "2027-11-01T00:00:00+09:00"}) {
    const auto store = open_place_there();
    const auto pending = store->make_pending(std::string("issue ") + expires, pki::KeyAlgorithm::p256);
    const auto certificate = certify(pending->key.public_key(), expires, "keiri01");
    check(store->save(*pending, certificate, {}, "keiri01").has_value(), "saved");
    check(store->mark_used(certificate).has_value(), "used");
  }
  ASSERT_TRUE(banks().remember(known(place)));
  open();
  at("A101");
  press("不要な電子証明書を削除");
  at("A501");
  expect_said("新しい電子証明書に替わりました");
  shoot("O30-tidy");
  press("削除しない");
  at("A101");
  press("不要な電子証明書を削除");
  at("A501");
  press("削除する");
  at("A101");
  EXPECT_EQ(button("不要な電子証明書を削除"), nullptr);
  window_.reset();
  const auto left = open_place_there()->certificates();
  ASSERT_EQ(left->size(), 1U);
  EXPECT_EQ(left->front().not_after(), app::at("2027-10-31T23:59:59+09:00"));
}

TEST_F(WindowTest, O22_a_link_in_the_literal_form_asks_each_question_of_its_own) {
  enrol("keiri01", "2026-12-01T00:00:00+09:00");
  bank_.discovery_.asks_password = false;
  bank_.handed.asks = {Question::key, Question::request, Question::protection};
  open_link();
  unlock();
  at("A211");
  expect_said("この操作を許可しますか?");
  expect_said("新しい鍵を作成します。");
  expect_said("サンプル第五銀行");
  expect_said("keiri01");
  shoot("link-1");
  EXPECT_EQ(bank_.taken_over, kTransaction) << "the page knows that the program is there";
  key(Qt::Key_Return);
  at("A212");
  expect_said("その鍵で電子証明書の発行を申請します。");
  EXPECT_TRUE(bank_.issued.empty());
  shoot("link-2");
  key(Qt::Key_Return);
  at("A214");
  expect_said("パスワードで保護したファイル");
  EXPECT_EQ(said().find("セキュリティレベル"), std::string::npos) << "O22: a file does not enforce it";
  shoot("link-3");
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "keiri01.p12.pending")) << "nothing is done before the last yes";
  key(Qt::Key_Return);
  at("A215");
  expect_said("発行された電子証明書をこのパソコンに保存します。");
  shoot("link-keep");
  EXPECT_FALSE(bank_.used);
  press("はい");
  at("A401");
  EXPECT_EQ(bank_.renewed_under, kTransaction);
  EXPECT_TRUE(bank_.used);
}

TEST_F(WindowTest, O23_no_at_any_question_changes_nothing) {
  enrol("keiri01", "2026-12-01T00:00:00+09:00");
  bank_.discovery_.asks_password = false;
  for (int yeses = 0; yeses < 2; ++yeses) {
    open_link();
    unlock();
    at("A211");
    if (yeses > 0) {
      press("はい");
      at("A212");
    }
    key(Qt::Key_Escape);
    at("A902");
    shoot("unchanged");
    EXPECT_TRUE(bank_.issued.empty());
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "keiri01.p12.pending"));
    window_.reset();
  }
}

TEST_F(WindowTest, a_link_whose_profile_wants_the_password_asks_for_it_after_the_questions) {
  enrol("keiri01", "2026-12-01T00:00:00+09:00");
  bank_.handed.asks = {Question::both};
  open_link();
  unlock();
  at("A213");
  key(Qt::Key_Return);
  at("A201");
  type("wrong");
  key(Qt::Key_Return);
  at("A301");
  at("A201");
  type("login");
  key(Qt::Key_Return);
  at("A215");
  key(Qt::Key_Return);
  at("A401");
}

TEST_F(WindowTest, the_short_form_is_one_screen) {
  enrol("keiri01", "2026-12-01T00:00:00+09:00");
  bank_.handed.short_form = true;
  open_link();
  unlock();
  at("A204");
  expect_said("2026年11月30日");
  expect_said("2027年11月10日");
  shoot("short");
  type("login");
  key(Qt::Key_Return);
  at("A401");
  expect_said("更新が完了しました");
  expect_said("2027年");
  EXPECT_EQ(bank_.renewed_under, kTransaction);
}

TEST_F(WindowTest, T1_a_link_that_is_not_for_this_person_says_why_and_does_nothing) {
  enrol("keiri01", "2026-12-01T00:00:00+09:00");
  bank_.handed.login_id = "keiri02";
  open_link();
  unlock();
  at("A901");
  expect_said("transaction.foreign");
  expect_said("このパソコンの電子証明書のものではありません");
  shoot("foreign");
  bank_.handed_refusal = Error{Code::expired, "transaction.used", {}};
  open_link();
  unlock();
  at("A901");
  expect_said("transaction.used");
  open_link("evil");
  at("A901");
  expect_said("link.unknown_bank");
  open({.refused = parse_link("inkan://evil.example/" + kTransaction).error()});
  at("A901");
  expect_said("link.address");
  shoot("address");
  EXPECT_TRUE(bank_.issued.empty());
}

TEST_F(WindowTest, a_trial_login_that_fails_is_tried_again_from_the_result) {
  enrol("keiri01", "2026-12-01T00:00:00+09:00");
  bank_.handed.short_form = true;
  bank_.trial_fails = true;
  open_link();
  unlock();
  at("A204");
  type("login");
  key(Qt::Key_Return);
  at("A401");
  expect_said("電子証明書の更新 結果");
  expect_said("ログインをまだ確認できていません");
  expect_said("*電子証明書を有効にするには、一度全てのブラウザを閉じてください。");
  shoot("D5-15-unused");
  bank_.trial_fails = false;
  press("もう一度確認");
  at("A301");
  at("A401");
  expect_said("電子証明書の発行とインストールが完了しました。");
}

TEST_F(WindowTest, it_speaks_english_and_wears_the_dark) {
  enrol("keiri01", "2026-12-01T00:00:00+09:00");
  const QPalette before = QApplication::palette();
  QPalette dark = before;
  dark.setColor(QPalette::Window, QColor(0x16, 0x18, 0x1d));
  qApp->setStyleSheet(style_for(dark));
  open({.language = Language::english});
  unlock();
  at("A101");
  expect_said("choose the certificate from the list");
  shoot("dark-english");
  press("Renew");
  at("A201");
  shoot("dark-password");
  qApp->setStyleSheet(style_for(before));
}

TEST_F(WindowTest, every_control_has_a_name_a_key_of_its_own_and_a_place_in_the_order) {
  enrol("keiri01", "2026-12-01T00:00:00+09:00");
  open();
  unlock();
  const auto judge = [&](const char* code) {
    Screen& screen = at(code);
    std::set<QString> keys;
    for (const QPushButton* one : screen.findChildren<QPushButton*>()) {
      EXPECT_FALSE(one->accessibleName().isEmpty());
      const QString mnemonic = QKeySequence::mnemonic(one->text()).toString();
      EXPECT_FALSE(mnemonic.isEmpty()) << one->text().toStdString();
      EXPECT_TRUE(keys.insert(mnemonic).second) << mnemonic.toStdString();
    }
    for (const QLabel* label : screen.findChildren<QLabel*>("label")) {
      EXPECT_NE(label->buddy(), nullptr);
      EXPECT_TRUE(keys.insert(QKeySequence::mnemonic(label->text()).toString()).second) << label->text().toStdString();
    }
    for (const QLineEdit* field : screen.findChildren<QLineEdit*>()) EXPECT_FALSE(field->accessibleName().isEmpty());
    EXPECT_NE(window_->focusWidget(), nullptr) << code;
  };
  judge("A101");
  press("証明書発行");
  judge("A202");
  press("戻る");
  judge("A101");
  press("証明書更新");
  judge("A201");
}

}  // namespace
}  // namespace inkan::app

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  QApplication application(argc, argv);
  inkan::app::dress(application, true);
  return RUN_ALL_TESTS();
}
