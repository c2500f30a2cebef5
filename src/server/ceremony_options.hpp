#pragma once

#include <CLI/CLI.hpp>

#include "server/verbs.hpp"

/// The words of the command line that every ceremony takes.
namespace inkan::server {

/// kRevocationMeans is what the operator is told before an issuing CA ends.
inline constexpr const char* kRevocationMeans =
    "It cannot be undone. From the next start on nobody logs in or renews with a certificate that it signed.";
inline constexpr const char* kRevocationExamples =
    "Examples:\n"
    "  inkan ca revoke --config FILE --authority d1-g1 --reason cACompromise --root /media/root \\\n"
    "      --root-passphrase-file FILE --operator NAME --witness NAME --witness NAME\n"
    "  inkan ca revoke --config FILE --authority d1-g1 --reason superseded --json --yes\n"
    "Then: inkan ca rollover for the next one, where there is none, its name in the profile, the CA folder to every node, and a "
    "restart.";

/// add_ceremony_options adds where the root's key is, who is there, and --yes, which asks nobody.
void add_ceremony_options(CLI::App& app, CeremonyWishes& wishes, bool& yes);

/// add_next_root_options adds where the next root's key goes.
void add_next_root_options(CLI::App& app, CeremonyWishes& wishes);

}  // namespace inkan::server
