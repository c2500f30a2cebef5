#pragma once

#include <memory>
#include <tuple>
#include <utility>

#include "store/connection.hpp"

namespace inkan {

/// Fault is what a FaultyEngine does to the writing connection. `calls_left` counts down with each statement; at 0 that one
/// fails.
struct Fault {
  enum class How {
    refuse,      ///< the statement does not run and says so; the connection lives
    cut_before,  ///< the connection breaks before the statement arrives
    cut_after,   ///< the connection breaks when the statement has run, before its answer arrives
  };
  How how = How::refuse;
  long long calls_left = -1;    ///< below 0: nothing fails
  long long commits_left = -1;  ///< the same for commits alone
  bool struck = false;
};

/// FaultyConnection passes everything on to a real connection until its Fault strikes.
class FaultyConnection : public store::Connection {
 public:
  FaultyConnection(std::unique_ptr<Connection> inner, Fault& fault) : inner_(std::move(inner)), fault_(fault) {}

  Result<long long> run(std::string_view sql, std::span<const store::Value> parameters, const store::OnRow& on_row) override {
    return pass<long long>([&] { return inner_->run(sql, parameters, on_row); });
  }
  Result<void> run_script(const std::string& sql) override {
    return pass<void>([&] { return inner_->run_script(sql); });
  }
  Result<void> control(std::string_view sql) override {
    if (sql == "COMMIT" && runs_out(fault_.commits_left)) return fail(Code::unavailable, "store.unavailable", "fault");
    return pass<void>([&] { return inner_->control(sql); });
  }
  bool is_lost() const override { return lost_ || inner_->is_lost(); }
  Result<bool> others_wrote() override {
    return pass<bool>([&] { return inner_->others_wrote(); });
  }
  Result<std::string> transaction_id() override {
    return pass<std::string>([&] { return inner_->transaction_id(); });
  }
  Result<bool> was_committed(const std::string& id) override { return inner_->was_committed(id); }

 private:
  /// runs_out counts down to the one that fails; below 0 none does.
  static bool runs_out(long long& left) {
    if (left < 0) return false;
    return --left < 0;
  }
  template <class T, class Call>
  Result<T> pass(const Call& call) {
    if (lost_) return fail(Code::unavailable, "store.unavailable", "cut");
    if (!runs_out(fault_.calls_left)) return call();
    fault_.struck = true;
    if (fault_.how == Fault::How::cut_after) std::ignore = call();
    if (fault_.how != Fault::How::refuse) {
      lost_ = true;
      inner_ = std::make_unique<Gone>();
    }
    return fail(Code::unavailable, "store.unavailable", "fault");
  }

  /// Gone stands where a connection was: closed, as the other side sees it.
  class Gone : public Connection {
   public:
    Result<long long> run(std::string_view, std::span<const store::Value>, const store::OnRow&) override { return gone(); }
    Result<void> run_script(const std::string&) override { return gone(); }
    Result<void> control(std::string_view) override { return gone(); }
    bool is_lost() const override { return true; }
    Result<bool> others_wrote() override { return gone(); }
    Result<std::string> transaction_id() override { return gone(); }
    Result<bool> was_committed(const std::string&) override { return gone(); }

   private:
    static std::unexpected<Error> gone() { return fail(Code::unavailable, "store.unavailable", "gone"); }
  };

  std::unique_ptr<Connection> inner_;
  Fault& fault_;
  bool lost_ = false;
};

/// FaultyEngine is an engine whose writing connections fail as `fault` says. The fault may be set between transactions only.
class FaultyEngine : public store::Engine {
 public:
  FaultyEngine(std::unique_ptr<Engine> inner, Fault& fault) : inner_(std::move(inner)), fault_(fault) {}
  const store::Dialect& dialect() const override { return inner_->dialect(); }
  Result<std::unique_ptr<store::Connection>> connect(store::Access access, const std::string& node) override {
    auto made = inner_->connect(access, node);
    if (!made || access == store::Access::read) return made;
    return std::make_unique<FaultyConnection>(std::move(*made), fault_);
  }

 private:
  std::unique_ptr<Engine> inner_;
  Fault& fault_;
};

}  // namespace inkan
