#pragma once

#include <expected>

#include "web/portal/visit.hpp"

/// Each handler answers one address. Those of the login host judge the certificate anew on every request, also on a kept
/// connection (I7).
namespace inkan::web {

// The portal's host: no client certificate.
net::Response show_login_screen(const Visit& visit);
net::Response go_to_login(const Visit& visit);        ///< to the host this browser logs in at
net::Response go_to_fresh_login(const Visit& visit);  ///< 「別の証明書を選ぶ」: to a host it has never been to
net::Response show_acquisition(const Visit& visit);
net::Response open_acquisition(const Visit& visit);

// What a holder without a certificate can do alone.
net::Response show_lost(const Visit& visit);
net::Response hold_lost(const Visit& visit);
net::Response show_forgotten(const Visit& visit);
net::Response show_mail_code(const Visit& visit);
net::Response ask_mail_code(const Visit& visit);
net::Response show_stop_mail_code(const Visit& visit);
net::Response stop_mail_code(const Visit& visit);

// The login host.
net::Response go_home(const Visit& visit);
net::Response show_password(const Visit& visit);
net::Response log_in(const Visit& visit);
net::Response log_out(const Visit& visit);
net::Response show_logged_out(const Visit& visit);
net::Response show_notices(const Visit& visit);
net::Response show_notice(const Visit& visit);
net::Response show_sent(const Visit& visit);
net::Response show_interstitial(const Visit& visit);  ///< 電子証明書更新通知 (D4-10)
net::Response show_main(const Visit& visit);          ///< メイン画面 (D4-11)
net::Response show_banking(const Visit& visit);       ///< what the main screen's other doors lead to
net::Response show_choice(const Visit& visit);        ///< 証明書更新選択 (D5-02, D5-04)
net::Response follow_choice(const Visit& visit);
net::Response show_prepare(const Visit& visit);
net::Response open_renewal(const Visit& visit);

// 「この証明書」: the holder's own certificate.
net::Response show_own(const Visit& visit);
net::Response mute_more(const Visit& visit);  ///< no more reminders than the promised ones
net::Response unmute_more(const Visit& visit);
net::Response show_own_hold(const Visit& visit);
net::Response hold_own(const Visit& visit);
net::Response show_own_revoke(const Visit& visit);
net::Response revoke_own(const Visit& visit);
net::Response show_computer(const Visit& visit);  ///< パソコンの変更, where the profile leaves it to the holder
net::Response make_computer_code(const Visit& visit);
net::Response show_addresses(const Visit& visit);
net::Response add_address(const Visit& visit);
net::Response check_address(const Visit& visit);
net::Response make_main_address(const Visit& visit);
net::Response remove_address(const Visit& visit);

// An application of the bank asks for a login, and for its end (OpenID Connect).
net::Response begin_authorization(const Visit& visit);         ///< portal: where an application sends the customer
net::Response begin_posted_authorization(const Visit& visit);  ///< the same by POST
net::Response authorize(const Visit& visit);                   ///< login host: gives the code, or asks for the password
net::Response end_session(const Visit& visit);

// 「御社のID」: what a 管理者 sees and does.
net::Response show_company(const Visit& visit);
net::Response show_calendar(const Visit& visit);
net::Response send_ids(const Visit& visit);       ///< the list as CSV
net::Response send_calendar(const Visit& visit);  ///< the days as a calendar file
net::Response show_member(const Visit& visit);
net::Response show_member_act(const Visit& visit);
net::Response do_member_act(const Visit& visit);

// The issue, the same for a renewal on the login host and 電子証明書取得 at the portal.
net::Response show_issue(const Visit& visit);
net::Response take_request(const Visit& visit);
net::Response cancel_issue(const Visit& visit);
net::Response show_cancelled(const Visit& visit);
net::Response make_anew(const Visit& visit);

// The issue by the program, and where to get it.
net::Response show_program(const Visit& visit);
/// show_program_state is for the page's script: {"stage": "open" | "connected" | "issued" | "confirmed" | "gone"}.
net::Response show_program_state(const Visit& visit);
net::Response show_program_done(const Visit& visit);
net::Response show_download(const Visit& visit);
net::Response send_program(const Visit& visit);

// The trial login.
net::Response start_trial(const Visit& visit);  ///< any host: sends the POST on to a fresh one
net::Response try_certificate(const Visit& visit);
net::Response show_pending(const Visit& visit);
net::Response clean_up(const Visit& visit);  ///< the host that made the key: empties its vault
net::Response show_done(const Visit& visit);

/// Entered is the session of a request, or the answer to give instead: the words for its certificate, or the way to the password.
using Entered = std::expected<lifecycle::LoggedIn, net::Response>;
Entered enter(const Visit& visit);
Entered enter_renewal(const Visit& visit);  ///< for a renewal's screens: what was begun in time may finish (O4)

/// way_of_renewal is the way a renewal takes: the one asked for where the institution offers it, else its first.
std::string way_of_renewal(const Visit& visit, std::string_view asked);

/// Completion is what the completion screen says beside the certificate.
struct Completion {
  bool replaced = false;   ///< it took the place of another one
  bool from_file = false;  ///< it was imported from a file, which lies about
};
net::Response show_completion(const Visit& visit, const lifecycle::CertificateRecord& certificate, const Completion& said);

/// refuse is the page for a certificate that may not log in: E101 to E105.
net::Response refuse(const Visit& visit, const lifecycle::CertificateVerdict& verdict);

/// kTicketLife is how long a browser keeps the secret of its transaction; the rules judge the ticket's own time.
inline constexpr std::chrono::hours kTicketLife{24 * 7};

/// trial_cookie carries a ticket's secret to every host of the institution.
net::Cookie trial_cookie(const Visit& visit, const std::string& secret);

/// message is a page of a few words with the way back to the portal.
net::Response message(const Visit& visit, int status, const std::string& name, Values values = {});

}  // namespace inkan::web
