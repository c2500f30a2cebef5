#pragma once

#include <string_view>

#include "net/http.hpp"
#include "wire/cmp_asker.hpp"
#include "wire/cmp_transactions.hpp"
#include "wire/metrics.hpp"

/// The Certificate Management Protocol (RFC 9810) as RFC 9483 profiles it, over HTTP (RFC 9811).
namespace inkan::wire {

/// Cmp answers PKIMessages of an institution: kur by the present certificate's signature; ir, cr and p10cr under a reference
/// and its secret, or by a registration authority; rr, genm, certConf and pollReq by whoever is known. Every other message, and
/// whatever has no meaning here, is refused. Handlers run on several threads at once.
///
/// What a message asks is decided by the same verbs as at every other door, so a lost answer is given again: the same key gets
/// the same certificate in a new transaction. certConf says that a certificate arrived; the one it replaces is retired when the
/// new one is first used, as everywhere (docs/decisions/0019).
class Cmp {
 public:
  Cmp(const DoorOptions& options, Metrics& metrics);

  /// serve answers a POST to ".../cmp/p/ID". Refusals of CMP go out as its own error messages with HTTP 200 (RFC 9811 3.3); only
  /// what is no PKIMessage, or cannot be protected, gets a problem.
  net::Response serve(const lifecycle::Institution& institution, const net::Request& request);

  /// serve_reference exchanges login ID, password and one-time code (HTTP Basic, as simpleenroll has it) for a reference and a
  /// secret, under which ir may be asked for as long as the transaction runs.
  net::Response serve_reference(const lifecycle::Institution& institution, const net::Request& request);

 private:
  /// Exchange is one message on its way through.
  struct Exchange;
  struct Answer {
    pki::CmpBody body;
    Bytes content;
  };

  std::expected<Answer, CmpRefusal> answer(Exchange& exchange);
  std::expected<Answer, CmpRefusal> answer_request(Exchange& exchange);
  std::expected<Answer, CmpRefusal> answer_confirm(Exchange& exchange);
  std::expected<Answer, CmpRefusal> answer_poll(Exchange& exchange);
  std::expected<Answer, CmpRefusal> answer_revocation(Exchange& exchange);
  std::expected<Answer, CmpRefusal> answer_question(Exchange& exchange);
  std::expected<CmpTransaction, CmpRefusal> judge_request(Exchange& exchange);
  Result<lifecycle::CertificateRecord> obtain(const Exchange& exchange, const CmpTransaction& transaction);
  Answer deliver(Exchange& exchange, CmpTransaction transaction);
  std::optional<CmpRefusal> judge_header(const Exchange& exchange) const;
  std::vector<pki::Certificate> chain_of(const Exchange& exchange) const;
  net::Response reply(const Exchange& exchange, const Answer& answer);

  const DoorOptions& options_;
  Metrics& metrics_;
  Secret reference_key_;
  CmpTransactions transactions_;
};

}  // namespace inkan::wire
