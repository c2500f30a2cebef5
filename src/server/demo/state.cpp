#include "server/demo/state.hpp"
#include "base/file.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include "server/config.hpp"

namespace inkan::server::demo {
namespace {

namespace json = boost::json;

lifecycle::HolderState parse_state(const std::string& text) {
  using lifecycle::HolderState;
  for (const HolderState state : {HolderState::active, HolderState::renewable, HolderState::expired_grace,
                                  HolderState::expired_closed, HolderState::revoked})
    if (lifecycle::to_text(state) == text) return state;
  return HolderState::none;
}

json::object to_json(const DemoHolder& holder) {
  return {{"institution", holder.institution},
          {"login_id", holder.login_id},
          {"password", holder.password},
          {"role", lifecycle::to_text(holder.role)},
          {"company", holder.company},
          {"name", holder.name},
          {"mail", holder.mail},
          {"intended", lifecycle::to_text(holder.intended)},
          {"p12", holder.p12},
          {"p12_password", holder.p12_password},
          {"code", holder.code}};
}

DemoHolder to_holder(const json::object& object) {
  const auto text = [&](const char* key) { return json::value_to<std::string>(object.at(key)); };
  return {.institution = text("institution"),
          .login_id = text("login_id"),
          .password = text("password"),
          .role = lifecycle::parse_role(text("role")).value_or(lifecycle::Role::user),
          .company = text("company"),
          .name = text("name"),
          .mail = text("mail"),
          .intended = parse_state(text("intended")),
          .p12 = text("p12"),
          .p12_password = text("p12_password"),
          .code = text("code")};
}

json::object to_json(const DemoStaff& staff) {
  return {{"institution", staff.institution},       {"login_id", staff.login_id}, {"password", staff.password},
          {"role", lifecycle::to_text(staff.role)}, {"name", staff.name},         {"p12", staff.p12},
          {"p12_password", staff.p12_password}};
}

DemoStaff to_staff(const json::object& object) {
  const auto text = [&](const char* key) { return json::value_to<std::string>(object.at(key)); };
  return {.institution = text("institution"),
          .login_id = text("login_id"),
          .password = text("password"),
          .role = lifecycle::parse_staff_role(text("role")).value_or(lifecycle::StaffRole::auditor),
          .name = text("name"),
          .p12 = text("p12"),
          .p12_password = text("p12_password")};
}

}  // namespace

Result<DemoState> load_state(const std::filesystem::path& file) {
  DemoState state;
  if (!std::filesystem::exists(file)) return state;
  const auto text = read_file(file);
  if (!text) return fail(text);
  try {
    const json::object object = json::parse(*text).as_object();
    const auto port = [&](const char* key) { return json::value_to<std::uint16_t>(object.at(key)); };
    const auto word = [&](const char* key) { return json::value_to<std::string>(object.at(key)); };
    state.portal_port = port("portal_port");
    state.login_port = port("login_port");
    state.status_port = port("status_port");
    state.admin_port = port("admin_port");
    state.mail_port = port("mail_port");
    state.console_port = port("console_port");
    state.institutions = json::value_to<std::vector<std::string>>(object.at("institutions"));
    state.ca_passphrase = word("ca_passphrase");
    state.mail_password = word("mail_password");
    state.ra_password = word("ra_password");
    state.history_made = object.at("history_made").as_bool();
    for (const json::value& holder : object.at("holders").as_array()) state.holders.push_back(to_holder(holder.as_object()));
    for (const json::value& staff : object.at("staff").as_array()) state.staff.push_back(to_staff(staff.as_object()));
  } catch (const std::exception& damaged) {
    return fail(Code::corrupt, "demo.state", file.string() + ": " + damaged.what());
  }
  return state;
}

Result<void> save_state(const std::filesystem::path& file, const DemoState& state) {
  json::array holders;
  for (const DemoHolder& holder : state.holders) holders.push_back(to_json(holder));
  json::array staff;
  for (const DemoStaff& person : state.staff) staff.push_back(to_json(person));
  const json::object object{{"portal_port", state.portal_port},
                            {"login_port", state.login_port},
                            {"status_port", state.status_port},
                            {"admin_port", state.admin_port},
                            {"mail_port", state.mail_port},
                            {"console_port", state.console_port},
                            {"staff", std::move(staff)},
                            {"institutions", json::value_from(state.institutions)},
                            {"ca_passphrase", state.ca_passphrase},
                            {"mail_password", state.mail_password},
                            {"ra_password", state.ra_password},
                            {"history_made", state.history_made},
                            {"holders", std::move(holders)}};
  return write_file(file, json::serialize(object));
}

}  // namespace inkan::server::demo
