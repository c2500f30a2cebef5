#pragma once

#include <expected>

#include "web/console/visit.hpp"

/// Each handler answers one address of the desk. The person's certificate, session and role are judged anew by the verbs on every
/// request; what a role may not do is also not shown.
namespace inkan::web::console {

net::Response go_to_search(const Visit& visit);
net::Response choose_language(const Visit& visit);
net::Response show_login(const Visit& visit);
net::Response log_in(const Visit& visit);
net::Response log_out(const Visit& visit);
net::Response show_logged_out(const Visit& visit);

net::Response show_password(const Visit& visit);
net::Response change_password(const Visit& visit);

net::Response show_search(const Visit& visit);
net::Response show_unreached(const Visit& visit);  ///< メール不達

// Everything below /files/ID: the file, 一時停止, 失効, and asking for what needs two persons.
net::Response show_file(const Visit& visit);
net::Response show_hold(const Visit& visit);
net::Response hold(const Visit& visit);
net::Response show_revoke(const Visit& visit);
net::Response revoke(const Visit& visit);
net::Response show_ask(const Visit& visit);
net::Response draft(const Visit& visit);  ///< shows the statement to be signed; nothing is on record yet
net::Response ask(const Visit& visit);

// Everything below /requests.
net::Response show_requests(const Visit& visit);
net::Response show_request(const Visit& visit);
net::Response show_approval(const Visit& visit);  ///< the statement that the second person signs
net::Response approve(const Visit& visit);
net::Response refuse(const Visit& visit);

/// Entered is who is on duty, or the answer to give instead: why this certificate is no good here, or the way to the password.
using Entered = std::expected<lifecycle::StaffOnDuty, net::Response>;
Entered enter(const Visit& visit);

/// turn_away is the page for whoever's certificate is not a person's of the bank.
net::Response turn_away(const Visit& visit);

/// refused is the page for what the rules refuse, in words, with the way back; other Errors get the page of a problem.
net::Response refused(const Visit& visit, const Error& error, const std::string& back);
/// reason_words are those for a refusal's id; an id without words of its own is named.
std::string reason_words(const Visit& visit, const Error& error);

/// name_of is the address's part after `before`, up to the next '/'.
std::string name_of(const Visit& visit, std::string_view before);

bool may_change(const lifecycle::StaffOnDuty& who);
bool may_decide(const lifecycle::StaffOnDuty& who, const lifecycle::StaffRequest& request);

/// put_case fills what the pages about one ID repeat of it: login ID, role, company, name, state.
void put_case(Values& values, const Visit& visit, const lifecycle::HolderView& view);
std::string state_words(const Visit& visit, const lifecycle::HolderView& view);

/// put_request fills what a page shows of a request, except its statement.
void put_request(Values& values, const Visit& visit, const lifecycle::StaffRequest& request);
/// lines puts a text on a page line by line, so that what is shown is what is signed.
std::vector<Values> lines(const std::string& text);

}  // namespace inkan::web::console
