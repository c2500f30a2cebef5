#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "server/profile.hpp"
#include "support/printer.hpp"
#include "web/portal/screens.hpp"

// A sixth institution needs no code: any profile that follows the rules is taken, and all its pages render in both languages; one
// that breaks a rule is refused with the key's name.

namespace inkan::server {
namespace {

using Lines = std::map<std::string, std::string>;

/// Draft is a profile as TOML, table by table, so that a test can change one line of it.
struct Draft {
  std::map<std::string, Lines> tables;

  std::string text() const {
    std::string out;
    for (const auto& [table, lines] : tables) {
      if (!table.empty()) out += "[" + table + "]\n";
      for (const auto& [key, value] : lines) out += key + " = " + value + "\n";
      if (table == "certificate")
        out +=
            "[[certificate.subject]]\ntype = \"O\"\nvalue = \"{company}\"\n[[certificate.subject]]\ntype = \"CN\"\nvalue = "
            "\"{login_id}\"\n";
    }
    return out;
  }
};

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

std::string list_of(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + quoted(word);
  return "[" + out + "]";
}

template <class T>
T pick(std::vector<T> values) {
  return *rc::gen::elementOf(std::move(values));
}

bool toss() { return *rc::gen::arbitrary<bool>(); }

std::string yes_or_no(bool yes) { return quoted(yes ? "yes" : "no"); }

std::string any_fields() {
  std::vector<std::string> fields =
      *rc::gen::unique<std::vector<std::string>>(rc::gen::element<std::string>("C", "O", "OU", "CN", "serial", "expiry"));
  if (fields.empty()) fields.push_back("serial");
  return list_of(fields);
}

/// any_days are up to four days from `first` to `last`, none of those that `taken` holds; they are added to it.
std::string any_days(int first, int last, std::set<int>& taken) {
  std::set<int> days;
  for (int wanted = *rc::gen::inRange(0, 5); wanted > 0 && first <= last; --wanted)
    if (const int day = *rc::gen::inRange(first, last + 1); taken.insert(day).second) days.insert(day);
  std::string out;
  for (const int day : days) out += (out.empty() ? "" : ", ") + std::to_string(day);
  return "[" + out + "]";
}

/// printer is the certificate of whoever prints sealed letters, as a profile writes it.
const std::string& printer() {
  static const std::string text = "\"\"\"\n" + Printer().pem() + "\"\"\"";
  return text;
}

std::string any_span() {
  const int from = *rc::gen::inRange(0, 23 * 60);
  const int until = *rc::gen::inRange(from + 1, 24 * 60 + 1);
  const auto clock = [](int minute) { return fmt::format("{:02}:{:02}", minute / 60, minute % 60); };
  return quoted(clock(from) + "-" + clock(until));
}

/// add_hours gives a profile service hours, holidays and a maintenance, or none of them (O19).
void add_hours(Draft& draft) {
  if (toss()) return;
  Lines& lines = draft.tables["service_hours"];
  if (toss()) lines["weekdays"] = any_span();
  for (const char* key : {"saturday", "sunday"})
    if (toss()) lines[key] = toss() ? any_span() : quoted("closed");
  if (toss()) lines["holidays"] = toss() ? any_span() : quoted("closed");
  if (lines.contains("holidays")) lines["holiday_days"] = list_of({"2027-01-01", "2028-02-29"});
  if (toss()) lines["maintenance"] = R"([{ from = "2027-05-02T23:00:00+09:00", until = "2027-05-03T06:00:00+09:00" }])";
}

Draft any_profile() {
  Draft draft;
  const bool short_form = toss();
  const bool rsa = toss();
  const int window = *rc::gen::inRange(1, 181);
  const int grace = *rc::gen::inRange(0, 366);
  std::set<int> before;
  std::set<int> after;
  draft.tables[""] = {{"id", quoted(pick<std::string>({"d6", "bank-6", "x", "6"}))},
                      {"document", quoted("own")},
                      {"name", quoted(pick<std::string>({"サンプル第六銀行", "A & B <銀行>", "髙﨑信用金庫"}))},
                      {"zone", quoted(pick<std::string>({"Asia/Tokyo", "Europe/Berlin", "UTC"}))},
                      {"form", quoted(short_form ? "short" : "literal")},
                      {"ways", pick<std::string>({"[\"file\"]", "[\"app\"]", "[\"app\", \"token\"]", "[\"file\", \"app\"]"})}};
  if (toss()) draft.tables[""]["effective_from"] = quoted(pick<std::string>({"2020-08-17", "2028-02-29"}));
  draft.tables["terms"] = {{"login", quoted(pick<std::string>({"ログイン", "ログオン", "サインイン"}))},
                           {"self", quoted(pick<std::string>({"当行", "当金庫", "当組合"}))}};
  draft.tables["notice"] = {{"placement", quoted(pick<std::string>({"notices", "interstitial+main", "renewal_choice"}))},
                            {"opens", quoted(pick<std::string>({"body", "list"}))},
                            {"changed", yes_or_no(toss())},
                            {"warns", yes_or_no(grace > 0 && toss())}};
  draft.tables["issue"] = {{"screen", quoted(pick<std::string>({"own", "inline"}))},
                           {"brand", quoted(pick<std::string>({"bank", "authority"}))},
                           {"aborts", yes_or_no(toss())}};
  if (!short_form) {
    draft.tables["issue"]["steps"] = yes_or_no(toss());
    std::vector<std::string> asks = toss() ? std::vector<std::string>{"key", "request"} : std::vector<std::string>{"both"};
    if (rsa && toss()) asks.push_back("protection");
    asks.push_back("file");
    draft.tables["issue"]["asks"] = list_of(asks);
  }
  draft.tables["completion"] = {{"screen", quoted(pick<std::string>({"installed", "issued", "result", "renewed"}))},
                                {"fields", any_fields()},
                                {"restart", yes_or_no(toss())}};
  draft.tables["certificate"] = {{"authority", quoted("g1")},
                                 {"keys", "[\"rsa2048\", \"p256\"]"},
                                 {"page_key", quoted(rsa ? "rsa2048" : "p256")},
                                 {"ca_key", quoted("p256")},
                                 {"policy_oid", quoted("2.999.6.1")}};
  draft.tables["renewal"] = {
      {"window_days", std::to_string(window)},         {"mail_days", any_days(0, window, before)},
      {"more_mail_days", any_days(0, window, before)}, {"grace_mail_days", any_days(1, grace, after)},
      {"asks_password", toss() ? "true" : "false"},    {"carry_over_remaining", toss() ? "true" : "false"}};
  if (toss()) draft.tables["renewal"]["post_days"] = std::to_string(*rc::gen::inRange(0, window + 1));
  if (toss()) draft.tables["renewal"]["company_digest"] = quoted(pick<std::string>({"none", "unreached", "all"}));
  draft.tables["acquisition"] = {{"grace_days", std::to_string(grace)}};
  if (toss()) draft.tables["acquisition"]["printer"] = printer();
  const bool by_post = draft.tables["acquisition"].contains("printer");
  if (toss())
    draft.tables["acquisition"]["first_code"] =
        quoted(by_post ? pick<std::string>({"mail", "letter", "operator"}) : pick<std::string>({"mail", "operator"}));
  draft.tables["letters.renewal"] = {{"subject", quoted("【{bank}】{expiry_short}")},
                                     {"body", quoted("あと{remaining}日{closes} {number}")}};
  add_hours(draft);
  if (toss())
    draft.tables["words"] = {{"\"renewal.title\"", quoted("更新 <いま>")}, {"\"en.renewal.title\"", quoted("Renew & go")}};
  if (toss()) draft.tables["codes"] = {{"S302", quoted("BSMS002")}};
  return draft;
}

std::string said(const std::vector<Error>& errors) {
  std::string all;
  for (const Error& error : errors) all += error.detail + "\n";
  return all;
}

RC_GTEST_PROP(Profile, whoever_follows_the_rules_is_taken_and_all_pages_render, ()) {
  const Draft draft = any_profile();
  const auto errors = check_profile(draft.text(), "any");
  RC_LOG(draft.text());
  RC_LOG(said(errors));
  RC_ASSERT(errors.empty());
  const auto profile = parse_profile(draft.text(), "any");
  RC_ASSERT(profile.has_value());
  for (const web::ScreenChoice& choice : web::screen_choices())
    RC_ASSERT(!web::screen_of(profile->institution, std::string(choice.key), Day{}).empty());
}

struct Breach {
  std::string table;
  std::string key;
  std::string value;
  std::string named;  ///< what the refusal must name
};

const std::vector<Breach>& breaches() {
  static const std::vector<Breach> all = {
      {"", "id", "\"Bank 6\"", "id"},
      {"", "document", "\"D6\"", "document"},
      {"", "zone", "\"Asia/Edo\"", "zone"},
      {"", "form", "\"long\"", "form"},
      {"", "form", "1", "form"},
      {"", "ways", "[]", "ways"},
      {"", "ways", "[\"token\"]", "ways"},
      {"", "ways", "[\"fax\"]", "ways"},
      {"", "effective_from", "\"2021-02-29\"", "effective_from"},
      {"", "windows", "1", "windows"},
      {"terms", "login", "\"\"", "terms.login"},
      {"terms", "logni", "\"ログイン\"", "terms.logni"},
      {"terms", "bank", "\"別の銀行\"", "terms.bank"},
      {"notice", "placement", "\"somewhere\"", "notice.placement"},
      {"notice", "opens", "true", "notice.opens"},
      {"notice", "chanegd", "\"yes\"", "notice.chanegd"},
      {"issue", "asks", "[\"key\", \"file\"]", "issue.asks"},
      {"issue", "asks", "[\"key\", \"request\"]", "issue.asks"},
      {"issue", "screen", "\"both\"", "issue.screen"},
      {"completion", "fields", "[]", "completion.fields"},
      {"completion", "fields", "[\"CN\", \"CN\"]", "completion.fields"},
      {"completion", "screen", "\"done\"", "completion.screen"},
      {"certificate", "page_key", "\"p384\"", "certificate.page_key"},
      {"certificate", "ca_key", "\"p512\"", "certificate.ca_key"},
      {"certificate", "keys", "[]", "certificate.page_key"},
      {"certificate", "lifetime", "2", "certificate.lifetime"},
      {"renewal", "window_days", "0", "renewal.window_days"},
      {"renewal", "asks_password", "true\nquiet = true", "renewal.quiet"},
      {"renewal", "mail_days", "[181]", "renewal.mail_days"},
      {"renewal", "mail_days", "[1, 1]", "renewal.mail_days"},
      {"renewal", "more_mail_days", "[181]", "renewal.more_mail_days"},
      {"renewal", "more_mail_days", "[0, 0]", "renewal.more_mail_days"},
      {"renewal", "more_mail_days", "[-1]", "renewal.more_mail_days"},
      {"renewal", "more_mail_days", "20", "renewal.more_mail_days"},
      {"renewal", "grace_mail_days", "[0]", "renewal.grace_mail_days"},
      {"renewal", "grace_mail_days", "[366]", "renewal.grace_mail_days"},
      {"renewal", "grace_mail_days", "[1, 1]", "renewal.grace_mail_days"},
      {"renewal", "post_days", "181", "renewal.post_days"},
      {"renewal", "company_digest", "\"some\"", "renewal.company_digest"},
      {"renewal", "carry_over_remaining", "\"yes\"", "renewal.carry_over_remaining"},
      {"acquisition", "grace_days", "-1", "acquisition.grace_days"},
      {"acquisition", "first_code", "\"fax\"", "acquisition.first_code"},
      {"acquisition", "printer", "\"no certificate\"", "acquisition.printer"},
      {"letters.renewal", "subject", "\"{nobody}\"", "letters.renewal.subject"},
      {"letters.renewal", "body", "\"{number\"", "letters.renewal.body"},
      {"words", "\"renewal.titel\"", "\"更新\"", "words.renewal.titel"},
      {"words", "\"renewal.title\"", "\"{nothing}\"", "words.renewal.title"},
      {"words", "\"renewal.lead\"", "\"{open\"", "words.renewal.lead"},
      {"words", "\"en.renewal.lead\"", "\"\"", "words.en.renewal.lead"},
      {"codes", "S999", "\"X\"", "codes.S999"},
      {"former.notice", "opens", "\"wide\"", "former.notice.opens"},
      {"service_hours", "weekdays", "\"23:00-08:00\"", "service_hours.weekdays"},
      {"service_hours", "weekdays", "\"closed\"", "service_hours.weekdays"},
      {"service_hours", "saturday", "\"9-17\"", "service_hours.saturday"},
      {"service_hours", "sunday", "\"08:00-24:30\"", "service_hours.sunday"},
      {"service_hours", "holiday_days", "[\"2027-02-29\"]", "service_hours.holiday_days"},
      {"service_hours", "holiday_days", "[\"2027-01-01\", \"2027-01-01\"]", "service_hours.holiday_days"},
      {"service_hours", "mondays", "\"closed\"", "service_hours.mondays"},
      {"service_hours", "maintenance", "[{ from = \"2027-05-02T23:00:00+09:00\", until = \"2027-05-02T23:00:00+09:00\" }]",
       "service_hours.maintenance[0].until"},
      {"service_hours", "maintenance", "[{ from = \"2027-05-02\", until = \"2027-05-30\" }]",
       "service_hours.maintenance[0].until"},
  };
  return all;
}

RC_GTEST_PROP(Profile, whoever_breaks_a_rule_is_refused_by_the_keys_name, ()) {
  Draft draft = any_profile();
  const Breach breach = pick(breaches());
  draft.tables[breach.table][breach.key] = breach.value;
  const auto errors = check_profile(draft.text(), "any");
  RC_LOG(draft.text());
  RC_LOG(said(errors));
  RC_ASSERT(said(errors).contains(": " + breach.named + ": "));
}

TEST(Profile, everything_that_is_wrong_is_said_at_once) {
  Draft draft;
  draft.tables[""] = {{"id", "\"d6\""}, {"document", "\"own\""}, {"name", "\"六\""}, {"zone", "\"Moon\""}};
  for (const Breach& breach : breaches())
    if (!breach.table.empty()) draft.tables[breach.table][breach.key] = breach.value;
  const std::string all = said(check_profile(draft.text(), "bad.toml"));
  for (const char* key : {"zone", "terms.self", "notice.placement", "issue.screen", "certificate.page_key", "renewal.mail_days",
                          "letters.renewal.subject", "words.renewal.titel", "codes.S999", "certificate.lifetime"})
    EXPECT_TRUE(all.contains(std::string(": ") + key + ": ")) << key << " is missing in\n" << all;
}

}  // namespace
}  // namespace inkan::server
