#pragma once

#include <array>
#include <optional>
#include <vector>

#include "pki/crl.hpp"
#include "pki/csr.hpp"
#include "pki/serial.hpp"

/// What stands in the bodies of CMP (RFC 9810 5.3, RFC 4211), read strictly and written in the one form that RFC 9483 profiles.
/// All that is read here is DER already (CmpMessage::parse). Errors: `cmp.malformed`, and what is named besides.
namespace inkan::pki {

/// CmpFailure is a reason of refusal, by its bit in PKIFailureInfo (RFC 9810 5.2.3).
enum class CmpFailure : unsigned {
  bad_alg = 0,
  bad_message_check = 1,
  bad_request = 2,
  bad_time = 3,
  bad_cert_id = 4,
  bad_data_format = 5,
  wrong_authority = 6,
  bad_pop = 9,
  cert_revoked = 10,
  bad_recipient_nonce = 13,
  add_info_not_available = 17,
  bad_sender_nonce = 18,
  bad_cert_template = 19,
  signer_not_trusted = 20,
  transaction_id_in_use = 21,
  unsupported_version = 22,
  not_authorized = 23,
  system_unavail = 24,
  system_failure = 25,
};

/// CmpStatus is a PKIStatus (RFC 9810 5.2.3) as far as we give it.
enum class CmpStatus : unsigned { accepted = 0, granted_with_mods = 1, rejection = 2, waiting = 3 };

/// CertId names a certificate by its issuer's Name (DER) and serial (RFC 4211 6.5).
struct CmpCertId {
  Bytes issuer;
  SerialNumber serial;
};

/// CertRequest is one request for a certificate whose key passed every rule and whose possession is proved by a signature.
struct CertRequest {
  Bytes id;                                  ///< certReqId as it came, the content of an INTEGER
  Csr csr;                                   ///< what lifecycle issues for; its subject_der is empty when the template has none
  std::optional<CmpCertId> old_certificate;  ///< control oldCertID
  bool asks_more = false;                    ///< validity or extensions, which our record decides
};

/// parse_cert_request reads the body of ir, cr and kur: exactly one CertReqMsg. A proof of possession by signature over the
/// CertRequest is demanded; raVerified and keys to be made by us are refused. Errors: `cmp.template`, Csr's.
Result<CertRequest> parse_cert_request(ByteView content);

/// parse_pkcs10_request reads the body of p10cr; its answer bears the id -1 (RFC 9483 4.1.4).
Result<CertRequest> parse_pkcs10_request(ByteView content);

/// CertConfirmation is what the holder says of the certificate it got.
struct CertConfirmation {
  Bytes hash;
  Bytes id;
  bool accepted = true;
};
Result<CertConfirmation> parse_cert_confirm(ByteView content);

/// Revocation is what rr asks: exactly one certificate.
struct Revocation {
  CmpCertId certificate;
  RevocationReason reason = RevocationReason::unspecified;
};
Result<Revocation> parse_revocation(ByteView content);

/// GeneralQuestion is one line of genm: a type (content octets of its object identifier) and its value (DER), or none.
struct GeneralQuestion {
  Bytes type;
  Bytes value;
};
/// parse_questions reads genm.
Result<std::vector<GeneralQuestion>> parse_questions(ByteView content);

/// parse_poll_request gives the certReqId of the one request that is polled for.
Result<Bytes> parse_poll_request(ByteView content);

/// CertAnswer is the body of ip, cp and kup for one request.
struct CertAnswer {
  Bytes id;
  CmpStatus status = CmpStatus::accepted;
  std::optional<CmpFailure> failure = {};
  std::string text = {};
  Bytes certificate = {};                 ///< DER; empty unless granted
  std::vector<Certificate> ca_pubs = {};  ///< only where the asker knows us by a shared secret
};
Bytes cert_answer(const CertAnswer& answer);

Bytes revocation_answer(CmpStatus status, std::optional<CmpFailure> failure, const std::string& text);
Bytes poll_answer(ByteView id, std::chrono::seconds check_after);
Bytes confirm_answer();

/// GeneralAnswer is one line of genp: a type and its value (DER), or none.
struct GeneralAnswer {
  Bytes type;
  Bytes value;
};
Bytes general_answer(const std::vector<GeneralAnswer>& answers);

/// error_content is the body of an error message: the reason as a bit, and our stable id as text.
Bytes error_content(CmpFailure failure, const std::string& text);

}  // namespace inkan::pki
