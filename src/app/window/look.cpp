#include "app/window/look.hpp"

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QPainter>

namespace inkan::app {
namespace {

struct Colours {
  const char *ground, *raised, *ink, *soft, *line, *act, *act_over, *on_act, *good, *warm, *warm_line, *ring;
};
constexpr Colours kLight{"#ffffff", "#f2f2f2", "#1a1a1a", "#4d4d4d", "#767676", "#0017c1",
                         "#00118f", "#ffffff", "#115a36", "#fff8e5", "#927200", "#000000"};
constexpr Colours kDark{"#16181d", "#23262d", "#f2f2f2", "#cccccc", "#949494", "#9db7f9",
                        "#c5d7fb", "#0d1130", "#9bd4b5", "#33290a", "#d2a400", "#ffffff"};
constexpr int kMiddle = 128;
constexpr double kSmallest = 10.5;

/// make_icon draws the seal, as the portal's icon.svg does.
QIcon make_icon() {
  QIcon icon;
  for (const int size : {16, 32, 64, 128, 256}) {
    QPixmap map(size, size);
    map.fill(Qt::transparent);
    QPainter painter(&map);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.scale(size / 32.0, size / 32.0);
    painter.setPen(QPen(QColor(0xa9, 0, 0), 3));
    painter.drawEllipse(QPointF(16, 16), 13, 13);
    painter.drawLine(QLineF(16, 8, 16, 24));
    painter.drawLine(QLineF(10, 12, 22, 12));
    painter.drawLine(QLineF(10, 19, 22, 19));
    icon.addPixmap(map);
  }
  return icon;
}

}  // namespace

QString style_for(const QPalette& palette) {
  const Colours& c = palette.color(QPalette::Window).lightness() < kMiddle ? kDark : kLight;
  QString style = QStringLiteral(R"(
QWidget { color: {ink}; }
#window, #screen, QScrollArea { background: {ground}; }
#band { background: {raised}; border-bottom: 1px solid {line}; }
#band QLabel { font-weight: bold; }
#foot { border-top: 1px solid {line}; background: {ground}; }
#foot QLabel { color: {soft}; font-size: 0.9em; }
#title { font-size: 20px; font-weight: bold; }
#heading { font-size: 16px; font-weight: bold; }
#hint, #name { color: {soft}; }
#value { font-weight: bold; }
#facts { background: {raised}; border-radius: 8px; }
#notice { background: {warm}; border-left: 4px solid {warm_line}; padding: 10px 14px; }
#tick { color: {good}; font-weight: bold; }
#ask { font-size: 16px; font-weight: bold; }
QLineEdit, QListWidget, QComboBox { background: {ground}; color: {ink}; border: 1px solid {line}; border-radius: 8px; padding: 8px 10px; }
QLineEdit:focus, QListWidget:focus, QComboBox:focus { border: 2px solid {ring}; padding: 7px 9px; }
QListWidget { outline: 0; }
QListWidget::item { padding: 10px 8px; border-radius: 6px; }
QListWidget::item:selected { background: {act}; color: {on_act}; }
QPushButton { background: {ground}; color: {act}; border: 1px solid {act}; border-radius: 8px; padding: 9px 22px; font-weight: bold; }
QPushButton:hover { border-color: {act_over}; color: {act_over}; }
QPushButton[first="true"] { background: {act}; color: {on_act}; }
QPushButton[first="true"]:hover { background: {act_over}; color: {on_act}; }
QPushButton:disabled { background: {raised}; color: {soft}; border-color: {line}; }
QPushButton:focus { border: 3px solid {ring}; padding: 7px 20px; }
QProgressBar { border: none; border-radius: 3px; background: {raised}; max-height: 6px; }
QProgressBar::chunk { border-radius: 3px; background: {act}; }
)");
  const std::pair<const char*, const char*> names[] = {{"ground", c.ground},     {"raised", c.raised},       {"ink", c.ink},
                                                       {"soft", c.soft},         {"line", c.line},           {"act", c.act},
                                                       {"act_over", c.act_over}, {"on_act", c.on_act},       {"good", c.good},
                                                       {"warm", c.warm},         {"warm_line", c.warm_line}, {"ring", c.ring}};
  for (const auto& [name, value] : names) style.replace(QStringLiteral("{%1}").arg(QLatin1String(name)), QLatin1String(value));
  return style;
}

void dress(QApplication& application, bool japanese) {
  QApplication::setStyle(QStringLiteral("Fusion"));
  QApplication::setDesktopFileName(QStringLiteral("inkan-app"));
  QFont font = QApplication::font();
  if (japanese)
    font.setFamilies(
        {QStringLiteral("BIZ UDPGothic"), QStringLiteral("Noto Sans CJK JP"), QStringLiteral("IPAPGothic"), font.family()});
  if (font.pointSizeF() < kSmallest) font.setPointSizeF(kSmallest);
  QApplication::setFont(font);
  application.setStyleSheet(style_for(QApplication::palette()));
  application.setWindowIcon(make_icon());
}

}  // namespace inkan::app
