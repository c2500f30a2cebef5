#pragma once

#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "lifecycle/holder.hpp"
#include "pki/serial.hpp"

namespace inkan::lifecycle {

/// StaffId is one person of the bank, at one institution. There are no shared and no default accounts (T21).
struct StaffId {
  std::string institution;
  std::string login_id;
  auto operator<=>(const StaffId&) const = default;
};

/// actor_of is how the audit trail names a person of the bank: "staff d1/tanto01".
std::string actor_of(const StaffId& staff);

/// StaffRole is what a person of the bank may do. Every clerk may find, read, hold and revoke, for that only takes power away.
enum class StaffRole {
  auditor,   ///< reads, and changes nothing
  clerk,     ///< holds and revokes at once; asks for re-issue and for the end of a hold
  approver,  ///< a clerk who may also decide what another person asked for (never the own request)
};

std::string_view to_text(StaffRole role);      // "auditor", "clerk", "approver"
std::string_view to_japanese(StaffRole role);  // 監査, 担当者, 承認者
Result<StaffRole> parse_staff_role(std::string_view text);

/// Staff is one person with a personal certificate of the bank's own PKI, known by its bytes (docs/decisions/0009).
struct Staff {
  StaffId id;
  StaffRole role = StaffRole::clerk;
  std::string name;
  std::string password_hash;
  Bytes certificate;  ///< DER: approvals are checked with its key
  Digest fingerprint;
  Instant added_at;
  std::optional<Instant> removed_at;  ///< from then on nothing is possible; the record stays
};

/// StaffSession is one login of a person of the bank, bound to the certificate it was made with.
struct StaffSession {
  Digest token_hash;
  StaffId staff;
  Digest fingerprint;
  Instant created_at;
  Instant expires_at;
  Instant seen_at;
};

/// RequestAct is what needs two persons (O26).
enum class RequestAct {
  first,    ///< the code for an ID's first certificate
  reissue,  ///< a new certificate after loss, closing or revocation
  release,  ///< the end of a hold
};

enum class RequestState { waiting, approved, refused };

std::string_view to_text(RequestAct act);
std::string_view to_japanese(RequestAct act);  // 初回の発行, 再発行, 一時停止の解除
std::string_view to_text(RequestState state);
Result<RequestAct> parse_request_act(std::string_view text);
Result<RequestState> parse_request_state(std::string_view text);

/// StaffRequest is one act that one person asks for and another decides. Both sign a statement of it with their own certificate.
struct StaffRequest {
  std::string number;  ///< 受付番号: "R-20261121-482913", day and six digits drawn by lot: a draft uses none up
  HolderId holder;
  RequestAct act = RequestAct::reissue;
  RequestState state = RequestState::waiting;
  std::optional<pki::SerialNumber> about;  ///< with release: the certificate on hold
  std::string identity_check;              ///< how the caller's identity was checked
  std::string call_back;                   ///< when, by whom and at which registered number the customer was called back
  std::string requested_by;                ///< login ID of the person who asked
  Instant requested_at;
  Bytes request_signature;
  std::string decided_by;  ///< login ID of the person who decided; never requested_by when approved
  std::optional<Instant> decided_at;
  Bytes decision_signature;
  std::string decision_note;  ///< why it was refused
};

}  // namespace inkan::lifecycle
