#pragma once

#include <optional>
#include <string>

#include "server/audit_heads.hpp"

/// Proofs about the audit logs as JSON that anyone can check without the store (docs/audit.md).
namespace inkan::server {

/// InclusionProof shows that a record stands in a node's log under a signed head.
struct InclusionProof {
  std::string node;
  long long sequence = 0;
  lifecycle::AuditEntry entry;
  std::vector<Digest> path;
  SignedHead head;
};

/// ConsistencyProof shows that a node's log under a head begins with what it was under an earlier one: nothing was taken away or
/// written anew between them.
struct ConsistencyProof {
  SignedHead earlier;
  std::vector<Digest> path;
  SignedHead head;
};

/// prove_inclusion makes the proof under `head`, prove_consistency that between two heads of one node. Errors: `audit.no_record`
/// (the head is over fewer), `audit.not_as_signed` (the records are not those under the head), `store.*`.
Result<InclusionProof> prove_inclusion(lifecycle::Store& store, long long sequence, const SignedHead& head);
Result<ConsistencyProof> prove_consistency(lifecycle::Store& store, const SignedHead& earlier, const SignedHead& head);

std::string to_json(const InclusionProof& proof);
std::string to_json(const ConsistencyProof& proof);

/// record_line is a record as one line of JSON, without its end: what an export holds and a proof shows.
std::string record_line(const lifecycle::AuditRecord& record);

/// CheckedProof is what a proof shows.
struct CheckedProof {
  std::string shows;  ///< "inclusion" or "consistency"
  std::string node;
  long long first = 0;  ///< the record, or the size of the earlier head
  lifecycle::AuditEntry entry;
  SignedHead head;
};

/// check_proof judges a proof by the audit key alone. Errors: `proof.malformed`, `proof.refused` (the hashes do not lead to the
/// head), `audit.head_forged`.
Result<CheckedProof> check_proof(std::string_view json, const pki::PublicKey& key);

}  // namespace inkan::server
