#pragma once

#include <optional>
#include <vector>

#include "lifecycle/notices.hpp"
#include "web/portal/visit.hpp"

namespace inkan::web {

/// Reminder is what a holder was told about the present certificate, whether it is to be renewed now, and whether a renewal runs.
struct Reminder {
  std::vector<lifecycle::Notice> sent;                 ///< letters, newest first
  std::optional<lifecycle::ScreenNotice> notice = {};  ///< within the window
  bool running = false;
};

/// load_reminder reads it from the records.
Result<Reminder> load_reminder(const Visit& visit, const lifecycle::LoggedIn& who);

/// put_notice fills the words of the notice on screen (D1-11, D2-22, D4-10, D5-02).
void put_notice(Values& values, const Visit& visit, const lifecycle::ScreenNotice& notice, bool running);

/// is_main_undeliverable tells whether mail to the holder's main address came back (O15).
Result<bool> is_main_undeliverable(const Visit& visit, const lifecycle::LoggedIn& who);

/// put_duties fills what a page at home says beside the renewal: mail that comes back (O15), and to a 管理者 the IDs of the
/// company that expire soon (O8).
Result<void> put_duties(Values& values, const Visit& visit, const lifecycle::LoggedIn& who);

/// home_of is the page where a session is at home: the main screen where there is one, else the notices.
std::string home_of(const Visit& visit);

/// first_page is where a login leads today: home, or the page that the institution puts before it (D4-02, D5-01).
std::string first_page(const Visit& visit, const lifecycle::LoggedIn& who);

}  // namespace inkan::web
