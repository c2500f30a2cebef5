#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lifecycle/company.hpp"
#include "web/portal/visit.hpp"

/// What the pages of 「御社のID」 share.
namespace inkan::web {

/// MemberRow is one ID as a 管理者 reads it.
struct MemberRow {
  lifecycle::Company::Member member;
  std::string state;                  ///< in the one vocabulary
  std::optional<int> remaining = {};  ///< days, while the certificate has not expired and counts
};

/// load_members are the IDs of the contract, those that expire first before the others, those without a certificate last. Errors
/// as Company::members.
Result<std::vector<MemberRow>> load_members(const Visit& visit, const lifecycle::LoggedIn& who);

/// is_expiring tells whether an ID can and should renew now.
bool is_expiring(const MemberRow& row);

/// put_row fills what a table says of an ID: row_id, row_link, row_role, row_name, row_state, row_expiry, row_remaining,
/// row_mail.
void put_row(Values& values, const Visit& visit, const MemberRow& row);

/// renewal_days are the first day of each ID's window and its expiry day.
struct RenewalDay {
  Day day;
  std::string login_id;
  bool last = false;  ///< the expiry day
  std::string serial_tail;
};
std::vector<RenewalDay> renewal_days(const Visit& visit, const std::vector<MemberRow>& rows);

/// refuse_company is the page for an Error of load_members.
net::Response refuse_company(const Visit& visit, const Error& error);

}  // namespace inkan::web
