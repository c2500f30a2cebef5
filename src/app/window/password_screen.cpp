#include "app/window/screens.hpp"

namespace inkan::app {

std::vector<std::pair<std::string, std::string>> facts_of(const Words& say, const Intent& intent) {
  std::vector<std::pair<std::string, std::string>> facts = {
      {say("銀行", "Bank"), intent.bank.name},
      {say("対象ID", "ID"), intent.listed.id},
      {say("現在の期限", "Valid until"), say.day(intent.listed.expiry_day)}};
  if (intent.taken) facts.emplace_back(say("新しい期限", "New expiry"), say.day(intent.taken->new_expiry));
  return facts;
}

Screen* make_password_screen(const Words& say, const Intent& intent, const std::optional<Error>& wrong, PasswordActs acts) {
  auto* screen = new Screen("A201 (CCHK002)", to_qt(say("証明書取得認証", "Who is asking")));
  screen->add_text(say("電子証明書発行に必要な本人認証を行います。ログインパスワードを入力の上、「認証」ボタンを押してください。",
                       "Before the certificate is issued we check who you are. Type in your login password and press “Go on”."));
  screen->add_facts(facts_of(say, intent));
  if (wrong) screen->add_notice(say.error(*wrong));
  auto* field = screen->add_field(say("ログインパスワード(&P)", "Login &password"), true);
  auto* go = screen->add_act(say("認証(&N)", "&Go on"), Screen::Act::first, [field, go = acts.go] {
    Secret typed(field->text().toStdString());
    field->clear();
    go(std::move(typed));
  });
  go->setEnabled(false);
  QObject::connect(field, &QLineEdit::textChanged, go, [go](const QString& text) { go->setEnabled(!text.isEmpty()); });
  screen->add_act(say("戻る(&B)", "&Back"), Screen::Act::back, acts.back);
  return screen;
}

Screen* make_confirm_screen(const Words& say, const Intent& intent, Reply<bool> reply) {
  auto* screen = new Screen("A203", to_qt(say("証明書更新", "Renewal")));
  screen->add_text(say("この電子証明書を更新します。「更新する」ボタンを押してください。",
                       "This certificate will be renewed. Press “Renew”."));
  screen->add_facts(facts_of(say, intent));
  screen->add_hint(say("新しい電子証明書を確認できるまで、現在のものは有効期限までご利用いただけます。",
                       "Until the new one has been seen to work, the present one stays usable until its expiry."));
  screen->add_act(say("更新する(&R)", "&Renew"), Screen::Act::first, [reply] { reply(true); });
  screen->add_act(say("戻る(&B)", "&Back"), Screen::Act::back, [reply] { reply(false); });
  return screen;
}

}  // namespace inkan::app
