#pragma once

namespace inkan::server {

/// run_command_line is `inkan`: reads the arguments, runs one verb, prints its answer (stdout is data, stderr is talk) and gives
/// the exit status of docs/operations.md: 0 done, 2 usage, 3 not found, 4 refused by policy, 5 conflict, 6 authentication, 10
/// partly done, 75 try later.
int run_command_line(int argc, char** argv);

}  // namespace inkan::server
