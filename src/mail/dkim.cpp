#include "mail/dkim.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <cstring>

#include "mail/address.hpp"
#include "mail/opendkim.hpp"
#include "pki/key.hpp"

namespace inkan::mail {
namespace {

constexpr std::string_view kName = "DKIM-Signature: ";

/// octets gives libopendkim its own kind of text; it writes into none of what it is given here.
unsigned char* octets(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

/// Terminated is a key's PEM with the zero octet libopendkim wants at its end; it wipes itself.
struct Terminated {
  explicit Terminated(const Secret& secret) : text(secret.reveal()) {}
  ~Terminated() { ::explicit_bzero(text.data(), text.size()); }
  Terminated(const Terminated&) = delete;
  Terminated& operator=(const Terminated&) = delete;
  std::string text;
};

/// with_crlf ends every line of a folded header in CRLF.
std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n' && !out.ends_with('\r')) out += '\r';
    out += c;
  }
  return out;
}

DkimLibrary open_library() {
  DkimLibrary library(dkim_init(nullptr, nullptr));
  // What a reader sees or acts on: signed where it stands, and its absence signed once more.
  static std::array<const char*, 9> signed_headers = {
      "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "content-transfer-encoding", nullptr};
  const bool good = library && dkim_options(library.get(), DKIM_OP_SETOPT, DKIM_OPTS_OVERSIGNHDRS,
                                            static_cast<void*>(signed_headers.data()), sizeof(char**)) == DKIM_STAT_OK;
  return good ? std::move(library) : nullptr;
}

/// kind_of tells how a key signs. RSA passes pki's rules for keys; what pki does not know is tried as Ed25519.
Result<dkim_alg_t> kind_of(const Secret& pem) {
  const auto key = pki::PrivateKey::parse_open_pem(pem);
  if (!key && key.error().id != "key.unsupported") return fail(Code::corrupt, "mail.dkim_key", key.error().id);
  if (!key) return DKIM_SIGN_ED25519SHA256;
  if (pki::family_of(key->public_key().algorithm()) != pki::KeyFamily::rsa)
    return fail(Code::corrupt, "mail.dkim_key", "DKIM knows RSA and Ed25519");
  return DKIM_SIGN_RSASHA256;
}

}  // namespace

struct Dkim::Held {
  DkimKey key;
  dkim_alg_t algorithm;
  DkimLibrary library;
};

Dkim::Dkim(std::unique_ptr<Held> held) : held_(std::move(held)) {}
Dkim::Dkim(Dkim&&) noexcept = default;
Dkim& Dkim::operator=(Dkim&&) noexcept = default;
Dkim::~Dkim() = default;

Result<Dkim> Dkim::load(DkimKey key, std::string_view sender) {
  key.domain = to_lower(key.domain);
  const auto is_name = [](const std::string& text) { return is_host_name(text) && text.size() <= 100; };
  if (!is_name(key.domain) || !is_within(domain_of(sender), key.domain))
    return fail(Code::corrupt, "mail.dkim_domain", key.domain);
  if (!is_name(key.selector)) return fail(Code::corrupt, "mail.dkim_selector", key.selector);
  const auto algorithm = kind_of(key.key);
  if (!algorithm) return fail(algorithm);
  Dkim dkim(std::make_unique<Held>(std::move(key), *algorithm, open_library()));
  if (!dkim.held_->library) return fail(Code::internal, "mail.dkim_key", "libopendkim does not start");
  const std::string trial = fmt::format("From: {}\r\n\r\n", sender);
  if (auto tried = dkim.sign(trial, {}); !tried) return fail(Code::corrupt, "mail.dkim_key", tried.error().detail);
  return dkim;
}

Result<std::string> Dkim::sign(const std::string& message, Instant now) {
  const auto failed = [](std::string_view what) { return fail(Code::unavailable, "mail.dkim_sign", std::string(what)); };
  std::uint64_t time = static_cast<std::uint64_t>(now.time_since_epoch().count());
  if (time == 0) time = 1;  // 0 would mean the machine's clock
  if (dkim_options(held_->library.get(), DKIM_OP_SETOPT, DKIM_OPTS_FIXEDTIME, &time, sizeof time) != DKIM_STAT_OK)
    return failed("time");
  std::string id = "letter";
  Terminated secret(held_->key.key);
  DKIM_STAT status = DKIM_STAT_OK;
  const DkimSigning signing(dkim_sign(held_->library.get(), octets(id), nullptr, octets(secret.text), octets(held_->key.selector),
                                      octets(held_->key.domain), DKIM_CANON_RELAXED, DKIM_CANON_RELAXED, held_->algorithm, -1,
                                      &status));
  if (!signing) return failed("key");
  std::string text = message;
  status = dkim_chunk(signing.get(), octets(text), text.size());
  if (status == DKIM_STAT_OK) status = dkim_chunk(signing.get(), nullptr, 0);
  if (status == DKIM_STAT_OK) status = dkim_eom(signing.get(), nullptr);
  unsigned char* header = nullptr;
  std::size_t size = 0;
  if (status == DKIM_STAT_OK) status = dkim_getsighdr_d(signing.get(), kName.size(), &header, &size);
  if (status != DKIM_STAT_OK) {
    const char* why = dkim_geterror(signing.get());
    return failed(why == nullptr ? dkim_getresultstr(status) : why);
  }
  return fmt::format("{}{}\r\n", kName, with_crlf({reinterpret_cast<const char*>(header), size}));
}

}  // namespace inkan::mail
