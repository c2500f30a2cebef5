#include <QComboBox>

#include "app/window/screens.hpp"

namespace inkan::app {

Screen* make_issue_screen(const Words& say, const IssueForm& form, IssueActs acts) {
  auto* screen = new Screen("A202 (CCHK002)", to_qt(say("証明書取得 認証", "Take a certificate")));
  screen->add_text(
      say("電子証明書発行に必要な本人認証を行います。ログインIDとログインパスワードを入力の上、「認証して発行」ボタンを"
          "押してください。",
          "Type in your login ID and password, and press “Check and issue”."));
  if (form.wrong) screen->add_notice(say.error(*form.wrong));

  QComboBox* banks = nullptr;
  QLineEdit* address = nullptr;
  if (form.banks.empty()) {
    address = screen->add_field(say("銀行のログイン画面のアドレス(&S)", "Address of the bank's login page (&S)"), false);
    address->setText(to_qt(form.preset.portal));
    address->setPlaceholderText("https://");
  } else if (form.banks.size() > 1) {
    banks = new QComboBox;
    banks->setAccessibleName(to_qt(say("銀行", "bank")));
    for (const KnownBank& bank : form.banks) banks->addItem(to_qt(bank.name));
    screen->add_widget(banks);
  } else {
    screen->add_facts({{say("銀行", "Bank"), form.banks.front().name}});
  }
  auto* login_id = screen->add_field(say("ログインID(&U)", "Login ID (&U)"), false);
  login_id->setText(to_qt(form.login_id));
  auto* password = screen->add_field(say("ログインパスワード(&P)", "Login &password"), true);
  auto* code = screen->add_field(say("ワンタイムコード(&C)", "One-time &code"), true);
  screen->add_hint(
      say("コードは銀行または管理者の方からお受け取りください。期限切れの電子証明書がこのパソコンにあるときは、空のままで"
          "進める場合があります。",
          "The code comes from the bank or your administrator. Where this computer holds the expired certificate, it may be "
          "left empty."));

  auto* go = screen->add_act(say("認証して発行(&N)", "Check a&nd issue"), Screen::Act::first, [=, go = acts.go] {
    KnownBank bank = form.preset;
    if (address != nullptr) bank.portal = address->text().trimmed().toStdString();
    if (address == nullptr) bank = form.banks.at(banks == nullptr ? 0 : static_cast<std::size_t>(banks->currentIndex()));
    if (!form.preset.store.empty()) bank.store = form.preset.store;
    Proof proof{login_id->text().trimmed().toStdString(), Secret(password->text().toStdString()),
                Secret(code->text().toStdString())};
    password->clear();
    code->clear();
    go(bank, std::move(proof));
  });
  const auto judge = [=] {
    const bool where = address == nullptr || address->text().trimmed().startsWith("https://");
    go->setEnabled(where && !login_id->text().trimmed().isEmpty() && !password->text().isEmpty());
  };
  judge();
  for (QLineEdit* field : {address, login_id, password})
    if (field != nullptr) QObject::connect(field, &QLineEdit::textChanged, go, judge);
  screen->add_act(say("戻る(&B)", "&Back"), Screen::Act::back, acts.back);
  return screen;
}

}  // namespace inkan::app
