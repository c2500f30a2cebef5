#include "ca/issuer.hpp"

namespace inkan::ca {
namespace {

constexpr std::string_view kSuffix = ".crl";

}  // namespace

unsigned shard_of(ByteView serial, unsigned shards) {
  if (shards == 0) return 0;
  unsigned rest = 0;
  for (const std::uint8_t octet : serial) rest = (rest * 256 + octet) % shards;  // kMostShards * 256 is far from an overflow
  return rest + 1;
}

unsigned shard_of(const Authority& authority, const pki::SerialNumber& serial) {
  return shard_of(serial.bytes(), authority.addresses.crl_shards);
}

std::string list_url(const Addresses& addresses, unsigned shard) {
  if (shard == 0) return addresses.crl_url;
  std::string_view stem = addresses.crl_url;
  if (stem.ends_with(kSuffix)) stem.remove_suffix(kSuffix.size());
  return std::string(stem) + "/" + std::to_string(shard) + std::string(kSuffix);
}

std::optional<unsigned> find_shard(const Addresses& addresses, std::string_view point) {
  if (point.empty()) return 0;
  for (unsigned shard = 1; shard <= addresses.crl_shards; ++shard)
    if (list_url(addresses, shard) == point) return shard;
  return std::nullopt;
}

ListId list_id(const AuthorityId& authority, unsigned shard) {
  return shard == 0 ? authority : authority + "/" + std::to_string(shard);
}

}  // namespace inkan::ca
