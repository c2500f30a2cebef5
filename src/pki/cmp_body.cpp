#include "pki/cmp_body.hpp"

#include "pki/der.hpp"
#include "pki/oid.hpp"
#include "pki/spki.hpp"

namespace inkan::pki {
namespace {

std::unexpected<Error> malformed(std::string what) { return fail(Code::invalid, "cmp.malformed", std::move(what)); }
std::unexpected<Error> bad_template(std::string what) { return fail(Code::invalid, "cmp.template", std::move(what)); }

constexpr std::size_t kMostInfoTypes = 8;

/// Template is what a CertTemplate (RFC 4211 5) says; everything in it is optional.
struct Template {
  std::optional<SerialNumber> serial;
  Bytes issuer;
  Bytes subject;
  Bytes spki;
  bool more = false;
};

std::optional<Bytes> read_name(DerReader& fields, unsigned number) {
  DerReader field = fields.enter(tag::context(number));
  const ByteView name = field.take(tag::kSequence).whole;
  if (!field.done() || !Name::parse(name)) return std::nullopt;
  return to_bytes(name);
}

Result<Template> read_template(ByteView content) {
  DerReader fields(content);
  Template out;
  if (fields.has(tag::context_primitive(0))) fields.take_any();  // version
  if (fields.has(tag::context_primitive(1))) {
    const auto serial = SerialNumber::parse(fields.take_any().content);
    if (!serial) return bad_template("serialNumber");
    out.serial = *serial;
  }
  if (fields.has(tag::context(2))) return bad_template("signingAlg is ours to choose");
  if (fields.has(tag::context(3))) {
    const auto issuer = read_name(fields, 3);
    if (!issuer) return bad_template("issuer");
    out.issuer = *issuer;
  }
  if (fields.has(tag::context(4))) {
    fields.take_any();
    out.more = true;
  }
  if (fields.has(tag::context(5))) {
    DerReader field = fields.enter(tag::context(5));
    const ByteView name = field.take(tag::kSequence).whole;
    if (!field.done()) return bad_template("subject");
    const bool is_null = name.size() == 2;
    if (!is_null && !Name::parse(name)) return bad_template("subject");
    if (!is_null) out.subject = to_bytes(name);
  }
  if (fields.has(tag::context(6))) {
    DerWriter key;  // [6] IMPLICIT: the SEQUENCE's own tag gives way to it
    key.primitive(tag::kSequence, fields.take_any().content);
    out.spki = key.take();
  }
  if (fields.has(tag::context(9))) {
    fields.take_any();
    out.more = true;
  }
  if (!fields.done()) return bad_template("CertTemplate");
  return out;
}

Result<CmpCertId> read_cert_id(DerReader& reader) {
  DerReader fields = reader.enter(tag::kSequence);
  const auto issuer = read_name(fields, 4);  // GeneralName: directoryName
  const auto serial = SerialNumber::parse(fields.take(tag::kInteger).content);
  if (!issuer || !serial || !fields.done()) return malformed("CertId");
  return CmpCertId{*issuer, *serial};
}

Result<std::optional<CmpCertId>> read_controls(DerReader list) {
  std::optional<CmpCertId> old;
  while (!list.empty()) {
    DerReader control = list.enter(tag::kSequence);
    const ByteView type = control.take(tag::kOid).content;
    if (!same(type, oid::kOldCertId) || old) return malformed("a control we do not know");
    auto id = read_cert_id(control);
    if (!id || !control.done()) return malformed("oldCertID");
    old = std::move(*id);
  }
  if (!list.done()) return malformed("controls");
  return old;
}

void status_info(DerWriter& out, CmpStatus status, std::optional<CmpFailure> failure, const std::string& text) {
  out.nest(tag::kSequence, [&] {
    out.number(static_cast<unsigned>(status));
    if (!text.empty()) out.nest(tag::kSequence, [&] { out.primitive(tag::kUtf8String, as_bytes(text)); });
    if (!failure) return;
    const unsigned bit = static_cast<unsigned>(*failure);
    Bytes bits(bit / 8 + 2);  // the first octet counts the unused bits of the last
    bits[0] = static_cast<std::uint8_t>(7 - bit % 8);
    bits.back() = static_cast<std::uint8_t>(0x80U >> (bit % 8));
    out.primitive(tag::kBitString, bits);
  });
}

/// read_status reads a PKIStatusInfo and tells whether it accepts.
std::optional<bool> read_status(DerReader& reader) {
  DerReader fields = reader.enter(tag::kSequence);
  const auto status = read_number(fields.take(tag::kInteger));
  if (fields.has(tag::kSequence)) fields.take_any();
  if (fields.has(tag::kBitString)) fields.take_any();
  if (!fields.done() || !status) return std::nullopt;
  return *status == static_cast<unsigned>(CmpStatus::accepted);
}

}  // namespace

Result<CertRequest> parse_cert_request(ByteView content) {
  DerReader outer(content);
  DerReader list = outer.enter(tag::kSequence);
  const DerElement message = list.take(tag::kSequence);
  if (!outer.done() || !list.done()) return malformed("CertReqMessages: exactly one is taken");
  DerReader parts(message.content);
  const DerElement request = parts.take(tag::kSequence);
  if (!parts.has(tag::context(1))) return fail(Code::invalid, "csr.bad_signature", "no proof of possession by signature");
  DerReader proof = parts.enter(tag::context(1));
  if (!parts.done()) return malformed("regInfo is not taken");
  if (proof.has(tag::context(0))) return fail(Code::invalid, "csr.bad_signature", "poposkInput");
  const ByteView algorithm = proof.take(tag::kSequence).whole;
  const auto signature = read_bits(proof.take(tag::kBitString));
  if (!proof.done() || !signature) return malformed("POPOSigningKey");

  DerReader fields(request.content);
  const Bytes id = to_bytes(fields.take(tag::kInteger).content);
  const ByteView form = fields.take(tag::kSequence).content;
  std::optional<CmpCertId> old;
  if (fields.has(tag::kSequence)) {
    auto controls = read_controls(fields.enter(tag::kSequence));
    if (!controls) return fail(controls);
    old = std::move(*controls);
  }
  if (!fields.done() || id.size() != 1 || id[0] != 0) return malformed("CertRequest");  // RFC 9483 4.1.1: certReqId 0
  const auto wanted = read_template(form);
  if (!wanted) return fail(wanted);
  if (wanted->spki.empty()) return bad_template("no public key: none is made here");
  if (wanted->serial) return bad_template("serialNumber is ours to choose");
  auto csr = Csr::prove(wanted->spki, algorithm, request.whole, *signature, wanted->subject);
  if (!csr) return fail(csr);
  return CertRequest{id, std::move(*csr), std::move(old), wanted->more};
}

Result<CertRequest> parse_pkcs10_request(ByteView content) {
  auto csr = Csr::parse(content);
  if (!csr) return fail(csr);
  return CertRequest{Bytes{0xff}, std::move(*csr), {}, false};
}

Result<CertConfirmation> parse_cert_confirm(ByteView content) {
  DerReader outer(content);
  DerReader list = outer.enter(tag::kSequence);
  if (outer.done() && list.empty()) return CertConfirmation{.hash = {}, .id = {}, .accepted = false};  // RFC 9810 5.3.18
  DerReader fields = list.enter(tag::kSequence);
  CertConfirmation out{.hash = to_bytes(fields.take(tag::kOctetString).content),
                       .id = to_bytes(fields.take(tag::kInteger).content)};
  if (fields.has(tag::kSequence)) {
    const auto accepted = read_status(fields);
    if (!accepted) return malformed("statusInfo");
    out.accepted = *accepted;
  }
  if (!outer.done() || !list.done() || !fields.done()) return malformed("CertConfirmContent");
  return out;
}

Result<Revocation> parse_revocation(ByteView content) {
  DerReader outer(content);
  DerReader list = outer.enter(tag::kSequence);
  DerReader details = list.enter(tag::kSequence);
  const auto wanted = read_template(details.take(tag::kSequence).content);
  if (!wanted) return fail(wanted);
  std::optional<RevocationReason> reason;
  if (details.has(tag::kSequence)) {
    DerReader extensions = details.enter(tag::kSequence);
    while (!extensions.empty()) {
      DerReader extension = extensions.enter(tag::kSequence);
      const ByteView type = extension.take(tag::kOid).content;
      if (extension.has(tag::kBoolean)) extension.take_any();
      DerReader value(extension.take(tag::kOctetString).content);
      const auto number = read_number(value.take(tag::kEnumerated));
      if (!same(type, oid::kReasonCode) || !number || *number > 10 || reason || !extension.done() || !value.done())
        return malformed("crlEntryDetails");
      reason = static_cast<RevocationReason>(*number);
    }
    if (!extensions.done()) return malformed("crlEntryDetails");
  }
  if (!outer.done() || !list.done() || !details.done()) return malformed("RevReqContent: exactly one is taken");
  if (!wanted->serial || wanted->issuer.empty()) return bad_template("issuer and serial");
  return Revocation{{wanted->issuer, *wanted->serial}, reason.value_or(RevocationReason::unspecified)};
}

Result<std::vector<GeneralQuestion>> parse_questions(ByteView content) {
  DerReader outer(content);
  DerReader list = outer.enter(tag::kSequence);
  std::vector<GeneralQuestion> questions;
  while (!list.empty()) {
    DerReader line = list.enter(tag::kSequence);
    GeneralQuestion question{.type = to_bytes(line.take(tag::kOid).content), .value = {}};
    if (!line.empty()) question.value = to_bytes(line.take_any().whole);
    questions.push_back(std::move(question));
    if (!line.done() || questions.size() > kMostInfoTypes) return malformed("GenMsgContent");
  }
  if (!outer.done() || !list.done()) return malformed("GenMsgContent");
  return questions;
}

Result<Bytes> parse_poll_request(ByteView content) {
  DerReader outer(content);
  DerReader list = outer.enter(tag::kSequence);
  DerReader fields = list.enter(tag::kSequence);
  Bytes id = to_bytes(fields.take(tag::kInteger).content);
  if (!outer.done() || !list.done() || !fields.done()) return malformed("PollReqContent");
  return id;
}

Bytes cert_answer(const CertAnswer& answer) {
  DerWriter out;
  out.nest(tag::kSequence, [&] {
    if (!answer.ca_pubs.empty())
      out.nest(tag::context(1), [&] {
        out.nest(tag::kSequence, [&] {
          for (const Certificate& certificate : answer.ca_pubs) out.raw(certificate.der());
        });
      });
    out.nest(tag::kSequence, [&] {
      out.nest(tag::kSequence, [&] {
        out.primitive(tag::kInteger, answer.id);
        status_info(out, answer.status, answer.failure, answer.text);
        if (answer.certificate.empty()) return;
        out.nest(tag::kSequence, [&] { out.nest(tag::context(0), [&] { out.raw(answer.certificate); }); });
      });
    });
  });
  return out.take();
}

Bytes revocation_answer(CmpStatus status, std::optional<CmpFailure> failure, const std::string& text) {
  DerWriter out;
  out.nest(tag::kSequence, [&] { out.nest(tag::kSequence, [&] { status_info(out, status, failure, text); }); });
  return out.take();
}

Bytes poll_answer(ByteView id, std::chrono::seconds check_after) {
  DerWriter out;
  out.nest(tag::kSequence, [&] {
    out.nest(tag::kSequence, [&] {
      out.primitive(tag::kInteger, id);
      out.number(static_cast<unsigned long long>(check_after.count()));
    });
  });
  return out.take();
}

Bytes confirm_answer() { return {tag::kNull, 0}; }

Bytes general_answer(const std::vector<GeneralAnswer>& answers) {
  DerWriter out;
  out.nest(tag::kSequence, [&] {
    for (const GeneralAnswer& answer : answers)
      out.nest(tag::kSequence, [&] {
        out.oid(answer.type);
        out.raw(answer.value);
      });
  });
  return out.take();
}

Bytes error_content(CmpFailure failure, const std::string& text) {
  DerWriter out;
  out.nest(tag::kSequence, [&] { status_info(out, CmpStatus::rejection, failure, text); });
  return out.take();
}

}  // namespace inkan::pki
