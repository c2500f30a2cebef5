# `cmake --install build/release --prefix …` puts both programs and their files in place; `make package` makes the customer's program
# (component app) a Debian package. What a desktop needs to open an inkan: link comes with it, and the timer of quiet renewal; a
# Debian system refreshes its own lists of these by itself, elsewhere call update-desktop-database.

include(GNUInstallDirs)

install(TARGETS inkan RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT bank)

# packed_page(FILE): a manual page or changelog as Debian has it, compressed and without a date.
function(packed_page file)
  get_filename_component(name ${file} NAME)
  execute_process(COMMAND gzip -9nc ${PROJECT_SOURCE_DIR}/${file} OUTPUT_FILE ${PROJECT_BINARY_DIR}/${name}.gz
                  COMMAND_ERROR_IS_FATAL ANY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${file})
endfunction()
packed_page(deploy/inkan-app.1)
packed_page(deploy/debian/changelog)

set(data ${CMAKE_INSTALL_DATADIR})
install(TARGETS inkan-app RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT app)
install(FILES deploy/inkan-app.desktop DESTINATION ${data}/applications COMPONENT app)
install(FILES src/web/static/icon.svg DESTINATION ${data}/icons/hicolor/scalable/apps RENAME inkan-app.svg COMPONENT app)
install(FILES ${PROJECT_BINARY_DIR}/inkan-app.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT app)
install(FILES deploy/inkan-app.bash DESTINATION ${data}/bash-completion/completions RENAME inkan-app COMPONENT app)
install(FILES deploy/inkan-app-agent.service deploy/inkan-app-agent.timer DESTINATION lib/systemd/user COMPONENT app)
install(FILES deploy/debian/copyright ${PROJECT_BINARY_DIR}/changelog.gz DESTINATION ${data}/doc/inkan-app COMPONENT app)

set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON) # the package takes what was built, and builds nothing for it
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME inkan-app)
set(CPACK_PACKAGE_VENDOR Inkan)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_SOURCE_DIR}/build/package)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL app)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_APP_PACKAGE_NAME inkan-app)
set(CPACK_DEBIAN_APP_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_APP_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "Inkan <inkan@localhost>")
set(CPACK_DEBIAN_APP_DESCRIPTION "customer's program for client certificates of a bank
 Shows, renews and takes the client certificates with which a company logs in
 to its bank. Keys are made in the browser's database, on a token or in a file.
 A page of the bank opens it by an inkan: link; where the bank allows it, it
 renews by itself.")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# libsoftokn3 is loaded by name, so dpkg-shlibdeps does not see it.
set(CPACK_DEBIAN_APP_PACKAGE_DEPENDS "libnss3, ca-certificates, tzdata")
set(CPACK_DEBIAN_APP_PACKAGE_RECOMMENDS "xdg-utils, libnotify-bin, fonts-noto-cjk | fonts-japanese-gothic")
set(CPACK_DEBIAN_APP_PACKAGE_SUGGESTS "libtpm2-pkcs11-1, opensc-pkcs11")
include(CPack)
