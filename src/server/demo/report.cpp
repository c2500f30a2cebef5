#include "server/demo/report.hpp"
#include "base/file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>

#include "base/embedded.hpp"
#include "lifecycle/generations.hpp"
#include "server/demo/staff.hpp"

namespace inkan::server {
std::span<const EmbeddedFile> embedded_files();
}

namespace inkan::server::demo {
namespace {

namespace json = boost::json;

json::value text_or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }

Result<json::object> describe(const DemoHolder& holder, Bank& bank, const std::filesystem::path& dir) {
  const lifecycle::Institution& institution = **bank.institutions().find(holder.institution);
  const auto view = bank.holders().view(institution, holder.login_id);
  if (!view) return fail(view);
  json::object object{
      {"login_id", holder.login_id},
      {"password", holder.password},
      {"role", lifecycle::to_text(holder.role)},
      {"mail", holder.mail},
      {"state", lifecycle::to_text(view->state)},
      {"not_after", view->certificate ? json::value(to_rfc3339(view->certificate->not_after, institution.zone)) : nullptr},
      {"p12", holder.p12.empty() ? json::value(nullptr) : json::value((dir / "holders" / holder.p12).string())},
      {"p12_password", holder.p12.empty() ? json::value(nullptr) : json::value(holder.p12_password)}};
  object["code"] = text_or_null(holder.code);
  return object;
}

std::string ca_file(const std::filesystem::path& dir, const std::string& institution) {
  return (dir / (institution + "-ca.pem")).string();
}

Result<void> write_ca_files(const std::filesystem::path& dir, Bank& bank) {
  for (const lifecycle::Institution& institution : bank.institutions().all()) {
    const std::vector<ca::Authority> all = live_authorities_of(bank.issuer(), institution);
    std::string pem;
    for (const ca::Authority& authority : all) pem = authority.certificate.to_pem() + pem;  // the newest first
    if (!all.empty()) pem += all.front().root.to_pem();
    if (auto written = write_file(ca_file(dir, institution.id), pem); !written) return written;
  }
  return {};
}

json::object describe_staff(const std::filesystem::path& dir, const DemoState& state) {
  json::array accounts;
  for (const DemoStaff& person : state.staff)
    accounts.push_back({{"login_id", person.login_id},
                        {"password", person.password},
                        {"role", lifecycle::to_text(person.role)},
                        {"p12", (dir / "staff" / person.p12).string()},
                        {"p12_password", person.p12_password},
                        {"institution", person.institution}});
  return {{"url", fmt::format("https://{}:{}", kConsoleHost, state.console_port)}, {"accounts", std::move(accounts)}};
}

}  // namespace

std::string to_config_text(const DemoState& state) {
  std::string text = fmt::format(
      "# Written by `inkan demo`. An ordinary configuration: every verb takes it with --dir.\n"
      "institutions = \"institutions\"\n\n"
      "[store]\nurl = \"sqlite:inkan.db\"\nnode = \"demo\"\n\n"
      "[ca]\nfolder = \"ca\"\npassphrase_file = \"ca/passphrase\"\n\n"
      "[listen]\nportal = \"127.0.0.1:{0}\"\nlogin = \"127.0.0.1:{1}\"\nstatus = \"127.0.0.1:{2}\"\nadmin = \"127.0.0.1:{3}\"\n\n"
      "[addresses]\nmachines = \"https://localhost:{1}\"\nstatus = \"http://localhost:{2}\"\n\n"
      "# Everybody in the demo comes from this one machine.\n[limits]\ntries = 600\ntries_per_minute = 60\n\n"
      "[console]\nlisten = \"127.0.0.1:{7}\"\norigin = \"https://{8}:{7}\"\nclient_ca = [\"staff/staff-ca.pem\"]\n\n"
      "[mail]\nrelay = \"smtp://localhost:{4}\"\nuser = \"inkan\"\npassword_file = \"mail.password\"\ntrust = \"trust.pem\"\n"
      "sender = \"{5}\"\n"
      "smime_certificate = \"tls/mail.pem\"\nsmime_key = \"tls/mail.key\"\n"
      "bounce_domain = \"bounce.{6}\"\nbounce_key_file = \"bounce.key\"\nbounces = \"bounces\"\n\n"
      "[[mail.dkim]]\ndomain = \"{6}\"\nselector = \"rsa\"\nkey = \"dkim/rsa.key\"\n\n"
      "[[mail.dkim]]\ndomain = \"{6}\"\nselector = \"ed25519\"\nkey = \"dkim/ed25519.key\"\n\n"
      "[[server_certificate]]\nhost = \"localhost\"\nchain = \"tls/localhost.pem\"\nkey = \"tls/localhost.key\"\n\n"
      "[[server_certificate]]\nhost = \"{8}\"\nchain = \"tls/{8}.pem\"\nkey = \"tls/{8}.key\"\n\n",
      state.portal_port, state.login_port, state.status_port, state.admin_port, state.mail_port, kSender, kSenderDomain,
      state.console_port, kConsoleHost);
  std::error_code ignored;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored).replace_filename("inkan-app");
  if (std::filesystem::exists(program, ignored)) text += fmt::format("[app]\nfile = \"{}\"\n\n", program.string());
  for (const std::string& id : state.institutions)
    text += fmt::format(
        "[[site]]\ninstitution = \"{0}\"\nportal = \"https://{0}.localhost:{1}\"\nlogin_suffix = \"{0}.localhost\"\nlogin_port = "
        "{2}\n\n"
        "[[server_certificate]]\nhost = \"{0}.localhost\"\nchain = \"tls/{0}.localhost.pem\"\nkey = \"tls/{0}.localhost.key\"\n\n"
        "[[server_certificate]]\nhost = \"*.{0}.localhost\"\nchain = \"tls/any.{0}.localhost.pem\"\nkey = "
        "\"tls/any.{0}.localhost.key\"\n\n"
        "[[registration_authority]]\ninstitution = \"{0}\"\ncertificate = \"ra.pem\"\n\n"
        "[[gatekeeper]]\ninstitution = \"{0}\"\ncertificate = \"gatekeeper.pem\"\n\n",
        id, state.portal_port, state.login_port);
  return text;
}

Result<void> write_profiles(const std::filesystem::path& folder, const std::vector<std::string>& institutions,
                            const std::filesystem::path& more) {
  if (auto made = make_folder(folder); !made) return made;
  for (const std::string& id : institutions) {
    const std::string name = id + ".toml";
    for (const EmbeddedFile& file : embedded_files())
      if (file.name.ends_with("/" + name))
        if (auto written = write_file(folder / name, file.content); !written) return written;
    if (more.empty()) continue;
    const auto text = read_file(more / name);
    if (!text) return fail(text);
    if (auto written = write_file(folder / name, *text); !written) return written;
  }
  return {};
}

Result<void> write_report(const std::filesystem::path& dir, const DemoState& state, Bank& bank, const Zone& zone) {
  if (auto written = write_ca_files(dir, bank); !written) return written;
  const Config& config = bank.config();
  json::array institutions;
  for (const lifecycle::Institution& institution : bank.institutions().all()) {
    const std::string& id = institution.id;
    json::array holders;
    for (const DemoHolder& holder : state.holders) {
      if (holder.institution != id) continue;
      auto described = describe(holder, bank, dir);
      if (!described) return fail(described);
      holders.push_back(std::move(*described));
    }
    institutions.push_back({{"id", id},
                            {"document", institution.document},
                            {"name", institution.name},
                            {"portal", fmt::format("https://{}.localhost:{}", id, state.portal_port)},
                            {"est", config.machines_url + "/.well-known/est/" + id},
                            {"cmp", config.machines_url + "/.well-known/cmp/p/" + id},
                            {"bulk",
                             {{"url", config.machines_url + "/api/v1/institutions/" + id + "/holders"},
                              {"p12", (dir / "ra.p12").string()},
                              {"p12_password", state.ra_password}}},
                            {"forward_auth",
                             {{"url", config.machines_url + "/forward-auth/" + id},
                              {"p12", (dir / "gatekeeper.p12").string()},
                              {"p12_password", state.ra_password}}},
                            {"ocsp", config.status_url + "/ocsp/" + id},
                            {"crl", config.status_url + "/crl/" + institution.authority + ".crl"},
                            {"ca", ca_file(dir, id)},
                            {"holders", std::move(holders)}});
  }
  const json::object report{{"pid", ::getpid()},
                            {"now", to_rfc3339(bank.clock().now(), zone)},
                            {"trust", (dir / "trust.pem").string()},
                            {"mail", (dir / "mail").string()},
                            {"metrics", fmt::format("http://localhost:{}/metrics", state.admin_port)},
                            {"staff", describe_staff(dir, state)},
                            {"institutions", std::move(institutions)}};
  return write_file(dir / "demo.json", json::serialize(report) + "\n");
}

void print_guide(const std::filesystem::path& dir, const DemoState& state) {
  std::string out = "\nInkan demo: everything is in " + dir.string() + "\n";
  const DemoHolder* first = nullptr;
  for (const std::string& id : state.institutions) {
    out += fmt::format("\n  {}  https://{}.localhost:{}\n", id, id, state.portal_port);
    out += fmt::format("  {:<13}{:<15}{:<16}{:<21}{}\n", "ID", "role", "certificate", "password", "code for 電子証明書取得");
    for (const DemoHolder& holder : state.holders) {
      if (holder.institution != id) continue;
      if (!first && holder.intended == lifecycle::HolderState::renewable) first = &holder;
      out += fmt::format("  {:<13}{:<15}{:<16}{:<21}{}\n", holder.login_id, lifecycle::to_text(holder.role),
                         lifecycle::to_text(holder.intended), holder.password, holder.code);
    }
  }
  out += fmt::format("\n  the bank's desk  https://{}:{}\n  {:<13}{:<15}{:<21}{}\n", kConsoleHost, state.console_port, "ID",
                     "role", "password", "key file to sign with, and its password");
  for (const DemoStaff& person : state.staff)
    out += fmt::format("  {:<13}{:<15}{:<21}{}/staff/{}  {}\n", person.login_id, lifecycle::to_text(person.role), person.password,
                       dir.string(), person.p12, person.p12_password);
  if (first)
    out += fmt::format(
        "\nTry first\n"
        "  in a browser    make demo-browser LOGIN={0}\n"
        "  in a terminal   build/bin/inkan-app renew --server https://{1}.localhost:{2} --trust {3}/trust.pem "
        "--store p12:{3}/holders/{4} --store-password-file {3}/holders/{4}.password\n"
        "  time            build/bin/inkan demo clock advance 11d --dir {3}\n"
        "  letters         {3}/mail\n\nCtrl-C stops the demo; the same command goes on where it was.\n",
        first->login_id, first->institution, state.portal_port, dir.string(), first->p12);
  std::fputs(out.c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace inkan::server::demo
