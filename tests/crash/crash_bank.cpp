// A bank that renews certificates without pause and dies where it is told to. Driven by crash_test and tools/soak; never shipped.
//
//   crash_bank FOLDER STORE-URL [POINT COUNT]
//
// It writes two witnesses into FOLDER: `journal` (every signature, before the caller gets it) and `answers` (every certificate
// that was acknowledged). Without POINT it runs until it is killed.

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "ca/ceremony.hpp"
#include "crash/crash_bank.hpp"
#include "lifecycle/issuance.hpp"
#include "store/open.hpp"

namespace inkan::crash {
namespace {

/// Witness is a file that only grows; one write per line, so that a line is there whole or not at all.
class Witness {
 public:
  explicit Witness(const std::filesystem::path& path)
      : file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
    check(file_ >= 0, "witness");
  }
  void write(const std::string& line) const {
    const std::string whole = line + "\n";
    check(::write(file_, whole.data(), whole.size()) == static_cast<ssize_t>(whole.size()), "witness");
  }

 private:
  int file_;
};

/// WitnessedIssuer notes every signature of the real one.
class WitnessedIssuer : public ca::Issuer {
 public:
  WitnessedIssuer(std::unique_ptr<ca::Issuer> real, const std::filesystem::path& journal)
      : real_(std::move(real)), journal_(journal) {}

  Result<ca::PreparedCertificate> prepare(const ca::CertificateOrder& order) const override { return real_->prepare(order); }
  Result<Bytes> sign(const ca::PreparedCertificate& prepared) const override {
    auto der = real_->sign(prepared);
    if (der) {
      const auto certificate = pki::Certificate::parse(*der);
      check(certificate.has_value(), "certificate");
      journal_.write(certificate->serial().hex() + " " + prepared.tbs_hash.hex());
    }
    return der;
  }
  Result<Bytes> make_crl(const ca::CrlOrder& order) const override { return real_->make_crl(order); }
  Result<Bytes> make_ocsp(const ca::OcspOrder& order) const override { return real_->make_ocsp(order); }
  std::vector<ca::Authority> authorities() const override { return real_->authorities(); }
  Result<void> health() const override { return real_->health(); }

 private:
  std::unique_ptr<ca::Issuer> real_;
  Witness journal_;
};

template <class T>
T need(Result<T> result) {
  if (!result) std::fprintf(stderr, "crash_bank: %s %s\n", result.error().id.c_str(), result.error().detail.c_str());
  check(result.has_value(), "crash_bank");
  return std::move(*result);
}

pki::Csr make_request() {
  const auto key = need(pki::PrivateKey::make(pki::KeyAlgorithm::p256));
  return need(pki::Csr::make(key, need(pki::Name::make({{"CN", "request"}}))));
}

/// newest is a holder's newest live certificate, or nothing.
std::optional<lifecycle::CertificateRecord> newest(lifecycle::Store& store, const lifecycle::HolderId& id) {
  std::optional<lifecycle::CertificateRecord> found;
  const auto read = store.read([&](lifecycle::Reader& reader) -> Result<void> {
    auto live = reader.live_certificates(id);
    if (!live) return fail(live);
    if (!live->empty()) found = live->front();
    return {};
  });
  check(read.has_value(), "read");
  return found;
}

void renew_for_ever(lifecycle::Services services, const lifecycle::Institution& institution, int number, const Witness& answers) {
  lifecycle::Login login(services);
  lifecycle::Enrolment enrolment(services, login);
  const std::string login_id = holder_name(number);
  while (true) {
    const auto current = newest(services.store, {institution.id, login_id});
    Result<lifecycle::CertificateRecord> issued = fail(Code::internal, "none");
    if (current && !current->confirmed_at)
      issued = *current;
    else if (current)
      issued = enrolment.renew(institution, current->fingerprint, make_request());
    else
      issued = enrolment.enrol_approved(institution, login_id, make_request(), "ra crash");
    if (!issued) continue;  // what a dead process left open is closed by recovery; the next try is a new one
    answers.write(issued->serial.hex() + " " + issued->fingerprint->hex());
    (void)enrolment.confirm_use(institution, *issued->fingerprint);
  }
}

int run(const std::filesystem::path& folder, const std::string& url, const std::string& point, int count) {
  const MachineClock clock;
  SystemRng rng;
  const auto institutions = make_institutions();
  const auto keys = ca::open_file_key_store(folder / "ca", Secret("passphrase"));
  (void)need(ca::hold_ceremony(make_plan(), *keys, folder / "ca", rng, clock.now()));
  const WitnessedIssuer issuer(need(ca::open_issuer(*keys, folder / "ca")), folder / "journal");
  const auto store = need(store::open({.url = url, .node = "crash", .migrate = true}));
  const Witness answers(folder / "answers");

  std::atomic<int> reached = 0;
  const lifecycle::Services services{.store = *store,
                                     .issuer = issuer,
                                     .institutions = institutions,
                                     .clock = clock,
                                     .rng = rng,
                                     .step = [&](std::string_view here) {
                                       if (here == point && ++reached == count) ::kill(::getpid(), SIGKILL);
                                     }};
  // A few reservations left behind on purpose make recovery itself a place to die in.
  (void)need(lifecycle::close_unfinished(services, clock.now() + std::chrono::seconds{1}));
  lifecycle::Holders holders(services);
  for (int i = 0; i < kHolders; ++i) {
    std::vector<lifecycle::NewHolder> one;
    one.push_back(
        {.id = {"d1", holder_name(i)}, .company = "株式会社", .name = "担当", .mail = {}, .password = Secret("password-1")});
    (void)holders.add(one, "crash");  // refused where it is there already
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < kHolders; ++i)
    threads.emplace_back([&, i] { renew_for_ever(services, institutions.all().front(), i, answers); });
  for (std::thread& thread : threads) thread.join();
  return 0;
}

}  // namespace
}  // namespace inkan::crash

int main(int argc, char** argv) {
  if (argc != 3 && argc != 5) return 2;
  return inkan::crash::run(argv[1], argv[2], argc == 5 ? argv[3] : "", argc == 5 ? std::atoi(argv[4]) : 0);
}
