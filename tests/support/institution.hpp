#pragma once

#include "lifecycle/certificate.hpp"
#include "lifecycle/letters.hpp"

namespace inkan::lifecycle {

/// make_letters are short letters that use every value of their own, so that one left out is missed.
inline std::map<std::string, LetterTemplate> make_letters() {
  std::map<std::string, LetterTemplate> letters = {
      {"renewal", {"期限 {expiry_short}", "{company} あと{remaining}日 {number}\n"}}};
  for (const std::string& name : kEventLetters) {
    std::string body = "{company} {masked_id} {number}\n";
    for (const std::string& value : own_placeholders(name)) body += value + "={" + value + "}\n";
    letters[name] = {name, body};
  }
  return letters;
}

/// make_institution is a profile like document D1's: window 30, mails 30 and 10, grace 90, Tokyo.
inline Institution make_institution(const std::string& id = "d1") {
  return {.id = id,
          .document = "D1",
          .name = "サンプル銀行",
          .zone = *Zone::find("Asia/Tokyo"),
          .authority = id + "-g1",
          .holder_keys = {pki::KeyAlgorithm::p256, pki::KeyAlgorithm::rsa2048},
          .page_key = pki::KeyAlgorithm::p256,
          .subject = {{"C", "JP"}, {"O", "{company}"}, {"OU", "{role}"}, {"CN", "{login_id} {name}"}},
          .renewal = {.window_days = 30, .mail_days = {30, 10}},
          .acquisition = {.first_code = FirstCode::operator_alone},  // short cut: tests of the rule take it away
          .letters = make_letters(),
          .words = {{"term.login", "ログイン"}, {"term.self", "当行"}},
          .screens = {}};
}

/// make_record is an issued, used certificate of ID keiri01 that expires on a day.
inline CertificateRecord make_record(Day expiry) {
  return {.holder = {"d1", "keiri01"},
          .authority = "d1-g1",
          .serial = *pki::SerialNumber::parse_hex("4a1f"),
          .stage = Stage::issued,
          .expiry_day = expiry,
          .issued_at = Instant{},
          .confirmed_at = Instant{}};
}

}  // namespace inkan::lifecycle
