#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lifecycle/store.hpp"
#include "store/chain.hpp"

namespace inkan::simulation {

/// RewindingStore is the real store's statements over SQLite inside one transaction that never commits: savepoints mark states,
/// and going back to one costs microseconds. For one thread.
class RewindingStore : public lifecycle::Store {
 public:
  /// open takes up a database whose schema is current.
  void open(const std::string& file);

  Result<void> transact(const std::function<Result<void>(lifecycle::Writer&)>& work) override;
  Result<void> read(const std::function<Result<void>(lifecycle::Reader&)>& work) override;
  Result<void> health() override { return {}; }

  /// mark keeps the present state below all later ones; it gives its number, from 0.
  std::size_t mark();
  /// rewind goes back to a mark, which stays; those after it are gone.
  void rewind(std::size_t to);

 private:
  void control(const std::string& sql);

  std::unique_ptr<store::Engine> engine_;
  std::unique_ptr<store::Connection> connection_;
  store::ChainHead head_;
  std::vector<store::ChainHead> marks_;
  bool changed_ = false;  // since the last mark
};

}  // namespace inkan::simulation
