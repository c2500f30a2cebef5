; The installer for one person: into %LOCALAPPDATA%\Programs, under HKEY_CURRENT_USER, so that nobody has to be an administrator.
; makensis -DVERSION=… -DPROGRAM=…\inkan-app.exe -DICON=…\app.ico -DOUTPUT=… deploy/windows.nsi (make windows does it)
Unicode true
Target amd64-unicode
SetCompressor /SOLID lzma
Name "Inkan"
OutFile "${OUTPUT}"
Icon "${ICON}"
UninstallIcon "${ICON}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\Inkan"
ShowInstDetails nevershow
VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=1041 "ProductName" "Inkan"
VIAddVersionKey /LANG=1041 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=1041 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=1041 "FileDescription" "inkan-app ${VERSION}"
VIAddVersionKey /LANG=1041 "LegalCopyright" ""
LoadLanguageFile "${NSISDIR}\Contrib\Language files\Japanese.nlf"
LoadLanguageFile "${NSISDIR}\Contrib\Language files\English.nlf"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Inkan"
LangString LINK 1041 "証明書発行アプリケーション"
LangString LINK 1033 "Certificate program"
LangString FAILED 1041 "リンク（inkan:）を登録できませんでした。"
LangString FAILED 1033 "The inkan: links could not be registered."

Page instfiles
UninstPage uninstConfirm
UninstPage instfiles

Section
  SetOutPath "$INSTDIR"
  File "${PROGRAM}"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortCut "$SMPROGRAMS\$(LINK).lnk" "$INSTDIR\inkan-app.exe" "window"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "$(LINK)"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\inkan-app.exe,0"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "Inkan"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  nsExec::Exec '"$INSTDIR\inkan-app.exe" register'
  Pop $0
  StrCmp $0 "0" registered
  SetErrorLevel 2
  MessageBox MB_OK|MB_ICONEXCLAMATION "$(FAILED)" /SD IDOK
registered:
SectionEnd

; Certificates and keys are the person's and stay; so does the list of banks.
Section "Uninstall"
  Delete "$INSTDIR\inkan-app.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\$(LINK).lnk"
  DeleteRegKey HKCU "${UNINSTALL}"
  DeleteRegKey HKCU "Software\Classes\inkan"
SectionEnd
