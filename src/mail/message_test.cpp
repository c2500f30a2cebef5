#include "mail/message.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <sstream>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "mail/address.hpp"
#include "support/fake_rng.hpp"
#include "support/tool.hpp"

namespace inkan::mail {
namespace {

Instant at(const char* text) { return parse_rfc3339(text).value(); }
const Instant kNow = at("2026-10-31T00:05:09Z");
const Sender kSender{"サンプル銀行", "no-reply@notice.bank.test"};

lifecycle::Letter letter(std::string subject = "電子証明書更新のお願い", std::string body = "あと30日です。\n") {
  lifecycle::Letter made;
  made.to = "keiri@example.test";
  made.subject = std::move(subject);
  made.body = std::move(body);
  made.message_id = "<N-20261031-000123.d1@bank.test>";
  return made;
}

std::vector<std::string> lines_of(const std::string& message) {
  std::vector<std::string> lines;
  std::size_t from = 0;
  for (auto end = message.find("\r\n"); end != std::string::npos; end = message.find("\r\n", from)) {
    lines.push_back(message.substr(from, end - from));
    from = end + 2;
  }
  EXPECT_EQ(from, message.size()) << "the last line ends";
  return lines;
}

/// header gives a header's raw lines, joined as they stand.
std::string header(const std::string& message, const std::string& name) {
  std::string found;
  bool inside = false;
  for (const std::string& line : lines_of(message)) {
    if (line.empty()) break;
    inside = line.starts_with(name + ": ") || (inside && line.starts_with(' '));
    if (inside) found += (found.empty() ? line.substr(name.size() + 2) : "\n" + line);
  }
  return found;
}

/// words_of undoes RFC 2047 in a header made of encoded words only.
std::vector<std::string> words_of(const std::string& value) {
  std::vector<std::string> words;
  std::istringstream stream(value);
  for (std::string word; stream >> word;) {
    RC_ASSERT(word.starts_with("=?UTF-8?B?"));
    RC_ASSERT(word.ends_with("?="));
    RC_ASSERT(word.size() <= 75u);
    words.emplace_back(as_text(parse_base64(word.substr(10, word.size() - 12)).value()));
  }
  return words;
}

rc::Gen<std::string> japanese() {
  static const std::vector<std::string> kPieces = {"髙", "﨑", "①",  "㈱", "電子証明書", "（", "）", "【", "𠮷", "葛󠄀",
                                                   "ｶﾅ", "A",  "=?", "?=", " ",          "é",  "😀", "・", "1",  "_"};
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(kPieces)), [](const auto& pieces) {
    std::string text;
    for (const std::string& piece : pieces) text += piece;
    return text;
  });
}

TEST(Message, is_what_rfc_5322_asks) {
  lifecycle::Letter plain = letter("Renewal", "one\n.\ntwo");
  const auto message = make_message(plain, {"", "bank@bank.test"}, kNow);
  ASSERT_TRUE(message) << message.error().id;
  EXPECT_EQ(*message,
            "Date: Sat, 31 Oct 2026 00:05:09 +0000\r\n"
            "From: bank@bank.test\r\n"
            "To: keiri@example.test\r\n"
            "Subject: Renewal\r\n"
            "Message-ID: <N-20261031-000123.d1@bank.test>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=UTF-8\r\n"
            "Content-Transfer-Encoding: base64\r\n"
            "\r\n"
            "b25lDQouDQp0d28NCg==\r\n");
}

TEST(Message, a_repeat_bears_the_same_message_id) {
  const std::string first = make_message(letter(), kSender, kNow).value();
  const std::string later = make_message(letter(), kSender, kNow + std::chrono::hours{5}).value();
  EXPECT_EQ(header(first, "Message-ID"), header(later, "Message-ID"));
  EXPECT_EQ(header(first, "Message-ID"), "<N-20261031-000123.d1@bank.test>");
}

TEST(Message, an_ascii_name_is_quoted) {
  const auto message = make_message(letter(), {R"(Sample "Bank", \ Ltd.)", "b@bank.test"}, kNow);
  EXPECT_EQ(header(*message, "From"), R"("Sample \"Bank\", \\ Ltd." <b@bank.test>)");
}

TEST(Message, text_that_looks_encoded_is_encoded) {
  const auto message = make_message(letter("=?UTF-8?B?SGVsbG8=?="), kSender, kNow);
  EXPECT_EQ(words_of(header(*message, "Subject")), std::vector<std::string>{"=?UTF-8?B?SGVsbG8=?="});
}

RC_GTEST_PROP(Message, encoded_words_are_short_whole_and_give_the_subject_back, ()) {
  const std::string subject = *japanese();
  RC_PRE(!subject.empty());
  const auto message = make_message(letter(subject), kSender, kNow);
  RC_ASSERT(message.has_value());
  const std::string value = header(*message, "Subject");
  if (value == subject) return;  // stands as it is
  std::string joined;
  for (const std::string& word : words_of(value)) {
    RC_ASSERT(is_utf8(word));  // no character is split
    joined += word;
  }
  RC_ASSERT(joined == subject);
}

RC_GTEST_PROP(Message, every_line_is_short_ascii_and_ends_in_crlf, ()) {
  const auto message = make_message(letter(*japanese(), *japanese() + "\n\n" + *japanese()), {*japanese(), "b@bank.test"}, kNow);
  RC_ASSERT(message.has_value());
  for (const std::string& line : lines_of(*message)) {
    RC_ASSERT(line.size() <= 76u);
    for (const char c : line) RC_ASSERT(c >= ' ' && c <= '~');
  }
}

/// decoded_by_python reads messages with Python's email package, which we did not write: subject, sender and body of each.
std::vector<std::string> decoded_by_python(const std::vector<std::string>& messages) {
  const TempFolder folder;
  std::string input;
  for (const std::string& message : messages) input += to_hex(as_bytes(message)) + "\n";
  const std::string script = folder.write("read.py", R"(
import email, email.header, email.policy, email.utils, sys
for line in open(sys.argv[1]):
    raw = bytes.fromhex(line.strip())
    m = email.message_from_bytes(raw, policy=email.policy.default)
    assert not m.defects and not any(h.defects for h in m.values()), m.defects
    assert m.get_content_type() == "text/plain" and m.get_content_charset() == "utf-8" and not m.is_multipart()
    # The new API of Python 3.11 puts a space between the encoded words of a name (RFC 2047 6.2 says none); the old one does not.
    words, address = email.utils.parseaddr(email.message_from_bytes(raw)["From"])
    name = str(email.header.make_header(email.header.decode_header(words)))
    for value in (str(m["Subject"]), name, address, m.get_content().replace("\r\n", "\n")):
        print(value.encode().hex())
)");
  const ToolRun run = run_tool("python3 " + script + " " + folder.write("messages", input));
  EXPECT_EQ(run.status, 0) << run.output;
  std::vector<std::string> values;
  for (const std::string& line : split(run.output, '\n')) values.emplace_back(as_text(parse_hex(line).value_or(Bytes{})));
  return values;
}

TEST(Message, another_reader_sees_what_we_wrote) {
  static const std::vector<std::string> kPieces = {"髙",  "﨑", "①", "㈱", "電子証明書の更新", "（", "）", "【", "𠮷", "😀",
                                                   "abc", "=",  "?", "1"};
  FakeRng rng(7);
  const auto made_up = [&] {
    std::string text;
    const Bytes choices = make_bytes(rng, 1 + make_bytes(rng, 1)[0] % 40);
    for (const std::uint8_t choice : choices) text += kPieces[choice % kPieces.size()];
    return text;
  };
  std::vector<std::string> messages;
  std::vector<std::string> expected;
  for (int i = 0; i < 200; ++i) {
    const std::string subject = made_up();
    const std::string name = made_up();
    const std::string body = made_up() + "\n\n  " + made_up() + "\n";
    messages.push_back(make_message(letter(subject, body), {name, "b@bank.test"}, kNow).value());
    expected.insert(expected.end(), {subject, name, "b@bank.test", body});
  }
  auto values = decoded_by_python(messages);
  values.resize(expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(values[i], expected[i]) << messages[i / 4];
}

// ---- refusals -------------------------------------------------------------------------------------------------------

std::string refusal(const lifecycle::Letter& wrong, const Sender& sender = kSender) {
  const auto message = make_message(wrong, sender, kNow);
  return message ? "" : message.error().id;
}

TEST(Message, no_value_can_add_a_header) {
  for (const char* text : {"x\r\nBcc: a@b.test", "x\nBcc: a@b.test", "x\rBcc", "nul\x01", "\x1b[31m", "\xC2\x85", "\xE2\x80\xAE",
                           "\xE2\x80\xA8", "\xFF"}) {
    EXPECT_EQ(refusal(letter(text)), "mail.text") << to_hex(as_bytes(text));
    EXPECT_EQ(refusal(letter(), {text, "b@bank.test"}), "mail.text") << to_hex(as_bytes(text));
    EXPECT_EQ(refusal(letter(), {"", text}), "mail.address") << to_hex(as_bytes(text));
    lifecycle::Letter to = letter();
    to.to = text;
    EXPECT_EQ(refusal(to), "mail.address");
    lifecycle::Letter id = letter();
    id.message_id = "<a@" + std::string(text) + ">";
    EXPECT_EQ(refusal(id), "mail.message_id");
  }
}

TEST(Message, a_body_holds_lines_of_text_only) {
  EXPECT_EQ(refusal(letter("s", "tab\tand\nlines\n")), "");
  EXPECT_EQ(refusal(letter("s", "")), "");
  EXPECT_EQ(refusal(letter("s", "a\r\nb")), "mail.text");
  EXPECT_EQ(refusal(letter("s", std::string("a\0b", 3))), "mail.text");
  EXPECT_EQ(refusal(letter("s", "\xE9")), "mail.text");
}

TEST(Message, has_its_limits) {
  EXPECT_EQ(refusal(letter(std::string(1'001, 'x'))), "mail.too_large");
  EXPECT_EQ(refusal(letter("s", std::string(64 * 1024 + 1, 'x'))), "mail.too_large");
}

TEST(Address, is_a_dot_atom_at_a_host) {
  for (const char* good : {"a@b.test", "keiri.01+x@mail.example.co.jp", "o'neil@b-c.test", "a@localhost"})
    EXPECT_TRUE(is_address(good)) << good;
  for (const char* bad : {"", "a", "@b", "a@", "a b@c", "a@b@c", ".a@b", "a.@b", "a..b@c", "a@-b", "a@b..c", "a@b_c",
                          "a@[127.0.0.1]", "<a@b>", "a@b>", "a@b,c@d", "髙@b.test", "a@日本.test", "\"a b\"@c"})
    EXPECT_FALSE(is_address(bad)) << bad;
  EXPECT_FALSE(is_address(std::string(65, 'a') + "@b.test"));
}

}  // namespace
}  // namespace inkan::mail
