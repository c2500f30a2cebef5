#pragma once

#include <boost/json/fwd.hpp>
#include <vector>

#include "lifecycle/events.hpp"
#include "lifecycle/holders.hpp"
#include "net/http.hpp"

namespace inkan::wire {

/// The REST door's words for the nouns of the story; openapi.yaml has their schemas under the same names. Times are RFC 3339 in
/// the institution's zone, days ISO 8601.
boost::json::object to_json(const lifecycle::HolderView& view, const lifecycle::Institution& institution, Day today);
boost::json::object to_json(const lifecycle::CertificateRecord& record, const lifecycle::Institution& institution, Day today);
boost::json::array to_json(const std::vector<lifecycle::FeedEvent>& events, const lifecycle::Institution& institution);
boost::json::object to_json(const lifecycle::StaffRequest& request, const lifecycle::Institution& institution);

/// make_json is an answer that no cache keeps, for it speaks of persons or of this moment.
net::Response make_json(int status, const boost::json::object& value);

}  // namespace inkan::wire
