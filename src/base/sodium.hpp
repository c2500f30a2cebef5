#pragma once

namespace inkan {

/// start_sodium readies libsodium; every call after the first does nothing. Without it the generator is not safe to share between
/// threads, and Argon2id runs its portable code, which takes half as long again. Private to base.
void start_sodium();

}  // namespace inkan
