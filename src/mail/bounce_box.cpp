#include "mail/bounce_box.hpp"

#include <fstream>
#include <iterator>

#include "base/log.hpp"

namespace inkan::mail {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> failure(const fs::path& path, const std::error_code& error) {
  return fail(Code::unavailable, "mail.bounces", path.string() + ": " + error.message());
}

/// read_mail reads a plain file, no link and no pipe, of a size that a report may have.
Result<std::string> read_mail(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(fs::symlink_status(path, error)) || error) return fail(Code::invalid, "bounce.not_a_file");
  if (fs::file_size(path, error) > kMostReportBytes || error) return fail(Code::too_large, "bounce.too_large");
  std::ifstream in(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (in.bad() || content.empty()) return fail(Code::unavailable, "bounce.unreadable");
  return content;
}

}  // namespace

Result<BounceBox> BounceBox::open(fs::path folder, BounceAddress ours) {
  std::error_code error;
  if (!fs::is_directory(folder / "new", error))
    return fail(Code::corrupt, "mail.bounces", (folder / "new").string() + ": no folder");
  for (const char* name : {"cur", "aside"}) {
    fs::create_directory(folder / name, error);
    if (error) return failure(folder / name, error);
  }
  return BounceBox(std::move(folder), std::move(ours));
}

Result<std::vector<std::string>> BounceBox::waiting() const {
  std::error_code error;
  std::set<std::string> names;  // Maildir names begin with the time of delivery
  for (fs::directory_iterator at(folder_ / "new", error), end; !error && at != end; at.increment(error))
    if (const std::string name = at->path().filename().string(); !stuck_.contains(name)) names.insert(name);
  if (error) return failure(folder_ / "new", error);
  return std::vector<std::string>(names.begin(), names.end());
}

void BounceBox::set_aside(const std::string& file, const std::string& why) {
  std::error_code error;
  fs::rename(folder_ / "new" / file, folder_ / "aside" / file, error);
  if (!error) {
    log(LogLevel::warning, "mail", "mail.bounce_aside", {{"file", file}, {"id", why}});
    return;
  }
  stuck_.insert(file);
  log(LogLevel::error, "mail", "mail.bounce_stuck", {{"file", file}, {"id", why}, {"detail", error.message()}});
}

Result<std::vector<BounceBox::Report>> BounceBox::collect(int limit) {
  const auto names = waiting();
  if (!names) return fail(names);
  std::vector<Report> reports;
  for (const std::string& name : *names) {
    if (static_cast<int>(reports.size()) >= limit) break;
    const auto content = read_mail(folder_ / "new" / name);
    auto bounces = content ? read_bounces(as_bytes(*content), ours_) : Result<std::vector<Bounce>>(fail(content));
    if (bounces)
      reports.push_back({.file = name, .bounces = std::move(*bounces)});
    else
      set_aside(name, bounces.error().id);
  }
  return reports;
}

Result<void> BounceBox::settle(const Report& report) {
  std::error_code error;
  fs::rename(folder_ / "new" / report.file, folder_ / "cur" / (report.file + ":2,S"), error);  // S: seen
  if (error) return failure(folder_ / "cur", error);
  return {};
}

}  // namespace inkan::mail
