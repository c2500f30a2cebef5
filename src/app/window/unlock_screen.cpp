#include "app/window/screens.hpp"

namespace inkan::app {
namespace {

using About = SecretQuestion::About;

std::string title_of(const Words& say, About about) {
  switch (about) {
    case About::file: return say("証明書ファイルを開きます", "Open the certificate file");
    case About::new_file: return say("証明書ファイルを作成します", "Make a certificate file");
    case About::database: return say("証明書データベースを開きます", "Open the certificate database");
    case About::pin: return say("トークンを開きます", "Open the token");
    case About::proxy: return say("社内のプロキシにログインします", "Log in to the network's proxy");
  }
  return {};
}

std::string label_of(const Words& say, const SecretQuestion& question) {
  switch (question.about) {
    case About::file: return say("ファイルのパスワード(&P)", "File's &password");
    case About::new_file: return say("新しいファイルのパスワード(&P)", "&Password for the new file");
    case About::database: return say("データベースのパスワード(&P)", "Database &password");
    case About::pin: return say("暗証番号（PIN）(&P)", "&PIN");
    case About::proxy:
      return question.name.contains('@') ? say("プロキシのパスワード(&P)", "Proxy's &password")
                                         : say("プロキシの ユーザー名:パスワード(&P)", "&Proxy's USER:PASSWORD");
  }
  return {};
}

}  // namespace

Screen* make_unlock_screen(const Words& say, const SecretQuestion& question, bool again, PasswordActs acts) {
  auto* screen = new Screen("A111", to_qt(title_of(say, question.about)));
  const bool proxy = question.about == About::proxy;
  if (proxy)
    screen->add_text(say("銀行に接続するために、社内のプロキシがユーザー名とパスワードを求めています（E202）。",
                         "To reach the bank, your network's proxy asks for a user and a password (E202)."));
  screen->add_facts({{proxy ? say("プロキシ", "Proxy") : say("保管場所", "Where"), question.name}});
  if (again) screen->add_notice(say("違うようです。もう一度入力してください。", "That was not right. Please try again."));
  if (question.pin == pki::PinState::few_left || question.pin == pki::PinState::last_try)
    screen->add_notice(question.pin == pki::PinState::last_try
                           ? say("あと1回まちがえると、トークンは使えなくなります。", "One more wrong try locks the token.")
                           : say("まちがえられる回数は残りわずかです。", "Few tries are left."));
  auto* field = screen->add_field(label_of(say, question), true);
  QLineEdit* second = nullptr;
  if (question.about == About::new_file) second = screen->add_field(say("もう一度(&A)", "&Again"), true);
  screen->add_hint(say("銀行のログインパスワードとは別のものです。", "This is not your login password at the bank."));
  auto* go = screen->add_act(proxy ? say("ログイン(&O)", "L&og in") : say("開く(&O)", "&Open"), Screen::Act::first,
                             [field, second, go = acts.go] {
                               Secret typed(field->text().toStdString());
                               field->clear();
                               if (second != nullptr) second->clear();
                               go(std::move(typed));
                             });
  const auto judge = [=] { go->setEnabled(!field->text().isEmpty() && (second == nullptr || second->text() == field->text())); };
  judge();
  for (QLineEdit* one : {field, second})
    if (one != nullptr) QObject::connect(one, &QLineEdit::textChanged, go, judge);
  screen->add_act(say("やめる(&B)", "&Back"), Screen::Act::back, acts.back);
  return screen;
}

}  // namespace inkan::app
