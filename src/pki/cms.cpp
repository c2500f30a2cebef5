#include "pki/cms.hpp"

#include "pki/der.hpp"
#include "pki/oid.hpp"

namespace inkan::pki {
namespace {

constexpr std::size_t kCmsLimit = 1024 * 1024;

std::unexpected<Error> malformed(std::string what) { return fail(Code::invalid, "cms.malformed", std::move(what)); }

}  // namespace

Result<Bytes> make_certs_only(const std::vector<Certificate>& certificates) {
  if (certificates.empty()) return fail(Code::invalid, "cms.make", "no certificates");
  DerWriter out;
  out.nest(tag::kSequence, [&] {
    out.oid(oid::kSignedData);
    out.nest(tag::context(0), [&] {
      out.nest(tag::kSequence, [&] {
        out.number(1);
        out.primitive(tag::kSet, {});  // digestAlgorithms
        out.nest(tag::kSequence, [&] { out.oid(oid::kData); });
        // The caller's order is kept, as CMS allows (BER): simple readers take the first certificate for the new one.
        out.nest(tag::context(0), [&] {
          for (const Certificate& certificate : certificates) out.raw(certificate.der());
        });
        out.primitive(tag::kSet, {});  // signerInfos
      });
    });
  });
  return out.take();
}

Result<std::vector<Certificate>> parse_certs_only(ByteView der) {
  if (der.size() > kCmsLimit || !is_der(der)) return malformed("over 1 MiB, or not definite lengths");
  DerReader outer(der);
  DerReader info = outer.enter(tag::kSequence);
  if (!same(info.take(tag::kOid).content, oid::kSignedData)) return malformed("not SignedData");
  DerReader content = info.enter(tag::context(0));
  DerReader data = content.enter(tag::kSequence);
  data.take(tag::kInteger);
  data.take(tag::kSet);
  data.take(tag::kSequence);
  DerReader list = data.enter(tag::context(0));
  if (data.has(tag::context(1))) data.take_any();  // crls
  const DerElement signers = data.take(tag::kSet);
  if (!outer.done() || !info.done() || !content.done() || !data.done()) return malformed("SignedData");
  if (!signers.content.empty()) return malformed("it has signers");
  std::vector<Certificate> certificates;
  while (!list.empty()) {
    Result<Certificate> certificate = Certificate::parse(list.take(tag::kSequence).whole);
    if (!certificate) return malformed(certificate.error().detail);
    certificates.push_back(std::move(*certificate));
  }
  if (!list.done()) return malformed("certificates");
  return certificates;
}

}  // namespace inkan::pki
