#include "app/place.hpp"
#include "app/window/screens.hpp"

namespace inkan::app {
namespace {

Screen* make_asking(const Words& say, const char* code, const std::string& title, const std::vector<std::string>& texts,
                    const std::string& ask, Reply<bool> reply) {
  auto* screen = new Screen(code, to_qt(title));
  for (const std::string& text : texts) screen->add_text(text);
  screen->add_text(ask)->setObjectName("ask");
  screen->add_act(say("はい(&Y)", "&Yes"), Screen::Act::first, [reply] { reply(true); });
  screen->add_act(say("いいえ(&N)", "&No"), Screen::Act::back, [reply] { reply(false); });
  return screen;
}

/// protection_of is what guards a key in the store it will be in. 「セキュリティレベル「中」」 is said of no store that does not
/// enforce it (O22), and none of ours does.
std::string protection_of(const Words& say, const Intent& intent) {
  const auto place = parse_place(intent.known.store);
  const auto kind = place ? place->kind : Place::Kind::nss;
  switch (kind) {
    case Place::Kind::p12:
      return say("新しい鍵は、パスワードで保護したファイルに入れます。",
                 "The new key goes into a file that its password protects.");
    case Place::Kind::token:
      return say("新しい鍵は、暗証番号（PIN）で保護されたトークンの中に作成します。",
                 "The new key is made inside the token, behind its PIN.");
    case Place::Kind::nss:
    case Place::Kind::windows: break;  // parse_place never says so here
  }
  return say("新しい鍵は、このパソコンのブラウザの証明書データベースに入れます。",
             "The new key goes into this computer's certificate database of the browser.");
}

}  // namespace

Screen* make_question_screen(const Words& say, Question question, const Intent& intent, Reply<bool> reply) {
  const std::string access = say(
      "この Web サイトはユーザーの代わりにデジタル証明書の操作を実行します。ユーザーの代わりにデジタル証明書を操作できるのは、"
      "既知の Web サイトだけに制限する必要があります。この操作を許可しますか?",
      "This web site is about to work with digital certificates on your behalf. Only web sites you know should be allowed to do "
      "so. "
      "Do you allow it?");
  const std::string title = say("Web アクセスの確認", "Please confirm");
  const std::string key = say("新しい鍵を作成します。", "A new key will be made.");
  const std::string request = say("その鍵で電子証明書の発行を申請します。", "With that key a certificate will be requested.");
  Screen* screen = nullptr;
  switch (question) {
    case Question::key: screen = make_asking(say, "A211", title, {access}, key, std::move(reply)); break;
    case Question::request: screen = make_asking(say, "A212", title, {access}, request, std::move(reply)); break;
    case Question::both: screen = make_asking(say, "A213", title, {access}, key + "\n" + request, std::move(reply)); break;
    case Question::protection:
      screen =
          make_asking(say, "A214", say("鍵の保護", "How the key is protected"), {}, protection_of(say, intent), std::move(reply));
      break;
  }
  screen->add_facts(facts_of(say, intent));
  return screen;
}

Screen* make_keep_screen(const Words& say, const Intent& intent, Reply<bool> reply) {
  const auto place = parse_place(intent.known.store);
  const bool token = place && place->kind == Place::Kind::token;
  auto* screen = make_asking(
      say, "A215", say("電子証明書の発行", "The certificate was issued"), {},
      token ? say("発行された電子証明書をトークンに保存します。", "The certificate will be kept on the token.")
            : say("発行された電子証明書をこのパソコンに保存します。", "The certificate will be kept on this computer."),
      std::move(reply));
  screen->add_facts({{say("銀行", "Bank"), intent.bank.name}, {say("対象ID", "ID"), intent.listed.id}});
  return screen;
}

Screen* make_consent_screen(const Words& say, const Intent& intent, const std::optional<Error>& wrong, PasswordActs acts) {
  auto* screen = new Screen("A204", to_qt(say("電子証明書を更新します", "Renew the certificate")));
  screen->add_facts(facts_of(say, intent));
  if (wrong) screen->add_notice(say.error(*wrong));
  QLineEdit* field =
      intent.bank.asks_password ? screen->add_field(say("ログインパスワード(&P)", "Login &password"), true) : nullptr;
  screen->add_hint(say("新しい電子証明書を確認できるまで、現在のものは有効期限までご利用いただけます。",
                       "Until the new one has been seen to work, the present one stays usable until its expiry."));
  auto* go = screen->add_act(say("更新する(&R)", "&Renew"), Screen::Act::first, [field, go = acts.go] {
    Secret typed(field == nullptr ? std::string() : field->text().toStdString());
    if (field != nullptr) field->clear();
    go(std::move(typed));
  });
  if (field != nullptr) {
    go->setEnabled(false);
    QObject::connect(field, &QLineEdit::textChanged, go, [go](const QString& text) { go->setEnabled(!text.isEmpty()); });
  }
  screen->add_act(say("いいえ(&N)", "&No"), Screen::Act::back, acts.back);
  return screen;
}

}  // namespace inkan::app
