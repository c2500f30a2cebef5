#pragma once

#include <string>

#include "lifecycle/codes.hpp"
#include "lifecycle/holders.hpp"

namespace inkan::lifecycle {

/// hand_out_code gives an ID a code as two persons of the bank would, without their signatures and without a letter: a short cut
/// for tests that are about what comes after.
inline std::string hand_out_code(Store& store, Rng& rng, const Institution& institution, const std::string& login_id,
                                 Instant now) {
  std::string code;
  const auto done = store.transact([&](Writer& writer) -> Result<void> {
    const auto holder = writer.lock_holder({institution.id, login_id});
    if (!holder) return fail(holder);
    const Day today = institution.zone.day_of(now);
    const auto view = view_of(writer, institution, **holder, today);
    if (!view) return fail(view);
    const bool in_grace =
        view->status == CertificateStatus::expired_grace || view->status == CertificateStatus::issued_unconfirmed;
    if (!in_grace)
      if (auto approved = approve_reissue(writer, institution, **holder, today); !approved) return approved;
    auto made = release_code(writer, rng,
                             {.holder = (*holder)->id,
                              .purpose = CodePurpose::certificate,
                              .life = std::chrono::days{institution.acquisition.code_days},
                              .actor = "staff a+b"},
                             now);
    if (!made) return fail(made);
    code = std::move(*made);
    return {};
  });
  check(done.has_value(), done ? "" : done.error().id);
  return code;
}

}  // namespace inkan::lifecycle
