#include "app/window/screens.hpp"

namespace inkan::app {

Screen* make_tidy_screen(const Words& say, const std::vector<Spare>& spare, Reply<bool> reply) {
  auto* screen = new Screen("A501", to_qt(say("不要な電子証明書の削除", "Tidy up")));
  screen->add_text(say("次の電子証明書を、鍵とともに削除します。削除すると元に戻せません。",
                       "These certificates are deleted with their keys. That cannot be undone."));
  for (const Spare& one : spare) {
    const Listed& listed = one.surplus.listed;
    screen->add_facts({{say("電子証明書", "Certificate"), one.bank.name + "　" + listed.id},
                       {say("有効期限", "Valid until"), say.day(listed.expiry_day)},
                       {say("シリアル番号", "Serial number"), listed.serial},
                       {say("理由", "Why"), say.surplus(one.surplus.reason)}});
  }
  screen->add_act(say("削除しない(&N)", "&Keep them"), Screen::Act::back, [reply] { reply(false); });
  screen->add_act(say("削除する(&D)", "&Delete"), Screen::Act::other, [reply] { reply(true); });
  return screen;
}

}  // namespace inkan::app
