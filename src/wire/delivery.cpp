#include "wire/delivery.hpp"

#include <boost/json.hpp>

#include "wire/rest_json.hpp"

namespace inkan::wire {

std::string write_delivery(const lifecycle::Institution& institution, const lifecycle::EventPage& page) {
  boost::json::array events;
  for (const lifecycle::FeedEvent& event : page.events) events.push_back(to_json(event, institution));
  return boost::json::serialize(
      boost::json::object{{"institution", institution.id}, {"events", std::move(events)}, {"next", page.next}});
}

}  // namespace inkan::wire
