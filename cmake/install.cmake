# `cmake --install build/release --prefix …`: the two programs, and what a desktop needs to open an inkan: link with the window
# (afterwards: update-desktop-database).

include(GNUInstallDirs)

install(TARGETS inkan inkan-app RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES deploy/inkan-app.desktop DESTINATION ${CMAKE_INSTALL_DATADIR}/applications)
install(FILES src/web/static/icon.svg DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/apps RENAME inkan-app.svg)
install(FILES deploy/inkan-app.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
