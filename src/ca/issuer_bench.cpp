// Issuing against the bare work of any CA on libcrypto, by CPU time, in one run: read the ratio of `inkan` to `bare` per kind of
// key. `inkan` does the bare work, and lints what it is about to sign under a throw-away key of the same kind.

#include <benchmark/benchmark.h>

#include "pki/csr.hpp"
#include "support/bare_issue.hpp"
#include "support/held_ceremony.hpp"

namespace inkan::ca {
namespace {

using pki::KeyAlgorithm;

/// What both rows share: one CA, one request, made once per kind.
struct Bench {
  explicit Bench(KeyAlgorithm algorithm)
      : held(algorithm),
        // The keys directory's passphrase is the fixture's; the bare row signs with a key of the same kind.
        bare_key(pki::PrivateKey::make(algorithm).value()),
        bare(bare_key.native(), held.authority().certificate.der()),
        request(pki::Csr::make(pki::PrivateKey::make(algorithm).value(), HeldCeremony::name("bench"))->der()) {}

  HeldCeremony held;
  pki::PrivateKey bare_key;
  BareIssuer bare;
  Bytes request;
};

Bench& bench_of(KeyAlgorithm algorithm) {
  static Bench p256(KeyAlgorithm::p256);
  static Bench rsa2048(KeyAlgorithm::rsa2048);
  return algorithm == KeyAlgorithm::p256 ? p256 : rsa2048;
}

void bare(benchmark::State& state, KeyAlgorithm algorithm) {
  const Bench& bench = bench_of(algorithm);
  for (auto _ : state) benchmark::DoNotOptimize(bench.bare.issue(bench.request));
}

void inkan(benchmark::State& state, KeyAlgorithm algorithm) {
  Bench& bench = bench_of(algorithm);
  for (auto _ : state) {
    const auto request = pki::Csr::parse(bench.request);
    const auto prepared = bench.held.issuer().prepare(bench.held.order(request->key()));
    benchmark::DoNotOptimize(bench.held.issuer().sign(*prepared).value());
  }
}

/// The parts of one issuing act.
void parse(benchmark::State& state, KeyAlgorithm algorithm) {
  const Bench& bench = bench_of(algorithm);
  for (auto _ : state) benchmark::DoNotOptimize(pki::Csr::parse(bench.request).value());
}

void prepare(benchmark::State& state, KeyAlgorithm algorithm) {
  Bench& bench = bench_of(algorithm);
  const CertificateOrder order = bench.held.order(pki::Csr::parse(bench.request)->key());
  for (auto _ : state) benchmark::DoNotOptimize(bench.held.issuer().prepare(order).value());
}

void sign(benchmark::State& state, KeyAlgorithm algorithm) {
  Bench& bench = bench_of(algorithm);
  const auto prepared = bench.held.issuer().prepare(bench.held.order(pki::Csr::parse(bench.request)->key()));
  for (auto _ : state) benchmark::DoNotOptimize(bench.held.issuer().sign(*prepared).value());
}

void signature_alone(benchmark::State& state, KeyAlgorithm algorithm) {
  const Bench& bench = bench_of(algorithm);
  const Bytes message(600);
  for (auto _ : state) benchmark::DoNotOptimize(bench.bare_key.sign(message).value());
}

void ocsp(benchmark::State& state) {
  Bench& bench = bench_of(KeyAlgorithm::p256);
  const Authority& authority = bench.held.authority();
  pki::StatusAnswer answer;
  answer.status = pki::StatusAnswer::Status::unknown;
  answer.cert_id_der = parse_hex("3049300906052b0e03021a05000414" + to_hex(authority.name_sha1) + "0414" +
                                 to_hex(authority.key_sha1) + "021040000000000000000000000000000001")
                           .value();
  const OcspOrder order{
      HeldCeremony::kId, {answer}, bench.held.now(), bench.held.now(), bench.held.now() + std::chrono::hours{1}, {}};
  for (auto _ : state) benchmark::DoNotOptimize(bench.held.issuer().make_ocsp(order).value());
}

void crl(benchmark::State& state) {
  Bench& bench = bench_of(KeyAlgorithm::p256);
  CrlOrder order{HeldCeremony::kId, 1, bench.held.now(), bench.held.now() + std::chrono::hours{24}, {}};
  for (long i = 0; i < state.range(0); ++i)
    order.revoked.push_back({pki::SerialNumber::make(bench.held.rng()), bench.held.now(), pki::RevocationReason::superseded});
  std::size_t size = 0;
  for (auto _ : state) size = bench.held.issuer().make_crl(order).value().size();
  state.counters["bytes"] = static_cast<double>(size);
}

BENCHMARK_CAPTURE(bare, p256, KeyAlgorithm::p256);
BENCHMARK_CAPTURE(inkan, p256, KeyAlgorithm::p256);
BENCHMARK_CAPTURE(parse, p256, KeyAlgorithm::p256);
BENCHMARK_CAPTURE(prepare, p256, KeyAlgorithm::p256);
BENCHMARK_CAPTURE(sign, p256, KeyAlgorithm::p256);
BENCHMARK_CAPTURE(signature_alone, p256, KeyAlgorithm::p256);
BENCHMARK_CAPTURE(bare, rsa2048, KeyAlgorithm::rsa2048);
BENCHMARK_CAPTURE(inkan, rsa2048, KeyAlgorithm::rsa2048);
BENCHMARK_CAPTURE(parse, rsa2048, KeyAlgorithm::rsa2048);
BENCHMARK_CAPTURE(prepare, rsa2048, KeyAlgorithm::rsa2048);
BENCHMARK_CAPTURE(sign, rsa2048, KeyAlgorithm::rsa2048);
BENCHMARK_CAPTURE(signature_alone, rsa2048, KeyAlgorithm::rsa2048);
BENCHMARK(ocsp);
BENCHMARK(crl)->Arg(1000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace inkan::ca
