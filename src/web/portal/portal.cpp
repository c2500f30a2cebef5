#include "web/portal/portal.hpp"

#include <array>
#include <vector>

#include "base/log.hpp"
#include "web/guard.hpp"
#include "web/portal/guard.hpp"
#include "web/portal/handlers.hpp"

namespace inkan::web {
namespace {

using Answer = net::Response (*)(const Visit&);

/// Where tells at which of an institution's hosts an address lives.
enum class Where { portal, login, both };

struct Route {
  Where where;
  std::string_view method;
  std::string_view path;  ///< one that ends in '/' stands for everything below it
  Answer answer;
  Senders senders = Senders::same_host;
  /// counted doors take a password or a code from whoever comes: tries are counted by address (T10). Certificate login is not
  /// among them, since without the certificate nothing there is tried.
  bool counted = false;
};

constexpr bool kCounted = true;

constexpr std::string_view kGet = "GET";
constexpr std::string_view kPost = "POST";

constexpr std::array kRoutes = {
    Route{Where::portal, kGet, "/", show_login_screen},
    Route{Where::portal, kGet, "/certificate-login", go_to_login},
    Route{Where::portal, kGet, "/certificate-login/fresh", go_to_fresh_login},
    Route{Where::portal, kGet, "/app", show_download},
    Route{Where::portal, kGet, "/app/file", send_program},
    Route{Where::portal, kGet, "/acquisition", show_acquisition},
    Route{Where::portal, kPost, "/acquisition", open_acquisition, Senders::same_host, kCounted},
    Route{Where::portal, kGet, "/acquisition/issue", show_issue},
    Route{Where::portal, kPost, "/acquisition/request", take_request},
    Route{Where::portal, kPost, "/acquisition/cancel", cancel_issue},
    Route{Where::portal, kGet, "/acquisition/cancelled", show_cancelled},
    Route{Where::portal, kPost, "/acquisition/anew", make_anew},
    Route{Where::portal, kGet, "/acquisition/mail-code", show_mail_code},
    Route{Where::portal, kPost, "/acquisition/mail-code", ask_mail_code, Senders::same_host, kCounted},
    Route{Where::portal, kGet, "/acquisition/mail-code/stop", show_stop_mail_code},
    Route{Where::portal, kPost, "/acquisition/mail-code/stop", stop_mail_code, Senders::same_host, kCounted},
    Route{Where::portal, kGet, "/lost", show_lost},
    Route{Where::portal, kPost, "/lost", hold_lost, Senders::same_host, kCounted},
    Route{Where::portal, kGet, "/forgotten", show_forgotten},
    Route{Where::portal, kGet, "/authorize", begin_authorization},
    Route{Where::portal, kPost, "/authorize", begin_posted_authorization, Senders::anybody},
    Route{Where::portal, kGet, "/end-session", end_session},
    Route{Where::portal, kPost, "/end-session", end_session, Senders::anybody},
    Route{Where::login, kGet, "/authorize", authorize},
    Route{Where::login, kGet, "/", go_home},
    Route{Where::login, kGet, "/login", show_password},
    Route{Where::login, kPost, "/login", log_in},
    Route{Where::login, kPost, "/logout", log_out},
    Route{Where::login, kGet, "/logged-out", show_logged_out},
    Route{Where::login, kGet, "/notices", show_notices},
    Route{Where::login, kGet, "/notices/renewal", show_notice},
    Route{Where::login, kGet, "/notices/sent/", show_sent},
    Route{Where::login, kGet, "/main", show_main},
    Route{Where::login, kGet, "/main/banking", show_banking},
    Route{Where::login, kGet, "/certificate", show_own},
    Route{Where::login, kPost, "/certificate/mute", mute_more},
    Route{Where::login, kPost, "/certificate/unmute", unmute_more},
    Route{Where::login, kGet, "/certificate/hold", show_own_hold},
    Route{Where::login, kPost, "/certificate/hold", hold_own},
    Route{Where::login, kGet, "/certificate/revoke", show_own_revoke},
    Route{Where::login, kPost, "/certificate/revoke", revoke_own},
    Route{Where::login, kGet, "/certificate/computer", show_computer},
    Route{Where::login, kPost, "/certificate/computer", make_computer_code},
    Route{Where::login, kGet, "/addresses", show_addresses},
    Route{Where::login, kPost, "/addresses/add", add_address},
    Route{Where::login, kPost, "/addresses/check", check_address},
    Route{Where::login, kPost, "/addresses/main", make_main_address},
    Route{Where::login, kPost, "/addresses/remove", remove_address},
    Route{Where::login, kGet, "/company", show_company},
    Route{Where::login, kGet, "/company/calendar", show_calendar},
    Route{Where::login, kGet, "/company/ids.csv", send_ids},
    Route{Where::login, kGet, "/company/renewals.ics", send_calendar},
    Route{Where::login, kGet, "/company/id", show_member},
    Route{Where::login, kGet, "/company/act/", show_member_act},
    Route{Where::login, kPost, "/company/act/", do_member_act},
    Route{Where::login, kGet, "/renewal/notice", show_interstitial},
    Route{Where::login, kGet, "/renewal/choice", show_choice},
    Route{Where::login, kGet, "/renewal/choose", follow_choice},
    Route{Where::login, kGet, "/renewal/app", show_program},
    Route{Where::login, kGet, "/renewal/app/state", show_program_state},
    Route{Where::login, kGet, "/renewal/app/done", show_program_done},
    Route{Where::login, kGet, "/renewal/prepare", show_prepare},
    Route{Where::login, kPost, "/renewal/open", open_renewal},
    Route{Where::login, kGet, "/renewal", show_issue},
    Route{Where::login, kPost, "/renewal/request", take_request},
    Route{Where::login, kPost, "/renewal/cancel", cancel_issue},
    Route{Where::login, kGet, "/renewal/cancelled", show_cancelled},
    Route{Where::login, kPost, "/renewal/anew", make_anew},
    Route{Where::login, kPost, "/trial", try_certificate, Senders::same_site},
    Route{Where::login, kGet, "/trial/pending", show_pending},
    Route{Where::login, kGet, "/trial/done", show_done},
    Route{Where::both, kPost, "/trial/start", start_trial},
    Route{Where::both, kGet, "/trial/clean", clean_up},
};

bool is_for(const Route& route, const Visit& visit) {
  const bool here = route.where == Where::both || (route.where == Where::portal) == visit.label().empty();
  const std::string& path = visit.request().path;
  const bool below = route.path.size() > 1 && route.path.ends_with('/');
  return here && (below ? path.starts_with(route.path) && path.size() > route.path.size() : path == route.path);
}

/// was_tried tells whether an answer says that something was tried and was wrong, or would have been looked at too often.
bool was_tried(int status) { return status == 401 || status == 403 || status == 429; }

/// answer_counted is a counted door's answer: a try that was right, or that came to nothing, costs its address nothing.
net::Response answer_counted(const Visit& visit, Answer answer) {
  net::AddressLimit& tries = *visit.desk().tries;
  const std::string& address = visit.request().peer.address;
  if (const auto wait = tries.take(address)) {
    log(LogLevel::warning, "web", "web.too_many_tries", {{"path", visit.request().path}});
    net::Response response =
        message(visit, 429, "problem_too_many", Values{}.set("minutes", std::to_string(tries.refill().count())));
    response.headers.set("Retry-After", std::to_string(wait->count()));
    return response;
  }
  net::Response response = answer(visit);
  if (!was_tried(response.status)) tries.give_back(address);
  return response;
}

net::Response answer(const Visit& visit) {
  const net::Request& request = visit.request();
  const std::string_view method = request.method == "HEAD" ? kGet : std::string_view(request.method);
  std::string allowed;
  for (const Route& route : kRoutes) {
    if (!is_for(route, visit)) continue;
    if (route.method == method) {
      if (method == kGet || is_ours(request, visit.site(), visit.label(), route.senders))
        return route.counted && visit.desk().tries ? answer_counted(visit, route.answer) : route.answer(visit);
      log(LogLevel::warning, "web", "web.cross_site", {{"path", request.path}});
      return message(visit, 403, "problem_forbidden");
    }
    allowed += (allowed.empty() ? "" : ", ") + std::string(route.method == kGet ? "GET, HEAD" : route.method);
  }
  if (allowed.empty()) return message(visit, 404, "problem_not_found");
  net::Response response = message(visit, 405, "problem_not_found");
  response.headers.set("Allow", allowed);
  return response;
}

}  // namespace

struct Portal::Parts {
  Desk desk;
  std::vector<Site> sites;
};

Portal::Portal(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Portal::~Portal() = default;

Result<std::unique_ptr<Portal>> Portal::make(PortalOptions options) {
  auto parts = std::make_unique<Parts>(Parts{.desk = {.services = options.services,
                                                      .login = options.login,
                                                      .enrolment = options.enrolment,
                                                      .recovery = options.recovery,
                                                      .company = options.company,
                                                      .contacts = options.contacts,
                                                      .assets = Assets::load(),
                                                      .program = options.program,
                                                      .tries = options.tries,
                                                      .sign_on = options.sign_on,
                                                      .read_id_token = options.read_id_token},
                                             .sites = {}});
  for (const lifecycle::Institution& institution : options.services.institutions.all()) {
    auto site = make_site(institution, options, parts->desk.assets);
    if (!site) return fail(site);
    parts->sites.push_back(std::move(*site));
  }
  return std::unique_ptr<Portal>(new Portal(std::move(parts)));
}

net::Response Portal::handle(const net::Request& request) const {
  for (const Site& site : parts_->sites) {
    const auto label = site.find_label(request.host);
    if (!label) continue;
    net::Response response = Assets::owns(request.path) ? parts_->desk.assets.answer(request.path)
                                                        : answer(Visit(parts_->desk, site, request, *label));
    // The renewal window goes from one of our hosts to another and must still be closable by its script.
    response.headers.set("Cross-Origin-Opener-Policy", "unsafe-none");
    harden(response, site.content_policy());
    return response;
  }
  return net::make_text(421, "no such host\n");
}

}  // namespace inkan::web
