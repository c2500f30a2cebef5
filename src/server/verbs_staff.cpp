// Verbs on the bank's own people, and on what needs two of them.

#include <iostream>

#include "base/text.hpp"
#include "pki/pkcs12.hpp"
#include "server/pem_file.hpp"
#include "server/verbs.hpp"

namespace inkan::server {
namespace {

using lifecycle::Institution;
using lifecycle::Staff;
using lifecycle::StaffRequest;

constexpr const char* kOperator = "operator";

/// read_password reads a file's first line, or one of stdin for "-".
Result<Secret> read_password(const std::filesystem::path& file) {
  if (file != "-") {
    auto line = read_secret(file);
    if (!line) return fail(line);
    return Secret(std::move(*line));
  }
  std::string line;
  std::getline(std::cin, line);
  const std::string word(trim(line));
  if (word.empty()) return fail(Code::invalid, "config.secret", "stdin: empty");
  return Secret(word);
}

Table request_table(const std::vector<StaffRequest>& requests, const Zone& zone) {
  Table table{.columns = {"number", "institution", "login_id", "act", "state", "requested_by", "requested_at", "decided_by"},
              .rows = {}};
  for (const StaffRequest& request : requests)
    table.rows.push_back({request.number, request.holder.institution, request.holder.login_id,
                          std::string(lifecycle::to_text(request.act)), std::string(lifecycle::to_text(request.state)),
                          request.requested_by, to_rfc3339(request.requested_at, zone),
                          request.decided_by.empty() ? Cell() : Cell(request.decided_by)});
  return table;
}

/// sign opens a person's own key file for one signature.
Result<lifecycle::Signed> sign(const StaffKey& person, const std::string& statement) {
  const auto file = read_file(person.p12);
  if (!file) return fail(file);
  const auto password = read_password(person.p12_password_file);
  if (!password) return fail(password);
  const auto identity = pki::parse_pkcs12(as_bytes(*file), *password);
  if (!identity) return fail(identity);
  auto signature = identity->key.sign(as_bytes(statement));
  if (!signature) return fail(signature);
  return lifecycle::Signed{.by = person.login_id, .signature = std::move(*signature)};
}

}  // namespace

Result<Table> staff_add(const Where& where, const StaffEntry& entry) {
  const auto role = lifecycle::parse_staff_role(entry.role);
  if (!role) return fail(Code::invalid, "staff.role_unknown", "--role must be auditor, clerk or approver");
  const auto certificates = read_pem_file(entry.certificate);
  if (!certificates) return fail(certificates);
  if (certificates->empty()) return fail(Code::invalid, "staff.certificate", "no certificate in " + entry.certificate.string());
  auto password = read_password(entry.password_file);
  if (!password) return fail(password);
  if (password->reveal().size() < 8) return fail(Code::invalid, "staff.password", "a password has at least 8 characters");
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  const pki::Certificate& certificate = certificates->front();  // the person's own; a chain may follow
  auto added = (*bank)->bank_desk().add_staff({.id = {entry.institution, entry.login_id},
                                               .role = *role,
                                               .name = entry.name,
                                               .password = std::move(*password),
                                               .certificate = certificate.der()},
                                              kOperator);
  if (!added) return fail(added);
  return Table{.columns = {"institution", "login_id", "role", "name", "certificate", "not_after"},
               .rows = {{entry.institution, entry.login_id, entry.role, entry.name, certificate.subject().to_text(),
                         to_rfc3339(certificate.not_after())}}};
}

Result<Table> staff_list(const Where& where, const std::string& institution) {
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  Table table{.columns = {"institution", "login_id", "role", "name", "added_at", "removed_at", "fingerprint"}, .rows = {}};
  for (const Institution& each : (*bank)->institutions().all()) {
    if (!institution.empty() && each.id != institution) continue;
    const auto all = (*bank)->bank_desk().list_staff(each);
    if (!all) return fail(all);
    for (const Staff& staff : *all)
      table.rows.push_back({staff.id.institution, staff.id.login_id, std::string(lifecycle::to_text(staff.role)), staff.name,
                            to_rfc3339(staff.added_at, each.zone),
                            staff.removed_at ? Cell(to_rfc3339(*staff.removed_at, each.zone)) : Cell(), staff.fingerprint.hex()});
  }
  return table;
}

Result<Table> staff_password(const Where& where, const std::string& institution, const std::string& login_id,
                             const PasswordChange& change) {
  const auto present = read_password(change.present_file);
  if (!present) return fail(present);
  const auto wanted = read_password(change.new_file);
  if (!wanted) return fail(wanted);
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  if (auto changed = (*bank)->bank_desk().change_password({institution, login_id}, *present, *wanted); !changed)
    return fail(changed);
  return Table{.columns = {"institution", "login_id", "state"}, .rows = {{institution, login_id, std::string("changed")}}};
}

Result<Table> staff_remove(const Where& where, const std::string& institution, const std::string& login_id) {
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  if (auto removed = (*bank)->bank_desk().remove_staff({institution, login_id}, kOperator); !removed) return fail(removed);
  return Table{.columns = {"institution", "login_id", "state"}, .rows = {{institution, login_id, std::string("removed")}}};
}

Result<Table> reissue_ask(const Where& where, const std::string& institution, const std::string& login_id,
                          const ReissueGrounds& grounds, const StaffKey& person) {
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  const auto found = (*bank)->institutions().find(institution);
  if (!found) return fail(found);
  lifecycle::BankDesk& desk = (*bank)->bank_desk();
  const auto view = (*bank)->holders().view(**found, login_id);
  if (!view) return fail(view);
  const auto draft = desk.draft(**found, {institution, person.login_id},
                                {.act = view->certificate ? lifecycle::RequestAct::reissue : lifecycle::RequestAct::first,
                                 .login_id = login_id,
                                 .identity_check = grounds.identity_check,
                                 .call_back = grounds.call_back});
  if (!draft) return fail(draft);
  const std::string statement = lifecycle::statement_of(**found, *draft);
  std::cerr << statement;  // what is signed is never signed unseen
  const auto signature = sign(person, statement);
  if (!signature) return fail(signature);
  const auto asked = desk.ask(**found, *draft, *signature);
  if (!asked) return fail(asked);
  return request_table({*asked}, (*found)->zone);
}

Result<Table> reissue_approve(const Where& where, const std::string& institution, const std::string& number,
                              const StaffKey& person) {
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  const auto found = (*bank)->institutions().find(institution);
  if (!found) return fail(found);
  lifecycle::BankDesk& desk = (*bank)->bank_desk();
  const auto request = desk.find_request(**found, number);
  if (!request) return fail(request);
  const std::string statement = lifecycle::decision_of(**found, *request);
  std::cerr << statement;
  const auto signature = sign(person, statement);
  if (!signature) return fail(signature);
  const auto approved = desk.approve(**found, number, *signature);
  if (!approved) return fail(approved);
  return request_table({*approved}, (*found)->zone);
}

}  // namespace inkan::server
