#include "ca/remote_issuer.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>

#include "ca/authority.hpp"
#include "ca/crl.hpp"
#include "ca/draft.hpp"
#include "ca/signer_line.hpp"
#include "ca/signer_message.hpp"

namespace inkan::ca {
namespace {

constexpr int kMostLines = 16;      ///< signatures that wait together share a flush of the journal
constexpr int kPatience = 15;       ///< seconds for a signature: an HSM may be slow
constexpr int kListPatience = 120;  ///< seconds for a list of a million revocations

std::unexpected<Error> unavailable(const std::string& detail) { return fail(Code::unavailable, "issuer.unavailable", detail); }

/// Lines are connections to the signer: each carries one question at a time and is kept for the next.
class Lines {
 public:
  explicit Lines(std::filesystem::path socket) : socket_(std::move(socket)) {}

  Result<Bytes> ask(const SignerOrder& order, std::size_t longest, int patience) {
    Result<Descriptor> line = take();
    if (!line) return leave(fail(line));
    set_patience(*line, patience);
    // What was sent is never sent again: the signer may have signed it, and no serial is signed twice (I3).
    if (const auto sent = send_message(*line, to_bytes(order)); !sent) return leave(unavailable(sent.error().id));
    const Result<Bytes> message = receive_message(*line, [&](std::uint8_t) { return longest + 8; });
    if (!message) return leave(unavailable(message.error().id));
    Result<Bytes> answer = parse_answer(*message);
    if (!answer && answer.error().id == "signer.malformed") return leave(unavailable("signer.malformed"));
    give_back(std::move(*line));
    return answer;
  }

 private:
  Result<Descriptor> take() {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [this] { return out_ < kMostLines; });
    ++out_;
    while (!idle_.empty()) {
      Descriptor line = std::move(idle_.back());
      idle_.pop_back();
      if (is_quiet(line)) return line;  // the others are of a signer that is gone
    }
    lock.unlock();
    return connect_to(socket_);
  }
  void give_back(Descriptor line) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(line));
    --out_;
    freed_.notify_one();
  }
  Result<Bytes> leave(Result<Bytes> result) {
    const std::lock_guard lock(mutex_);
    --out_;
    freed_.notify_one();
    return result;
  }

  std::filesystem::path socket_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<Descriptor> idle_;
  int out_ = 0;
};

class RemoteIssuer : public Issuer {
 public:
  RemoteIssuer(Drafts drafts, std::filesystem::path socket) : drafts_(std::move(drafts)), lines_(std::move(socket)) {}

  Result<PreparedCertificate> prepare(const CertificateOrder& order) const override { return drafts_.prepare(order); }

  Result<Bytes> sign(const PreparedCertificate& prepared) const override {
    const Authority* authority = find(prepared.authority);
    if (authority == nullptr) return unknown(prepared.authority);
    if (sha256(prepared.tbs) != prepared.tbs_hash) return fail(Code::internal, "issuer.hash_mismatch");
    Result<Bytes> der = lines_.ask(SignOrder{prepared.authority, prepared.tbs}, kLongestAnswer, kPatience);
    if (!der) return der;
    const auto certificate = pki::Certificate::parse(*der);
    // A header of four octets, as every certificate of more than 255 and less than 65536 has, then the signed bytes.
    const bool same = certificate && der->size() > prepared.tbs.size() + 4 &&
                      std::equal(prepared.tbs.begin(), prepared.tbs.end(), der->begin() + 4);
    if (!same || !certificate->verify_by(authority->certificate)) return unavailable("another signature than was asked for");
    return der;
  }

  Result<Bytes> make_crl(const CrlOrder& order) const override {
    const Authority* authority = find(order.authority);
    if (authority == nullptr) return unknown(order.authority);
    Result<Bytes> crl = lines_.ask(order, kLongestList, kListPatience);
    if (!crl) return crl;
    if (auto checked = check_crl(*crl, order, *authority); !checked) return fail(checked);
    return crl;
  }

  Result<Bytes> make_ocsp(const OcspOrder& order) const override {
    if (find(order.authority) == nullptr) return unknown(order.authority);
    return lines_.ask(order, kLongestAnswer, kPatience);
  }

  std::vector<Authority> authorities() const override { return drafts_.authorities(); }

  Result<void> health() const override {
    const Result<Bytes> mark = lines_.ask(HealthOrder{}, kLongestAnswer, kPatience);
    if (!mark) return fail(mark);
    if (*mark != inkan::to_bytes(mark_of(drafts_.authorities()).view()))
      return fail(Code::corrupt, "issuer.other_authorities", "the signer has other certificates in its folder");
    return {};
  }

 private:
  const Authority* find(const AuthorityId& id) const {
    const Result<std::size_t> place = drafts_.find(id);
    return place ? &drafts_.authorities()[*place] : nullptr;
  }
  static std::unexpected<Error> unknown(const AuthorityId& id) { return fail(Code::not_found, "issuer.unknown_authority", id); }

  Drafts drafts_;
  mutable Lines lines_;
};

}  // namespace

Result<std::unique_ptr<Issuer>> open_remote_issuer(const std::filesystem::path& folder, std::filesystem::path socket) {
  Result<std::vector<PublicParts>> parts = load_public_parts(folder);
  if (!parts) return fail(parts);
  std::vector<Authority> authorities;
  for (PublicParts& each : *parts) authorities.push_back(std::move(each.authority));
  Result<Drafts> drafts = Drafts::make(std::move(authorities));
  if (!drafts) return fail(drafts);
  return std::make_unique<RemoteIssuer>(std::move(*drafts), std::move(socket));
}

}  // namespace inkan::ca
