#include "mail/dkim.hpp"

#include <gtest/gtest.h>

#include "mail/message.hpp"
#include "support/mail_keys.hpp"

namespace inkan::mail {
namespace {

const std::string kAddress = test::MailKeys::kAddress;
const Instant kNow = parse_rfc3339("2026-10-31T00:05:09Z").value();

std::string message(const std::string& body = "あと30日です。\n\n") {
  lifecycle::Letter letter;
  letter.to = "keiri@example.test";
  letter.subject = "【髙﨑信用金庫㈱】①電子証明書更新のお願い（11月30日まで）";
  letter.body = body;
  letter.message_id = "<N-20261031-000123.d1@bank.test>";
  return make_message(letter, {"髙﨑信用金庫", kAddress}, kNow).value();
}

class Keys : public testing::Test {
 protected:
  Result<Dkim> load(const std::string& pem, const std::string& domain = "bank.test", const std::string& selector = "s1") const {
    return Dkim::load({.domain = domain, .selector = selector, .key = Secret(pem)}, kAddress);
  }
  /// verify asks dkimpy, which shares no code with libopendkim, about each signature of a message: "[True, False]". NAME.key is
  /// published under the selector NAME. Debian's Python has it, whichever comes first in PATH.
  std::string verify(const std::string& signed_message) const {
    const std::string script = keys_.write("verify.py", R"(
import base64, dkim, subprocess, sys
def dns(name, timeout=5):
    selector, domain = name.decode().split("._domainkey.")
    der = subprocess.run(["openssl", "pkey", "-in", f"{sys.argv[1]}/{selector}.key", "-pubout", "-outform", "DER"],
                         capture_output=True, check=True).stdout
    assert domain == "bank.test.", domain
    if selector == "ed": return b"v=DKIM1; k=ed25519; p=" + base64.b64encode(der[-32:])
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)
message = open(sys.argv[2], "rb").read()
found = sum(1 for name, _ in dkim.DKIM(message).headers if name.lower() == b"dkim-signature")
def judge(i):
    try: return dkim.DKIM(message).verify(idx=i, dnsfunc=dns)
    except dkim.DKIMException: return False
print([judge(i) for i in range(found)])
)");
    const ToolRun run =
        run_tool("/usr/bin/python3 " + script + " " + keys_.path() + " " + keys_.write("message.eml", signed_message));
    return run.output;
  }

  test::MailKeys keys_;
};

TEST_F(Keys, both_algorithms_verify_side_by_side) {
  auto rsa = load(keys_.make("rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048"), "bank.test", "rsa");
  auto ed = load(keys_.make("ed", "-algorithm ED25519"), "bank.test", "ed");
  ASSERT_TRUE(rsa) << rsa.error().id << rsa.error().detail;
  ASSERT_TRUE(ed) << ed.error().id << ed.error().detail;
  for (const std::string& plain : {message(), message(""), message("a  b \n\n\n")}) {
    const std::string first = rsa->sign(plain, kNow).value();
    const std::string second = ed->sign(plain, kNow).value();
    EXPECT_TRUE(first.starts_with("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=bank.test; s=rsa;")) << first;
    EXPECT_TRUE(second.starts_with("DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d=bank.test;")) << second;
    EXPECT_NE(first.find("t=1793405109;"), std::string::npos) << "the letter's own time";
    EXPECT_EQ(verify(first + second + plain), "[True, True]\n") << first << second << plain;
  }
}

TEST_F(Keys, what_was_altered_or_added_does_not_verify) {
  auto rsa = load(keys_.make("rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048"), "bank.test", "rsa");
  auto ed = load(keys_.make("ed", "-algorithm ED25519"), "bank.test", "ed");
  const std::string plain = message();
  const std::string whole = rsa->sign(plain, kNow).value() + ed->sign(plain, kNow).value() + plain;
  const auto altered = [&](const std::string& from, const std::string& to) {
    std::string text = whole;
    const auto at = text.find(from, text.find("\r\nDate: "));
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  };
  EXPECT_EQ(verify(altered("Subject: ", "Subject: x")), "[False, False]\n");
  EXPECT_EQ(verify(altered("To: keiri", "To: kelri")), "[False, False]\n");
  EXPECT_EQ(verify(altered("text/plain", "text/html")), "[False, False]\n");
  EXPECT_EQ(verify(altered("\r\n\r\n", "\r\n\r\nAAAA")), "[False, False]\n");
  EXPECT_EQ(verify(altered("From: ", "From: x@evil.test\r\nFrom: ")), "[False, False]\n");
  EXPECT_EQ(verify(altered("Subject: ", "Subject: bait\r\nSubject: ")), "[False, False]\n");
  EXPECT_EQ(verify(altered("Subject: ", "subject:   ")), "[True, True]\n") << "relaxed";
}

TEST_F(Keys, what_is_no_key_for_the_sender_is_refused) {
  const std::string rsa = keys_.make("rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048");
  EXPECT_TRUE(load(rsa, "notice.bank.test"));
  EXPECT_EQ(load(rsa, "other.test").error().id, "mail.dkim_domain");
  EXPECT_EQ(load(rsa, "a.notice.bank.test").error().id, "mail.dkim_domain");
  EXPECT_EQ(load(rsa, "").error().id, "mail.dkim_domain");
  EXPECT_EQ(load(rsa, "bank.test", "s; x").error().id, "mail.dkim_selector");
  EXPECT_EQ(load("no key").error().id, "mail.dkim_key");
  EXPECT_EQ(load(keys_.make("small", "-algorithm RSA -pkeyopt rsa_keygen_bits:1024")).error().id, "mail.dkim_key");
  EXPECT_EQ(load(keys_.make("ec", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256")).error().id, "mail.dkim_key");
  EXPECT_EQ(load(keys_.make("x", "-algorithm X25519")).error().id, "mail.dkim_key");
}

}  // namespace
}  // namespace inkan::mail
