#include "mail/smime.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "mail/message.hpp"
#include "support/mail_keys.hpp"

namespace inkan::mail {
namespace {

const std::string kAddress = test::MailKeys::kAddress;
const Sender kSender{"髙﨑信用金庫", kAddress};
const std::string kBody = "髙﨑商事㈱ ご担当者様\n電子証明書の有効期限まで、あと30日です。\n.\n--\nFrom 銀行\n";
const Instant kNow = parse_rfc3339("2026-10-31T00:05:09Z").value();

lifecycle::Letter letter(const std::string& to = "keiri@example.test") {
  lifecycle::Letter made;
  made.to = to;
  made.subject = "【髙﨑信用金庫㈱】①電子証明書更新のお願い";
  made.body = kBody;
  made.message_id = "<N-20261031-000123.d1@bank.test>";
  return made;
}

class Signed : public testing::Test {
 protected:
  Result<Smime> load(const std::string& certificate, const std::string& key,
                     std::vector<std::string> exclude = unsigned_domains()) {
    return Smime::load(keys_.file(certificate + ".pem"), Secret(keys_.file(key + ".key")), kAddress, std::move(exclude));
  }
  test::MailKeys keys_;
};

TEST_F(Signed, a_letter_verifies_with_openssl_and_an_altered_one_does_not) {
  for (const char* newkey : {"rsa:2048", "ec -pkeyopt ec_paramgen_curve:P-256", "ec -pkeyopt ec_paramgen_curve:P-384"}) {
    keys_.issue("bank", newkey);
    const auto smime = load("bank", "bank");
    ASSERT_TRUE(smime) << smime.error().id << smime.error().detail;
    const std::string message = make_message(letter(), kSender, kNow, &*smime).value();
    const ToolRun good = keys_.verify(message);
    EXPECT_EQ(good.status, 0) << good.output << message;
    const std::string plain = make_message(letter(), kSender, kNow).value();
    EXPECT_EQ(keys_.file("content"), plain.substr(plain.find("Content-Type:")))
        << "the part that is signed is the plain letter's";

    std::string altered = message;
    const auto body = altered.find("\r\n\r\n", altered.find("text/plain")) + 4;
    altered[body] = altered[body] == 'A' ? 'B' : 'A';
    EXPECT_NE(keys_.verify(altered).status, 0);
    std::string relabelled = message;
    relabelled.replace(relabelled.find("charset=UTF-8"), 13, "charset=UTF-7");
    EXPECT_NE(keys_.verify(relabelled).status, 0);
  }
}

TEST_F(Signed, another_reader_finds_the_text_and_the_signature_and_nothing_else) {
  keys_.issue("bank", "rsa:2048");
  const auto smime = load("bank", "bank");
  const std::string message = make_message(letter(), kSender, kNow, &*smime).value();
  for (const std::string& line : split(message, '\n')) EXPECT_LE(line.size(), 77u) << line;
  const std::string script = keys_.write("read.py", R"(
import email, email.policy, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
parts = list(m.walk())
assert not any(p.defects for p in parts), [p.defects for p in parts]
print([p.get_content_type() for p in parts], parts[2].get_filename())
print(m["Message-ID"], m.get_param("micalg"), m.get_param("protocol"), m["Content-Transfer-Encoding"])
sys.stdout.write(parts[1].get_content().replace("\r\n", "\n"))
)");
  const ToolRun run = run_tool("PYTHONIOENCODING=utf-8 python3 " + script + " " + keys_.write("message.eml", message));
  EXPECT_EQ(run.output,
            "['multipart/signed', 'text/plain', 'application/pkcs7-signature'] smime.p7s\n"
            "<N-20261031-000123.d1@bank.test> sha-256 application/pkcs7-signature None\n" +
                kBody);
}

TEST_F(Signed, the_signature_bears_the_letters_time_and_the_whole_chain) {
  keys_.issue("bank", "rsa:2048");
  const auto smime = load("bank", "bank");
  const std::string message = make_message(letter(), kSender, kNow, &*smime).value();
  const ToolRun run = run_tool("openssl cms -cmsout -print -in " + keys_.write("message.eml", message));
  EXPECT_NE(run.output.find("UTCTIME:Oct 31 00:05:09 2026 GMT"), std::string::npos) << run.output;
  EXPECT_NE(run.output.find("subject: CN=Test mail CA"), std::string::npos);
  EXPECT_NE(run.output.find("algorithm: sha256 "), std::string::npos);
  EXPECT_EQ(run.output.find("S/MIME Capabilities"), std::string::npos);
}

TEST_F(Signed, some_domains_get_the_plain_letter) {
  keys_.issue("bank");
  const auto smime = load("bank", "bank");
  for (const char* to : {"a@docomo.ne.jp", "a@hotmail.co.jp", "A@Outlook.COM", "a@mail.msn.com", "a@live.jp"})
    EXPECT_TRUE(smime->excludes(to)) << to;
  for (const char* to : {"a@example.test", "a@notdocomo.ne.jp", "a@docomo.ne.jp.example.test"})
    EXPECT_FALSE(smime->excludes(to)) << to;
  EXPECT_FALSE(load("bank", "bank", {})->excludes("a@docomo.ne.jp"));
  EXPECT_TRUE(load("bank", "bank", {"Customer.Example"})->excludes("a@customer.example"));
  EXPECT_EQ(load("bank", "bank", {"*.jp"}).error().id, "mail.smime_exclude");
}

TEST_F(Signed, a_certificate_out_of_its_time_is_told) {
  keys_.issue("bank");
  const auto smime = load("bank", "bank");
  const Instant begin = pki::Certificate::parse_pem(keys_.file("bank.pem")).value().front().not_before();
  EXPECT_TRUE(smime->is_current(begin));
  EXPECT_FALSE(smime->is_current(begin - std::chrono::seconds{1}));
  EXPECT_FALSE(smime->is_current(begin + std::chrono::days{3651}));
}

TEST_F(Signed, what_does_not_fit_is_refused) {
  keys_.issue("bank", "rsa:2048");
  keys_.issue("other", "rsa:2048", "subjectAltName=email:else@bank.test\nextendedKeyUsage=emailProtection\n");
  keys_.issue("web", "rsa:2048", "subjectAltName=email:no-reply@notice.bank.test\nextendedKeyUsage=serverAuth\n");
  keys_.issue("small", "rsa:1024");
  EXPECT_EQ(load("bank", "other").error().id, "mail_signer.key");
  EXPECT_EQ(load("other", "other").error().id, "mail_signer.address");
  EXPECT_EQ(load("web", "web").error().id, "mail_signer.certificate");
  EXPECT_EQ(load("small", "small").error().id, "key.too_small");
  EXPECT_EQ(load("bank", "none").error().id, "key.malformed");
  EXPECT_EQ(Smime::load("", Secret(keys_.file("bank.key")), kAddress, {}).error().id, "certificate.malformed");
  test::MailKeys::run("openssl pkey -aes256 -passout pass:word -in " + keys_.path() + "/bank.key" + " -out " + keys_.path() +
                      "/sealed.key");
  EXPECT_EQ(load("bank", "sealed").error().id, "key.malformed") << "nobody is asked for a passphrase";
}

}  // namespace
}  // namespace inkan::mail
