#include "app/window/screens.hpp"

namespace inkan::app {

Screen* make_result_screen(const Words& say, const Outcome& outcome, int window_days, bool short_form, ResultActs acts) {
  const Listed& listed = outcome.certificate;
  auto* screen = new Screen(short_form ? "A401" : "A401 (CCHK007)", to_qt(say.result(outcome.kind, short_form)));
  if (outcome.kind == Outcome::Kind::nothing_to_do) {
    screen->add_text(say("いまは更新の必要がありません。", "There is nothing to renew now."));
    screen->add_facts({{say("対象ID", "ID"), listed.id},
                       {say("有効期限", "Valid until"), say.day(listed.expiry_day)},
                       {say("更新できる日", "Renewable from"), listed.opens ? say.day(*listed.opens) : "-"}});
    screen->add_act(say("閉じる(&C)", "&Close"), Screen::Act::first, acts.close);
    return screen;
  }
  const bool used = outcome.kind == Outcome::Kind::done;
  if (used) {
    screen->add_text(say("電子証明書の発行とインストールが完了しました。「閉じる」ボタンを押して、アプリを閉じてください。",
                         "The certificate was issued and installed, and the bank has taken it. Press “Close”."));
  } else {
    screen->add_text(
        say("新しい電子証明書を保存しましたが、ログインをまだ確認できていません。現在の電子証明書は期限までご利用いただけます。",
            "The new certificate is kept, but the login could not be checked yet. The present one stays usable."));
    if (outcome.trial) screen->add_notice(say.error(*outcome.trial));
    screen->add_text(say("*電子証明書を有効にするには、一度全てのブラウザを閉じてください。",
                         "* Please close every browser once, so that it sees the certificate."));
  }
  screen->add_heading(say("証明書情報", "Certificate"));
  std::vector<std::pair<std::string, std::string>> facts;
  if (!listed.organization.empty()) facts.emplace_back("Organization", listed.organization);
  if (!listed.unit.empty()) facts.emplace_back("Organization Unit", listed.unit);
  facts.emplace_back("Common Name", listed.id);
  facts.emplace_back(say("証明書シリアル番号", "Serial number"), listed.serial);
  facts.emplace_back(say("有効期限", "Valid until"), say.day(listed.expiry_day));
  if (listed.opens) facts.emplace_back(say("次の更新のご案内", "Next renewal from"), say.day(*listed.opens));
  screen->add_facts(facts);
  screen->add_hint(say("*電子証明書の有効期限は、発行後1年間です。", "* A certificate is valid for one year from its issue."));
  if (window_days > 0)
    screen->add_hint(say(
        "*有効期間満了の" + std::to_string(window_days) + "日前に、ログイン後のトップページおよび電子メールでお知らせします。",
        "* " + std::to_string(window_days) + " days before it ends you will be told after login and by mail."));
  if (!used) screen->add_act(say("もう一度確認(&A)", "Check &again"), Screen::Act::first, acts.again);
  screen->add_act(say("閉じる(&C)", "&Close"), used ? Screen::Act::first : Screen::Act::back, acts.close);
  return screen;
}

}  // namespace inkan::app
