#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "store/rows.hpp"

namespace inkan::store {

/// Columns reads a row from left to right and remembers the first column that cannot be ours.
class Columns {
 public:
  explicit Columns(const Row& row) : row_(row) {}

  std::string text() { return std::string(row_.text(next_++)); }
  Bytes bytes() { return to_bytes(row_.bytes(next_++)); }
  long long number() { return row_.number(next_++); }
  int small() { return static_cast<int>(number()); }
  Instant instant() { return from_epoch(number()); }
  Day day() { return from_epoch_day(small()); }
  lifecycle::HolderId holder() { return {text(), text()}; }
  lifecycle::StaffId staff() { return {text(), text()}; }
  Digest digest() { return taken(Digest::from(row_.bytes(next_++))).value_or(Digest{}); }
  std::optional<pki::SerialNumber> serial() { return taken(pki::SerialNumber::parse(row_.bytes(next_++))); }

  /// maybe reads a column that may be NULL by the verb given.
  template <class T>
  std::optional<T> maybe(T (Columns::*read)()) {
    if (!row_.is_null(next_)) return (this->*read)();
    ++next_;
    return {};
  }
  std::optional<pki::SerialNumber> maybe_serial() {
    if (!row_.is_null(next_)) return serial();
    ++next_;
    return {};
  }

  /// word reads a text as one value of a closed set, `first` to `last` of its enumeration, by their to_text.
  template <class T>
  T word(T first, T last) {
    const std::string_view text = row_.text(next_++);
    for (int i = static_cast<int>(first); i <= static_cast<int>(last); ++i)
      if (to_text(static_cast<T>(i)) == text) return static_cast<T>(i);
    wrong_ = next_;
    return first;
  }

  std::unexpected<Error> refusal() const {
    return fail(Code::corrupt, "store.corrupt", fmt::format("column {} of a row", wrong_));
  }

  /// whole is the value when every column was good.
  template <class T>
  Result<T> whole(T value) const {
    if (wrong_ != 0) return refusal();
    return value;
  }

 private:
  template <class T>
  std::optional<T> taken(Result<T> value) {
    if (value) return std::move(*value);
    wrong_ = next_;
    return {};
  }

  const Row& row_;
  int next_ = 0;
  int wrong_ = 0;  // counted from 1; 0: none
};

}  // namespace inkan::store
