// Verbs on notices and letters: what was sent, what came back, what is printed.

#include <fmt/format.h>

#include "base/file.hpp"
#include "base/text.hpp"
#include "lifecycle/unreached.hpp"
#include "server/csv.hpp"
#include "server/verbs.hpp"

namespace inkan::server {
namespace {

using lifecycle::Institution;

constexpr const char* kOperator = "operator";
constexpr int kPrinted = 10'000;  // letters in one folder
constexpr int kUnreached = 10'000'000;

}  // namespace

Result<Table> notice_preview(const Where& where, const std::string& institution, const std::string& login_id) {
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  const auto found = (*bank)->institutions().find(institution);
  if (!found) return fail(found);
  const auto letter = (*bank)->notices().preview(**found, login_id);
  if (!letter) return fail(letter);
  return Table{.columns = {"to", "subject", "body"}, .rows = {{letter->to, letter->subject, letter->body}}};
}

Result<Table> notice_list(const Where& where, const std::string& institution, const std::string& login_id) {
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  const auto canonical = canonical_login_id(login_id);
  if (!canonical) return fail(canonical);
  Table table{.columns = {"number", "login_id", "kind", "decided_on", "remaining", "serial", "subject"}, .rows = {}};
  auto read = (*bank)->store().read([&](lifecycle::Reader& reader) -> Result<void> {
    auto notices = reader.notices_of({institution, *canonical}, 1000);
    if (!notices) return fail(notices);
    for (const lifecycle::Notice& notice : *notices)
      table.rows.push_back({notice.number, notice.holder.login_id, notice.kind, to_iso(notice.decided_on),
                            static_cast<long long>(notice.remaining), notice.serial ? notice.serial->hex() : std::string(),
                            notice.subject});
    return {};
  });
  if (!read) return fail(read);
  return table;
}

Result<Table> notice_bounces(const Where& where, const std::string& institution) {
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  Table table{.columns = {"institution", "login_id", "address", "since", "why"}, .rows = {}};
  for (const Institution& each : (*bank)->institutions().all()) {
    if (!institution.empty() && each.id != institution) continue;
    const auto contacts = (*bank)->contacts().undeliverable(each);
    if (!contacts) return fail(contacts);
    for (const lifecycle::Contact& contact : *contacts)
      table.rows.push_back({each.id, contact.holder.login_id, contact.address,
                            to_rfc3339(*contact.undeliverable_since, each.zone), contact.undeliverable_why});
  }
  return table;
}

Result<Table> notice_unreached(const Where& where, const std::string& institution, bool shared) {
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  Table table{.columns = {"institution", "login_id", "role", "company", "expiry", "remaining", "address", "post"}, .rows = {}};
  const auto add = [&](const lifecycle::DueCertificate& due, int remaining, const char* address, bool post) {
    table.rows.push_back({due.holder.institution, due.holder.login_id, std::string(to_text(due.role)), due.company,
                          to_iso(due.expiry_day), static_cast<long long>(remaining), std::string(address), post});
  };
  for (const Institution& each : (*bank)->institutions().all()) {
    if (!institution.empty() && each.id != institution) continue;
    auto read = (*bank)->store().read([&](lifecycle::Reader& reader) -> Result<void> {
      const Day today = each.zone.day_of((*bank)->clock().now());
      const auto list = lifecycle::find_unreached(reader, each, today, kUnreached);
      if (!list) return fail(list);
      for (const lifecycle::Unreached& one : list->ids)
        add(one.due, one.remaining, one.has_address ? "undeliverable" : "none", one.by_post);
      if (!shared) return {};
      const auto sharing = lifecycle::find_sharing(reader, each, today);
      if (!sharing) return fail(sharing);
      for (const lifecycle::Sharing& one : *sharing) add(one.due, one.remaining, "shared", false);
      return {};
    });
    if (!read) return fail(read);
  }
  return table;
}

Result<Table> notice_print(const Where& where, const std::string& institution, const std::filesystem::path& folder) {
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  const auto found = (*bank)->institutions().find(institution);
  if (!found) return fail(found);
  const auto letters = (*bank)->outbox().sealed(**found, kPrinted);
  if (!letters) return fail(letters);
  std::error_code error;
  if (!std::filesystem::create_directory(folder, error))
    return fail(Code::conflict, "notice.print", folder.string() + " must be a folder that is not there yet");
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  Table table{.columns = {"file", "number", "login_id", "contract", "company", "name"}, .rows = {}};
  std::string list = to_csv_line({"file", "number", "login_id", "contract", "company", "name"});
  for (const lifecycle::Letter& letter : *letters) {
    const auto view = (*bank)->holders().view(**found, letter.holder.login_id);
    if (!view) return fail(view);
    const auto body = letter.wipe ? parse_base64(letter.body) : Result<Bytes>(to_bytes(letter.body));
    if (!body) return fail(body);
    const std::string file = letter.notice + (letter.wipe ? ".p7m" : ".txt");
    if (auto written = write_file(folder / file, as_text(*body)); !written) return fail(written);
    const auto& holder = view->holder;
    list += to_csv_line({file, letter.notice, holder.id.login_id, holder.contract, holder.company, holder.name});
    table.rows.push_back({file, letter.notice, holder.id.login_id, holder.contract, holder.company, holder.name});
  }
  if (auto written = write_file(folder / "letters.csv", list); !written) return fail(written);
  // Settled when all of it is on disk: a print that breaks off is begun again, and the printer may get a letter twice.
  for (const lifecycle::Letter& letter : *letters)
    if (auto settled = (*bank)->outbox().settle_printed(letter, kOperator); !settled) return fail(settled);
  return table;
}

}  // namespace inkan::server
