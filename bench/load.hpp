#pragma once

#include <unistd.h>

#include "line.hpp"

namespace inkan::bench {

/// Watched are the processes whose CPU time an interval is measured by.
struct Watched {
  pid_t server = 0;
  bool family = false;  ///< the server's children count as the server: nginx
  pid_t database = 0;   ///< PostgreSQL's first process; 0: none
};

/// Where is whom the load goes to, and with how many clients at once.
struct Where {
  std::string host;
  std::uint16_t port = 0;
  std::filesystem::path trust;
  std::size_t clients = 1;
  Watched watched;
};

/// IssueLoad asks for `count` certificates, one for each holder that bench_seed made, after two for each client that are not
/// measured.
struct IssueLoad {
  Where where;
  std::string path;
  std::filesystem::path certificate;
  std::filesystem::path key;
  std::filesystem::path pool;
  std::filesystem::path out;
  std::size_t count = 0;
};
void issue(const IssueLoad& load);

/// LoginLoad makes `count` logins, after four for each client that are not measured. Each client shows a certificate of its own.
struct LoginLoad {
  Where where;
  std::string path;
  std::filesystem::path pool;
  std::filesystem::path certificates;
  std::string expect;
  std::filesystem::path save;
  std::size_t count = 0;
};
void log_in(const LoginLoad& load);

/// AskLoad posts one body `count` times on plain lines kept alive, after eight for each client that are not measured. Every
/// answer is 200, of that media type, and begins with the same octets: those of a successful OCSP answer.
struct AskLoad {
  Where where;
  std::string path;
  std::string type;         ///< of the question
  std::string answer_type;  ///< that the answer must bear
  std::filesystem::path question;
  std::filesystem::path save;  ///< keeps one answer here
  std::size_t count = 0;
};
void ask(const AskLoad& load);

}  // namespace inkan::bench
