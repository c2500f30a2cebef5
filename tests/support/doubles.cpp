#include "support/fake_clock.hpp"
#include "support/fake_rng.hpp"
