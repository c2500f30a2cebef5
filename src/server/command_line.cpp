#include "server/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>
#include <iostream>

#include "base/exit_status.hpp"
#include "server/ceremony_options.hpp"
#include "server/demo/demo.hpp"
#include "server/signer.hpp"
#include "server/verbs.hpp"
#include "server/version.hpp"

namespace inkan::server {
namespace {

constexpr int kPartlyDone = 10;

/// Shape is how a verb's table is printed: as a list, or as the one thing it is.
enum class Shape { list, one };

/// Line is one parsed command line: where it works, how it prints, and the verb that was chosen.
class Line {
 public:
  Line() : app_("Inkan: client certificates for the customers of corporate internet banking.", "inkan") {
    app_.require_subcommand(1);
    app_.set_version_flag("--version", std::string("inkan ") + kVersion);
    app_.footer(
        "Examples:\n"
        "  inkan demo --dir build/demo\n"
        "  inkan serve --config /etc/inkan/inkan.toml\n"
        "  inkan holder show --dir build/demo --institution d1 d1-kanri02\n"
        "Every verb takes --config FILE, or --dir DIR for the folder of a demo. Answers go to stdout, talk to stderr; --json for "
        "programs.\n"
        "Exit status: 0 done or nothing to do, 2 usage, 3 not found, 4 refused by policy, 5 conflict, 6 authentication, 10 "
        "partly done, "
        "75 try later.");
    add_service();
    add_configuration();
    add_authority();
    add_records();
    add_staff();
    add_audit();
    add_backup();
    add_demo();
  }

  int run(int argc, char** argv) {
    ceremony_.command.assign(argv, argv + argc);
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      const int status = app_.exit(error);
      return status == 0 ? 0 : kUsage;
    }
    return action_ ? action_() : kUsage;
  }

 private:
  using Verb = std::function<Result<Table>()>;

  CLI::App* group(const char* name, const char* meaning) {
    CLI::App* made = app_.add_subcommand(name, meaning);
    made->require_subcommand(1);
    return made;
  }

  CLI::App* verb(CLI::App* parent, const char* name, const char* meaning, Shape shape, Verb verb) {
    CLI::App* made = parent->add_subcommand(name, meaning);
    made->add_option("--config", where_.config, "configuration file of the installation")->type_name("FILE");
    made->add_option("--dir", where_.demo, "folder of a demo")->type_name("DIR");
    made->add_flag("--json", json_, "print JSON");
    made->callback([this, shape, verb = std::move(verb)] { action_ = [this, shape, verb] { return print(shape, verb()); }; });
    return made;
  }

  int print(Shape shape, const Result<Table>& table) const {
    if (!table) return refuse(table.error());
    const bool one = shape == Shape::one;
    const std::string text =
        json_ ? (one ? to_json_object(*table) : to_json(*table)) : (one ? to_lines(*table) : to_text(*table));
    std::fwrite(text.data(), 1, text.size(), stdout);
    return table->partly_done ? kPartlyDone : 0;
  }

  int print(const Result<std::string>& text) const {
    if (!text) return refuse(text.error());
    std::fwrite(text->data(), 1, text->size(), stdout);
    return 0;
  }

  int refuse(const Error& error) const {
    std::cerr << "inkan: " << error.id << (error.detail.empty() ? "" : ": " + error.detail) << "\n";
    return exit_status(error.code);
  }

  /// confirmed asks before what cannot be undone, unless --yes.
  bool confirmed(const std::string& question) const {
    if (yes_) return true;
    std::cerr << question << " Type yes to go on: ";
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "yes";
  }

  /// warned runs an act, and once more where it takes the last 管理者 of a contract and the operator goes on knowing that (O26).
  Result<Table> warned(const std::function<Result<Table>(bool knowing)>& act) const {
    auto done = act(false);
    if (done || done.error().id != "company.last_administrator") return done;
    const std::string consequence =
        "No administrator of this contract can log in afterwards; only the bank can help the company.";
    if (yes_) std::cerr << consequence << "\n";
    return confirmed(consequence) ? act(true) : fail(Code::refused, "usage.not_confirmed");
  }

  void add_service() {
    CLI::App* serve_app = app_.add_subcommand("serve", "serve an installation until SIGINT or SIGTERM");
    serve_app->add_option("--config", where_.config, "configuration file")->type_name("FILE")->required();
    serve_app->callback([this] {
      action_ = [this] {
        const auto done = serve(where_);
        return done ? 0 : refuse(done.error());
      };
    });
    CLI::App* signer =
        app_.add_subcommand("signer", "hold the CA keys apart and sign what the profiles allow, until SIGINT or SIGTERM");
    signer->add_option("--config", where_.config, "configuration file; its signer.mode is \"apart\"")
        ->type_name("FILE")
        ->required();
    signer->add_flag("--with-parent", with_parent_, "also end when standard input closes: how `inkan serve` starts it");
    signer->callback([this] {
      action_ = [this] {
        const auto done = run_signer(where_.config, with_parent_);
        return done ? 0 : refuse(done.error());
      };
    });
    verb(&app_, "doctor", "look at everything that must be right for service", Shape::list, [this] { return doctor(where_); });
  }

  void add_configuration() {
    CLI::App* config = group("config", "the configuration file");
    verb(config, "check", "read it strictly", Shape::one, [this] { return config_check(where_); });
    CLI::App* show =
        verb(config, "show", "every value and where it came from", Shape::list, [this] { return config_show(where_); });
    show->add_flag("--origin", origin_, "show where each value came from (always shown)");
    CLI::App* explain = config->add_subcommand("explain", "what one key means, for example listen.login");
    explain->add_option("key", key_, "the key")->required();
    explain->add_flag("--json", json_, "print JSON");
    explain->callback([this] { action_ = [this] { return print(Shape::one, config_explain(key_)); }; });

    CLI::App* migrate = group("migrate", "the store's schema");
    verb(migrate, "status", "which schema the store has", Shape::one, [this] { return migrate_status(where_); });
    verb(migrate, "up", "bring it to this program's schema", Shape::one, [this] { return migrate_up(where_); });

    CLI::App* institution = group("institution", "the institutions' profiles");
    verb(institution, "list", "all of them", Shape::list, [this] { return institution_list(where_); });
    verb(institution, "show", "one", Shape::one, [this] { return institution_show(where_, key_); })
        ->add_option("id", key_, "institution")
        ->required();
    CLI::App* test = institution->add_subcommand("test", "say what is wrong with a profile");
    test->add_option("file", file_, "profile (TOML)")->required();
    test->add_flag("--json", json_, "print JSON");
    test->callback([this] {
      action_ = [this] {
        const auto table = institution_test(file_);
        const int status = print(Shape::list, table);
        return table && table->rows.front().front() == Cell(std::string("bad")) ? kUsage : status;
      };
    });
  }

  /// ceremony are the wishes that were typed.
  CeremonyWishes ceremony() const {
    CeremonyWishes wishes = ceremony_;
    if (!yes_) wishes.confirm = ask_witness;
    return wishes;
  }

  void add_authority() {
    CLI::App* ca = group("ca", "the certification authority");
    CLI::App* init = verb(ca, "init", "make the root and the issuing CAs that are missing", Shape::list,
                          [this] { return ca_init(where_, ceremony()); });
    CLI::App* rollover = verb(ca, "rollover", "make an institution's next issuing CA; it signs once the profile names it",
                              Shape::list, [this] { return ca_rollover(where_, institution_, ceremony()); });
    rollover->add_option("--institution", institution_, "its institution")->required();
    CLI::App* revoke = verb(ca, "revoke", "end an issuing CA: its root's next list names it; cannot be undone", Shape::one,
                            [this]() -> Result<Table> {
                              const auto reason = ca::parse_authority_reason(reason_);
                              if (!reason) return fail(reason);
                              if (!confirmed("Revoke the issuing CA " + key_ + "? " + kRevocationMeans))
                                return fail(Code::refused, "usage.not_confirmed");
                              return ca_revoke(where_, {.authority = key_, .reason = *reason}, ceremony());
                            });
    revoke->add_option("--authority", key_, "the issuing CA, for example d1-g1")->required();
    revoke->add_option("--reason", reason_, "cACompromise, superseded or cessationOfOperation")->required();
    revoke->footer(kRevocationExamples);
    CLI::App* next_root = verb(ca, "next-root", "make the next root; it and the present one vouch for each other's keys",
                               Shape::list, [this] { return ca_next_root(where_, ceremony()); });
    add_next_root_options(*next_root, ceremony_);
    for (CLI::App* app : {init, rollover, revoke, next_root}) add_ceremony_options(*app, ceremony_, yes_);
    verb(ca, "status", "the issuing CAs and their lists", Shape::list, [this] { return ca_status(where_); });
  }

  void add_records() {
    CLI::App* holder = group("holder", "管理者ID and 利用者ID");
    verb(holder, "import", "put new IDs on record from a CSV file", Shape::one, [this] { return holder_import(where_, file_); })
        ->add_option("file", file_, "CSV: institution,login_id,password,role,company,name,mail")
        ->required();
    verb(holder, "list", "IDs and their state", Shape::list, [this] {
      return holder_list(where_, institution_);
    })->add_option("--institution", institution_, "only this institution");
    CLI::App* show = verb(holder, "show", "one ID", Shape::one, [this] { return holder_show(where_, institution_, login_id_); });
    CLI::App* first =
        verb(holder, "release-code", "show the code for an ID's first certificate, where the profile lets one operator",
             Shape::one, [this] { return holder_release_code(where_, institution_, login_id_); });
    add_reissue(holder);
    CLI::App* notice = group("notice", "letters and notices");
    CLI::App* preview = verb(notice, "preview", "the renewal letter an ID would get", Shape::one,
                             [this] { return notice_preview(where_, institution_, login_id_); });
    CLI::App* list = verb(notice, "list", "the notices an ID got", Shape::list,
                          [this] { return notice_list(where_, institution_, login_id_); });
    verb(notice, "bounces", "addresses that mail does not reach", Shape::list, [this] {
      return notice_bounces(where_, institution_);
    })->add_option("--institution", institution_, "only this institution");
    CLI::App* unreached = verb(notice, "unreached", "IDs that expire soon and that mail does not reach", Shape::list,
                               [this] { return notice_unreached(where_, institution_, shared_); });
    unreached->add_option("--institution", institution_, "only this institution");
    unreached->add_flag("--shared", shared_, "those whose address is another ID's too as well");
    CLI::App* printed = verb(notice, "print", "write the letters for the printer into a new folder", Shape::list,
                             [this] { return notice_print(where_, institution_, file_); });
    printed->add_option("--institution", institution_, "its institution")->required();
    printed->add_option("--out", file_, "folder that is not there yet")->type_name("DIR")->required();
    for (CLI::App* app : {show, first, preview, list}) {
      app->add_option("--institution", institution_, "its institution")->required();
      app->add_option("login_id", login_id_, "login ID")->required();
    }

    CLI::App* cert = group("cert", "certificates");
    CLI::App* certs =
        verb(cert, "list", "certificates on record", Shape::list, [this] { return cert_list(where_, institution_, login_id_); });
    certs->add_option("--institution", institution_, "only this institution");
    certs->add_option("--login-id", login_id_, "only this ID");
    verb(cert, "show", "one certificate", Shape::one, [this] { return cert_show(where_, key_); })
        ->add_option("serial", key_, "serial number, hexadecimal")
        ->required();
    verb(cert, "check-keys", "judge all keys on record anew, and look for factors in common (every night)", Shape::list,
         [this] { return cert_check_keys(where_); });
    verb(cert, "import", "take certificates of an accepted CA over: CSV institution,login_id,certificate (a PEM file)",
         Shape::list, [this] { return cert_import(where_, file_); })
        ->add_option("file", file_, "CSV file")
        ->required();
    CLI::App* hold = verb(cert, "hold", "put the ID of a certificate on hold at once", Shape::one, [this]() -> Result<Table> {
      if (!confirmed("Hold the ID of " + key_ + "? Its holder cannot log in until two persons at the desk release it."))
        return fail(Code::refused, "usage.not_confirmed");
      return warned([this](bool knowing) { return cert_hold(where_, key_, why_, knowing); });
    });
    hold->add_option("serial", key_, "serial number, hexadecimal")->required();
    hold->add_option("--why", why_, "for the audit trail");
    hold->add_flag("--yes", yes_, "do not ask");
    CLI::App* revoke = verb(cert, "revoke", "end a certificate at once; cannot be undone", Shape::one, [this]() -> Result<Table> {
      if (!confirmed("Revoke " + key_ + "? Its holder can no longer log in.")) return fail(Code::refused, "usage.not_confirmed");
      return warned([this](bool knowing) { return cert_revoke(where_, key_, reason_, knowing); });
    });
    revoke->add_option("serial", key_, "serial number, hexadecimal")->required();
    revoke->add_option("--reason", reason_, "unspecified, keyCompromise, affiliationChanged, superseded or cessationOfOperation");
    revoke->add_flag("--yes", yes_, "do not ask");

    CLI::App* renewals = group("renewals", "what is coming");
    verb(renewals, "due", "certificates that expire soon and have no successor", Shape::list,
         [this]() -> Result<Table> {
           const auto days = read_days(within_);
           if (!days) return fail(days);
           return renewals_due(where_, *days);
         })
        ->add_option("--within", within_, "how soon, for example 30d")
        ->capture_default_str();
    CLI::App* simulated =
        verb(&app_, "simulate", "what the coming days bring if nobody renews, or whom another profile would change", Shape::list,
             [this]() -> Result<Table> {
               if (!file_.empty()) return simulate_profile(where_, institution_, file_);
               const auto days = read_days(ahead_);
               return days ? simulate(where_, institution_, *days) : fail(days);
             });
    simulated->add_option("--institution", institution_, "its institution")->required();
    simulated->add_option("--for", ahead_, "how far, for example 30d")->capture_default_str();
    simulated->add_option("--profile", file_, "instead: the IDs whose status this changed profile would change today")
        ->type_name("FILE");
  }

  /// read_days reads "30d".
  static Result<int> read_days(const std::string& text) {
    int days = 0;
    if (std::sscanf(text.c_str(), "%dd", &days) != 1 || days < 0 || days > 400)
      return fail(Code::invalid, "usage.days", "reads 30d, up to 400d");
    return days;
  }

  void add_reissue(CLI::App* holder) {
    CLI::App* allow =
        verb(holder, "allow-reissue",
             "再発行, or a first certificate, by two persons: one asks, another approves; the code goes to the customer",
             Shape::one, [this]() -> Result<Table> {
               if (!key_.empty()) return reissue_approve(where_, institution_, key_, staff_);
               if (login_id_.empty()) return fail(Code::invalid, "usage.login_id", "name the login ID, or --approve NUMBER");
               return reissue_ask(where_, institution_, login_id_, grounds_, staff_);
             });
    allow->add_option("--institution", institution_, "its institution")->required();
    allow->add_option("login_id", login_id_, "login ID, when asking");
    allow->add_option("--approve", key_, "受付番号 of the request to approve, instead of asking")->type_name("NUMBER");
    allow->add_option("--as", staff_.login_id, "staff login ID of the person who signs")->type_name("STAFF_ID")->required();
    allow->add_option("--p12", staff_.p12, "that person's own key file")->type_name("FILE")->required();
    allow->add_option("--p12-password-file", staff_.p12_password_file, "file (mode 0600) with its password; - reads stdin")
        ->type_name("FILE")
        ->required();
    allow->add_option("--identity-check", grounds_.identity_check, "when asking: how the caller's identity was checked");
    allow->add_option("--call-back", grounds_.call_back,
                      "when asking: when, by whom, at which number the customer was called back");
  }

  void add_staff() {
    CLI::App* staff = group("staff", "the bank's own people at the desk");
    CLI::App* add = verb(staff, "add", "put a person on record, with the own certificate of the bank's PKI", Shape::one,
                         [this] { return staff_add(where_, entry_); });
    add->add_option("--institution", entry_.institution, "the person's institution")->required();
    add->add_option("login_id", entry_.login_id, "staff login ID")->required();
    add->add_option("--role", entry_.role, "auditor, clerk or approver")->required();
    add->add_option("--name", entry_.name, "name, as colleagues read it")->required();
    add->add_option("--certificate", entry_.certificate, "PEM file")->type_name("FILE")->required();
    add->add_option("--password-file", entry_.password_file, "file (mode 0600) with the desk password; - reads stdin")
        ->type_name("FILE")
        ->required();
    verb(staff, "list", "everybody, those who left too", Shape::list, [this] {
      return staff_list(where_, institution_);
    })->add_option("--institution", institution_, "only this institution");
    CLI::App* password = verb(staff, "password", "change a person's own desk password", Shape::one,
                              [this] { return staff_password(where_, institution_, login_id_, passwords_); });
    password->add_option("--institution", institution_, "the person's institution")->required();
    password->add_option("login_id", login_id_, "staff login ID")->required();
    password->add_option("--password-file", passwords_.present_file, "file (mode 0600) with the present password; - reads stdin")
        ->type_name("FILE")
        ->required();
    password->add_option("--new-password-file", passwords_.new_file, "file (mode 0600) with the new one; - reads stdin")
        ->type_name("FILE")
        ->required();
    CLI::App* remove = verb(staff, "remove", "end a person's rights and sessions at once", Shape::one, [this]() -> Result<Table> {
      if (!confirmed("Remove " + login_id_ + "? This person can do nothing from then on."))
        return fail(Code::refused, "usage.not_confirmed");
      return staff_remove(where_, institution_, login_id_);
    });
    remove->add_option("--institution", institution_, "the person's institution")->required();
    remove->add_option("login_id", login_id_, "staff login ID")->required();
    remove->add_flag("--yes", yes_, "do not ask");
  }

  void add_audit() {
    CLI::App* audit = group("audit", "the audit trail");
    CLI::App* verify = verb(audit, "verify", "hold every record against its chain, the signed heads and the signers' journals",
                            Shape::list, [this] { return audit_verify(where_, audit_); });
    verify->add_option("--journal", audit_.journals, "a signer's journal, once for each node. Default: the configuration's")
        ->type_name("FILE");
    CLI::App* head = verb(audit, "head", "the newest signed head of each node's log, to be noted elsewhere", Shape::list,
                          [this] { return audit_head(where_, audit_); });
    CLI::App* exported =
        verb(audit, "export", "every record; with --out records, heads and key for those who check them without us", Shape::list,
             [this] { return file_.empty() ? audit_export(where_) : audit_export_to(where_, audit_, file_); });
    exported->add_option("--out", file_, "folder that is not there yet")->type_name("DIR");
    CLI::App* prove = verb(audit, "prove", "a proof (JSON) that a record stands in its log, or that a log only grew", Shape::one,
                           [] { return Result<Table>(); });
    prove->callback([this] { action_ = [this] { return print(audit_prove(where_, audit_, claim_)); }; });
    prove->add_option("--node", claim_.node, "the node that wrote it")->required();
    CLI::Option* sequence = prove->add_option("--sequence", claim_.sequence, "the record");
    prove->add_option("--since", claim_.since, "instead: the size of an earlier signed head")->excludes(sequence);
    for (CLI::App* app : {verify, head, exported, prove}) {
      app->add_option("--heads", audit_.heads, "a file of signed heads, once for each. Default: the configuration's")
          ->type_name("FILE");
      app->add_option("--key", audit_.key, "public audit key (PEM). Default: audit/audit.pem in ca.folder")->type_name("FILE");
    }
    CLI::App* check = audit->add_subcommand("check-proof", "check such a proof, by the audit key alone");
    check->add_option("file", file_, "the proof")->required();
    check->add_option("--key", audit_.key, "public audit key (PEM)")->type_name("FILE")->required();
    check->add_flag("--json", json_, "print JSON");
    check->callback([this] { action_ = [this] { return print(Shape::one, audit_check_proof(file_, audit_.key)); }; });
  }

  void add_backup() {
    CLI::App* backup = group("backup", "the records, kept elsewhere");
    CLI::App* create = verb(backup, "create", "copy the records into a new folder that only a key opens; the service goes on",
                            Shape::one, [this] { return backup_create(where_, file_, key_); });
    create->add_option("--to", file_, "folder that is not there yet")->type_name("DIR")->required();
    create->add_option("--for", key_, "certificate (PEM) whose key opens it: keep that key elsewhere")
        ->type_name("FILE")
        ->required();
    CLI::App* verify = backup->add_subcommand("verify", "prove that a backup can be restored");
    verify->add_flag("--json", json_, "print JSON");
    verify->callback([this] { action_ = [this] { return print(Shape::one, backup_verify(file_, key_)); }; });
    CLI::App* restore = verb(backup, "restore", "fill an empty store from a backup", Shape::list,
                             [this] { return backup_restore(where_, file_, key_, memory_); });
    restore->add_option("--crl", memory_.lists, "the newest published CRL (DER) of each issuing CA and each shard")
        ->type_name("FILE");
    restore->add_option("--journal", memory_.journals, "a signer's journal, once for each node. Default: the configuration's")
        ->type_name("FILE");
    for (CLI::App* app : {verify, restore}) {
      app->add_option("folder", file_, "the backup")->required();
      app->add_option("--key", key_, "private key (PEM, mode 0600)")->type_name("FILE")->required();
    }
  }

  void add_demo() {
    CLI::App* demo_app = app_.add_subcommand("demo", "a whole bank on this machine, with customers in every state");
    demo_app->require_subcommand(0, 1);
    demo_app->add_option("--dir", demo_.dir, "folder for everything the demo makes")->type_name("DIR");
    demo_app->add_option("--port", demo_.port, "first of six ports in a row; default: free ones, kept in DIR");
    demo_app->add_option("--at", at_, "time to start at, for example 2026-11-21T09:00:00+09:00; default: now");
    demo_app->add_option("--institutions", demo_.institutions, "only these, for example d1,d2")->delimiter(',');
    demo_app->add_option("--profiles", demo_.profiles, "folder of profiles (ID.toml) to serve instead of the shipped ones")
        ->type_name("DIR");
    demo_app->callback([this, demo_app] {
      if (!demo_app->get_subcommands().empty()) return;
      action_ = [this] {
        if (demo_.dir.empty()) return refuse({Code::invalid, "usage.dir", "inkan demo --dir DIR"});
        if (!at_.empty()) {
          const auto at = parse_rfc3339(at_);
          if (!at) return refuse(at.error());
          demo_.at = *at;
        }
        const auto done = demo::run(demo_);
        return done ? 0 : refuse(done.error());
      };
    });
    CLI::App* clock = demo_app->add_subcommand("clock", "move the demo's time; jobs that fall due run to their end");
    clock->require_subcommand(1);
    for (const char* how : {"set", "advance"}) {
      CLI::App* move =
          clock->add_subcommand(how, std::string(how) == "set" ? "to a time: 2026-12-01T09:00:00+09:00" : "by 20d, 3h or 30m");
      move->add_option("--dir", demo_.dir, "folder of the running demo")->type_name("DIR")->required();
      move->add_option("value", key_, "time or span")->required();
      move->callback([this, how] {
        action_ = [this, how] {
          const auto now = demo::move_clock(demo_.dir, how, key_);
          if (!now) return refuse(now.error());
          std::cout << *now << "\n";
          return 0;
        };
      });
    }
  }

  CLI::App app_;
  std::function<int()> action_;
  Where where_;
  demo::DemoOptions demo_;
  bool json_ = false;
  bool yes_ = false;
  bool origin_ = false;
  bool shared_ = false;
  bool with_parent_ = false;
  std::string institution_;
  std::string login_id_;
  std::string key_;
  std::string at_;
  std::string reason_ = "unspecified";
  std::string why_;
  std::string within_ = "30d";
  std::string ahead_ = "365d";
  std::filesystem::path file_;
  WorldsMemory memory_;
  AuditPlaces audit_;
  CeremonyWishes ceremony_;
  Claim claim_;
  StaffEntry entry_;
  StaffKey staff_;
  PasswordChange passwords_;
  ReissueGrounds grounds_;
};

}  // namespace

int run_command_line(int argc, char** argv) { return Line().run(argc, argv); }

}  // namespace inkan::server
