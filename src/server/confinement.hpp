#pragma once

/// What a process gives up that holds keys.
namespace inkan::server {

/// shut_in gives up, for good and before any thread starts: open files beyond the three, core files and being traced
/// (PR_SET_DUMPABLE), new rights (PR_SET_NO_NEW_PRIVS), sockets of any family but Unix, other programs, and the network's view
/// where the kernel lets it. What the kernel refuses is logged (`signer.not_shut_in`), and the rest holds.
void shut_in();

}  // namespace inkan::server
