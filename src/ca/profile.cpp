#include "ca/profile.hpp"

#include "ca/tbs.hpp"
#include "pki/oid.hpp"

namespace inkan::ca {

namespace oid = pki::oid;
using pki::DerWriter;

Result<HolderProfile> HolderProfile::make(const pki::Certificate& authority, const pki::PublicKey& authority_key,
                                          const Addresses& addresses) {
  const Result<Bytes> policy_id = pki::encode_oid(addresses.policy_oid);
  if (!policy_id) return fail(policy_id);
  HolderProfile profile;
  profile.head_ = head_of(authority_key.algorithm(), authority.subject());
  DerWriter out;
  write_authority_key_id(out, authority.key_id());
  write_key_usage(out, kDigitalSignature);
  write_extended_key_usage(out, {oid::kClientAuth});
  write_policy(out, *policy_id);
  profile.extensions_ = out.take();
  DerWriter access;
  write_information_access(access, addresses.ocsp_url, addresses.ca_url);
  profile.access_ = access.take();
  profile.addresses_ = addresses;
  return profile;
}

Bytes HolderProfile::tbs(const CertificateOrder& order) const {
  return write_tbs(order.serial, head_, {order.not_before, order.not_after}, order.subject, order.key, [&](DerWriter& out) {
    out.raw(extensions_);
    write_crl_distribution_point(out, list_url(addresses_, shard_of(order.serial.bytes(), addresses_.crl_shards)));
    out.raw(access_);
    write_subject_key_id(out, order.key.key_id());
  });
}

}  // namespace inkan::ca
