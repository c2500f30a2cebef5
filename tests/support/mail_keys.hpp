#pragma once

#include <string>

#include "base/result.hpp"
#include "support/tool.hpp"

namespace inkan::test {

/// MailKeys is a folder of keys and certificates for signing mail, made by the openssl program, which also verifies what was
/// signed.
class MailKeys {
 public:
  static constexpr const char* kAddress = "no-reply@notice.bank.test";
  static constexpr const char* kP256 = "ec -pkeyopt ec_paramgen_curve:P-256";
  static constexpr const char* kForMail =
      "subjectAltName=email:no-reply@notice.bank.test\nextendedKeyUsage=emailProtection\nkeyUsage=critical,digitalSignature\n";

  /// issue makes NAME.key and NAME.pem (leaf, CA); `newkey` is openssl's, `extensions` are lines of its configuration.
  void issue(const std::string& name, const std::string& newkey = kP256, const std::string& extensions = kForMail) const {
    folder_.write(name + ".cnf", extensions);
    run("cd " + path() +
        " && { [ -f ca.pem ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem "
        "-subj '/CN=Test mail CA' -days 3650; } && openssl req -newkey " +
        newkey + " -nodes -keyout " + name + ".key -out " + name + ".csr -subj '/CN=Bank' && openssl x509 -req -in " + name +
        ".csr -CA ca.pem -CAkey ca.key -days 3650 -extfile " + name + ".cnf -out leaf.pem && cat leaf.pem ca.pem >" + name +
        ".pem");
  }
  /// make makes NAME.key with genpkey's options and gives its PEM.
  std::string make(const std::string& name, const std::string& options) const {
    run("openssl genpkey " + options + " -out " + path() + "/" + name + ".key");
    return file(name + ".key");
  }
  std::string file(const std::string& name) const {
    std::ifstream in(folder_.path() / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  /// verify is what `openssl cms -verify` says of a message; what it found signed is then in the file "content".
  ToolRun verify(const std::string& message) const {
    const std::string in = folder_.write("message.eml", message);
    return run_tool("openssl cms -verify -in " + in + " -CAfile " + path() + "/ca.pem -purpose smimesign -out " + path() +
                    "/content");
  }
  std::string path() const { return folder_.path().string(); }
  std::string write(const std::string& name, std::string_view content) const { return folder_.write(name, content); }
  static void run(const std::string& command) {
    const ToolRun done = run_tool("{ " + command + "; }");
    check(done.status == 0, done.output);
  }

 private:
  TempFolder folder_;
};

}  // namespace inkan::test
