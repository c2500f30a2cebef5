#include "server/confinement.hpp"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/log.hpp"

namespace inkan::server {
namespace {

#if defined(__x86_64__)
constexpr unsigned kMachine = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kMachine = AUDIT_ARCH_AARCH64;
#else
#error "seccomp: name this machine's AUDIT_ARCH"
#endif

constexpr unsigned kAllow = SECCOMP_RET_ALLOW;
constexpr unsigned kNoSuchFamily = SECCOMP_RET_ERRNO | EAFNOSUPPORT;
constexpr unsigned kForbidden = SECCOMP_RET_ERRNO | EPERM;

constexpr unsigned kOtherTable = 0x4000'0000;  // x32's numbers

constexpr sock_filter load(std::size_t offset) { return {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<unsigned>(offset)}; }
/// Each of these goes on where it holds and skips so many instructions where it does not.
constexpr sock_filter equal(unsigned value, std::uint8_t skipped) { return {BPF_JMP | BPF_JEQ | BPF_K, 0, skipped, value}; }
constexpr sock_filter other_than(unsigned value, std::uint8_t skipped) { return {BPF_JMP | BPF_JEQ | BPF_K, skipped, 0, value}; }
constexpr sock_filter at_least(unsigned value, std::uint8_t skipped) { return {BPF_JMP | BPF_JGE | BPF_K, 0, skipped, value}; }
constexpr sock_filter give(unsigned verdict) { return {BPF_RET | BPF_K, 0, 0, verdict}; }

/// forbid_calls is a filter of system calls: of sockets, Unix ones alone; no other program, and no way around the filter.
bool forbid_calls() {
  sock_filter filter[] = {
      load(offsetof(seccomp_data, arch)),
      other_than(kMachine, 1),
      give(SECCOMP_RET_KILL_PROCESS),
      load(offsetof(seccomp_data, nr)),
      at_least(kOtherTable, 1),
      give(SECCOMP_RET_KILL_PROCESS),
      equal(__NR_socket, 3),
      load(offsetof(seccomp_data, args)),
      equal(AF_UNIX, 8),
      give(kAllow),
      equal(__NR_execve, 1),
      give(kForbidden),
      equal(__NR_execveat, 1),
      give(kForbidden),
      equal(__NR_io_uring_setup, 1),
      give(kForbidden),
      give(kAllow),
      give(kNoSuchFamily),
  };
  const sock_fprog program{.len = sizeof filter / sizeof *filter, .filter = filter};
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace

void shut_in() {
  const auto done = [](bool truth, const char* what) {
    if (!truth) log(LogLevel::warning, "server", "signer.not_shut_in", {{"what", what}, {"why", std::strerror(errno)}});
  };
  done(::close_range(3, ~0U, 0) == 0, "files");
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  done(::setrlimit(RLIMIT_CORE, &none) == 0, "core files");
  done(::prctl(PR_SET_DUMPABLE, 0) == 0, "tracing");
  done(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "rights");
  static_cast<void>(::unshare(CLONE_NEWNET));  // a service has not the right to it; the filter forbids the same
  done(forbid_calls(), "calls");
}

}  // namespace inkan::server
