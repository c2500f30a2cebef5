#include <QGridLayout>
#include <QProgressBar>

#include "app/window/screens.hpp"

namespace inkan::app {

BusyScreen::BusyScreen(const Words& say, bool steps)
    : Screen("A301", to_qt(steps ? say("電子証明書発行処理中", "Working") : say("確認しています", "Looking"))), say_(say) {
  said_ = add_text(say("ただいま処理中です。しばらくお待ちください。", "Please wait a moment."));
  auto* bar = new QProgressBar;
  bar->setRange(0, 0);
  bar->setTextVisible(false);
  bar->setAccessibleName(to_qt(say("処理中", "working")));
  bar->setFocusPolicy(Qt::NoFocus);
  add_widget(bar);
  if (!steps) return;
  auto* box = new QWidget;
  box->setFocusPolicy(Qt::NoFocus);
  auto* grid = new QGridLayout(box);
  grid->setContentsMargins(0, 8, 0, 0);
  grid->setHorizontalSpacing(16);
  grid->setVerticalSpacing(10);
  grid->setColumnStretch(1, 1);
  int row = 0;
  for (const Step step : {Step::key, Step::issued, Step::saved, Step::used}) {
    auto* mark = new QLabel(QStringLiteral("・"));
    mark->setObjectName("tick");
    mark->setMinimumWidth(24);
    mark->setAlignment(Qt::AlignCenter);
    mark->setAccessibleName(to_qt(say.step(step) + say("：まだ", ": not yet")));
    grid->addWidget(mark, row, 0);
    grid->addWidget(new QLabel(to_qt(say.step(step))), row++, 1);
    marks_[step] = mark;
  }
  add_widget(box);
  add_hint(say("最大、数十秒かかることがあります。", "This may take some tens of seconds."));
}

void BusyScreen::tick(Step step) {
  const auto mark = marks_.find(step);
  if (mark == marks_.end()) return;
  mark->second->setText(QStringLiteral("✓"));
  mark->second->setAccessibleName(to_qt(say_.step(step) + say_("：完了", ": done")));
  if (step == Step::saved)
    said_->setText(to_qt(say_("保存しました。ログインを確認しています。", "Kept. The login is being checked.")));
}

}  // namespace inkan::app
