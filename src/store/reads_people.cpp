#include "store/reads_people.hpp"

#include <algorithm>
#include <iterator>

namespace inkan::store {
namespace {

using lifecycle::Holder;
using lifecycle::HolderId;
using lifecycle::OneTimeCode;
using lifecycle::StaffRequest;

const std::string kFindHolder = select(kHolderColumns, "holders WHERE institution = $1 AND login_id = $2");
const std::string kListHolders =
    select(kHolderColumns, "holders WHERE institution = $1 AND login_id > $2 ORDER BY login_id LIMIT $3");
const std::string kHoldersOfContract =
    select(kHolderColumns, "holders WHERE institution = $1 AND contract = $2 ORDER BY login_id LIMIT $3");
// Text begins with x when x <= text < x and the last code point: a range of an index, in the order of code points (C) on both
// engines. The companies' range is sorted by login ID within the index before a single row is touched.
const std::string kSearchByLoginId =
    select(kHolderColumns, "holders WHERE institution = $1 AND login_id >= $2 AND login_id < $3 ORDER BY login_id LIMIT $4");
const std::string kSearchByCompany =
    select(kHolderColumns,
           "holders WHERE institution = $1 AND login_id IN (SELECT login_id FROM holders WHERE institution = $1 "
           "AND company >= $2 AND company < $3 ORDER BY login_id LIMIT $4) ORDER BY login_id");
const std::string kUnfetched = select(kHolderColumns,
                                      "holders WHERE institution = $1 AND entitlement = 'acquirable' AND (acquire_until, "
                                      "login_id) > ($2, $3) AND acquire_until <= $4 "
                                      "ORDER BY acquire_until, login_id LIMIT $5");
constexpr std::string_view kLastCodePoint = "\U0010FFFF";

const std::string kUsableCodes = select(
    kCodeColumns, "codes WHERE institution = $1 AND login_id = $2 AND used_at IS NULL AND expires_at > $3 ORDER BY expires_at");
const std::string kCodesToMake = select(kCodeColumns,
                                        "codes WHERE hash IS NULL AND used_at IS NULL AND usable_from <= $1 AND expires_at > $1 "
                                        "ORDER BY usable_from, id LIMIT $2");

const std::string kContactsOf =
    select(kContactColumns, "contacts WHERE institution = $1 AND login_id = $2 ORDER BY added_at, address");
const std::string kUndeliverableContacts = select(
    kContactColumns, "contacts WHERE institution = $1 AND undeliverable_since IS NOT NULL ORDER BY login_id, address LIMIT $2");
constexpr std::string_view kSharersOf =
    "SELECT login_id FROM contacts WHERE institution = $1 AND address = $2 ORDER BY login_id LIMIT $3";

const std::string kFindStaff = select(kStaffColumns, "staff WHERE institution = $1 AND login_id = $2");
const std::string kFindStaffByFingerprint = select(kStaffColumns, "staff WHERE fingerprint = $1");
const std::string kListStaff = select(kStaffColumns, "staff WHERE institution = $1 ORDER BY login_id");
const std::string kFindStaffSession = select(kStaffSessionColumns, "staff_sessions WHERE token_hash = $1");

const std::string kFindRequest = select(kRequestColumns, "requests WHERE institution = $1 AND number = $2");
const std::string kRequestsOf =
    select(kRequestColumns, "requests WHERE institution = $1 AND login_id = $2 ORDER BY requested_at DESC, number DESC LIMIT $3");
const std::string kWaitingRequests =
    select(kRequestColumns, "requests WHERE institution = $1 AND state = 'waiting' ORDER BY requested_at, number LIMIT $2");

}  // namespace

template <class Port>
Result<std::optional<Holder>> ReadsPeople<Port>::find_holder(const HolderId& id) {
  return statements_.find(kFindHolder, {id.institution, id.login_id}, to_holder);
}

template <class Port>
Result<std::vector<Holder>> ReadsPeople<Port>::list_holders(const std::string& institution, const std::string& after, int limit) {
  return statements_.list(kListHolders, {institution, after, limit}, to_holder);
}

template <class Port>
Result<std::vector<Holder>> ReadsPeople<Port>::holders_of_contract(const std::string& institution, const std::string& contract,
                                                                   int limit) {
  return statements_.list(kHoldersOfContract, {institution, contract, limit}, to_holder);
}

template <class Port>
Result<std::vector<Holder>> ReadsPeople<Port>::search_holders(const std::string& institution, const std::string& text,
                                                              int limit) {
  const std::string end = text + std::string(kLastCodePoint);
  auto found = statements_.list(kSearchByLoginId, {institution, text, end, limit}, to_holder);
  if (!found) return found;
  auto by_company = statements_.list(kSearchByCompany, {institution, text, end, limit}, to_holder);
  if (!by_company) return by_company;
  std::ranges::move(*by_company, std::back_inserter(*found));
  std::ranges::sort(*found, {}, &Holder::id);
  const auto twice = std::ranges::unique(*found, {}, &Holder::id);
  found->erase(twice.begin(), twice.end());
  if (std::cmp_greater(found->size(), limit)) found->erase(found->begin() + limit, found->end());
  return found;
}

template <class Port>
Result<std::vector<Holder>> ReadsPeople<Port>::unfetched(const std::string& institution, Day first, Day last,
                                                         const std::optional<std::pair<Day, std::string>>& after, int limit) {
  const auto& [day, login_id] = after.value_or(std::pair{first, std::string()});  // no login ID is empty
  return statements_.list(kUnfetched, {institution, to_epoch_day(day), login_id, to_epoch_day(last), limit}, to_holder);
}

template <class Port>
Result<std::vector<OneTimeCode>> ReadsPeople<Port>::usable_codes(const HolderId& id, Instant now) {
  return statements_.list(kUsableCodes, {id.institution, id.login_id, to_epoch(now)}, to_code);
}

template <class Port>
Result<std::vector<OneTimeCode>> ReadsPeople<Port>::codes_to_make(Instant now, int limit) {
  return statements_.list(kCodesToMake, {to_epoch(now), limit}, to_code);
}

template <class Port>
Result<std::vector<lifecycle::Contact>> ReadsPeople<Port>::contacts_of(const HolderId& id) {
  return statements_.list(kContactsOf, {id.institution, id.login_id}, to_contact);
}

template <class Port>
Result<std::vector<lifecycle::Contact>> ReadsPeople<Port>::undeliverable_contacts(const std::string& institution, int limit) {
  return statements_.list(kUndeliverableContacts, {institution, limit}, to_contact);
}

template <class Port>
Result<std::vector<std::string>> ReadsPeople<Port>::sharers_of(const std::string& institution, const std::string& address,
                                                               int limit) {
  return statements_.list(kSharersOf, {institution, address, limit}, static_cast<Result<std::string> (*)(const Row&)>(to_text));
}

template <class Port>
Result<std::optional<lifecycle::Staff>> ReadsPeople<Port>::find_staff(const lifecycle::StaffId& id) {
  return statements_.find(kFindStaff, {id.institution, id.login_id}, to_staff);
}

template <class Port>
Result<std::optional<lifecycle::Staff>> ReadsPeople<Port>::find_staff_by_fingerprint(const Digest& fingerprint) {
  return statements_.find(kFindStaffByFingerprint, {fingerprint.view()}, to_staff);
}

template <class Port>
Result<std::vector<lifecycle::Staff>> ReadsPeople<Port>::list_staff(const std::string& institution) {
  return statements_.list(kListStaff, {institution}, to_staff);
}

template <class Port>
Result<std::optional<lifecycle::StaffSession>> ReadsPeople<Port>::find_staff_session(const Digest& token_hash) {
  return statements_.find(kFindStaffSession, {token_hash.view()}, to_staff_session);
}

template <class Port>
Result<std::optional<StaffRequest>> ReadsPeople<Port>::find_request(const std::string& institution, const std::string& number) {
  return statements_.find(kFindRequest, {institution, number}, to_request);
}

template <class Port>
Result<std::vector<StaffRequest>> ReadsPeople<Port>::requests_of(const HolderId& id, int limit) {
  return statements_.list(kRequestsOf, {id.institution, id.login_id, limit}, to_request);
}

template <class Port>
Result<std::vector<StaffRequest>> ReadsPeople<Port>::waiting_requests(const std::string& institution, int limit) {
  return statements_.list(kWaitingRequests, {institution, limit}, to_request);
}

template class ReadsPeople<lifecycle::Reader>;
template class ReadsPeople<lifecycle::Writer>;

}  // namespace inkan::store
