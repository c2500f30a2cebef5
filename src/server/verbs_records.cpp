// Verbs on what is on record: holders, certificates, notices.

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "pki/certificate.hpp"
#include "server/csv.hpp"
#include "server/pem_file.hpp"
#include "server/verbs.hpp"
#include "server/walk.hpp"

namespace inkan::server {
namespace {

using lifecycle::CertificateRecord;
using lifecycle::HolderView;
using lifecycle::Institution;

constexpr const char* kOperator = "operator";

Cell time_cell(const std::optional<Instant>& instant, const Zone& zone) {
  return instant ? Cell(to_rfc3339(*instant, zone)) : Cell();
}

Table holder_table(const std::vector<HolderView>& views) {
  Table table{
      .columns = {"institution", "login_id", "role", "state", "entitlement", "company", "name", "mail", "not_after", "serial"},
      .rows = {}};
  for (const HolderView& view : views) {
    const auto& holder = view.holder;
    table.rows.push_back({holder.id.institution, holder.id.login_id, std::string(lifecycle::to_text(holder.role)),
                          std::string(lifecycle::to_text(view.state)), std::string(lifecycle::to_text(holder.entitlement)),
                          holder.company, holder.name, holder.mail,
                          view.certificate ? Cell(to_rfc3339(view.certificate->not_after)) : Cell(),
                          view.certificate ? Cell(view.certificate->serial.hex()) : Cell()});
  }
  return table;
}

Table certificate_table() {
  return {.columns = {"institution", "login_id", "serial", "status", "not_before", "not_after", "issued_at", "confirmed_at",
                      "revoked_at", "reason", "replaced_by", "ticket", "fingerprint"},
          .rows = {}};
}

void add_certificate(Table& table, const CertificateRecord& record, const Institution& institution, Day today) {
  const Zone& zone = institution.zone;
  const bool issued = record.stage == lifecycle::Stage::issued;
  table.rows.push_back(
      {record.holder.institution, record.holder.login_id, record.serial.hex(),
       std::string(issued ? lifecycle::to_text(status_of(record, institution, today)) : lifecycle::to_text(record.stage)),
       to_rfc3339(record.not_before, zone), to_rfc3339(record.not_after, zone), time_cell(record.issued_at, zone),
       time_cell(record.confirmed_at, zone), time_cell(record.revoked_at, zone),
       record.reason ? Cell(std::string(pki::to_text(*record.reason))) : Cell(),
       record.replaced_by ? Cell(record.replaced_by->hex()) : Cell(), record.ticket,
       record.fingerprint ? Cell(record.fingerprint->hex()) : Cell()});
}

/// find_serial looks for a serial under every authority of the installation.
Result<CertificateRecord> find_serial(Bank& bank, const std::string& text) {
  const auto serial = pki::SerialNumber::parse_hex(text);
  if (!serial) return fail(serial);
  Result<CertificateRecord> result = fail(Code::not_found, "certificate.unknown", text);
  auto read = bank.store().read([&](lifecycle::Reader& reader) -> Result<void> {
    for (const ca::Authority& authority : bank.issuer().authorities()) {
      auto found = reader.find_by_serial(authority.id, *serial);
      if (!found) return fail(found);
      if (*found) result = std::move(**found);
    }
    return {};
  });
  if (!read) return fail(read);
  return result;
}

Result<lifecycle::NewHolder> to_holder(const CsvRow& row) {
  const auto role = lifecycle::parse_role(row.get("role"));
  if (!role) return fail(Code::invalid, "holder.import", fmt::format("line {}: role must be administrator or user", row.line));
  if (row.get("password").size() < 8)
    return fail(Code::invalid, "holder.import", fmt::format("line {}: a password has at least 8 characters", row.line));
  return lifecycle::NewHolder{.id = {row.get("institution"), row.get("login_id")},
                              .role = *role,
                              .company = row.get("company"),
                              .name = row.get("name"),
                              .mail = row.get("mail"),
                              .password = Secret(row.get("password")),
                              .approved = true};
}

}  // namespace

Result<Table> holder_import(const Where& where, const std::filesystem::path& file) {
  const auto text = read_file(file);
  if (!text) return fail(text);
  const auto rows = parse_csv(*text, {"institution", "login_id", "password", "role", "company", "name", "mail"});
  if (!rows) return fail(rows);
  std::vector<lifecycle::NewHolder> holders;
  for (const CsvRow& row : *rows) {
    auto holder = to_holder(row);
    if (!holder) return fail(holder);
    holders.push_back(std::move(*holder));
  }
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  if (auto added = (*bank)->holders().add(holders, kOperator); !added) return fail(added);
  return Table{.columns = {"imported"}, .rows = {{static_cast<long long>(holders.size())}}};
}

Result<Table> holder_list(const Where& where, const std::string& institution) {
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  std::vector<HolderView> views;
  for (const Institution& each : (*bank)->institutions().all()) {
    if (!institution.empty() && each.id != institution) continue;
    auto some = (*bank)->holders().list(each);
    if (!some) return fail(some);
    std::move(some->begin(), some->end(), std::back_inserter(views));
  }
  return holder_table(views);
}

Result<Table> holder_show(const Where& where, const std::string& institution, const std::string& login_id) {
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  const auto found = (*bank)->institutions().find(institution);
  if (!found) return fail(found);
  auto view = (*bank)->holders().view(**found, login_id);
  if (!view) return fail(view);
  return holder_table({std::move(*view)});
}

Result<Table> holder_release_code(const Where& where, const std::string& institution, const std::string& login_id) {
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  const auto found = (*bank)->institutions().find(institution);
  if (!found) return fail(found);
  const auto code = (*bank)->holders().release_code(**found, login_id, kOperator);
  if (!code) return fail(code);
  const Instant until = (*bank)->clock().now() + std::chrono::days{(*found)->acquisition.code_days};
  return Table{.columns = {"institution", "login_id", "code", "valid_until"},
               .rows = {{institution, login_id, *code, to_rfc3339(until, (*found)->zone)}}};
}

Result<Table> cert_list(const Where& where, const std::string& institution, const std::string& login_id) {
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  Table table = certificate_table();
  for (const Institution& each : (*bank)->institutions().all()) {
    if (!institution.empty() && each.id != institution) continue;
    const Day today = each.zone.day_of((*bank)->clock().now());
    const auto take = [&](const CertificateRecord& record) -> Result<void> {
      add_certificate(table, record, each, today);
      return {};
    };
    auto read = (*bank)->store().read([&](lifecycle::Reader& reader) -> Result<void> {
      if (login_id.empty()) return for_each_certificate(reader, each.id, take);
      auto certificates = reader.certificates_of({each.id, login_id});
      if (!certificates) return fail(certificates);
      for (const CertificateRecord& record : *certificates) add_certificate(table, record, each, today);
      return {};
    });
    if (!read) return fail(read);
  }
  return table;
}

Result<Table> cert_show(const Where& where, const std::string& serial) {
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  auto record = find_serial(**bank, serial);
  if (!record) return fail(record);
  const auto institution = (*bank)->institutions().find(record->holder.institution);
  if (!institution) return fail(institution);
  Table table = certificate_table();
  add_certificate(table, *record, **institution, (*institution)->zone.day_of((*bank)->clock().now()));
  return table;
}

namespace {

Result<lifecycle::CertificateRecord> import_row(Bank& bank, const std::filesystem::path& folder, const CsvRow& row) {
  const auto institution = bank.institutions().find(row.get("institution"));
  if (!institution) return fail(institution);
  const auto certificates = read_pem_file(folder / row.get("certificate"));
  if (!certificates) return fail(certificates);
  if (certificates->size() != 1) return fail(Code::invalid, "certificate.malformed", "one certificate a file");
  return bank.holders().import_certificate(**institution, row.get("login_id"), certificates->front().der(), kOperator);
}

}  // namespace

Result<Table> cert_import(const Where& where, const std::filesystem::path& file) {
  const auto text = read_file(file);
  if (!text) return fail(text);
  const auto rows = parse_csv(*text, {"institution", "login_id", "certificate"});
  if (!rows) return fail(rows);
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  Table table{.columns = {"line", "login_id", "imported", "serial", "expiry", "error"}, .rows = {}};
  for (const CsvRow& row : *rows) {
    const auto record = import_row(**bank, file.parent_path(), row);
    table.partly_done = table.partly_done || !record;
    table.rows.push_back({static_cast<long long>(row.line), row.get("login_id"), record.has_value(),
                          record ? record->serial.hex() : std::string(), record ? to_iso(record->expiry_day) : std::string(),
                          record ? std::string() : record.error().id});
  }
  return table;
}

Result<Table> cert_revoke(const Where& where, const std::string& serial, const std::string& reason, bool knowing) {
  const auto why = pki::parse_revocation_reason(reason);
  if (!why) return fail(why);
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  auto record = find_serial(**bank, serial);
  if (!record) return fail(record);
  auto revoked = (*bank)->holders().revoke(record->authority, record->serial, *why, kOperator, knowing);
  if (!revoked) return fail(revoked);
  if (auto published = (*bank)->status().publish_crl(record->authority); !published) return fail(published);
  return Table{.columns = {"serial", "login_id", "revoked_at", "reason"},
               .rows = {{revoked->serial.hex(), revoked->holder.login_id, to_rfc3339(*revoked->revoked_at), reason}}};
}

Result<Table> cert_hold(const Where& where, const std::string& serial, const std::string& why, bool knowing) {
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  const auto record = find_serial(**bank, serial);
  if (!record) return fail(record);
  const auto institution = (*bank)->institutions().find(record->holder.institution);
  if (!institution) return fail(institution);
  const auto held = (*bank)->holders().hold(**institution, record->holder.login_id, kOperator, why, knowing);
  if (!held) return fail(held);
  return Table{.columns = {"serial", "login_id", "held_at"},
               .rows = {{held->serial.hex(), held->holder.login_id, to_rfc3339(*held->held_at, (*institution)->zone)}}};
}

}  // namespace inkan::server
