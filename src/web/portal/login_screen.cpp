#include "base/chance.hpp"
#include "web/portal/handlers.hpp"

namespace inkan::web {
namespace {

constexpr std::chrono::hours kLong{24 * 400};  // as long as browsers keep a cookie

net::Response to_login_host(const Visit& visit, const std::string& label) {
  net::Response response = net::make_redirect(visit.site().login_origin(label) + "/login" + visit.carry());
  add_cookie(response, {.name = kHostCookie, .value = label, .domain = visit.site().origins.login_suffix, .max_age = kLong});
  return response;
}

}  // namespace

net::Response show_login_screen(const Visit& visit) {
  if (const auto chosen = visit.request().find_query("lang"); chosen && (*chosen == "ja" || *chosen == "en")) {
    net::Response response = net::make_redirect("/");
    add_cookie(
        response,
        {.name = kLanguageCookie, .value = std::string(*chosen), .domain = visit.site().origins.login_suffix, .max_age = kLong});
    return response;
  }
  return visit.page(200, "login_screen", {});
}

net::Response go_to_login(const Visit& visit) {
  const auto label = visit.request().find_cookie(kHostCookie);
  return to_login_host(visit, label && is_label(*label) ? *label : make_label(visit.desk().services.rng));
}

net::Response go_to_fresh_login(const Visit& visit) { return to_login_host(visit, make_label(visit.desk().services.rng)); }

net::Response message(const Visit& visit, int status, const std::string& name, Values values) {
  values.set("portal", visit.portal() + "/").show("to_portal", true).show("reference", false);
  for (const char* section : {"to_again", "closable", "to_main"})
    if (!values.sections.contains(section)) values.show(section, false);
  return visit.page(status, name, std::move(values));
}

}  // namespace inkan::web
