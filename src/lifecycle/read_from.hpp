#pragma once

#include <type_traits>

#include "lifecycle/store.hpp"

namespace inkan::lifecycle {

/// read_from gives what `find` finds in one consistent view: Store::read for whoever wants one answer.
template <class Find>
auto read_from(Store& store, const Find& find) {
  using Found = std::invoke_result_t<Find, Reader&>;
  Found found = fail(Code::internal, "store.not_read");
  auto read = store.read([&](Reader& reader) -> Result<void> {
    found = find(reader);
    return found ? Result<void>() : fail(found);
  });
  return read ? found : Found(fail(read));
}

}  // namespace inkan::lifecycle
