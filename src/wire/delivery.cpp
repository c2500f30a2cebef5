#include "wire/delivery.hpp"

#include <boost/json.hpp>

#include "wire/rest_json.hpp"

namespace inkan::wire {

std::string write_delivery(const lifecycle::Institution& institution, const lifecycle::EventPage& page) {
  return boost::json::serialize(
      boost::json::object{{"institution", institution.id}, {"events", to_json(page.events, institution)}, {"next", page.next}});
}

}  // namespace inkan::wire
