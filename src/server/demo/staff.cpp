#include "server/demo/staff.hpp"
#include "base/file.hpp"

namespace inkan::server::demo {

using lifecycle::StaffRole;

std::vector<DemoStaff> plan_staff(const std::vector<std::string>& institutions, Rng& rng) {
  struct Person {
    const char* login_id;
    StaffRole role;
    const char* name;
  };
  constexpr Person kPeople[] = {{"tanto01", StaffRole::clerk, "窓口 花子"},
                                {"shonin01", StaffRole::approver, "承認 太郎"},
                                {"shonin02", StaffRole::approver, "承認 次子"},
                                {"kansa01", StaffRole::auditor, "監査 三郎"}};
  std::vector<DemoStaff> staff;
  for (const std::string& id : institutions)
    for (const Person& person : kPeople) {
      const std::string login_id = id + "-" + person.login_id;
      staff.push_back({.institution = id,
                       .login_id = login_id,
                       .password = make_code(rng),
                       .role = person.role,
                       .name = person.name,
                       .p12 = login_id + ".p12",
                       .p12_password = make_code(rng)});
    }
  return staff;
}

Result<void> write_staff(const std::filesystem::path& dir, const DemoState& state) {
  const auto folder = dir / "staff";
  if (auto made = make_folder(folder); !made) return made;
  const auto authority = StaffAuthority::open(folder);
  if (!authority) return fail(authority);
  for (const DemoStaff& person : state.staff) {
    const auto pem = folder / (person.login_id + ".pem");
    if (std::filesystem::exists(pem)) continue;
    const auto identity = authority->identity(person.login_id + " " + person.name, Secret(person.p12_password));
    if (!identity) return fail(identity);
    if (auto written = write_file(folder / person.p12, as_text(identity->p12)); !written) return written;
    if (auto written = write_file(folder / (person.p12 + ".password"), person.p12_password + "\n"); !written) return written;
    if (auto written = write_file(pem, identity->certificate_pem); !written) return written;
  }
  return {};
}

Result<void> hire(Bank& bank, const std::filesystem::path& dir, const DemoState& state) {
  for (const lifecycle::Institution& institution : bank.institutions().all()) {
    const auto known = bank.bank_desk().list_staff(institution);
    if (!known) return fail(known);
    if (!known->empty()) continue;  // who was removed since stays removed
    for (const DemoStaff& person : state.staff) {
      if (person.institution != institution.id) continue;
      const auto pem = read_file(dir / "staff" / (person.login_id + ".pem"));
      if (!pem) return fail(pem);
      const auto certificates = pki::Certificate::parse_pem(*pem);
      if (!certificates || certificates->empty()) return fail(Code::corrupt, "demo.trust", person.login_id + ".pem");
      auto added = bank.bank_desk().add_staff({.id = {person.institution, person.login_id},
                                               .role = person.role,
                                               .name = person.name,
                                               .password = Secret(person.password),
                                               .certificate = certificates->front().der()},
                                              "operator");
      if (!added) return added;
    }
  }
  return {};
}

}  // namespace inkan::server::demo
