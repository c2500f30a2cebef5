#include "wire/rest_json.hpp"

#include <boost/json.hpp>

namespace inkan::wire {

using lifecycle::CertificateRecord;
using lifecycle::Institution;

boost::json::object to_json(const lifecycle::HolderView& view, const Institution& institution, Day today) {
  const lifecycle::Holder& holder = view.holder;
  boost::json::object out{{"login_id", holder.id.login_id},
                          {"role", lifecycle::to_text(holder.role)},
                          {"company", holder.company},
                          {"contract", holder.contract},
                          {"name", holder.name},
                          {"mail", holder.mail},
                          {"entitlement", lifecycle::to_text(holder.entitlement)},
                          {"state", lifecycle::to_text(view.state)},
                          {"created_at", to_rfc3339(holder.created_at, institution.zone)}};
  if (holder.acquire_until) out["acquire_until"] = to_iso(*holder.acquire_until);
  if (holder.last_login) out["last_login"] = to_rfc3339(*holder.last_login, institution.zone);
  if (view.certificate) out["certificate"] = to_json(*view.certificate, institution, today);
  return out;
}

boost::json::object to_json(const CertificateRecord& record, const Institution& institution, Day today) {
  const Zone& zone = institution.zone;
  boost::json::object out{{"serial", record.serial.hex()},
                          {"authority", record.authority},
                          {"login_id", record.holder.login_id},
                          {"status", lifecycle::to_text(status_of(record, institution, today))},
                          {"not_before", to_rfc3339(record.not_before, zone)},
                          {"not_after", to_rfc3339(record.not_after, zone)},
                          {"expiry_day", to_iso(record.expiry_day)},
                          {"remaining_days", remaining_days(record, today)}};
  if (record.fingerprint) out["fingerprint_sha256"] = record.fingerprint->hex();
  if (record.issued_at) out["issued_at"] = to_rfc3339(*record.issued_at, zone);
  if (record.confirmed_at) out["confirmed_at"] = to_rfc3339(*record.confirmed_at, zone);
  if (record.held_at) out["held_at"] = to_rfc3339(*record.held_at, zone);
  if (const auto ending = ending_of(record, institution)) {
    out["revoked_at"] = to_rfc3339(ending->at, zone);
    out["reason"] = pki::to_text(ending->reason);
  }
  if (record.replaced_by) out["replaced_by"] = record.replaced_by->hex();
  return out;
}

boost::json::array to_json(const std::vector<lifecycle::FeedEvent>& events, const Institution& institution) {
  boost::json::array listed;
  for (const lifecycle::FeedEvent& event : events) {
    boost::json::object detail;
    for (const auto& [key, value] : event.detail) detail[key] = value;
    listed.push_back(boost::json::object{{"id", event.id},
                                         {"at", to_rfc3339(event.at, institution.zone)},
                                         {"action", event.action},
                                         {"actor", event.actor},
                                         {"subject", event.subject},
                                         {"detail", std::move(detail)}});
  }
  return listed;
}

boost::json::object to_json(const lifecycle::StaffRequest& request, const Institution& institution) {
  boost::json::object out{{"number", request.number},
                          {"login_id", request.holder.login_id},
                          {"act", lifecycle::to_text(request.act)},
                          {"state", lifecycle::to_text(request.state)},
                          {"requested_at", to_rfc3339(request.requested_at, institution.zone)}};
  if (request.decided_at) out["decided_at"] = to_rfc3339(*request.decided_at, institution.zone);
  return out;
}

net::Response make_json(int status, const boost::json::object& value) {
  net::Response response = net::make_response(status, "application/json", boost::json::serialize(value) + "\n");
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace inkan::wire
