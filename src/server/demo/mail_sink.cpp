#include "server/demo/mail_sink.hpp"
#include "base/file.hpp"

#include <fmt/format.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <chrono>
#include <thread>

#include "base/bytes.hpp"
#include "base/log.hpp"
#include "server/demo/delivery_report.hpp"
#include "server/demo/mail_dialogue.hpp"

namespace inkan::server::demo {
namespace {

namespace asio = boost::asio;
using Ec = boost::system::error_code;
using Tcp = asio::ip::tcp;
using TlsSocket = asio::ssl::stream<Tcp::socket>;
using Next = MailDialogue::Next;

constexpr std::size_t kLongestLine = 12'288;   // RFC 4954 4, for AUTH
constexpr std::chrono::seconds kPatience{60};  // for one line, one answer, one handshake
constexpr std::chrono::milliseconds kPause{100};
constexpr int kMostVisits = 32;

auto into(Ec& ec) { return asio::redirect_error(asio::use_awaitable, ec); }

std::string compact(Instant now) {
  std::string text = to_rfc3339(now);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

/// number_of reads NNNN from "YYYYMMDDTHHMMSSZ-NNNN-HASH.eml"; 0 for any other name.
long number_of(const std::string& name) {
  constexpr std::size_t kStart = 17;
  long number = 0;
  if (name.size() > kStart && name.ends_with(".eml")) std::from_chars(name.data() + kStart, name.data() + name.size(), number);
  return number;
}

/// Visit is one connection. Its timer cuts the line when the guest is silent for too long.
struct Visit {
  Visit(Tcp::socket socket, asio::ssl::context& context, MailRules rules)
      : stream(std::move(socket), context), timer(stream.get_executor()), dialogue(std::move(rules)) {}

  TlsSocket stream;
  asio::steady_timer timer;
  MailDialogue dialogue;
  std::string buffer;
};

void be_patient(const std::shared_ptr<Visit>& visit) {
  visit->timer.expires_after(kPatience);
  visit->timer.async_wait([guest = std::weak_ptr<Visit>(visit)](const Ec& ec) {
    const auto still = guest.lock();
    Ec ignored;
    if (!ec && still) still->stream.next_layer().close(ignored);
  });
}

/// converse carries lines and answers over `stream` until the dialogue wants something else of the line, or it is cut.
template <class Stream>
asio::awaitable<Next> converse(const std::shared_ptr<Visit>& visit, Stream& stream) {
  for (;;) {
    Ec ec;
    be_patient(visit);
    const std::size_t length =
        co_await asio::async_read_until(stream, asio::dynamic_buffer(visit->buffer, kLongestLine), "\r\n", into(ec));
    if (ec) co_return Next::hang_up;
    const auto answer = visit->dialogue.take(std::string_view(visit->buffer).substr(0, length - 2));
    visit->buffer.erase(0, length);
    if (!answer.text.empty()) co_await asio::async_write(stream, asio::buffer(answer.text), into(ec));
    if (ec) co_return Next::hang_up;
    if (answer.next != Next::go_on) co_return answer.next;
  }
}

asio::awaitable<void> receive(std::shared_ptr<Visit> visit) {
  Ec ec;
  be_patient(visit);
  co_await asio::async_write(visit->stream.next_layer(), asio::buffer(MailDialogue::greeting()), into(ec));
  if (ec || co_await converse(visit, visit->stream.next_layer()) != Next::start_tls) co_return;
  if (!visit->buffer.empty()) co_return;  // said in the clear, meant to be taken as said under TLS (CVE-2011-0411)
  be_patient(visit);
  co_await visit->stream.async_handshake(asio::ssl::stream_base::server, into(ec));
  if (ec) co_return;
  visit->dialogue.secure();
  if (co_await converse(visit, visit->stream) != Next::hang_up) co_return;
  be_patient(visit);
  co_await visit->stream.async_shutdown(into(ec));
}

}  // namespace

struct MailSink::Engine {
  explicit Engine(MailSinkOptions given) : options(std::move(given)) {}

  Result<void> open();
  asio::awaitable<void> accept();
  bool keep(const ReceivedMail& mail);
  Result<void> report(const ReceivedMail& mail, const std::string& name);

  MailSinkOptions options;
  long next_number = 1;
  int visits = 0;
  asio::ssl::context context{asio::ssl::context::tls_server};
  asio::io_context io{1};
  Tcp::acceptor acceptor{io};
  std::uint16_t port = 0;
  std::thread thread;
};

Result<void> MailSink::Engine::open() {
  if (auto made = make_folder(options.folder); !made) return made;
  Ec ec;
  for (const auto& entry : std::filesystem::directory_iterator(options.folder, ec))
    next_number = std::max(next_number, number_of(entry.path().filename().string()) + 1);
  if (ec) return fail(Code::unavailable, "file.write", options.folder.string() + ": " + ec.message());

  using Tls = asio::ssl::context;
  context.set_options(Tls::no_sslv2 | Tls::no_sslv3 | Tls::no_tlsv1 | Tls::no_tlsv1_1, ec);
  if (!ec) context.use_certificate_chain(asio::buffer(options.certificate_pem), ec);
  if (!ec) context.use_private_key(asio::buffer(options.key_pem), Tls::pem, ec);
  if (ec) return fail(Code::corrupt, "demo.mail_certificate", ec.message());

  const Tcp::endpoint here(asio::ip::address_v4::loopback(), options.port);
  acceptor.open(here.protocol(), ec);
  if (!ec) acceptor.set_option(asio::socket_base::reuse_address(true), ec);
  if (!ec) acceptor.bind(here, ec);
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (!ec) port = acceptor.local_endpoint(ec).port();
  if (ec) return fail(Code::unavailable, "demo.mail_port", fmt::format("{}: {}", options.port, ec.message()));
  return {};
}

asio::awaitable<void> MailSink::Engine::accept() {
  for (;;) {
    Ec ec;
    Tcp::socket socket = co_await acceptor.async_accept(into(ec));
    if (ec == asio::error::operation_aborted) co_return;
    if (ec) {  // out of files, most likely
      asio::steady_timer pause(io, kPause);
      co_await pause.async_wait(into(ec));
      continue;
    }
    if (visits >= kMostVisits) continue;  // closed unheard
    const MailRules rules{.user = options.user, .password = options.password.reveal(), .keep = [this](const ReceivedMail& mail) {
                            return keep(mail);
                          }};
    ++visits;
    asio::co_spawn(io, receive(std::make_shared<Visit>(std::move(socket), context, rules)),
                   [this](const std::exception_ptr& thrown) {
                     --visits;
                     if (thrown) log(LogLevel::error, "server", "demo.mail_failed");
                   });
  }
}

bool MailSink::Engine::keep(const ReceivedMail& mail) {
  const std::string hash = sha256(as_bytes(mail.content)).hex().substr(0, 8);
  const std::string name = fmt::format("{}-{:04}-{}.eml", compact(options.clock.now()), next_number, hash);
  std::string file = fmt::format("Return-Path: <{}>\r\n", mail.from);
  for (const std::string& to : mail.to) file += fmt::format("Delivered-To: {}\r\n", to);
  auto written = write_file(options.folder / name, file + mail.content);
  if (written) written = report(mail, name);
  if (!written) {
    log(LogLevel::error, "server", "demo.mail_failed", {{"id", written.error().id}, {"detail", written.error().detail}});
    return false;
  }
  ++next_number;
  return true;
}

Result<void> MailSink::Engine::report(const ReceivedMail& mail, const std::string& name) {
  if (options.bounces.empty() || mail.from.empty()) return {};
  for (const std::string& to : mail.to)
    if (const auto text = make_delivery_report(mail, to, options.clock.now()))
      if (auto written = write_file(options.bounces / "new" / name, *text); !written) return written;
  return {};
}

MailSink::MailSink(std::unique_ptr<Engine> engine) : engine_(std::move(engine)), port_(engine_->port) {}
MailSink::~MailSink() { stop(); }

Result<std::unique_ptr<MailSink>> MailSink::start(MailSinkOptions options) {
  try {
    auto engine = std::make_unique<Engine>(std::move(options));
    if (auto opened = engine->open(); !opened) return fail(opened);
    asio::co_spawn(engine->io, engine->accept(), [](const std::exception_ptr& thrown) {
      if (thrown) log(LogLevel::error, "server", "demo.mail_failed");
    });
    engine->thread = std::thread([&io = engine->io] { io.run(); });
    return std::unique_ptr<MailSink>(new MailSink(std::move(engine)));
  } catch (const std::system_error& error) {  // Boost's is one too
    return fail(Code::unavailable, "demo.mail_port", error.what());
  }
}

void MailSink::stop() {
  if (!engine_) return;
  engine_->io.stop();
  engine_->thread.join();
  engine_.reset();  // and with it every connection
}

}  // namespace inkan::server::demo
