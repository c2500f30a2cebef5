#pragma once

#include <filesystem>
#include <string>

#include "server/bank.hpp"
#include "server/output.hpp"

/// The operator's verbs, each a plain function from its arguments to a Table. command_line.cpp names them, prints what they give
/// and turns an Error into the exit status.
namespace inkan::server {

/// Where says which installation a verb works on: a configuration file, or the folder of a demo.
struct Where {
  std::filesystem::path config;
  std::filesystem::path demo;
};

/// find_config is the file that Where means. Error: `usage.where` when neither or both are given.
Result<std::filesystem::path> find_config(const Where& where);
/// open_bank opens the installation as the operator: with a demo's folder at the demo's time.
Result<std::unique_ptr<Bank>> open_bank(const Where& where);

Result<Table> config_check(const Where& where);
Result<Table> config_show(const Where& where);
Result<Table> config_explain(const std::string& key);

Result<Table> migrate_status(const Where& where);
Result<Table> migrate_up(const Where& where);

Result<Table> ca_init(const Where& where);
Result<Table> ca_status(const Where& where);

Result<Table> institution_list(const Where& where);
Result<Table> institution_show(const Where& where, const std::string& id);
/// institution_test says everything that is wrong with a profile, a "bad" row each, or one row "good".
Result<Table> institution_test(const std::filesystem::path& file);

/// holder_import reads a CSV with the header institution,login_id,password,role,company,name,mail. All lines or none.
Result<Table> holder_import(const Where& where, const std::filesystem::path& file);
Result<Table> holder_list(const Where& where, const std::string& institution);
Result<Table> holder_show(const Where& where, const std::string& institution, const std::string& login_id);
Result<Table> holder_allow_reissue(const Where& where, const std::string& institution, const std::string& login_id);

Result<Table> cert_list(const Where& where, const std::string& institution, const std::string& login_id);
Result<Table> cert_show(const Where& where, const std::string& serial);
Result<Table> cert_revoke(const Where& where, const std::string& serial, const std::string& reason);

/// renewals_due lists certificates that expire within so many days and have no successor.
Result<Table> renewals_due(const Where& where, int within_days);

Result<Table> notice_preview(const Where& where, const std::string& institution, const std::string& login_id);
Result<Table> notice_list(const Where& where, const std::string& institution, const std::string& login_id);

Result<Table> audit_verify(const Where& where);
Result<Table> audit_export(const Where& where);

/// doctor looks at everything that must be right for service and says what is not.
Result<Table> doctor(const Where& where);

/// serve opens the installation and stays until SIGINT or SIGTERM.
Result<void> serve(const Where& where);

/// close_on_signals makes SIGINT and SIGTERM wait for wait_for_signal instead of ending the process; called before any thread
/// starts.
void close_on_signals();
void wait_for_signal();

}  // namespace inkan::server
