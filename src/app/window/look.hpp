#pragma once

#include <QApplication>
#include <QPalette>
#include <QString>

namespace inkan::app {

/// style_for is the window's style sheet for a palette, light or dark: the portal's colours, sizes in the person's own font size.
QString style_for(const QPalette& palette);

/// dress gives the application its style, font and icon. `japanese` puts fonts first whose characters are Japan's.
void dress(QApplication& application, bool japanese);

}  // namespace inkan::app
