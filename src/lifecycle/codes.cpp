#include "lifecycle/codes.hpp"

namespace inkan::lifecycle {

Digest code_hash(std::string_view code) { return sha256(as_bytes(canonical_code(code))); }

Result<int> end_codes(Writer& writer, const HolderId& holder, Instant now) {
  auto codes = writer.usable_codes(holder, now);
  if (!codes) return fail(codes);
  for (OneTimeCode& code : *codes) {
    code.expires_at = now;
    if (auto put = writer.put_code(code); !put) return fail(put);
  }
  return static_cast<int>(codes->size());
}

Result<std::string> release_code(Writer& writer, Rng& rng, const CodeOrder& order, Instant now) {
  if (auto ended = end_codes(writer, order.holder, now); !ended) return fail(ended);
  std::string code = make_code(rng);
  const OneTimeCode fresh{.id = make_token(rng, 8),
                          .holder = order.holder,
                          .purpose = order.purpose,
                          .hash = code_hash(code),
                          .created_at = now,
                          .usable_from = now,
                          .expires_at = now + order.life,
                          .used_at = {},
                          .released_by = order.actor};
  if (auto put = writer.put_code(fresh); !put) return fail(put);
  writer.audit({.at = now,
                .actor = order.actor,
                .action = "code.released",
                .institution = order.holder.institution,
                .subject = order.holder.login_id,
                .detail = {{"code_id", fresh.id}, {"purpose", std::string(to_text(order.purpose))}}});
  return code;
}

Result<std::optional<OneTimeCode>> usable_code(Reader& reader, const HolderId& holder, const Secret& code, Instant now) {
  auto codes = reader.usable_codes(holder, now);
  if (!codes) return fail(codes);
  const Digest typed = code_hash(code.reveal());
  for (OneTimeCode& candidate : *codes)
    if (candidate.hash && candidate.usable_from <= now && same_secret(as_text(candidate.hash->view()), as_text(typed.view())))
      return std::move(candidate);
  return std::optional<OneTimeCode>();
}

}  // namespace inkan::lifecycle
