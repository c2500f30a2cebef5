#include "app/command_line.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>
#include <iostream>

#include "app/output.hpp"
#include "app/p12_store.hpp"
#include "app/password.hpp"
#include "app/words.hpp"
#include "base/clock.hpp"
#include "base/text.hpp"

namespace inkan::app {
namespace {

// Stands in the file as it is: the bank's download page reads it there.
[[gnu::used]] constexpr char kVersionLine[] = "inkan-app 0.1.0";

constexpr int kUsage = 2;
constexpr int kPartly = 10;
constexpr std::string_view kP12 = "p12:";

/// Line is one parsed command line and the verb that was chosen.
class Line {
 public:
  explicit Line(Language language);
  int run(int argc, const char* const* argv);

 private:
  CLI::App* verb(const char* name, const std::string& meaning, int (Line::*act)());
  void take_store(CLI::App* verb, bool required);
  void take_server(CLI::App* verb, bool required);

  int list();
  int status();
  int renew_verb();
  int issue_verb();
  int help();

  Result<std::filesystem::path> store_path() const;
  Result<std::unique_ptr<KeyStore>> open_store(bool fresh);
  Result<std::unique_ptr<Bank>> find_bank();
  Result<std::vector<Listed>> list_store(Bank* bank);
  Result<Secret> login_password() const;
  bool agree(const Listed& listed) const;
  Progress ticks();
  void end_ticks();
  int finish(const Result<Outcome>& outcome);

  int print(const std::string& text) const;
  int refuse(const Error& error) const;

  Words say_;
  CLI::App app_;
  MachineDisk disk_;
  MachineClock clock_;
  std::function<int()> action_;
  std::string language_, store_, store_password_file_, server_, trust_, login_id_, password_file_, code_file_, topic_;
  bool json_ = false;
  bool yes_ = false;
  bool ticking_ = false;  // a line of ticks is not ended yet
};

Line::Line(Language language)
    : say_(language),
      app_(say_("inkan-app: 電子証明書の確認・更新・取得", "inkan-app: look at, renew and take client certificates"),
           "inkan-app") {
  app_.add_option("--lang", language_, say_("表示の言語", "language"))->check(CLI::IsMember({"ja", "en"}))->type_name("ja|en");
  app_.set_version_flag("--version", kVersionLine);
  app_.fallthrough();
  app_.footer(say_(
      "例\n"
      "  inkan-app list   --store p12:keiri01.p12\n"
      "  inkan-app renew  --store p12:keiri01.p12 --server https://bank.example\n"
      "  inkan-app issue  --store p12:keiri01.p12 --server https://bank.example --login-id keiri01\n"
      "  inkan-app status --server https://bank.example\n"
      "いまはコマンドラインと PKCS#12 ファイルに対応しています。途中で止まっても、同じコマンドで続きから再開します。\n"
      "終了コードは inkan-app help exit-codes",
      "Examples\n"
      "  inkan-app list   --store p12:keiri01.p12\n"
      "  inkan-app renew  --store p12:keiri01.p12 --server https://bank.example\n"
      "  inkan-app issue  --store p12:keiri01.p12 --server https://bank.example --login-id keiri01\n"
      "  inkan-app status --server https://bank.example\n"
      "Today there is the command line, and PKCS#12 files. Whatever was cut off goes on when the same command is run again.\n"
      "Exit status: inkan-app help exit-codes"));

  CLI::App* list_app = verb("list", say_("ファイルの中の電子証明書を見る", "show the certificates in a store"), &Line::list);
  take_store(list_app, true);
  take_server(list_app, false);
  list_app->add_option("--password-file", password_file_, say_("そのファイルのパスワード", "that file's password"))
      ->type_name("FILE|-");
  CLI::App* status_app =
      verb("status", say_("銀行に接続できるか、更新できるかを確認する", "ask the bank: does it answer, what does it want"),
           &Line::status);
  take_server(status_app, true);
  take_store(status_app, false);
  CLI::App* renew_app = verb("renew",
                             say_("電子証明書を更新する（更新期間の前なら何もせず 0 で終わる）",
                                  "renew a certificate (before the window: nothing to do, exit status 0)"),
                             &Line::renew_verb);
  take_store(renew_app, true);
  take_server(renew_app, true);
  renew_app->add_flag("--yes", yes_, say_("確認せずに始める", "do not ask first"));
  renew_app
      ->add_option("--password-file", password_file_,
                   say_("ログインパスワード（銀行が求める場合）", "login password, where the bank asks for it"))
      ->type_name("FILE|-");
  CLI::App* issue_app = verb("issue",
                             say_("電子証明書を取得する（ログインID、パスワード、ワンタイムコード）",
                                  "take a certificate by login ID, password and one-time code"),
                             &Line::issue_verb);
  take_store(issue_app, true);
  take_server(issue_app, true);
  issue_app->add_option("--login-id", login_id_, say_("ログインID", "login ID"))->required()->type_name("ID");
  issue_app->add_option("--password-file", password_file_, say_("ログインパスワード", "login password"))->type_name("FILE|-");
  issue_app->add_option("--code-file", code_file_, say_("ワンタイムコード", "one-time code"))->type_name("FILE|-");
  CLI::App* help_app = app_.add_subcommand("help", say_("説明を見る（help exit-codes）", "explain (help exit-codes)"));
  help_app->add_option("topic", topic_)->check(CLI::IsMember({"exit-codes"}));
  help_app->callback([this] { action_ = [this] { return help(); }; });
}

CLI::App* Line::verb(const char* name, const std::string& meaning, int (Line::*act)()) {
  CLI::App* made = app_.add_subcommand(name, meaning);
  made->add_flag("--json", json_, say_("JSON で出力する", "print JSON"));
  made->callback([this, act] { action_ = [this, act] { return (this->*act)(); }; });
  return made;
}

void Line::take_store(CLI::App* verb, bool required) {
  verb->add_option("--store", store_, say_("電子証明書の保管場所", "where the certificate is kept"))
      ->required(required)
      ->type_name("p12:FILE");
  verb->add_option("--store-password-file", store_password_file_,
                   say_("そのファイルのパスワード（- は標準入力の次の1行）", "that file's password (-: the next line of stdin)"))
      ->type_name("FILE|-");
}

void Line::take_server(CLI::App* verb, bool required) {
  verb->add_option("--server", server_, say_("銀行のログイン画面のアドレス", "address of the bank's login page"))
      ->required(required)
      ->type_name("URL");
  verb->add_option("--trust", trust_,
                   say_("信頼するルート証明書（指定がなければ OS のもの）", "roots to trust (default: the system's)"))
      ->type_name("PEM");
}

int Line::run(int argc, const char* const* argv) {
  try {
    app_.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app_.exit(error) == 0 ? 0 : kUsage;
  }
  if (action_) return action_();
  return print(app_.help());
}

Result<std::filesystem::path> Line::store_path() const {
  if (!std::string_view(store_).starts_with(kP12) || store_.size() == kP12.size())
    return fail(Code::invalid, "store.kind", store_);
  return std::filesystem::path(store_.substr(kP12.size()));
}

Result<std::unique_ptr<KeyStore>> Line::open_store(bool fresh) {
  const auto path = store_path();
  if (!path) return fail(path);
  if (!fresh && !disk_.exists(*path)) return fail(Code::not_found, "file.not_found", path->string());
  const std::string question = say_("ファイルのパスワード", "Password of the file");
  // Where nobody sits and one password is given for a file that is there, it is the file's: a bank that asks for another one says
  // so.
  const bool one_for_both = store_password_file_.empty() && !has_terminal() && !password_file_.empty() && disk_.exists(*path);
  const std::string& source = one_for_both ? password_file_ : store_password_file_;
  auto password = !source.empty()       ? read_password(source)
                  : disk_.exists(*path) ? ask_password(question)
                                        : ask_new_password(say_("新しいファイルのパスワード", "Password for the new file"),
                                                           say_("もう一度", "Again"));
  if (!password) return fail(password);
  return std::make_unique<P12Store>(disk_, *path, std::move(*password));
}

Result<std::unique_ptr<Bank>> Line::find_bank() {
  std::string trust;
  if (!trust_.empty()) {
    const auto pem = disk_.read(trust_);
    if (!pem) return fail(pem);
    trust = as_text(*pem);
  }
  return open_bank(server_, trust);
}

Result<std::vector<Listed>> Line::list_store(Bank* bank) {
  auto store = open_store(false);
  if (!store) return fail(store);
  std::vector<Listed> list;
  if (!bank) {
    const auto all = (*store)->certificates();
    if (!all) return fail(all);
    // The banks served so far count their days in Japan; with --server the bank itself says how.
    const auto zone = Zone::find("Asia/Tokyo");
    if (!zone) return fail(zone);
    for (const pki::Certificate& certificate : *all) list.push_back(list_certificate(certificate, *zone, clock_.now()));
    return list;
  }
  const auto authorities = bank->authorities();
  if (!authorities) return fail(authorities);
  auto candidates = app::list_store(**store, {}, *bank, *authorities);
  if (!candidates) return fail(candidates);
  for (Candidate& candidate : *candidates) list.push_back(std::move(candidate.listed));
  return list;
}

int Line::list() {
  std::unique_ptr<Bank> bank;
  if (!server_.empty()) {
    auto found = find_bank();
    if (!found) return refuse(found.error());
    bank = std::move(*found);
  }
  const auto listed = list_store(bank.get());
  if (!listed) return refuse(listed.error());
  return print(json_ ? list_to_json(*listed) : show_list(*listed, say_));
}

int Line::status() {
  auto bank = find_bank();
  if (!bank) return refuse(bank.error());
  // That the bank's machines' door answers is seen by asking it, not by its address.
  if (const auto authorities = (*bank)->authorities(); !authorities) return refuse(authorities.error());
  std::vector<Listed> list;
  if (!store_.empty()) {
    auto listed = list_store(bank->get());
    if (!listed) return refuse(listed.error());
    list = std::move(*listed);
  }
  const Discovery& discovery = (*bank)->discovery();
  return print(json_ ? status_to_json(discovery, list) : show_status(discovery, list, say_));
}

Result<Secret> Line::login_password() const {
  return password_file_.empty() ? ask_password(say_("ログインパスワード", "Login password")) : read_password(password_file_);
}

bool Line::agree(const Listed& listed) const {
  if (yes_ || !has_terminal()) return true;
  std::cerr << show_list({listed}, say_) << say_("この電子証明書を更新しますか？ [y/N] ", "Renew this certificate? [y/N] ")
            << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes" || answer == "はい";
}

Progress Line::ticks() {
  return [this](Step step) {
    std::cerr << say_.step(step) << " ✓ " << std::flush;
    ticking_ = true;
  };
}

void Line::end_ticks() {
  if (ticking_) std::cerr << "\n";
  ticking_ = false;
}

int Line::finish(const Result<Outcome>& outcome) {
  end_ticks();
  if (!outcome) return refuse(outcome.error());
  if (outcome->trial) std::cerr << "inkan-app: " << say_.error(*outcome->trial) << "\n";
  print(json_ ? outcome_to_json(*outcome, store_) : show_outcome(*outcome, say_));
  return outcome->kind == Outcome::Kind::saved_not_used ? kPartly : 0;
}

int Line::renew_verb() {
  auto store = open_store(false);
  if (!store) return refuse(store.error());
  const auto lock = (*store)->lock();
  if (!lock) return refuse(lock.error());
  if (const auto opens = (*store)->certificates(); !opens) return refuse(opens.error());  // before anybody is asked anything
  auto bank = find_bank();
  if (!bank) return refuse(bank.error());
  return finish(renew(
      **bank, **store, {}, [this] { return login_password(); }, [this](const Listed& listed) { return agree(listed); }, ticks()));
}

int Line::issue_verb() {
  auto store = open_store(true);
  if (!store) return refuse(store.error());
  const auto lock = (*store)->lock();
  if (!lock) return refuse(lock.error());
  const auto held = (*store)->certificates();  // before anybody is asked anything
  if (!held) return refuse(held.error());
  const auto login_id = canonical_login_id(login_id_);
  if (!login_id) return refuse(login_id.error());
  auto bank = find_bank();
  if (!bank) return refuse(bank.error());
  auto password = login_password();
  if (!password) return refuse(password.error());
  // A file that holds a certificate already may prove enough after expiry: then nobody is asked for a code that nobody sent.
  const bool may_do_without = code_file_.empty() && !held->empty();
  auto code = may_do_without       ? Result<Secret>(Secret(""))
              : code_file_.empty() ? ask_password(say_("ワンタイムコード", "One-time code"))
                                   : read_password(code_file_);
  if (!code) return refuse(code.error());
  return finish(issue(**bank, **store, {*login_id, std::move(*password), std::move(*code)}, ticks()));
}

int Line::help() { return print(topic_ == "exit-codes" ? say_.exit_codes() : app_.help()); }

int Line::print(const std::string& text) const {
  std::fwrite(text.data(), 1, text.size(), stdout);
  return std::fflush(stdout) == 0 ? 0 : exit_status({Code::unavailable, "file.write", "stdout"});
}

int Line::refuse(const Error& error) const {
  std::cerr << "inkan-app: " << say_.error(error) << "\n";
  if (json_) print(error_to_json(error));
  return exit_status(error);
}

}  // namespace

int run(int argc, const char* const* argv) { return Line(choose_language(argc, argv)).run(argc, argv); }

}  // namespace inkan::app
