#include <QCheckBox>
#include <QListWidget>
#include <algorithm>

#include "app/window/screens.hpp"

namespace inkan::app {
namespace {

constexpr int kRow = 86;  // two lines with room around them

std::string line_of(const Words& say, const Listed& listed) {
  const std::string rest = listed.remaining == 0 ? say("本日が有効期限です", "last day today")
                                                 : say("残り", "") + std::to_string(listed.remaining) + say("日", " days left");
  return listed.bank + "　" + listed.id + "\n" + say("有効期限 ", "valid until ") + say.day(listed.expiry_day) + say("（", " (") +
         rest + say("）", ")");
}

void add_reasons(Screen& screen, const Words& say, const Overview& overview) {
  std::string reasons;
  for (const Found& found : overview.found)
    if (found.listed.renewable != Renewable::yes)
      reasons += "・" + found.listed.bank + " " + found.listed.id + say("：", ": ") + say.renewable(found.listed) + "\n";
  for (const auto& [bank, error] : overview.silent) reasons += "・" + bank.name + say("：", ": ") + say.error(error) + "\n";
  if (!reasons.empty()) reasons.pop_back();
  if (overview.banks.empty())
    screen.add_hint(say("このパソコンで、このアプリから取得した電子証明書はまだありません。",
                        "No certificate has been taken with this program on this computer yet."));
  else if (!reasons.empty())
    screen.add_hint(reasons);
}

}  // namespace

Screen* make_list_screen(const Words& say, const Overview& overview, ListActs acts) {
  auto* screen = new Screen("A101 (CCHK001)", to_qt(say("証明書取得", "Certificates")));
  std::vector<Found> renewable;
  for (const Found& found : overview.found)
    if (found.listed.renewable == Renewable::yes) renewable.push_back(found);

  screen->add_heading(say("証明書更新", "Renew"));
  if (renewable.empty()) {
    screen->add_text(say("更新できる電子証明書はありません（E205）。", "There is no certificate to renew now (E205)."));
  } else {
    screen->add_text(say("証明書の更新を行う場合は、更新する証明書をリストから選び、「証明書更新」ボタンを押してください。",
                         "To renew, choose the certificate from the list and press “Renew”."));
    auto* list = new QListWidget;
    list->setAccessibleName(to_qt(say("更新可能な電子証明書", "certificates that can be renewed")));
    list->setWordWrap(true);
    for (const Found& found : renewable) list->addItem(to_qt(line_of(say, found.listed)));
    list->setCurrentRow(0);
    list->setMinimumHeight(kRow);
    list->setMaximumHeight(kRow * static_cast<int>(std::min<std::size_t>(renewable.size(), 3)));
    screen->add_widget(list);
    auto choose = [list, renewable, renew = acts.renew] {
      const int row = list->currentRow();
      if (row >= 0) renew(renewable.at(static_cast<std::size_t>(row)));
    };
    QObject::connect(list, &QListWidget::itemDoubleClicked, screen, choose);
    screen->add_act(say("証明書更新(&R)", "&Renew"), Screen::Act::first, choose);
  }
  add_reasons(*screen, say, overview);

  for (const KnownBank& bank : overview.quiet) {
    auto* agreed =
        new QCheckBox(to_qt(say("更新期間になったら、自動で更新する：", "Renew by itself when the time comes: ") + bank.name));
    agreed->setChecked(bank.quiet == Quiet::yes);
    QObject::connect(agreed, &QCheckBox::toggled, screen, [bank, quiet = acts.quiet](bool yes) { quiet(bank, yes); });
    screen->add_widget(agreed);
  }

  screen->add_heading(say("証明書発行", "Take a new one"));
  screen->add_text(say("証明書の発行を行う場合は、「証明書発行」ボタンを押下し、表示する画面で必要情報を入力してください。",
                       "To have one issued, press “Issue” and type in what the next screen asks for."));
  screen->add_act(say("証明書発行(&I)", "&Issue"), renewable.empty() ? Screen::Act::first : Screen::Act::other, acts.issue);
  if (!overview.spare.empty()) screen->add_act(say("不要な電子証明書を削除(&T)", "&Tidy up"), Screen::Act::other, acts.tidy);
  if (!overview.silent.empty()) screen->add_act(say("もう一度確認(&A)", "Look &again"), Screen::Act::other, acts.again);
  return screen;
}

}  // namespace inkan::app
