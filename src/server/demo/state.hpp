#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "lifecycle/holders.hpp"

namespace inkan::server::demo {

/// DemoHolder is one customer of the demo and what a newcomer needs to be that customer.
struct DemoHolder {
  std::string institution;
  std::string login_id;
  std::string password;
  lifecycle::Role role = lifecycle::Role::user;
  std::string company;
  std::string name;
  std::string mail;
  lifecycle::HolderState intended = lifecycle::HolderState::none;  ///< the state its history leads to
  std::string p12;  ///< file name in DIR/holders; empty when there is no certificate
  std::string p12_password;
  std::string code;  ///< one-time code for 電子証明書取得, where one was released
};

/// DemoStaff is one person of the bank and what a newcomer needs to be that person.
struct DemoStaff {
  std::string institution;
  std::string login_id;
  std::string password;
  lifecycle::StaffRole role = lifecycle::StaffRole::clerk;
  std::string name;
  std::string p12;  ///< file name in DIR/staff
  std::string p12_password;
};

/// DemoState is what the demo must remember between two starts: DIR/state.json, mode 0600.
struct DemoState {
  std::uint16_t portal_port = 0;
  std::uint16_t login_port = 0;
  std::uint16_t status_port = 0;
  std::uint16_t admin_port = 0;
  std::uint16_t mail_port = 0;
  std::uint16_t console_port = 0;
  std::vector<std::string> institutions;
  std::string ca_passphrase;
  std::string mail_password;
  std::string ra_password;
  std::vector<DemoHolder> holders;
  std::vector<DemoStaff> staff;
  bool history_made = false;  ///< the customers' past is on record
};

/// load_state reads a folder's state; an empty folder gives a state without ports. Error: `demo.state`.
Result<DemoState> load_state(const std::filesystem::path& file);
Result<void> save_state(const std::filesystem::path& file, const DemoState& state);

}  // namespace inkan::server::demo
