#include "ca/roots.hpp"

#include <algorithm>
#include <charconv>

#include "ca/ceremony_folder.hpp"
#include "ca/root_list.hpp"

namespace inkan::ca {
namespace {

const std::string kLater = "root-g";

std::unexpected<Error> corrupt(std::string what) { return fail(Code::corrupt, "issuer.corrupt", std::move(what)); }

/// generation_of is 1 of "root", N of "root-gN", and 0 of anything else.
int generation_of(const std::string& label) {
  if (label == kFirstRoot) return 1;
  if (!label.starts_with(kLater)) return 0;
  int number = 0;
  const char* const end = label.data() + label.size();
  const auto [stop, error] = std::from_chars(label.data() + kLater.size(), end, number);
  return error == std::errc() && stop == end && number > 1 ? number : 0;
}

bool is_signed_by(const pki::Certificate& certificate, const Root& root) {
  return certificate.issuer().der() == root.certificate.subject().der() && certificate.verify_by(root.certificate);
}

Result<Root> load_root(const std::filesystem::path& folder, const std::string& label) {
  Result<pki::Certificate> certificate = read_certificate(folder / (label + ".pem"));
  if (!certificate) return fail(certificate);
  const Result<pki::Crl> list = read_root_list(folder / root_list_name(label), *certificate);
  if (!list && list.error().id != "file.not_found") return fail(list);
  return Root{.label = label, .certificate = std::move(*certificate), .list = list ? std::optional(*list) : std::nullopt};
}

/// load_cross reads what one root says of another, where it says something.
Result<void> load_cross(const std::filesystem::path& folder, const Root& subject, const Root& signer, Roots& roots) {
  const std::string label = cross_label(subject.label, signer.label);
  Result<pki::Certificate> certificate = read_certificate(folder / (label + ".pem"));
  if (!certificate) return certificate.error().id == "file.not_found" ? Result<void>() : fail(certificate);
  const bool right = is_signed_by(*certificate, signer) && certificate->spki() == subject.certificate.spki() &&
                     certificate->subject().der() == subject.certificate.subject().der();
  if (!right) return corrupt(label + ": not of these two roots");
  roots.crosses.push_back({.label = label, .certificate = std::move(*certificate)});
  return {};
}

}  // namespace

bool is_root_label(const std::string& label) { return generation_of(label) > 0; }

std::string next_root_label(const std::string& label) { return kLater + std::to_string(generation_of(label) + 1); }

std::string root_list_name(const std::string& label) { return label + ".crl"; }

std::string cross_label(const std::string& subject, const std::string& signer) { return subject + "-by-" + signer; }

Result<Roots> load_roots(const std::filesystem::path& folder) {
  Roots roots;
  for (std::string label = kFirstRoot;; label = next_root_label(label)) {
    Result<Root> root = load_root(folder, label);
    if (!root && root.error().id == "file.not_found" && !roots.all.empty()) break;
    if (!root) return fail(root);
    roots.all.push_back(std::move(*root));
  }
  for (std::size_t i = 1; i < roots.all.size(); ++i) {
    const Root& earlier = roots.all[i - 1];
    const Root& later = roots.all[i];
    if (const Result<void> read = load_cross(folder, later, earlier, roots); !read) return fail(read);
    if (const Result<void> read = load_cross(folder, earlier, later, roots); !read) return fail(read);
  }
  return roots;
}

Result<void> judge_clock(const Roots& roots, Instant now) {
  for (const Root& root : roots.all) {
    const Instant born = root.certificate.not_before();
    const Instant earliest = root.list ? std::max(born, root.list->this_update()) : born;
    if (now < earliest)
      return fail(Code::conflict, "ceremony.clock", "it is " + to_rfc3339(now) + " here, before " + to_rfc3339(earliest));
  }
  return {};
}

Result<Root> root_of(const Roots& roots, const pki::Certificate& certificate) {
  const auto found = std::ranges::find_if(roots.all, [&](const Root& root) { return is_signed_by(certificate, root); });
  if (found == roots.all.end()) return corrupt("not signed by the root");
  return *found;
}

}  // namespace inkan::ca
