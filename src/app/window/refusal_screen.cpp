#include "app/window/screens.hpp"

namespace inkan::app {

Screen* make_refusal_screen(const Words& say, const Error& error, RefusalActs acts) {
  auto* screen = new Screen("A901", to_qt(say("続けられませんでした", "It could not go on")));
  screen->add_notice(say.reason(error));  // the code has a line of its own here
  screen->add_facts({{say("コード", "Code"), error.id}});
  screen->add_hint(say("お問い合わせの際は、このコードをお知らせください。", "When you ask for help, please give this code."));
  if (acts.again) screen->add_act(say("もう一度試す(&A)", "Try &again"), Screen::Act::first, acts.again);
  if (acts.back)
    screen->add_act(say("最初の画面へ(&B)", "&Back to the start"), acts.again ? Screen::Act::other : Screen::Act::first,
                    acts.back);
  screen->add_act(say("閉じる(&C)", "&Close"), acts.again || acts.back ? Screen::Act::back : Screen::Act::first, acts.close);
  return screen;
}

Screen* make_unchanged_screen(const Words& say, std::function<void()> close) {
  auto* screen = new Screen("A902", to_qt(say("何も変更していません", "Nothing was changed")));
  screen->add_text(say("更新は行われませんでした。ログインした画面から、いつでも始められます。",
                       "The certificate was not renewed. You can begin at any time from the page after login."));
  screen->add_act(say("閉じる(&C)", "&Close"), Screen::Act::first, std::move(close));
  return screen;
}

Screen* make_leave_screen(const Words& say, Reply<bool> reply) {
  auto* screen = new Screen("A903", to_qt(say("手続きの途中です", "Still working")));
  screen->add_text(say("いま閉じても、届いた分は失われません。次に開いたときに、続きから再開します。",
                       "If you close now, nothing that has arrived is lost. Next time it goes on from here."));
  screen->add_act(say("手続きを続ける(&N)", "&Go on"), Screen::Act::first, [reply] { reply(false); });
  screen->add_act(say("閉じる(&C)", "&Close"), Screen::Act::other, [reply] { reply(true); });
  return screen;
}

}  // namespace inkan::app
