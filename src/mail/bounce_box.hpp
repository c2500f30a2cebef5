#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "mail/bounce.hpp"

namespace inkan::mail {

/// BounceBox is the Maildir that the bank's mail server delivers to for our bounce addresses: reports come in DIR/new, settled
/// ones go to DIR/cur, and what is no report about a letter of ours goes to DIR/aside for people to look at.
class BounceBox {
 public:
  /// Report is one file of DIR/new.
  struct Report {
    std::string file;
    std::vector<Bounce> bounces;  ///< empty when it tells of delay or success only
  };

  /// open takes the folder and makes `cur` and `aside` where they are missing. Error: `mail.bounces` (no DIR/new, or folders that
  /// cannot be made).
  static Result<BounceBox> open(std::filesystem::path folder, BounceAddress ours);

  /// collect reads what came and was not settled yet, `limit` reports at most, by file name. A file that cannot be read as a
  /// report about one of our letters is logged and set aside, and holds up none of the others. Error: `mail.bounces`.
  ///
  /// Log: `mail.bounce_aside` (warning), `mail.bounce_stuck` (error: the file cannot be moved; it is passed over until the next
  /// start). Neither addresses nor texts are in it.
  Result<std::vector<Report>> collect(int limit = 100);

  /// settle moves a report to DIR/cur: it is not read again. *Caller's duty*: the bounces are on record before; when the process
  /// dies in between, collect gives them once more. Error: `mail.bounces`.
  Result<void> settle(const Report& report);

 private:
  BounceBox(std::filesystem::path folder, BounceAddress ours) : folder_(std::move(folder)), ours_(std::move(ours)) {}
  Result<std::vector<std::string>> waiting() const;
  void set_aside(const std::string& file, const std::string& why);

  std::filesystem::path folder_;
  BounceAddress ours_;
  std::set<std::string> stuck_;
};

}  // namespace inkan::mail
