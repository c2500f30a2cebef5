#pragma once

// Asio as this room uses it: one thread per io_context, so that no strand and no type-erased executor is needed. Private to this
// room and heavy: include it in server.cpp, connection.cpp and client.cpp only.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <type_traits>

namespace inkan::net {

namespace asio = boost::asio;

using Ec = boost::system::error_code;
using Tcp = asio::ip::tcp;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<Tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;
using TlsSocket = asio::ssl::stream<Socket>;

template <class T = void>
using Task = asio::awaitable<T, Executor>;

constexpr asio::use_awaitable_t<Executor> kAwait;

/// into makes a completion that resumes the coroutine and puts the error into `ec` instead of throwing it.
inline auto into(Ec& ec) { return asio::redirect_error(kAwait, ec); }

}  // namespace inkan::net
