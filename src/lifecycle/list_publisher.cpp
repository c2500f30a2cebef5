#include "lifecycle/list_publisher.hpp"

#include <algorithm>

#include "lifecycle/list_check.hpp"
#include "lifecycle/read_from.hpp"

namespace inkan::lifecycle {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr hours kCrlLife{24};
constexpr int kMostTries = 3;

// Shards are renewed in twelve groups, one every five minutes: not all in one second, and the records are read for twelve of them
// an hour and not for each.
constexpr int kGroups = 12;

/// end_of_hour is when a shard's list that was made at `made` must be followed by the next: each group has an hour of its own.
Instant end_of_hour(Instant made, unsigned shard) {
  const auto offset = minutes{60 / kGroups} * static_cast<int>(shard % kGroups);
  return std::chrono::floor<hours>(made - offset) + hours{1} + offset;
}

/// take_number gives the next list's number and writes it down before the signature: a process that dies between the two leaves a
/// gap, and the next list does not ask a signer that remembers for the same number again.
Result<unsigned long long> take_number(Store& store, const ca::ListId& list) {
  unsigned long long number = 0;
  const auto taken = store.transact([&](Writer& writer) -> Result<void> {
    const auto last = writer.crl_number(list);
    if (!last) return fail(last);
    number = *last + 1;
    return writer.set_crl_number(list, number);
  });
  return taken ? Result<unsigned long long>(number) : fail(taken);
}

/// free_number gives back the number of a list that was refused, for it was not signed; unless a later one was taken since.
Result<void> free_number(Store& store, const ca::ListId& list, unsigned long long number) {
  return store.transact([&](Writer& writer) -> Result<void> {
    const auto last = writer.crl_number(list);
    if (!last) return fail(last);
    return *last == number ? writer.set_crl_number(list, number - 1) : Result<void>();
  });
}

/// listed_since is from when on a certificate's expiry keeps its entry on the next list: whatever had not expired when the last
/// one was made is listed once more (RFC 5280 3.3).
Instant listed_since(const std::optional<StatusReader::PublishedCrl>& before) { return before ? before->this_update : Instant{}; }

unsigned long long number_of(const std::optional<StatusReader::PublishedCrl>& list) { return list ? list->number : 0; }

}  // namespace

Result<std::vector<pki::SerialNumber>> listed_serials(const StatusReader::PublishedCrl& list) {
  const auto parsed = pki::Crl::parse(list.der);
  if (!parsed) return fail(parsed);
  std::vector<pki::SerialNumber> serials;
  serials.reserve(parsed->entries().size());
  for (const pki::RevokedEntry& entry : parsed->entries()) serials.push_back(entry.serial);
  std::ranges::sort(serials);
  return serials;
}

bool ListPublisher::lags(const StatusReader::PublishedCrl& whole) const {
  if (authority_.addresses.crl_shards == 0) return false;
  return whole.number != followed_ || services_.clock.now() >= next_hour_;
}

Result<int> ListPublisher::publish(bool whole) {
  int published = 0;
  for (int tries = 1;; ++tries) {
    auto pass = look(whole);
    if (!pass) return fail(pass);
    std::optional<Error> failed, overtaken;
    for (const Next& next : pass->lists) {
      const auto number = publish_one(next, *pass);
      if (!number) {
        const auto later = was_overtaken(next);
        (later && *later ? overtaken : failed) = number.error();
        continue;
      }
      ++published;
      pass->made[next.shard] = pass->now;
      if (next.shard > 0) continue;
      pass->whole = *number;
      whole = false;
    }
    if (!failed && !overtaken) {
      remember(*pass);
      return published;
    }
    if (failed || tries == kMostTries) return std::unexpected(failed ? *failed : *overtaken);
  }
}

/// remember notes what `lags` goes by, once every shard was held against the whole list.
void ListPublisher::remember(const Pass& pass) {
  followed_ = pass.whole;
  next_hour_ = Instant::max();
  for (unsigned shard = 1; shard < pass.made.size(); ++shard)
    next_hour_ = std::min(next_hour_, end_of_hour(pass.made[shard], shard));
}

Result<ListPublisher::Pass> ListPublisher::look(bool whole) {
  const unsigned shards = authority_.addresses.crl_shards;
  Pass pass{.now = services_.clock.now(), .made = std::vector<Instant>(shards + 1), .lists = {}, .revoked = {}, .of_shard = {}};
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    auto last = whole ? reader.latest_crl(authority_.id) : reader.latest_crl_head(authority_.id);
    if (!last) return fail(last);
    pass.whole = number_of(*last);
    const auto found = shards > 0 ? reader.shard_heads(authority_.id) : Result<std::vector<StatusReader::PublishedShard>>({});
    if (!found) return fail(found);
    std::vector<Published> heads(shards + 1);
    for (unsigned shard = 1; shard <= shards; ++shard) {
      const ca::ListId list = ca::list_id(authority_.id, shard);
      const auto head = std::ranges::lower_bound(*found, list, {}, &StatusReader::PublishedShard::list);
      if (head != found->end() && head->list == list) heads[shard] = head->head;
      pass.made[shard] = listed_since(heads[shard]);
    }
    pass.made[0] = listed_since(*last);
    auto revoked = reader.revoked_for_crl(authority_.id, std::ranges::min(pass.made));
    if (!revoked) return fail(revoked);
    pass.revoked = std::move(*revoked);
    if (whole) pass.lists.push_back({.shard = 0, .before = std::move(*last)});
    return shards > 0 ? look_at_shards(reader, heads, pass) : Result<void>();
  });
  return read ? Result<Pass>(std::move(pass)) : fail(read);
}

Result<void> ListPublisher::look_at_shards(Reader& reader, const std::vector<Published>& heads, Pass& pass) const {
  pass.of_shard.resize(heads.size());
  for (std::size_t place = 0; place < pass.revoked.size(); ++place)
    pass.of_shard[ca::shard_of(authority_, pass.revoked[place].entry.serial)].push_back(place);
  for (unsigned shard = 1; shard < heads.size(); ++shard) {
    const Published& head = heads[shard];
    const bool recent = head && pass.now < end_of_hour(head->this_update, shard);
    const Result<bool> due = recent ? lacks_one(reader, {shard, head}, pass) : true;
    if (!due) return fail(due);
    if (!*due) continue;
    auto before = reader.latest_crl(ca::list_id(authority_.id, shard));
    if (!before) return fail(before);
    pass.lists.push_back({.shard = shard, .before = std::move(*before)});
  }
  return {};
}

/// lacks_one reads a shard's list only where something was revoked about when it was made, or later.
Result<bool> ListPublisher::lacks_one(Reader& reader, const Next& head, const Pass& pass) const {
  const auto is_new = [&](std::size_t place) {
    const CertificateReader::Revoked& revoked = pass.revoked[place];
    return revoked.entry.revoked_at >= head.before->this_update - kLookBack && revoked.not_after >= head.before->this_update;
  };
  const std::vector<std::size_t>& places = pass.of_shard[head.shard];
  if (std::ranges::none_of(places, is_new)) return false;
  const auto list = reader.latest_crl(ca::list_id(authority_.id, head.shard));
  if (!list) return fail(list);
  const auto serials = *list ? listed_serials(**list) : fail(Code::corrupt, "store.corrupt", authority_.id);
  if (!serials) return fail(serials);
  return std::ranges::any_of(places, [&](std::size_t place) {
    return is_new(place) && !std::ranges::binary_search(*serials, pass.revoked[place].entry.serial);
  });
}

std::vector<pki::RevokedEntry> ListPublisher::entries_of(const Next& next, const Pass& pass) const {
  const Instant since = listed_since(next.before);
  std::vector<pki::RevokedEntry> entries;
  const auto take = [&](const CertificateReader::Revoked& revoked) {
    if (revoked.not_after >= since) entries.push_back(revoked.entry);
  };
  if (next.shard == 0) {
    entries.reserve(pass.revoked.size());
    std::ranges::for_each(pass.revoked, take);
  } else {
    for (const std::size_t place : pass.of_shard[next.shard]) take(pass.revoked[place]);
  }
  return entries;
}

Result<unsigned long long> ListPublisher::publish_one(const Next& next, const Pass& pass) {
  const ca::ListId list = ca::list_id(authority_.id, next.shard);
  const auto number = take_number(services_.store, list);
  if (!number) return fail(number);
  const ca::CrlOrder order{.authority = authority_.id,
                           .number = *number,
                           .this_update = pass.now,
                           .next_update = pass.now + kCrlLife,
                           .revoked = entries_of(next, pass),
                           .shard = next.shard};
  const auto der = services_.issuer.make_crl(order);
  if (!der && der.error().id == "issuer.refused")
    if (auto freed = free_number(services_.store, list, order.number); !freed) return fail(freed);
  if (!der) return fail(der);
  const auto checked = check_list(services_.store, authority_, next.shard, *der, next.before, services_.clock.now());
  if (!checked) return fail(checked);
  auto published = services_.store.transact([&](Writer& writer) -> Result<void> {
    // What was read for this list may be older than a list of another node: it follows the one it was held against, or none.
    const auto head = writer.latest_crl_head(list);
    if (!head) return fail(head);
    if (number_of(*head) != number_of(next.before)) return fail(Code::conflict, "store.conflict", list);
    writer.audit({.at = pass.now,
                  .actor = "job crl",
                  .action = "crl.published",
                  .institution = {},
                  .subject = list,
                  .detail = {{"number", std::to_string(order.number)}, {"entries", std::to_string(order.revoked.size())}}});
    return writer.add_crl(list, {order.number, order.this_update, order.next_update, *der});
  });
  if (!published) return fail(published);
  return order.number;
}

Result<bool> ListPublisher::was_overtaken(const Next& next) {
  const ca::ListId list = ca::list_id(authority_.id, next.shard);
  const auto head = read_from(services_.store, [&](Reader& reader) { return reader.latest_crl_head(list); });
  if (!head) return fail(head);
  return number_of(*head) != number_of(next.before);
}

}  // namespace inkan::lifecycle
