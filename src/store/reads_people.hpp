#pragma once

#include "store/rows.hpp"
#include "store/statements.hpp"

namespace inkan::store {

/// ReadsPeople is the part of Reads about people: holders with their codes and addresses, the bank's staff and what they ask.
template <class Port>
class ReadsPeople : public Port {
 public:
  explicit ReadsPeople(Connection& connection) : statements_(connection) {}

  Result<std::optional<lifecycle::Holder>> find_holder(const lifecycle::HolderId& id) override;
  Result<std::vector<lifecycle::Holder>> list_holders(const std::string& institution, const std::string& after,
                                                      int limit) override;
  Result<std::vector<lifecycle::Holder>> holders_of_contract(const std::string& institution, const std::string& contract,
                                                             int limit) override;
  Result<std::vector<lifecycle::Holder>> search_holders(const std::string& institution, const std::string& text,
                                                        int limit) override;
  Result<std::vector<lifecycle::Holder>> unfetched(const std::string& institution, Day first, Day last,
                                                   const std::optional<std::pair<Day, std::string>>& after, int limit) override;
  Result<std::vector<lifecycle::OneTimeCode>> usable_codes(const lifecycle::HolderId& id, Instant now) override;
  Result<std::vector<lifecycle::OneTimeCode>> codes_to_make(Instant now, int limit) override;

  Result<std::vector<lifecycle::Contact>> contacts_of(const lifecycle::HolderId& id) override;
  Result<std::vector<lifecycle::Contact>> undeliverable_contacts(const std::string& institution, int limit) override;
  Result<std::vector<std::string>> sharers_of(const std::string& institution, const std::string& address, int limit) override;

  Result<std::optional<lifecycle::Staff>> find_staff(const lifecycle::StaffId& id) override;
  Result<std::optional<lifecycle::Staff>> find_staff_by_fingerprint(const Digest& fingerprint) override;
  Result<std::vector<lifecycle::Staff>> list_staff(const std::string& institution) override;
  Result<std::optional<lifecycle::StaffSession>> find_staff_session(const Digest& token_hash) override;
  Result<std::optional<lifecycle::StaffRequest>> find_request(const std::string& institution, const std::string& number) override;
  Result<std::vector<lifecycle::StaffRequest>> requests_of(const lifecycle::HolderId& id, int limit) override;
  Result<std::vector<lifecycle::StaffRequest>> waiting_requests(const std::string& institution, int limit) override;

  Statements& statements() { return statements_; }

 protected:
  Statements statements_;
};

extern template class ReadsPeople<lifecycle::Reader>;
extern template class ReadsPeople<lifecycle::Writer>;

}  // namespace inkan::store
