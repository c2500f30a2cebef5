#pragma once

#include <functional>
#include <string>

#include "lifecycle/store.hpp"

/// Walks over everything an institution has on record, page by page: for the operator's verbs and the nightly checks alone.
namespace inkan::server {

/// for_each_certificate takes all certificates of an institution, in order of login ID; each holder's newest first. An error of
/// `take` ends the walk.
Result<void> for_each_certificate(lifecycle::Reader& reader, const std::string& institution,
                                  const std::function<Result<void>(lifecycle::CertificateRecord)>& take);

/// for_each_due takes each holder's newest live certificate that is not on hold and expires between two days, both inclusive, in
/// order of expiry.
Result<void> for_each_due(lifecycle::Store& store, const std::string& institution, Day first, Day last,
                          const std::function<void(const lifecycle::DueCertificate&)>& take);

}  // namespace inkan::server
