#include "app/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iostream>

#include "app/agent_verb.hpp"
#include "app/desktop_entry.hpp"
#include "app/folders.hpp"
#include "app/output.hpp"
#include "app/password.hpp"
#include "app/terminal.hpp"
#include "app/words.hpp"
#include "base/clock.hpp"
#include "base/exit_status.hpp"
#include "base/text.hpp"

namespace inkan::app {
namespace {

// Stands in the file as it is: the bank's download page reads it there.
[[gnu::used]] constexpr char kVersionLine[] = "inkan-app 0.1.0";

constexpr int kPartly = 10;

/// Line is one parsed command line and the verb that was chosen.
class Line {
 public:
  Line(Language language, const ShowWindow& show);
  int run(int argc, const char* const* argv);

 private:
  CLI::App* command(const char* name, const std::string& meaning, int (Line::*act)());
  /// verb is a command that can print JSON.
  CLI::App* verb(const char* name, const std::string& meaning, int (Line::*act)());
  void take_store(CLI::App* verb);
  void take_choice(CLI::App* verb);
  void take_server(CLI::App* verb, bool required);

  int list();
  int status();
  int renew_verb();
  int issue_verb();
  int tidy();
  int help();
  int open_link();
  int window();
  int register_verb();
  int agent();

  Result<Secret> ask_secret(const SecretQuestion& question);
  /// Held is a store that nobody else changes meanwhile.
  struct Held {
    std::unique_ptr<KeyStore> store;
    FolderLock lock;
  };
  Result<std::unique_ptr<KeyStore>> open_store(bool make);
  Result<Held> hold_store(bool make);
  Result<void> read_trust();
  /// opener asks a person for a proxy's password: as `ask` does, else at the terminal.
  OpenBank opener(const AskProxyLogin& ask = {});
  Result<std::unique_ptr<Bank>> find_bank();
  Result<std::vector<Listed>> list_store(Bank* bank);
  int open_window(WindowOptions options);
  /// remember notes a bank that took a certificate of this program, so that its links are known.
  void remember(const Bank& bank);
  /// offer asks once whether the next renewal may begin by itself.
  void offer(const Bank& bank);
  Consent consent();
  Result<Secret> login_password() const;
  /// agreed asks a person; where nobody sits, `unasked` is the answer.
  bool agreed(const std::string& shown, const std::string& question, bool unasked) const;
  Progress ticks();
  void end_ticks();
  int finish(const Result<Outcome>& outcome);

  int print(const std::string& text) const;
  int refuse(const Error& error) const;

  const ShowWindow& show_;
  Language chosen_;
  Words say_;
  CLI::App app_;
  MachineDisk disk_;
  MachineClock clock_;
  int (Line::*action_)() = nullptr;
  std::string language_, store_, store_password_file_, server_, trust_, login_id_, serial_, password_file_, code_file_, topic_;
  std::string link_, trust_pem_, proxy_, proxy_password_file_;
  bool json_ = false;
  bool yes_ = false;
  AgentOrder agent_;
  bool ticking_ = false;  // a line of ticks is not ended yet
};

Line::Line(Language chosen, const ShowWindow& show)
    : show_(show),
      chosen_(chosen),
      say_(chosen),
      app_(say_("inkan-app: 電子証明書の確認・更新・取得", "inkan-app: look at, renew and take client certificates"),
           "inkan-app") {
  app_.add_option("--lang", language_, say_("表示の言語", "language"))->check(CLI::IsMember({"ja", "en"}))->type_name("ja|en");
  app_.add_option("--proxy", proxy_, say_("社内のプロキシ（指定がなければ環境変数 https_proxy）", "proxy (default: https_proxy)"))
      ->type_name("URL|none");
  app_.add_option("--proxy-password-file", proxy_password_file_, say_("そのパスワード", "its password"))->type_name("FILE|-");
  app_.set_version_flag("--version", kVersionLine);
  app_.fallthrough();
  app_.footer(say_.examples());

  CLI::App* list_app = verb("list", say_("電子証明書を見る", "show the certificates in a store"), &Line::list);
  take_store(list_app);
  take_choice(list_app);
  take_server(list_app, false);
  list_app->add_option("--password-file", password_file_, say_("そのファイルのパスワード", "that file's password"))
      ->type_name("FILE|-");
  CLI::App* status_app =
      verb("status", say_("銀行に接続できるか、更新できるかを確認する", "ask the bank: does it answer, what does it want"),
           &Line::status);
  take_server(status_app, true);
  take_store(status_app);
  CLI::App* renew_app = verb("renew",
                             say_("電子証明書を更新する（更新期間の前なら何もせず 0 で終わる）",
                                  "renew a certificate (before the window: nothing to do, exit status 0)"),
                             &Line::renew_verb);
  take_store(renew_app);
  take_choice(renew_app);
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
  take_store(issue_app);
  take_server(issue_app, true);
  issue_app->add_option("--login-id", login_id_, say_("ログインID", "login ID"))->required()->type_name("ID");
  issue_app->add_option("--password-file", password_file_, say_("ログインパスワード", "login password"))->type_name("FILE|-");
  issue_app->add_option("--code-file", code_file_, say_("ワンタイムコード", "one-time code"))->type_name("FILE|-");
  CLI::App* tidy_app = verb("tidy",
                            say_("不要な電子証明書（期限切れ、更新済み）を鍵とともに削除する",
                                 "delete certificates that expired or were replaced, with their keys"),
                            &Line::tidy);
  take_store(tidy_app);
  take_choice(tidy_app);
  tidy_app->add_flag("--yes", yes_, say_("確認せずに削除する", "do not ask first"));
  CLI::App* agent_app = verb("agent",
                             say_("同意した電子証明書を、更新期間になったら自動で更新する（毎日のタイマーが起動する）",
                                  "renew by itself what was agreed to (a daily timer starts this)"),
                             &Line::agent);
  CLI::Option* consent = agent_app->add_flag("--consent", agent_.consent, say_("自動更新に同意する", "agree to quiet renewal"));
  agent_app->add_flag("--withdraw", agent_.withdraw, say_("同意を取り消す", "take the consent back"))->excludes(consent);
  agent_app->add_flag("--notify", agent_.notify, say_("結果を画面で知らせる", "show on the screen what happened"));
  agent_app->add_flag("--yes", yes_, say_("確認せずに同意する", "agree without being asked"));
  CLI::App* open_app = command(
      "open",
      say_("銀行のページのリンク（inkan:…）から更新を続ける", "go on with the renewal that a bank's page began (inkan:...)"),
      &Line::open_link);
  open_app->add_option("link", link_)->type_name("LINK");  // none: a desktop starts its entry so
  command("register",
          say_("銀行のページのリンクをこのアプリで開くようにする", "make this program open the links of banks' pages"),
          &Line::register_verb);
  CLI::App* window_app =
      command("window", say_("ウィンドウを開く（引数なしと同じ）", "open the window, as without arguments"), &Line::window);
  take_store(window_app);
  take_server(window_app, false);
  CLI::App* help_app = command("help", say_("説明を見る（help exit-codes）", "explain (help exit-codes)"), &Line::help);
  help_app->add_option("topic", topic_)->check(CLI::IsMember({"exit-codes"}));
}

CLI::App* Line::command(const char* name, const std::string& meaning, int (Line::*act)()) {
  CLI::App* made = app_.add_subcommand(name, meaning);
  made->callback([this, act] { action_ = act; });
  return made;
}

CLI::App* Line::verb(const char* name, const std::string& meaning, int (Line::*act)()) {
  CLI::App* made = command(name, meaning, act);
  made->add_flag("--json", json_, say_("JSON で出力する", "print JSON"));
  return made;
}

void Line::take_store(CLI::App* verb) {
  verb->add_option(
          "--store", store_,
          say_("電子証明書の保管場所（指定がなければブラウザーのもの）", "where it is kept (default: the browser's place)"))
      ->type_name(std::string(place_help().forms));
  verb->add_option("--store-password-file,--pin-file", store_password_file_,
                   say_("そのパスワードまたは PIN（- は標準入力の次の1行）", "its password or PIN (-: the next line of stdin)"))
      ->type_name("FILE|-");
}

void Line::take_choice(CLI::App* verb) {
  verb->add_option("--login-id", login_id_, say_("このログインIDの電子証明書だけ", "only this login ID's certificate"))
      ->type_name("ID");
  verb->add_option("--serial", serial_, say_("このシリアル番号の電子証明書だけ", "only the certificate of this serial"))
      ->type_name("HEX");
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
  if (action_ != nullptr) return (this->*action_)();
  if (show_) return open_window({});
  return print(app_.help());
}

Result<Secret> Line::ask_secret(const SecretQuestion& question) {
  using About = SecretQuestion::About;
  // Where nobody sits and one password is given for a file that is there, it is the file's: a bank that asks for another one says
  // so.
  const bool one_for_both =
      question.about == About::file && store_password_file_.empty() && !has_terminal() && !password_file_.empty();
  const std::string& source = one_for_both                    ? password_file_
                              : !store_password_file_.empty() ? store_password_file_
                                                              : question.source;
  if (!source.empty()) return read_password(source);
  const std::string text = say_.question(question);
  return question.about == About::new_file ? ask_new_password(text, say_("もう一度", "Again")) : ask_password(text);
}

Result<std::unique_ptr<KeyStore>> Line::open_store(bool make) {
  const auto place = parse_place(store_);
  if (!place) return fail(place);
  return open_place(*place, disk_, [this](const SecretQuestion& question) { return ask_secret(question); }, make);
}

Result<Line::Held> Line::hold_store(bool make) {
  auto store = open_store(make);
  if (!store) return fail(store);
  auto lock = (*store)->lock();
  if (!lock) return fail(lock);
  if (const auto opens = (*store)->certificates(); !opens) return fail(opens);  // before anybody is asked anything
  return Held{std::move(*store), std::move(*lock)};
}

Result<void> Line::read_trust() {
  if (trust_.empty()) return {};
  const auto pem = disk_.read(trust_);
  if (!pem) return fail(pem);
  trust_pem_ = as_text(*pem);
  return {};
}

OpenBank Line::opener(const AskProxyLogin& ask) {
  const auto proxies = std::make_shared<Proxies>(
      read_rules(proxy_, disk_, config_folder() / "inkan" / "proxy"), [this, ask](const std::string& proxy) {
        return ask && proxy_password_file_.empty() ? ask(proxy) : give_password(proxy_password_file_, say_.proxy_login(proxy));
      });
  return [proxies](const std::string& server, const std::string& trust) { return open_bank(server, trust, proxies); };
}

Result<std::unique_ptr<Bank>> Line::find_bank() {
  if (auto read = read_trust(); !read) return fail(read);
  return opener()(server_, trust_pem_);
}

Result<std::vector<Listed>> Line::list_store(Bank* bank) {
  const auto chosen = parse_choice(login_id_, serial_);
  if (!chosen) return fail(chosen);
  auto store = open_store(false);
  if (!store) return fail(store);
  std::vector<Listed> list;
  if (!bank) {
    const auto all = (*store)->certificates();
    if (!all) return fail(all);
    // The banks served so far count their days in Japan; with --server the bank itself says how.
    const auto zone = Zone::find("Asia/Tokyo");
    if (!zone) return fail(zone);
    for (const pki::Certificate& certificate : *all)
      if (chosen->fits(certificate)) list.push_back(list_certificate(certificate, *zone, clock_.now()));
    return list;
  }
  const auto authorities = bank->authorities();
  if (!authorities) return fail(authorities);
  auto candidates = app::list_store(**store, *chosen, *bank, *authorities);
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
  const auto bank = find_bank();
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
  // Whoever asks a bank about a certificate of its own here makes it known to the window, too.
  if (std::ranges::any_of(list, [](const Listed& one) { return one.renewable != Renewable::other_bank; })) remember(**bank);
  return print(json_ ? status_to_json(discovery, list) : show_status(discovery, list, say_));
}

Result<Secret> Line::login_password() const {
  return give_password(password_file_, say_("ログインパスワード", "Login password"));
}

bool Line::agreed(const std::string& shown, const std::string& question, bool unasked) const {
  if (yes_) return true;
  if (!has_terminal()) return unasked;
  std::cerr << shown << question << " [y/N] " << std::flush;
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
  const auto chosen = parse_choice(login_id_, serial_);
  if (!chosen) return refuse(chosen.error());
  const auto held = hold_store(false);
  if (!held) return refuse(held.error());
  auto bank = find_bank();
  if (!bank) return refuse(bank.error());
  const auto agree = [this](const Listed& listed, const Taken*) {
    return agreed(show_list({listed}, say_), say_("この電子証明書を更新しますか？", "Renew this certificate?"), true);
  };
  const auto outcome =
      renew(**bank, *held->store, *chosen, {.password = [this] { return login_password(); }, .agree = agree}, ticks());
  if (outcome) remember(**bank);
  const int status = finish(outcome);
  if (outcome) offer(**bank);
  return status;
}

void Line::offer(const Bank& bank) {
  if (yes_ || json_ || !has_terminal()) return;
  const auto asked = offer_quiet(bank.discovery(), trust_pem_, store_, disk_, say_, consent());
  if (!asked) std::cerr << "inkan-app: " << say_.error(asked.error()) << "\n";
}

Consent Line::consent() {
  return [this](const std::string& shown, const std::string& question) { return agreed(shown, question, false); };
}

int Line::agent() {
  const auto answer = run_agent(agent_, json_, disk_, opener(), say_, consent());
  if (!answer) return refuse(answer.error());
  const int printed = print(answer->text);
  return answer->status != 0 ? answer->status : printed;
}

void Line::remember(const Bank& bank) {
  const auto place = parse_place(store_);
  if (!place) return;
  const KnownBank known = known_as(bank.discovery(), trust_pem_, *place, store_);
  if (const auto kept = Banks(disk_, Banks::default_file()).remember(known); !kept) {
    end_ticks();
    std::cerr << "inkan-app: " << say_.error(kept.error()) << "\n";  // the certificate is there all the same
  }
}

int Line::open_window(WindowOptions options) {
  if (!show_) return refuse({Code::unavailable, "window.no_display", {}});
  options.language = chosen_;
  options.clerk = [this](const AskProxyLogin& ask) { return Clerk(disk_, Banks(disk_, Banks::default_file()), opener(ask)); };
  return show_(options);
}

int Line::open_link() {
  if (link_.empty()) return open_window({});
  const auto link = parse_link(link_);
  if (link) return open_window({.link = *link});
  return show_ ? open_window({.refused = link.error()}) : refuse(link.error());
}

int Line::register_verb() {
  if (const auto done = register_links(disk_); !done) return refuse(done.error());
  return print(say_("銀行のページのリンク（inkan:）は、これからこのアプリで開きます。\n",
                    "Links of banks' pages (inkan:) open with this program from now on.\n"));
}

int Line::window() {
  if (const auto read = read_trust(); !read) return refuse(read.error());
  return open_window({.preset = {.institution = {}, .name = {}, .portal = server_, .trust_pem = trust_pem_, .store = store_}});
}

int Line::issue_verb() {
  const auto held = hold_store(true);
  if (!held) return refuse(held.error());
  const auto there = held->store->certificates();
  if (!there) return refuse(there.error());
  const auto login_id = canonical_login_id(login_id_);
  if (!login_id) return refuse(login_id.error());
  auto bank = find_bank();
  if (!bank) return refuse(bank.error());
  auto password = login_password();
  if (!password) return refuse(password.error());
  // A file that holds a certificate already may prove enough after expiry: then nobody is asked for a code that nobody sent.
  const bool may_do_without = code_file_.empty() && !there->empty();
  auto code = may_do_without ? Result<Secret>(Secret("")) : give_password(code_file_, say_("ワンタイムコード", "One-time code"));
  if (!code) return refuse(code.error());
  const auto outcome = issue(**bank, *held->store, {*login_id, std::move(*password), std::move(*code)}, ticks());
  if (outcome) remember(**bank);
  return finish(outcome);
}

int Line::tidy() {
  const auto chosen = parse_choice(login_id_, serial_);
  if (!chosen) return refuse(chosen.error());
  const auto held = hold_store(false);
  if (!held) return refuse(held.error());
  const auto zone = Zone::find("Asia/Tokyo");  // as in list_store
  if (!zone) return refuse(zone.error());
  auto surplus = find_surplus(*held->store, *zone, clock_.now());
  if (!surplus) return refuse(surplus.error());
  std::erase_if(*surplus, [&](const Surplus& one) { return !chosen->fits(one.certificate); });
  const std::string shown = show_surplus(*surplus, say_);
  if (!json_) print(shown);
  if (!surplus->empty() && !agreed("", say_("鍵とともに削除しますか？", "Delete them with their keys?"), false))
    return refuse({Code::refused, "tidy.declined", {}});
  for (const Surplus& one : *surplus)
    if (const auto gone = held->store->remove(one.certificate); !gone) return refuse(gone.error());
  if (json_) return print(surplus_to_json(*surplus));
  return surplus->empty() ? 0 : print(say_("削除しました。\n", "Deleted.\n"));
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

int run(int argc, const char* const* argv, const ShowWindow& show) {
  return Line(choose_language(argc, argv), show).run(argc, argv);
}

}  // namespace inkan::app
