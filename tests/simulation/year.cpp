#include "simulation/year.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.hpp"
#include "lifecycle/audit_trail.hpp"
#include "server/profile.hpp"

namespace inkan::simulation {
namespace {

using lifecycle::RecoveryMethod;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

constexpr int kCompany = 10;  // IDs of one company, two of them administrators
constexpr int kPast = 440;    // certificates were taken up to so many days before the first day
constexpr int kComplaints = 20;
const Instant kFirst = *parse_rfc3339("2026-11-01T09:00:00+09:00");

unsigned long long number_of(const char* name, unsigned long long fallback) {
  const char* text = std::getenv(name);
  return text && *text ? std::strtoull(text, nullptr, 10) : fallback;
}

/// profiles are the five shipped ones, some of them with other choices than shipped, so that every one is lived.
std::vector<lifecycle::Institution> profiles(const Printer& printer) {
  auto shipped = server::shipped_profiles();
  check(shipped.has_value(), shipped ? "" : shipped.error().detail);
  std::vector<lifecycle::Institution> all;
  for (server::Profile& profile : *shipped) {
    auto& policy = profile.institution.acquisition;
    policy.printer = printer.certificate();
    if (profile.institution.id == "d2") policy.computer_change = lifecycle::ComputerChange::self;
    if (profile.institution.id == "d4") policy.methods = {RecoveryMethod::code, RecoveryMethod::mail_code};
    if (profile.institution.id == "d5") {
      policy.methods = {RecoveryMethod::old_key, RecoveryMethod::password};
      policy.computer_change = lifecycle::ComputerChange::staff;
    }
    auto& renewal = profile.institution.renewal;
    if (profile.institution.id == "d2") {
      renewal.more_mail_days = {20, 3, 1, 0};
      renewal.grace_mail_days = {1, 30, 75};
      renewal.company_digest = lifecycle::CompanyDigest::all;
    }
    if (profile.institution.id == "d3") {
      renewal.post_days = 0;
      renewal.company_digest = lifecycle::CompanyDigest::none;
    }
    if (profile.institution.id == "d4") renewal.grace_mail_days = {30};
    all.push_back(std::move(profile.institution));
  }
  return all;
}

Policy policy_of(const lifecycle::Institution& institution) {
  const auto& acquisition = institution.acquisition;
  return {.window = institution.renewal.window_days,
          .mail_days = institution.renewal.mail_days,
          .more_days = institution.renewal.more_mail_days,
          .grace_days = institution.renewal.grace_mail_days,
          .post_days = institution.renewal.post_days,
          .digest = std::string(to_text(institution.renewal.company_digest)),
          .grace = acquisition.grace_days,
          .deadline = acquisition.deadline_days,
          .code_days = acquisition.code_days,
          .old_key = acquisition.allows(RecoveryMethod::old_key),
          .code = acquisition.allows(RecoveryMethod::code),
          .mail_code = acquisition.allows(RecoveryMethod::mail_code),
          .password = acquisition.allows(RecoveryMethod::password)};
}

std::string describe(const std::vector<Told>& all) {
  std::string text;
  for (const Told& told : all) {
    text += told.kind + "(";
    for (const std::string& to : told.to) text += to + " ";
    text += ") ";
  }
  return text;
}

}  // namespace

Plan Plan::of_environment() {
  Plan plan;
  plan.holders = static_cast<int>(number_of("INKAN_HOLDERS", 1000));
  plan.days = static_cast<int>(number_of("INKAN_DAYS", 400));
  std::uint32_t seed = 0;
  SystemRng().fill({reinterpret_cast<std::uint8_t*>(&seed), sizeof seed});
  plan.seed = number_of("INKAN_SEED", seed);
  return plan;
}

Year::Year(const Plan& plan)
    : plan_(plan),
      dice_(plan.seed),
      bank_({}, kFirst - days{kPast + 1}, profiles(printer_)),
      recovery_(bank_.services(), bank_.login),
      company_(bank_.services(), bank_.login),
      contacts_(bank_.services()),
      desk_(bank_.services(), bank_.login) {
  for (const auto& institution : bank_.institutions.all()) model_.policies[institution.id] = policy_of(institution);
}

bool Year::chance(double probability) { return static_cast<double>(dice_() >> 11) * 0x1.0p-53 < probability; }

void Year::complain(const std::string& text) {
  if (++complaints_ <= kComplaints) ADD_FAILURE() << "seed " << plan_.seed << ", " << to_iso(today()) << ": " << text;
}

/// settle_people puts everybody on record and lets most of them take a certificate some day of the past, so that the first day
/// finds certificates of every age: valid, in the window, in the grace days, closed.
void Year::settle_people() {
  const auto& all = bank_.institutions.all();
  for (const auto& institution : all) {
    const auto made =
        staff_.emplace(institution.id, std::pair{StaffPerson::make("tanto01"), StaffPerson::make("shonin01")}).first;
    for (const auto& [person, role] : {std::pair{&made->second.first, lifecycle::StaffRole::clerk},
                                       std::pair{&made->second.second, lifecycle::StaffRole::approver}}) {
      const auto added = desk_.add_staff({.id = {institution.id, person->login_id},
                                          .role = role,
                                          .name = "行員",
                                          .password = Secret("staff-password"),
                                          .certificate = person->certificate.der()},
                                         "test");
      check(added.has_value(), added ? "" : added.error().id);
    }
  }
  std::vector<std::pair<int, Id>> arrivals;  // days before the first one
  for (int number = 0; number < plan_.holders; ++number) {
    const auto& institution = all[static_cast<std::size_t>(number) % all.size()];
    const int place = number / static_cast<int>(all.size());
    Person person{.institution = institution.id,
                  .login_id = fmt::format("id{:05}", place),
                  .administrator = place % kCompany < 2,
                  .company = fmt::format("第{}商事株式会社", place / kCompany),
                  .main = chance(0.93) ? fmt::format("id{:05}.{}@customer.example", place, institution.id) : ""};
    if (!person.main.empty()) person.addresses.push_back({person.main});
    if (!person.main.empty() && chance(0.2))
      person.addresses.push_back({fmt::format("second{:05}.{}@customer.example", place, institution.id)});
    const Id id = model_.people.size();
    by_login_[institution.id + "/" + person.login_id] = id;
    companies_[institution.id + person.company].push_back(id);
    model_.people.push_back(std::move(person));
    arrivals.emplace_back(static_cast<int>(dice_() % kPast), id);
  }
  hands_.resize(model_.people.size());
  std::sort(arrivals.rbegin(), arrivals.rend());
  for (const auto& [before, id] : arrivals) {
    bank_.clock.set(kFirst - days{before});
    Person& person = model_.people[id];
    std::vector<lifecycle::NewHolder> one;
    one.push_back({.id = {person.institution, person.login_id},
                   .role = person.administrator ? lifecycle::Role::administrator : lifecycle::Role::user,
                   .company = person.company,
                   .name = "経理担当者",
                   .mail = person.main,
                   .password = Secret("")});
    std::map<std::string, std::string> second;
    if (person.addresses.size() > 1) second[person.login_id] = person.addresses[1].address;
    bank_.import_holders(one, second);
    person.until = today() + days{model_.policy(person).deadline};
    if (before > 60 || chance(0.5)) fetch_first(id);
  }
  // What was told in the past went out then.
  bank_.clock.set(kFirst - seconds{1});
  post();
  living_ = true;
}

void Year::run_jobs() {
  if (!outage_) {
    for (const auto& institution : bank_.institutions.all()) {
      const auto done = bank_.notices.catch_up(institution);
      if (!done) complain("notices: " + done.error().id);
    }
    if (reminded_on_ != today()) model_.remind(today());
    reminded_on_ = today();
  }
  const auto sent = recovery_.send_codes();
  if (!sent) return complain("codes: " + sent.error().id);
  int expected = 0;
  for (Person& person : model_.people) expected += model_.send_mail_code(person, bank_.clock.now()) ? 1 : 0;
  if (*sent != expected) complain(fmt::format("{} codes by mail were sent, {} were due", *sent, expected));
}

/// post is the relay that takes every letter, and M, who remembers.
void Year::post() {
  while (true) {
    const auto claimed = bank_.outbox.claim(200);
    if (!claimed) return complain("outbox: " + claimed.error().id);
    if (claimed->empty()) return;
    for (const lifecycle::Letter& letter : *claimed) {
      const Id who = by_login_.at(letter.holder.institution + "/" + letter.holder.login_id);
      posted_[who].push_back(letter);
      ++counts_["letters"];
      if (letter.body.find("http") != std::string::npos) complain("a link in a letter: " + letter.notice);
      if (chance(0.003)) to_bounce_.push_back(letter);
      if (letter.wipe) take_code(who, letter);
      if (const auto settled = bank_.outbox.settle_accepted(letter); !settled) complain("settle: " + settled.error().id);
    }
  }
}

/// print hands the reminders on paper to the printer; letters with a code wait for whom they are for.
void Year::print() {
  for (const auto& institution : bank_.institutions.all()) {
    const auto letters = bank_.outbox.sealed(institution, 10'000);
    if (!letters) return complain("printer: " + letters.error().id);
    for (const lifecycle::Letter& letter : *letters) {
      if (letter.wipe) continue;
      ++counts_["letters on paper"];
      if (!letter.about || !printed_.insert(letter.about->hex()).second)
        complain(letter.notice + ": a second letter on paper about one certificate");
      if (!bank_.outbox.settle_printed(letter, "operator")) complain("a letter on paper could not be settled");
    }
  }
}

/// take_code is the reader of a letter with a code: the one word of four groups.
void Year::take_code(Id who, const lifecycle::Letter& letter) {
  constexpr std::size_t kLength = 19;
  for (std::size_t at = 0; at + kLength <= letter.body.size(); ++at) {
    const std::string word = letter.body.substr(at, kLength);
    const bool shaped = word[4] == '-' && word[9] == '-' && word[14] == '-' && canonical_code(word).size() == 16;
    if (!shaped) continue;
    // A code by mail after expiry is made as it is sent and lives a day; one of the bank's was made earlier today and lives as
    // long as the profile says.
    const Person& person = model_.people[who];
    const Instant now = bank_.clock.now();
    keep_code(who, word, person.acquirable ? now - hours{9} + days{model_.policy(person).code_days} : now + days{1});
    return;
  }
  complain("no code in a letter that should carry one: " + letter.notice);
}

void Year::compare(bool everybody) {
  for (const auto& institution : bank_.institutions.all()) {
    const auto views = bank_.holders.list(institution);
    if (!views) return complain("list: " + views.error().id);
    for (const lifecycle::HolderView& view : *views) {
      const Person& person = model_.people[by_login_.at(institution.id + "/" + view.holder.id.login_id)];
      const State expected = model_.state(person, today());
      const bool held = view.status == lifecycle::CertificateStatus::suspended;
      if (lifecycle::to_text(view.state) != model_.six(person, today()) || held != (expected == State::suspended))
        complain(fmt::format("{}/{} is {} ({}), should be {}", institution.id, person.login_id, lifecycle::to_text(view.state),
                             view.status ? lifecycle::to_text(*view.status) : "nothing", to_text(expected)));
      ++counts_["states compared"];
    }
  }
  for (Id who = 0; who < model_.people.size(); ++who)
    if (everybody || !model_.people[who].told.empty() || posted_.contains(who)) compare_told(who);
}

/// compare_told holds what an ID was told today, on screen and by letter, against the model.
void Year::compare_told(Id who) {
  const Person& person = model_.people[who];
  std::vector<lifecycle::Notice> notices;
  const auto read = bank_.store->read([&](lifecycle::Reader& reader) -> Result<void> {
    auto found = reader.notices_of({person.institution, person.login_id}, 100'000);
    if (!found) return fail(found);
    notices = std::move(*found);
    return {};
  });
  if (!read) return complain("notices_of: " + read.error().id);
  std::map<std::string, Told> by_number;
  for (const lifecycle::Notice& notice : notices) {
    if (notice.decided_on != today()) continue;
    by_number[notice.number].kind = notice.kind;
    if (!notice.kind.starts_with("before-") && !notice.kind.starts_with("after-") && notice.kind != "post") continue;
    for (const Certificate& certificate : person.certificates)
      if (notice.serial->hex() == certificate.serial && notice.remaining != (certificate.expiry - today()).count())
        complain(notice.number + " does not tell the true remaining days");
  }
  const auto posted = posted_.find(who);
  if (posted != posted_.end())
    for (const lifecycle::Letter& letter : posted->second) {
      Told& told = by_number[letter.notice];
      told.to.insert(letter.to);
      if (letter.about && !reminded_.insert({letter.about->hex(), told.kind + " " + letter.to}).second)
        complain(letter.notice + ": a second letter of one kind about one certificate");
    }
  std::vector<Told> actual;
  for (auto& [number, told] : by_number) actual.push_back(std::move(told));
  std::vector<Told> expected = person.told;
  std::sort(actual.begin(), actual.end());
  std::sort(expected.begin(), expected.end());
  if (actual != expected)
    complain(fmt::format("{}/{} ({}) was told {}, should be told {}", person.institution, person.login_id,
                         to_text(model_.state(person, today())), describe(actual), describe(expected)));
  if (static_cast<long long>(notices.size()) != person.told_ever)
    complain(fmt::format("{}/{} has {} notices, should have {}", person.institution, person.login_id, notices.size(),
                         person.told_ever));
}

/// compare_end: every certificate's subject is a function of the record, and the promises hold.
void Year::compare_end() {
  for (const Person& person : model_.people) {
    const auto records = bank_.certificates_of(person.login_id, person.institution);
    if (records.size() != person.certificates.size())
      complain(
          fmt::format("{} has {} certificates, should have {}", person.login_id, records.size(), person.certificates.size()));
    const std::string subject =
        fmt::format("C=JP, O={}, OU={}, CN={}", person.company, person.administrator ? "管理者" : "利用者", person.login_id);
    for (const auto& record : records) {
      const auto certificate = pki::Certificate::parse(record.der);
      if (!certificate || certificate->subject().to_text() != subject)
        complain(certificate ? "subject " + certificate->subject().to_text() + ", should be " + subject : "unreadable");
      ++counts_["certificates"];
    }
  }
  check_invariants(*bank_.store, bank_.institutions);
  const auto verified = bank_.store->read([](lifecycle::Reader& reader) -> Result<void> {
    const auto heads = lifecycle::verify_audit(reader);
    return heads ? Result<void>() : fail(heads);
  });
  if (!verified) complain("audit: " + verified.error().id);
}

void Year::live() {
  settle_people();
  for (int day = 0; day < plan_.days && complaints_ < kComplaints; ++day) {
    const Instant morning = kFirst + days{day};
    bank_.clock.set(morning);
    outage_ = chance(0.03);  // a day on which the daily job never ran (O17)
    model_.begin_day();
    posted_.clear();
    run_jobs();
    print();
    post();
    bank_.clock.set(morning + hours{1});
    bounce();
    for (Id who = 0; who < model_.people.size(); ++who) {
      act(who);
      if (bank_.clock.now() < morning + hours{8}) bank_.clock.advance(seconds{3});
    }
    bank_.clock.set(morning + hours{9});
    run_jobs();
    print();
    post();
    compare(day % 100 == 99 || day + 1 == plan_.days);
  }
  compare_end();
}

std::string Year::summary() const {
  std::string text = fmt::format("seed {}: {} holders, {} days", plan_.seed, plan_.holders, plan_.days);
  for (const auto& [name, count] : counts_) text += fmt::format(", {} {}", count, name);
  return text;
}

}  // namespace inkan::simulation
