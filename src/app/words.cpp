#include "app/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <span>

#include "base/exit_status.hpp"

namespace inkan::app {
namespace {

struct Sentence {
  std::string_view id;
  std::string_view japanese;
  std::string_view english;
};

// The longest id that begins an Error's id says what happened.
constexpr Sentence kSentences[] = {
    {"acquisition.closed", "取得できる期間を過ぎています。銀行に再発行をお申し込みください。",
     "The time for taking a certificate is over. Ask the bank for a re-issue."},
    {"acquisition.has_certificate",
     "有効な電子証明書をお持ちです。更新（renew）をお使いください。1つのIDの電子証明書は1台のパソコンでお使いいただけます。"
     "2台目でもお使いになるには、別のIDかUSBトークンを銀行にお申し込みください。",
     "A valid certificate exists: use renew. One ID's certificate is for one computer; a second one takes another ID or a USB "
     "token, ask the bank."},
    {"acquisition.refused", "ログインID、パスワード、ワンタイムコードのいずれかが違います。",
     "The login ID, the password or the code is wrong."},
    {"agent.declined", "自動更新は始めていません。", "Quiet renewal was not switched on."},
    {"agent.locked", "この保管場所はパスワードが必要なため、自動では更新できません。画面またはコマンドで更新してください。",
     "This store asks for a password, so nothing can be renewed by itself. Renew in the window or with the command."},
    {"agent.no_timer", "自動更新に同意しましたが、毎日の起動（systemd）を登録できません。次のコマンドを毎日1回起動してください:",
     "Agreed, but systemd could not be told to start it each day. Have this started once a day:"},
    {"agent.not_offered",
     "自動更新を使える電子証明書がありません。銀行が認めている場合に、このアプリで使った電子証明書に対して使えます。",
     "No certificate can be renewed by itself: the bank must allow it, and this program must have been used with the bank."},
    {"bank.malformed", "銀行のサーバーからの応答を確認できませんでした。しばらくしてからお試しください。",
     "The bank's answer could not be understood. Try again later."},
    {"bank.not_https", "https で始まるアドレスだけを使えます。", "Only https addresses are used."},
    {"certificate.several", "更新できる電子証明書が複数あります。--login-id か --serial で選んでください。",
     "Several certificates can be renewed. Choose by --login-id or --serial."},
    {"certificate.not_here", "この保管場所に電子証明書がありません。", "There is no such certificate in this store."},
    {"certificate.expired",
     "有効期限が過ぎています。銀行のログイン画面の「電子証明書取得」から新しい電子証明書を取得してください。",
     "The certificate has expired. Take a new one (issue, or 電子証明書取得 on the bank's login page)."},
    {"certificate.other_bank", "この銀行の電子証明書ではありません。", "This certificate is of another bank."},
    {"certificate.revoked", "この電子証明書は失効しています。銀行にお問い合わせください。",
     "This certificate is revoked. Ask the bank."},
    {"certificate.superseded", "新しい電子証明書が使われています。この電子証明書は使えません。",
     "A newer certificate is in use. This one is retired."},
    {"certificate.terminated", "ご契約が終了しています。", "The contract has ended."},
    {"certificate.unknown", "銀行に記録のない電子証明書です。", "The bank does not know this certificate."},
    {"certificate.none", "電子証明書が届きませんでした。", "The bank saw no certificate."},
    {"est.no_credentials", "この銀行では更新にログインパスワードが必要です（--password-file）。",
     "This bank asks for the login password (--password-file)."},
    {"file.in_use", "ほかの inkan-app が同じフォルダーを使っています。", "Another inkan-app is working in this folder."},
    {"file.not_found", "ファイルが見つかりません。", "There is no such file."},
    {"file.read", "ファイルを読めません。", "The file cannot be read."},
    {"file.write", "ファイルに書けません。元のファイルはそのままです。",
     "The file cannot be written. What was there is still there."},
    {"institution.unknown", "このアドレスに銀行のログイン画面はありません。", "No bank answers at this address."},
    {"key.not_allowed", "この銀行では使えない種類の鍵です。", "The bank does not take this kind of key."},
    {"banks.malformed", "銀行の一覧のファイルを読めません。このファイルを別の場所に移してから、もう一度お試しください。",
     "The list of banks cannot be read. Move this file away and try again."},
    {"desktop.no_tool", "登録のためのプログラム（xdg-utils）がないか、登録できませんでした。このファイルは置いてあります。",
     "xdg-utils is missing or could not register it. This file is in its place."},
    {"desktop.no_registry", "レジストリに登録できませんでした。", "The registry could not be written."},
    {"link.address", "このリンクにはサーバーのアドレスが含まれています。開かずに、いつもの方法で銀行にログインしてください。",
     "This link names a server. It was not opened; log in at your bank in your usual way."},
    {"link.malformed", "このリンクは使えません。銀行にログインした画面から、もう一度お試しください。",
     "This is no link of a bank's page. Try again from the page after login."},
    {"link.unknown_bank",
     "このリンクの銀行からは、このパソコンで電子証明書を取得していません。お心当たりがなければ、何もせずに閉じてください。",
     "No certificate was taken from this bank on this computer. If you did not expect this, just close."},
    {"transaction.unknown", "この更新の手続きが見つかりません。銀行にログインした画面から、もう一度始めてください。",
     "There is no such renewal. Begin again from the page after login."},
    {"transaction.foreign",
     "この更新の手続きは、このパソコンの電子証明書のものではありません。ログインに使った電子証明書のあるパソコンで続けてください"
     "。",
     "This renewal is not for a certificate of this computer. Go on where the certificate is that you logged in with."},
    {"transaction.used", "この更新の手続きは終わっています。銀行にログインした画面から、もう一度始めてください。",
     "This renewal is over: completed, given up, or out of time. Begin again from the page after login."},
    {"renewal.not_kept", "発行された電子証明書を保存しませんでした。もう一度始めると、同じ電子証明書を保存できます。",
     "The certificate was issued and not kept. Begin again to keep that same one."},
    {"window.no_display", "画面がないため、ウィンドウを開けません。", "There is no display to open a window on."},
    {"window.not_opened", "保管場所を開きませんでした。", "The store was not opened."},
    {"login.locked", "パスワードの誤りが続いたため、しばらく使えません（E208）。15分ほどしてからお試しください。",
     "Too many wrong passwords (E208). Try again in 15 minutes."},
    {"login.password", "ログインパスワードが違います（E208）。", "The login password is wrong (E208)."},
    {"net.clock",
     "このパソコンの時計が合っていないため、安全に接続できません（E207）。時計を合わせてから、もう一度お試しください。パソコン / "
     "銀行:",
     "This computer's clock is wrong, so no safe connection can be made (E207). Set it and try again. Computer / bank:"},
    {"net.proxy_password",
     "社内のプロキシがユーザー名とパスワードを求めています（E202）。--proxy http://ユーザー名@プロキシ:ポート と "
     "--proxy-password-file で指定してください。",
     "Your network's proxy asks for a user and a password (E202). Give them: --proxy http://USER@PROXY:PORT and "
     "--proxy-password-file."},
    {"net.proxy_refused",
     "社内のプロキシが銀行への接続を許可しませんでした（E202）。次の宛先の許可を、社内の管理者に依頼してください:",
     "Your network's proxy did not let the connection through (E202). Ask for this address to be allowed:"},
    {"net.proxy_unreachable", "社内のプロキシに接続できません（E202）。プロキシの設定を確認してください:",
     "Your network's proxy cannot be reached (E202). Look at the proxy's setting:"},
    {"net.timeout", "銀行のサーバーからの応答がありません。しばらくしてからお試しください。",
     "The bank's server does not answer. Try again later."},
    {"net.tls_dates", "サーバー証明書が有効期間外です。このパソコンの日付と時刻を確認してください。サーバー証明書の期間:",
     "The server's certificate is not valid now. Look at this computer's date and time. Its dates:"},
    {"net.tls_inspected",
     "社内ネットワークの機器が通信を検査しているため、電子証明書を利用できません（E203）。銀行への通信を検査の対象から外すよう、"
     "社内の管理者に依頼してください。途中の機器の証明書の発行者:",
     "A device in your network inspects the traffic, so certificates cannot be used (E203). Ask for the bank to be exempted. The "
     "device's certificate is issued by:"},
    {"net.tls_untrusted",
     "サーバー証明書を信頼できません（E203）。社内ネットワークの機器が通信を検査していると、電子証明書を利用できません。"
     "銀行への通信を検査の対象から外すよう、社内の管理者に依頼してください。届いた証明書の発行者:",
     "The server's certificate is not trusted (E203). A device that inspects traffic makes certificates unusable: ask for the "
     "bank to "
     "be exempted. It was issued by:"},
    {"net.tls_wrong_host", "サーバー証明書が別のサーバーのものです。", "The server's certificate is for another host."},
    {"net.trust_malformed", "--trust のファイルに証明書（PEM）がありません。", "The --trust file holds no PEM certificates."},
    {"net.", "銀行のサーバーに接続できません。しばらくしてからお試しください。",
     "The bank's server cannot be reached. Try again later."},
    {"password.empty", "パスワードが空です。", "The password is empty."},
    {"password.needed", "パスワードをファイルで指定してください（端末ではないため入力できません）。",
     "Give the password in a file: there is no terminal to ask at."},
    {"password.unequal", "2回の入力が一致しません。", "The two entries differ."},
    {"pending.other_certificate", "別の電子証明書の手続きが途中です。このファイルを確認し、不要なら別の場所に移してください。",
     "Another certificate's request is unfinished. Look at this file, and move it away if it is not needed."},
    {"pending.wrong_password", "途中の手続きの鍵（.pending）をこのパスワードで開けません。",
     "The unfinished request (.pending) does not open with this password."},
    {"pending.", "途中の手続きのファイル（.pending）が壊れています。別の場所に移してください。",
     "The unfinished request (.pending) is damaged. Move it away."},
    {"pkcs12.wrong_password", "ファイルのパスワードが違います。", "The file's password is wrong."},
    {"pkcs12.", "PKCS#12 ファイルとして読めません。", "This is no PKCS#12 file with a key and its certificate."},
    {"proxy.malformed", "プロキシは http://[ユーザー名@]ホスト[:ポート] の形で指定してください。",
     "Write the proxy as http://[USER@]HOST[:PORT]."},
    {"renewal.declined", "更新しませんでした。", "Not renewed."},
    {"service.closed", "銀行の受付時間外です。右の時刻以降にお試しください。",
     "Outside the bank's hours. Try again after this time."},
    {"store.no_key",
     "このパソコンには電子証明書がありますが、秘密鍵を利用できません（E204）。利用者の方は御社の管理者に「再発行を許可」を、"
     "管理者の方は別の管理者または銀行に再発行をお申し込みください。鍵を復元することはできません。",
     "The certificate is on this computer, but its private key cannot be used (E204). Users: ask your administrator to allow a "
     "re-issue; administrators: another administrator or the bank. A key cannot be recovered."},
    {"store.kind", "--store は p12:ファイル名、nss:フォルダー、pkcs11:… のどれかで指定してください。",
     "Write --store as p12:FILE, nss:DIR or pkcs11:URI."},
    {"store.kind_windows", "Windows では --store windows（Windows の証明書ストア）だけを指定できます。",
     "On Windows, --store is windows: the certificate store of Windows."},
    {"store.pin_source", "pin-source にはファイルだけを指定できます。", "pin-source can be a file only."},
    {"store.pin_value", "PIN はコマンドラインに書けません。--pin-file か pin-source を使ってください。",
     "A PIN may not stand on the command line. Use --pin-file or pin-source."},
    {"store.uri", "PKCS#11 URI（RFC 7512）の形が正しくありません。", "This is no PKCS#11 URI (RFC 7512)."},
    {"tidy.declined", "削除しませんでした。確認せずに削除するには --yes を付けてください。",
     "Nothing was deleted. --yes deletes without asking."},
    {"ticket.other_key", "ほかの画面で更新の手続きが進んでいます。そちらで続けるか「作り直す」を選んでください。",
     "A renewal is under way elsewhere. Finish it there, or choose 作り直す."},
    {"token.full", "トークンに空きがありません。不要な電子証明書を削除（tidy）してください。",
     "The token is full. Delete what is not needed (tidy)."},
    {"token.module", "トークンのドライバー（PKCS#11 ライブラリー）を読み込めません。",
     "The token's driver (PKCS#11 library) cannot be loaded."},
    {"token.no_key", "トークンの鍵を使えません。", "The token's key cannot be used."},
    {"token.no_pin", "トークンに PIN がまだ設定されていません。", "The token has no PIN yet."},
    {"token.not_found", "トークンが見つかりません（E206）。差し込んでから、もう一度お試しください。",
     "The token is not there (E206). Plug it in and try again."},
    {"token.pin_length", "PIN の長さか文字が正しくありません。", "This cannot be the PIN: its length or letters are wrong."},
    {"token.pin_locked", "PIN がロックされています（E206）。トークンの発行元に解除を依頼してください。",
     "The PIN is locked (E206). Whoever issued the token can unlock it."},
    {"token.pin_wrong", "PIN が違います（E206）。", "The PIN is wrong (E206)."},
    {"token.pin_wrong_few_left", "PIN が違います（E206）。続けて間違えるとロックされます。残りの回数はわずかです。",
     "The PIN is wrong (E206). Few tries are left before it locks."},
    {"token.pin_wrong_last_try", "PIN が違います（E206）。あと1回間違えるとロックされます。",
     "The PIN is wrong (E206). One more wrong one locks it."},
    {"token.read_only", "トークンに書き込めません。", "The token is read-only."},
    {"token.removed", "トークンが抜かれました（E206）。差し込んで同じコマンドを実行すると、続きから再開します。",
     "The token was removed (E206). Plug it in and run the same command: it goes on."},
    {"token.several", "トークンが複数あります。pkcs11:token=名前 の形で選んでください。",
     "There are several tokens. Choose one: pkcs11:token=NAME."},
    {"token.", "トークンが受け付けませんでした（E206）。", "The token refused (E206)."},
    {"serial.malformed", "シリアル番号は list が表示する16進数で指定してください。",
     "Write the serial as list prints it (hexadecimal)."},
    {"hex.malformed", "シリアル番号は list が表示する16進数で指定してください。",
     "Write the serial as list prints it (hexadecimal)."},
    {"windows.key", "Windows の鍵を作成または削除できませんでした。", "Windows could not make or delete a key."},
    {"windows.store", "Windows の証明書ストアを利用できません。", "The certificate store of Windows cannot be used."},
    {"url.malformed", "アドレスの形が正しくありません。", "This is no address."},
};

}  // namespace

Language choose_language(int argc, const char* const* argv) {
  const std::span arguments(argv, static_cast<std::size_t>(argc));
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--lang=en" ||
        (argument == "--lang" && i + 1 < arguments.size() && std::string_view(arguments[i + 1]) == "en"))
      return Language::english;
    if (argument.starts_with("--lang")) return Language::japanese;
  }
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    return std::string_view(value).starts_with("en") ? Language::english : Language::japanese;
  }
  return Language::japanese;
}

std::string Words::step(Step step) const {
  const Words& say = *this;
  switch (step) {
    case Step::key: return say("鍵の作成", "key");
    case Step::issued: return say("発行", "issued");
    case Step::saved: return say("保存", "saved");
    case Step::used: return say("ログイン確認", "login");
  }
  return {};
}

std::string Words::day(Day day) const { return english_ ? to_iso(day) : to_japanese_with_weekday(day); }

std::string Words::renewable(const Listed& listed) const {
  const Words& say = *this;
  switch (listed.renewable) {
    case Renewable::yes: return say("更新できます", "can be renewed now");
    case Renewable::unknown:
      return say("--server を付けると、更新できるかどうかを銀行に確認します", "add --server to ask the bank");
    case Renewable::not_yet:
      return fmt::format(fmt::runtime(say("{} から更新できます", "can be renewed from {}")), day(*listed.opens));
    case Renewable::expired: return say("有効期限が過ぎています（電子証明書取得）", "expired: take a new one (issue)");
    case Renewable::other_bank: return say("この銀行の電子証明書ではありません", "of another bank");
    case Renewable::refused: return error(*listed.refusal);
  }
  return {};
}

std::string Words::result(Outcome::Kind kind, bool short_form) const {
  const Words& say = *this;
  if (!short_form) return say("証明書取得 結果", "Result");
  return kind == Outcome::Kind::done ? say("更新が完了しました", "The renewal is complete")
                                     : say("電子証明書の更新 結果", "Result of the renewal");
}

std::string Words::surplus(Surplus::Reason reason) const {
  const Words& say = *this;
  switch (reason) {
    case Surplus::Reason::replaced: return say("新しい電子証明書に替わりました", "replaced by a newer one");
    case Surplus::Reason::expired:
      return say("有効期限が過ぎています（銀行によっては、取得のときワンタイムコードの代わりになります）",
                 "expired (some banks take it in place of a one-time code)");
  }
  return {};
}

std::string Words::question(const SecretQuestion& question) const {
  const Words& say = *this;
  switch (question.about) {
    case SecretQuestion::About::file: return say("ファイルのパスワード", "Password of the file");
    case SecretQuestion::About::new_file: return say("新しいファイルのパスワード", "Password for the new file");
    case SecretQuestion::About::database:
      return say("ブラウザーの証明書データベースのパスワード", "Password of the browser's certificate database");
    case SecretQuestion::About::proxy: return proxy_login(question.name);
    case SecretQuestion::About::pin: break;
  }
  std::string text = fmt::format(fmt::runtime(say("「{}」の PIN", "PIN of \"{}\"")), question.name);
  if (question.pin == pki::PinState::few_left) text += say("（前に間違いがありました）", " (wrong ones were typed before)");
  if (question.pin == pki::PinState::last_try)
    text += say("（あと1回間違えるとロックされます）", " (one more wrong one locks it)");
  return text;
}

std::string Words::proxy_login(const std::string& proxy) const {
  const bool named = proxy.find('@') != std::string::npos;
  const Words& say = *this;
  return say("プロキシ ", "Proxy ") + proxy +
         (named ? say(" のパスワード", ": password") : say(" の ユーザー名:パスワード", ": USER:PASSWORD"));
}

std::string Words::error(const Error& error) const { return tell(error, " [" + error.id + "]"); }

std::string Words::reason(const Error& error) const { return tell(error, {}); }

std::string Words::tell(const Error& error, const std::string& code) const {
  const Sentence* best = nullptr;
  for (const Sentence& sentence : kSentences)
    if (error.id.starts_with(sentence.id) && (!best || sentence.id.size() > best->id.size())) best = &sentence;
  std::string text = best ? (*this)(best->japanese, best->english) : (*this)("処理できませんでした。", "It could not be done.");
  if (error.id == "login.password" && error.detail == "0")
    text += (*this)("15分ほどしてからお試しください。", " Try again in 15 minutes.");
  else if (error.id == "login.password" && !error.detail.empty())
    text += fmt::format(
        fmt::runtime((*this)("あと{}回間違えると、15分ほど使えなくなります。", " Tries left before a wait of 15 minutes: {}.")),
        error.detail);
  text += code;
  // Where, or under which number to ask: those are for people. Elsewhere a detail is a library's own talk.
  constexpr std::string_view kTelling[] = {"agent.",   "file.",   "desktop.", "banks.", "pending.other", "certificate.several",
                                           "net.",     "bank.",   "url.",     "store.", "token.",        "wire.",
                                           "windows.", "service."};
  const bool telling = std::ranges::any_of(kTelling, [&](std::string_view room) { return error.id.starts_with(room); });
  if (telling && !error.detail.empty()) text += " " + error.detail;
  return text;
}

std::string Words::examples() const {
  const Words& say = *this;
  const PlaceHelp& places = place_help();
  return say("例\n", "Examples\n") + std::string(places.examples) + say(places.otherwise_japanese, places.otherwise_english) +
         "\n" +
         say("鍵は保管場所の中で作られ、更新はその場所の中で行われます。途中で止まっても、同じコマンドで続きから再開します。\n"
             "終了コードは inkan-app help exit-codes",
             "Keys are made in the store, and a renewal stays in it. Whatever was cut off goes on when the same command is run "
             "again.\nExit status: inkan-app help exit-codes");
}

std::string Words::exit_codes() const {
  return (*this)(
      "終了コード\n"
      "  0   完了、または何もする必要がない（更新期間の前など）\n"
      "  2   使い方の誤り\n"
      "  3   見つからない（ファイル、銀行）\n"
      "  4   規則により受け付けられない（有効期限切れ、失効など）\n"
      "  5   ほかの手続きとぶつかった\n"
      "  6   パスワードまたは本人確認の誤り\n"
      "  10  途中まで完了（保存したが、ログイン確認ができていない。同じコマンドで続けられます）\n"
      "  75  しばらくしてからもう一度（通信できない、サーバーが混んでいるなど）\n"
      "  1   プログラムの不具合\n",
      "Exit status\n"
      "  0   done, or nothing to do (for example before the renewal window)\n"
      "  2   usage\n"
      "  3   not found (file, bank)\n"
      "  4   refused by policy (expired, revoked ...)\n"
      "  5   conflict with something under way\n"
      "  6   authentication (a wrong password)\n"
      "  10  partly done (saved, but the trial login failed; the same command goes on)\n"
      "  75  try later (no connection, server busy)\n"
      "  1   a defect of this program\n");
}

int exit_status(const Error& error) {
  constexpr std::string_view kUnproved[] = {"net.tls_untrusted", "net.tls_wrong_host", "net.tls_dates", "net.clock"};
  if (std::ranges::find(kUnproved, error.id) != std::end(kUnproved)) return 6;  // the server did not prove who it is
  if (error.id.starts_with("pkcs12.malformed") || error.id == "pkcs12.no_key" || error.id == "net.trust_malformed") return 2;
  return inkan::exit_status(error.code);
}

}  // namespace inkan::app
