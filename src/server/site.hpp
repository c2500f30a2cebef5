#pragma once

#include <memory>
#include <vector>

#include "net/server.hpp"
#include "server/applications.hpp"
#include "server/bank.hpp"
#include "server/jobs.hpp"
#include "server/logout_call.hpp"
#include "server/webhook.hpp"
#include "web/console/console.hpp"
#include "web/portal/portal.hpp"
#include "wire/door.hpp"

namespace inkan::server {

/// SitePorts are the ports the listeners got.
struct SitePorts {
  std::uint16_t portal = 0;
  std::uint16_t login = 0;
  std::uint16_t status = 0;
  std::uint16_t admin = 0;
  std::uint16_t console = 0;  ///< 0: there is none
};

/// Site is a bank that is open: its pages, its machines' doors, its jobs. Destroying it closes them in order.
class Site {
 public:
  /// open starts every listener of the bank's configuration. `certificates` are the servers' own, by host. Errors: `config.*`,
  /// `net.*`, `web.*`, `mail.*`.
  static Result<std::unique_ptr<Site>> open(Bank& bank, const std::vector<net::ServerCertificate>& certificates);
  ~Site();

  SitePorts ports() const;
  Jobs& jobs() { return *jobs_; }
  /// start_jobs begins the daily life; before it nothing happens by itself.
  void start_jobs();
  /// stop lets running requests finish, then ends the jobs.
  void stop();

 private:
  Site() = default;
  /// renew_crls takes the lists of the bank's own PKI anew where their files changed.
  void renew_crls(const ConsoleAddress& console);

  Applications applications_;
  std::unique_ptr<web::Portal> portal_;
  std::unique_ptr<web::Console> console_;
  std::unique_ptr<wire::Door> door_;
  std::unique_ptr<Jobs> jobs_;
  std::vector<std::unique_ptr<Webhook>> webhooks_;
  std::vector<std::unique_ptr<LogoutCall>> logout_calls_;
  std::unique_ptr<net::Server> server_;
  std::vector<std::string> crls_;  ///< as they were last taken
};

/// load_certificates reads the server certificates that a configuration names. Error: `config.not_found`.
Result<std::vector<net::ServerCertificate>> load_certificates(const Config& config);

}  // namespace inkan::server
