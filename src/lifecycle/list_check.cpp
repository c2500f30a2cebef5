#include "lifecycle/list_check.hpp"

#include <algorithm>

namespace inkan::lifecycle {
namespace {

constexpr std::chrono::seconds kSkew{5};  ///< two nodes' clocks differ by no more

using Serials = std::vector<const pki::SerialNumber*>;

std::unexpected<Error> refused(std::string what) { return fail(Code::internal, "crl.refused", std::move(what)); }

/// less orders serials behind their pointers.
bool less(const pki::SerialNumber* a, const pki::SerialNumber* b) { return *a < *b; }

Serials sorted_serials(const pki::Crl& list) {
  Serials serials;
  serials.reserve(list.entries().size());
  for (const pki::RevokedEntry& entry : list.entries()) serials.push_back(&entry.serial);
  std::ranges::sort(serials, less);
  return serials;
}

Result<void> check_itself(const pki::Crl& list, const ca::Authority& authority, const Serials& serials, Instant now) {
  if (list.issuer().der() != authority.certificate.subject().der()) return refused("issuer");
  if (list.authority_key_id() != authority.certificate.key_id()) return refused("authority key identifier");
  if (!list.verify_by(authority.certificate)) return refused("signature");
  if (list.number() == 0) return refused("number");
  if (list.this_update() > now || list.next_update() <= now) return refused("dates");
  const auto later = std::ranges::find_if(list.entries(), [&](const auto& entry) { return entry.revoked_at > now + kSkew; });
  if (later != list.entries().end()) return refused("revoked in the future: " + later->serial.hex());
  const auto twice = std::ranges::adjacent_find(serials, [](const auto* a, const auto* b) { return *a == *b; });
  if (twice != serials.end()) return refused("serial twice: " + (*twice)->hex());
  return {};
}

/// check_scope holds a list against what it may speak of.
Result<void> check_scope(const pki::Crl& list, const ca::Authority& authority, unsigned shard) {
  if (list.distribution_point() != (shard == 0 ? std::string() : ca::list_url(authority.addresses, shard)))
    return refused("distribution point");
  if (shard == 0) return {};
  for (const pki::RevokedEntry& entry : list.entries())
    if (ca::shard_of(authority, entry.serial) != shard) return refused("of another shard: " + entry.serial.hex());
  return {};
}

/// check_gone looks up what left: each must have expired before the list was made that it last stood on.
Result<void> check_gone(Store& store, const ca::AuthorityId& authority, const Serials& gone, Instant listed) {
  if (gone.empty()) return {};
  return store.read([&](Reader& reader) -> Result<void> {
    for (const pki::SerialNumber* serial : gone) {
      const auto record = reader.find_by_serial(authority, *serial);
      if (!record) return fail(record);
      if (!*record) return refused("left out, and not on record: " + serial->hex());
      if ((*record)->not_after >= listed) return refused("left out: " + serial->hex());
    }
    return {};
  });
}

}  // namespace

Result<void> check_list(Store& store, const ca::Authority& authority, unsigned shard, ByteView der,
                        const std::optional<StatusReader::PublishedCrl>& before, Instant now) {
  const Result<pki::Crl> list = pki::Crl::parse(der);
  if (!list) return refused(list.error().detail);
  if (const Result<void> scope = check_scope(*list, authority, shard); !scope) return scope;
  const Serials serials = sorted_serials(*list);
  if (const Result<void> itself = check_itself(*list, authority, serials, now); !itself) return itself;
  if (!before) return {};
  if (list->number() <= before->number) return refused("number");
  if (list->this_update() < before->this_update) return refused("older than the list before");
  const Result<pki::Crl> last = pki::Crl::parse(before->der);
  if (!last) return refused("the list before cannot be read");
  Serials gone;
  std::ranges::set_difference(sorted_serials(*last), serials, std::back_inserter(gone), less);
  return check_gone(store, authority.id, gone, last->this_update());
}

}  // namespace inkan::lifecycle
