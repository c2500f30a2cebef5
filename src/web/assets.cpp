#include "web/assets.hpp"

#include <span>

#include "base/bytes.hpp"
#include "base/embedded.hpp"
#include "base/text.hpp"

namespace inkan::web {

std::span<const EmbeddedFile> embedded_files();

namespace {

constexpr std::string_view kFolder = "static/";
constexpr std::string_view kAddress = "/assets/";

std::string type_of(std::string_view name) {
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".svg")) return "image/svg+xml";
  check(false, "an asset of a kind that we do not serve");
  return {};
}

/// without_comments leaves what only explains, and the indentation, in the source: readers of the wire pay by the byte.
std::string without_comments(std::string_view script) {
  std::string out;
  for (const std::string& line : split(script, '\n')) {
    const std::string_view kept = trim(std::string_view(line).substr(0, line.find("// ")));
    if (!kept.empty()) out += std::string(kept) + "\n";
  }
  return out;
}

}  // namespace

Assets Assets::load() {
  Assets assets;
  std::string all;
  for (const EmbeddedFile& file : embedded_files()) {
    if (!file.name.starts_with(kFolder)) continue;
    const std::string name(file.name.substr(kFolder.size()));
    std::string content = name.ends_with(".js") ? without_comments(file.content) : std::string(file.content);
    all += name + "\n" + content;
    assets.files_[name] = {type_of(name), std::move(content)};
  }
  assets.base_ = std::string(kAddress) + sha256(as_bytes(all)).hex().substr(0, 16);
  return assets;
}

bool Assets::owns(std::string_view path) { return path.starts_with(kAddress); }

net::Response Assets::answer(std::string_view path) const {
  const bool current = path.size() > base_.size() && path.starts_with(base_) && path[base_.size()] == '/';
  const auto file = current ? files_.find(path.substr(base_.size() + 1)) : files_.end();
  if (file == files_.end()) return net::make_text(404, "not found\n");
  net::Response response = net::make_response(200, file->second.type, file->second.content);
  response.headers.set("Cache-Control", "public, max-age=31536000, immutable");
  return response;
}

}  // namespace inkan::web
