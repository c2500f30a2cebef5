// The load: clients that ask for certificates on lines kept alive, or that log in on a new line each time. It takes the CPU time
// of the server's process over exactly the measured interval, and holds every answer to what it must be.

#include "load.hpp"

#include <fmt/format.h>
#include <openssl/x509.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <barrier>
#include <fstream>
#include <thread>

namespace inkan::bench {
namespace {

/// Interval is the measured time: from when every client is ready to when the last has its last answer.
class Interval {
 public:
  explicit Interval(const Watched& watched) : watched_(watched) {}

  void begin() {
    own_ = cpu_seconds(::getpid());
    server_ = watched_.family ? family_cpu_seconds(watched_.server) : cpu_seconds(watched_.server);
    if (watched_.database) database_ = family_cpu_seconds(watched_.database);
    start_ = std::chrono::steady_clock::now();
  }

  Answer end(std::vector<double> latencies, std::size_t operations, std::size_t errors) const {
    const double wall = seconds_since(start_);
    const double server = (watched_.family ? family_cpu_seconds(watched_.server) : cpu_seconds(watched_.server)) - server_;
    const double own = cpu_seconds(::getpid()) - own_;
    const auto each = static_cast<double>(operations);
    std::ranges::sort(latencies);
    Answer answer;
    answer.add("operations", each).add("errors", static_cast<double>(errors)).add("cpu_us", server / each * 1e6);
    if (watched_.database) answer.add("database_cpu_us", (family_cpu_seconds(watched_.database) - database_) / each * 1e6);
    answer.add("client_cpu_us", own / each * 1e6)
        .add("wall_per_second", each / wall)
        .add("p50_ms", percentile(latencies, 0.5) * 1e3)
        .add("p99_ms", percentile(latencies, 0.99) * 1e3);
    return answer;
  }

 private:
  Watched watched_;
  double own_ = 0, server_ = 0, database_ = 0;
  std::chrono::steady_clock::time_point start_;
};

/// measure has the clients take `warm` turns that are not measured, and then `count` that are. `make_client` makes, on its own
/// thread, what a client does in a turn: it takes the turn's number and gives the seconds it took.
template <class MakeClient>
Answer measure(const Where& where, std::size_t warm, std::size_t count, const std::atomic<std::size_t>& errors,
               const MakeClient& make_client) {
  std::vector<double> latencies(warm + count);
  Interval interval(where.watched);
  std::barrier ready(static_cast<std::ptrdiff_t>(where.clients), [&]() noexcept { interval.begin(); });
  std::atomic<std::size_t> next_warm = 0;
  std::atomic<std::size_t> next = warm;
  {
    std::vector<std::jthread> clients;
    for (std::size_t i = 0; i < where.clients; ++i)
      clients.emplace_back([&, i] {
        auto turn = make_client(i);
        for (std::size_t at = next_warm++; at < warm; at = next_warm++) latencies[at] = turn(at);
        ready.arrive_and_wait();
        for (std::size_t at = next++; at < warm + count; at = next++) latencies[at] = turn(at);
      });
  }
  latencies.erase(latencies.begin(), latencies.begin() + static_cast<std::ptrdiff_t>(warm));
  return interval.end(std::move(latencies), count, errors);
}

Bytes key_of_request(const Bytes& der) {
  const unsigned char* at = der.data();
  const std::unique_ptr<X509_REQ, Freed<X509_REQ_free>> request(d2i_X509_REQ(nullptr, &at, static_cast<long>(der.size())));
  unsigned char* out = nullptr;
  const int size = request ? i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(request.get()), &out) : 0;
  Bytes key(out, out + std::max(size, 0));
  OPENSSL_free(out);
  return key;
}

Bytes key_of_certificate(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<X509, Freed<X509_free>> certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  unsigned char* out = nullptr;
  const int size = certificate ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate.get()), &out) : 0;
  Bytes key(out, out + std::max(size, 0));
  OPENSSL_free(out);
  return key;
}

std::string issue_request(const IssueLoad& load, std::size_t index, const Bytes& body) {
  return fmt::format(
             "POST {}/{}/certificates HTTP/1.1\r\nHost: {}:{}\r\nContent-Type: application/pkcs10\r\nContent-Length: {}\r\n\r\n",
             load.path, holder_name(index), load.where.host, load.where.port, body.size()) +
         std::string(as_text(body));
}

}  // namespace

void issue(const IssueLoad& load) {
  const std::vector<KeyAndRequest> pool = read_pool(load.pool);
  const std::size_t warm = load.where.clients * 2;
  if (pool.size() < load.count + warm)
    stop(fmt::format("{} requests are wanted, the pool has {}", load.count + warm, pool.size()));
  const TlsContext tls = make_tls(load.where.trust);
  show_certificate(tls.get(), load.certificate, load.key);

  std::vector<std::string> certificates(load.count + warm);
  std::atomic<std::size_t> errors = 0;  // seen afterwards alone
  Answer answer = measure(load.where, warm, load.count, errors, [&](std::size_t) {
    return [&, line = Line(tls.get(), load.where.host, load.where.port)](std::size_t index) mutable {
      const std::string request = issue_request(load, index, pool[index].request);
      const auto start = std::chrono::steady_clock::now();
      auto reply = line.exchange(request);
      const double took = seconds_since(start);
      if (!reply) stop("the server closed the line");
      if (reply->status == 201) certificates[index] = std::move(reply->body);
      return took;
    };
  });
  for (std::size_t i = 0; i < certificates.size(); ++i)
    if (certificates[i].empty() || key_of_certificate(certificates[i]) != key_of_request(pool[i].request)) ++errors;
  if (errors > 0)
    stop(fmt::format("{} of {} answers were no certificate for the key asked for", errors.load(), certificates.size()));
  answer.print();
  if (load.out.empty()) return;
  std::vector<Bytes> kept;
  for (const std::string& certificate : certificates) kept.push_back(to_bytes(certificate));
  write_strings(load.out, kept);
}

void log_in(const LoginLoad& load) {
  const std::vector<KeyAndRequest> pool = read_pool(load.pool);
  const std::vector<Bytes> certificates = read_strings(load.certificates);
  if (std::min(pool.size(), certificates.size()) < load.where.clients) stop("fewer certificates than clients");
  const std::size_t warm = load.where.clients * 4;
  const std::string request =
      fmt::format("GET {} HTTP/1.1\r\nHost: {}:{}\r\nConnection: close\r\n\r\n", load.path, load.where.host, load.where.port);
  std::atomic<std::size_t> errors = 0;
  std::atomic<std::size_t> bytes = 0;
  const auto visit = [&](SSL_CTX* tls, std::size_t index) {
    const auto start = std::chrono::steady_clock::now();
    Line line(tls, load.where.host, load.where.port);
    const auto reply = line.exchange(request);
    const double took = seconds_since(start);
    if (!reply || reply->status != 200 || (reply->head + reply->body).find(load.expect) == std::string::npos) ++errors;
    if (reply) bytes = reply->head.size() + 2 + reply->body.size();
    if (index == 0 && !load.save.empty() && reply) std::ofstream(load.save, std::ios::binary) << reply->body;
    return took;
  };
  Answer answer = measure(load.where, warm, load.count, errors, [&](std::size_t client) {
    TlsContext tls = make_tls(load.where.trust);
    show_certificate(tls.get(), certificates[client], pool[client].key);
    return [&visit, tls = std::move(tls)](std::size_t index) { return visit(tls.get(), index); };
  });
  if (errors > 0) stop(fmt::format("{} of {} logins did not get the page", errors.load(), load.count + warm));
  answer.add("answer_bytes", static_cast<double>(bytes.load())).print();
}

void ask(const AskLoad& load) {
  std::ifstream file(load.question, std::ios::binary);
  const std::string body{std::istreambuf_iterator<char>(file), {}};
  if (body.empty()) stop(load.question.string() + ": no question");
  const std::string request = fmt::format("POST {} HTTP/1.1\r\nHost: {}:{}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n",
                                          load.path, load.where.host, load.where.port, load.type, body.size()) +
                              body;
  const std::size_t warm = load.where.clients * 8;
  std::atomic<std::size_t> errors = 0;
  std::atomic<std::size_t> bytes = 0;
  const auto once = [&](Line& line, std::size_t index) {
    const auto start = std::chrono::steady_clock::now();
    const auto reply = line.exchange(request);
    const double took = seconds_since(start);
    if (!reply) stop("the server closed the line");
    // SEQUENCE of two octets' length, then ENUMERATED 0: successful (RFC 6960 4.2.1).
    const bool good = reply->status == 200 && reply->head.find(load.answer_type) != std::string::npos &&
                      reply->body.size() > 64 && reply->body.compare(4, 3, std::string("\x0a\x01\x00", 3)) == 0;
    if (!good) ++errors;
    if (index == 0) {
      bytes = reply->body.size();
      if (!load.save.empty()) std::ofstream(load.save, std::ios::binary) << reply->body;
    }
    return took;
  };
  Answer answer = measure(load.where, warm, load.count, errors, [&](std::size_t) {
    return [&, line = Line(nullptr, load.where.host, load.where.port)](std::size_t index) mutable { return once(line, index); };
  });
  if (errors > 0) stop(fmt::format("{} of {} answers were no successful OCSP answer", errors.load(), load.count + warm));
  answer.add("answer_bytes", static_cast<double>(bytes.load())).print();
}

}  // namespace inkan::bench

int main(int argc, char** argv) {
  using namespace inkan::bench;
  CLI::App app("Load for Inkan and its peers.");
  app.require_subcommand(1);
  Where where;
  const auto place = [&](CLI::App* verb) {
    verb->add_option("--host", where.host)->required();
    verb->add_option("--port", where.port)->required();
    verb->add_option("--trust", where.trust, "PEM of the server certificate's root; not for plain lines");
    verb->add_option("--clients", where.clients)->required()->check(CLI::PositiveNumber);
    verb->add_option("--pid", where.watched.server, "server whose CPU time is taken")->required();
    verb->add_flag("--family", where.watched.family, "its children's too");
    verb->add_option("--database", where.watched.database, "process whose family's CPU time is shown apart");
  };
  IssueLoad issuing;
  CLI::App* issue_verb = app.add_subcommand("issue", "ask for certificates at the bulk door");
  place(issue_verb);
  issue_verb->add_option("--path", issuing.path, "/api/v1/institutions/ID/holders")->required();
  issue_verb->add_option("--certificate", issuing.certificate, "the registration authority's, PEM")->required();
  issue_verb->add_option("--key", issuing.key, "its key, PEM")->required();
  issue_verb->add_option("--pool", issuing.pool, "requests")->required();
  issue_verb->add_option("--count", issuing.count)->required();
  issue_verb->add_option("--out", issuing.out, "keeps the certificates here");
  LoginLoad logins;
  CLI::App* login_verb = app.add_subcommand("login", "full handshakes with client certificates, one page each");
  place(login_verb);
  login_verb->add_option("--path", logins.path)->required();
  login_verb->add_option("--pool", logins.pool, "keys")->required();
  login_verb->add_option("--certificates", logins.certificates, "what `issue --out` kept")->required();
  login_verb->add_option("--count", logins.count)->required();
  login_verb->add_option("--expect", logins.expect, "text that every answer must hold");
  login_verb->add_option("--save", logins.save, "keeps one page here");
  AskLoad asking;
  CLI::App* ask_verb = app.add_subcommand("ask", "one OCSP question again and again, on plain lines kept alive");
  place(ask_verb);
  ask_verb->add_option("--path", asking.path)->required();
  ask_verb->add_option("--question", asking.question, "file of the request's body")->required();
  ask_verb->add_option("--count", asking.count)->required();
  ask_verb->add_option("--save", asking.save, "keeps one answer here");
  CLI11_PARSE(app, argc, argv);
  if (ask_verb->parsed()) {
    asking.where = where;
    asking.type = "application/ocsp-request";
    asking.answer_type = "application/ocsp-response";
    ask(asking);
  } else if (issue_verb->parsed()) {
    issuing.where = where;
    issue(issuing);
  } else {
    logins.where = where;
    log_in(logins);
  }
  return 0;
}
