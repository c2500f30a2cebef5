#include "web/console/console.hpp"

#include <array>

#include "base/log.hpp"
#include "web/console/handlers.hpp"
#include "web/console/page_kinds.hpp"
#include "web/guard.hpp"

namespace inkan::web {
namespace console {
namespace {

using Answer = net::Response (*)(const Visit&);

struct Route {
  std::string_view method;
  std::string_view path;  ///< "*" stands for one name
  Answer answer;
};

constexpr std::string_view kGet = "GET";
constexpr std::string_view kPost = "POST";

constexpr std::array kRoutes = {
    Route{kGet, "/", go_to_search},
    Route{kGet, "/language/*", choose_language},
    Route{kGet, "/login", show_login},
    Route{kPost, "/login", log_in},
    Route{kPost, "/logout", log_out},
    Route{kGet, "/logged-out", show_logged_out},
    Route{kGet, "/password", show_password},
    Route{kPost, "/password", change_password},
    Route{kGet, "/search", show_search},
    Route{kGet, "/unreached", show_unreached},
    Route{kGet, "/files/*", show_file},
    Route{kGet, "/files/*/hold", show_hold},
    Route{kPost, "/files/*/hold", hold},
    Route{kGet, "/files/*/revoke", show_revoke},
    Route{kPost, "/files/*/revoke", revoke},
    Route{kGet, "/files/*/ask", show_ask},
    Route{kPost, "/files/*/ask", draft},
    Route{kPost, "/files/*/request", ask},
    Route{kGet, "/requests", show_requests},
    Route{kGet, "/requests/*", show_request},
    Route{kGet, "/requests/*/approve", show_approval},
    Route{kPost, "/requests/*/approve", approve},
    Route{kPost, "/requests/*/refuse", refuse},
};

bool fits(std::string_view pattern, std::string_view path) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return path == pattern;
  const std::string_view ending = pattern.substr(star + 1);
  if (!path.starts_with(pattern.substr(0, star)) || !path.ends_with(ending) || path.size() <= star + ending.size()) return false;
  return path.substr(star, path.size() - star - ending.size()).find('/') == std::string_view::npos;
}

net::Response answer(const Visit& visit) {
  const net::Request& request = visit.request();
  const std::string_view method = request.method == "HEAD" ? kGet : std::string_view(request.method);
  std::string allowed;
  for (const Route& route : kRoutes) {
    if (!fits(route.path, request.path)) continue;
    if (route.method == method) {
      if (method == kGet || comes_from(request, visit.desk().origin)) return route.answer(visit);
      log(LogLevel::warning, "web", "web.cross_site", {{"path", "console"}});
      return visit.message(403, "desk_forbidden");
    }
    allowed += (allowed.empty() ? "" : ", ") + std::string(route.method == kGet ? "GET, HEAD" : route.method);
  }
  if (allowed.empty()) return visit.message(404, "desk_not_found");
  net::Response response = visit.message(405, "desk_not_found");
  response.headers.set("Allow", allowed);
  return response;
}

constexpr const char* kContentPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; require-trusted-types-for 'script'";

Result<Languages> make_languages(const PageSet& set, const ConsoleOptions& options, const lifecycle::Institution& institution,
                                 const Assets& assets) {
  Languages made;
  for (const char* language : {"ja", "en"}) {
    const auto texts = options.catalogue.find(language);
    if (texts == options.catalogue.end()) return fail(Code::corrupt, "web.catalogue", language);
    auto pages = Pages::make(set, Catalogue::make(texts->second, institution, language), language, assets.base());
    if (!pages) return fail(pages.error().code, pages.error().id, institution.id + " " + language + ": " + pages.error().detail);
    made.emplace(language, std::move(*pages));
  }
  return made;
}

}  // namespace
}  // namespace console

struct Console::Parts {
  console::Desk desk;
};

Console::Console(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Console::~Console() = default;

Result<std::unique_ptr<Console>> Console::make(ConsoleOptions options) {
  constexpr std::string_view kHttps = "https://";
  const std::string authority = options.origin.starts_with(kHttps) ? options.origin.substr(kHttps.size()) : std::string();
  const std::string host = authority.substr(0, authority.find(':'));
  if (host.empty() || authority.find('/') != std::string::npos)
    return fail(Code::invalid, "web.origins", "the console's origin must be https://HOST[:PORT]");

  auto parts = std::make_unique<Parts>(Parts{.desk = {.services = options.services,
                                                      .login = options.login,
                                                      .bank_desk = options.bank_desk,
                                                      .origin = options.origin,
                                                      .host = host,
                                                      .assets = Assets::load(),
                                                      .strangers = {},
                                                      .institutions = {}}});
  console::Desk& desk = parts->desk;
  const auto& all = options.services.institutions.all();
  if (all.empty()) return fail(Code::invalid, "web.origins", "no institution");
  // A stranger is told nothing of any institution, not even which there are.
  const lifecycle::Institution nobody{.id = {}, .document = {}, .name = "Inkan", .zone = all.front().zone};
  auto strangers = console::make_languages(console::stranger_pages(), options, nobody, desk.assets);
  if (!strangers) return fail(strangers);
  desk.strangers = std::move(*strangers);
  for (const lifecycle::Institution& institution : all) {
    auto pages = console::make_languages(console::staff_pages(), options, institution, desk.assets);
    if (!pages) return fail(pages);
    desk.institutions.emplace(institution.id, std::move(*pages));
  }
  return std::unique_ptr<Console>(new Console(std::move(parts)));
}

net::Response Console::handle(const net::Request& request) const {
  const console::Desk& desk = parts_->desk;
  if (request.host != desk.host) return net::make_text(421, "no such host\n");
  net::Response response =
      Assets::owns(request.path) ? desk.assets.answer(request.path) : console::answer(console::Visit(desk, request));
  harden(response, console::kContentPolicy);
  return response;
}

}  // namespace inkan::web
