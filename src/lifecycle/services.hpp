#pragma once

#include "base/chance.hpp"
#include "base/clock.hpp"
#include "ca/issuer.hpp"
#include "lifecycle/institution.hpp"
#include "lifecycle/store.hpp"

namespace inkan::lifecycle {

/// Step is told when the issuing act reaches a named point. The shipped programs pass none; tests of kill -9 do.
using Step = std::function<void(std::string_view point)>;

/// Services are what every verb of the story works with. The referred-to parts outlive it.
struct Services {
  Store& store;
  const ca::Issuer& issuer;
  const Institutions& institutions;
  const Clock& clock;
  Rng& rng;
  Step step = {};
};

}  // namespace inkan::lifecycle
