#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "net/server.hpp"

namespace inkan::server::demo {

/// Trust is the world's CA for server certificates, as the demo plays it: a root that is no kin of the client CAs, good for
/// localhost and names below it only (name constraints, RFC 5280 4.2.1.10), dated by the machine's clock, since browsers judge it
/// by theirs.
class Trust {
 public:
  /// open loads the root from a folder (mode 0700), or makes one. Error: `demo.trust`.
  static Result<Trust> open(const std::filesystem::path& folder);

  /// certificate issues a server certificate for a host: "d1.localhost" or "*.d1.localhost". Error: `demo.trust`.
  Result<net::ServerCertificate> certificate(const std::string& host) const;

  /// client_identity makes a self-signed client certificate, PKCS#12 and PEM: the bank's registration authority. Error:
  /// `demo.trust`.
  struct Identity {
    std::string certificate_pem;
    Bytes p12;
  };
  static Result<Identity> client_identity(const std::string& common_name, const Secret& password);

  /// mail_identity issues an S/MIME certificate for the address letters come from. It is good for years before and after today:
  /// letters of the customers' past, and of a clock that was moved on, are signed like today's. Error: `demo.trust`.
  Result<net::ServerCertificate> mail_identity(const std::string& address) const;

  /// dkim_key makes a DKIM key: open PEM, and what DNS would say of it ("v=DKIM1; k=…"). `type` is "RSA" (2048 bits) or
  /// "ED25519". Error: `demo.trust`.
  struct DkimKey {
    std::string key_pem;
    std::string record;
  };
  static Result<DkimKey> dkim_key(const std::string& type);

  const std::string& root_pem() const { return root_pem_; }

 private:
  Result<net::ServerCertificate> issue(const std::string& common_name, const std::string& usage, const std::string& name,
                                       long days_before, long days_after) const;
  Trust(std::string root_pem, std::string key_pem) : root_pem_(std::move(root_pem)), key_pem_(std::move(key_pem)) {}
  std::string root_pem_;
  std::string key_pem_;
};

/// StaffAuthority is the bank's own PKI for its people, as the demo plays it: no kin of the client CAs or of the servers' root,
/// dated by the machine's clock.
class StaffAuthority {
 public:
  /// open loads the CA from a folder (mode 0700), or makes one. Error: `demo.trust`.
  static Result<StaffAuthority> open(const std::filesystem::path& folder);

  /// identity issues a person's certificate with its file. Error: `demo.trust`.
  Result<Trust::Identity> identity(const std::string& common_name, const Secret& password) const;

  const std::string& certificate_pem() const { return certificate_pem_; }

 private:
  StaffAuthority(std::string certificate_pem, std::string key_pem)
      : certificate_pem_(std::move(certificate_pem)), key_pem_(std::move(key_pem)) {}
  std::string certificate_pem_;
  std::string key_pem_;
};

}  // namespace inkan::server::demo
