#include "server/demo/history.hpp"
#include "base/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <sstream>
#include <tuple>

#include "pki/csr.hpp"
#include "pki/pkcs12.hpp"

namespace inkan::server::demo {
namespace {

using lifecycle::HolderState;
using lifecycle::Institution;
using lifecycle::Role;
using std::chrono::days;
using std::chrono::hours;

constexpr std::array kStates = {HolderState::active,         HolderState::renewable, HolderState::expired_grace,
                                HolderState::expired_closed, HolderState::revoked,   HolderState::none};
constexpr days kRevokedAfter{170};
constexpr int kLetters = 1000;
constexpr std::size_t kCodeLength = 19;  // four groups of four

/// days_to_expiry is how far the expiry day lies ahead, so that a holder of this state has it today.
int days_to_expiry(const Institution& institution, HolderState state, Role role) {
  const bool administrator = role == Role::administrator;
  switch (state) {
    case HolderState::renewable: return administrator ? 20 : 9;
    case HolderState::expired_grace: return administrator ? -10 : -40;
    case HolderState::expired_closed: return -institution.acquisition.grace_days - 10;
    case HolderState::revoked: return 165;
    case HolderState::active:
    case HolderState::none: return 265;
  }
  return 265;
}

Day one_year_before(Day day) {
  auto earlier = std::chrono::year_month_day{day} - std::chrono::years{1};
  if (!earlier.ok()) earlier = earlier.year() / earlier.month() / std::chrono::last;
  return Day{std::chrono::local_days{earlier}};
}

Day issue_day(const Institution& institution, HolderState state, Role role, Day today) {
  return one_year_before(today + days{days_to_expiry(institution, state, role)});
}

struct Event {
  Instant at;
  std::size_t number = 0;  // in the order of planning: what comes first at one time
  std::function<Result<void>()> act;
};

/// Past is the making of one demo's history.
class Past {
 public:
  Past(Bank& bank, std::filesystem::path folder, const std::vector<DemoStaff>& staff)
      : bank_(bank), folder_(std::move(folder)), staff_(staff) {}

  std::vector<Event> plan(DemoState& state, Instant now) {
    std::vector<Event> events;
    for (DemoHolder& holder : state.holders) plan(holder, now, events);
    std::sort(events.begin(), events.end(),
              [](const Event& a, const Event& b) { return std::tie(a.at, a.number) < std::tie(b.at, b.number); });
    return events;
  }

 private:
  /// always_open is an institution as the past was made: on the day that a certificate's state needs, whatever its hours (O19).
  const Institution& always_open(const std::string& id) {
    auto [found, fresh] = open_.try_emplace(id, **bank_.institutions().find(id));
    if (fresh) found->second.hours = {};
    return found->second;
  }

  void plan(DemoHolder& holder, Instant now, std::vector<Event>& events) {
    const Institution& institution = always_open(holder.institution);
    const Zone& zone = institution.zone;
    const Day today = zone.day_of(now);
    const auto morning = [&zone](Day day, int hour) { return zone.start_of(day) + hours{hour}; };
    if (holder.intended == HolderState::none) {
      add(events, morning(today - days{5}, 10), [this, &holder] { return import(holder); });
      add(events, now, [this, &holder, &institution] { return release(holder, institution); });
      return;
    }
    const Day issued = issue_day(institution, holder.intended, holder.role, today);
    add(events, morning(issued - days{3}, 10), [this, &holder] { return import(holder); });
    add(events, morning(issued, 10), [this, &holder, &institution] { return acquire(holder, institution); });
    if (holder.intended == HolderState::revoked)
      add(events, morning(issued + kRevokedAfter, 15), [this, &holder] { return revoke(holder); });
    for (const int before : institution.renewal.mail_days) {
      const Instant at = morning(one_year_after(issued) - days{before}, 9);
      if (at < now) add(events, at, [] { return Result<void>(); });  // the daily job runs after every event
    }
    if (holder.intended == HolderState::expired_grace)
      add(events, now, [this, &holder, &institution] { return release(holder, institution); });
  }

  static void add(std::vector<Event>& events, Instant at, std::function<Result<void>()> act) {
    events.push_back({.at = at, .number = events.size(), .act = std::move(act)});
  }

  Result<void> import(const DemoHolder& holder) {
    std::vector<lifecycle::NewHolder> one;
    one.push_back({.id = {holder.institution, holder.login_id},
                   .role = holder.role,
                   .company = holder.company,
                   .name = holder.name,
                   .mail = holder.mail,
                   .password = Secret(holder.password)});
    return bank_.holders().add(one, "operator");
  }

  /// release is what two persons of the bank do, and the customer who opens the mail.
  Result<void> release(DemoHolder& holder, const Institution& institution) {
    const auto view = bank_.holders().view(institution, holder.login_id);
    if (!view) return fail(view);
    const auto asking = person(institution, lifecycle::StaffRole::clerk);
    if (!asking) return fail(asking);
    const auto deciding = person(institution, lifecycle::StaffRole::approver);
    if (!deciding) return fail(deciding);
    lifecycle::BankDesk& desk = bank_.bank_desk();
    const auto draft = desk.draft(institution, {institution.id, (*asking)->login_id},
                                  {.act = view->certificate ? lifecycle::RequestAct::reissue : lifecycle::RequestAct::first,
                                   .login_id = holder.login_id,
                                   .identity_check = "届出印を照合",
                                   .call_back = "登録番号へ折り返し、ご本人"});
    if (!draft) return fail(draft);
    auto signature = sign(**asking, lifecycle::statement_of(institution, *draft));
    if (!signature) return fail(signature);
    const auto asked = desk.ask(institution, *draft, *signature);
    if (!asked) return fail(asked);
    signature = sign(**deciding, lifecycle::decision_of(institution, *asked));
    if (!signature) return fail(signature);
    if (auto approved = desk.approve(institution, asked->number, *signature); !approved) return fail(approved);
    return open_mail(holder);
  }

  struct Person {
    std::string login_id;
    pki::PrivateKey key;
  };

  /// person is one of the bank's people of a role, with the own key file open.
  Result<const Person*> person(const Institution& institution, lifecycle::StaffRole role) {
    const DemoStaff* found = nullptr;
    for (const DemoStaff& each : staff_)
      if (!found && each.institution == institution.id && each.role == role) found = &each;
    if (!found) return fail(Code::corrupt, "demo.state", "nobody of the bank at " + institution.id);
    if (const auto open = people_.find(found->login_id); open != people_.end()) return &open->second;
    const auto file = read_file(folder_.parent_path() / "staff" / found->p12);
    if (!file) return fail(file);
    auto identity = pki::parse_pkcs12(as_bytes(*file), Secret(found->p12_password));
    if (!identity) return fail(identity);
    return &people_.emplace(found->login_id, Person{found->login_id, std::move(identity->key)}).first->second;
  }

  static Result<lifecycle::Signed> sign(const Person& person, const std::string& statement) {
    auto signature = person.key.sign(as_bytes(statement));
    if (!signature) return fail(signature);
    return lifecycle::Signed{.by = person.login_id, .signature = std::move(*signature)};
  }

  /// open_mail reads the code in the letter that is on its way to a customer.
  Result<void> open_mail(DemoHolder& holder) {
    std::vector<lifecycle::Letter> letters;
    auto read = bank_.store().read([&](lifecycle::Reader& reader) -> Result<void> {
      auto found = reader.waiting_letters(bank_.clock().now(), kLetters);
      if (!found) return fail(found);
      letters = std::move(*found);
      return {};
    });
    if (!read) return read;
    for (const lifecycle::Letter& letter : letters) {
      if (!letter.wipe || letter.holder.login_id != holder.login_id) continue;
      for (const std::string& word : split_words(letter.body))
        if (word.size() == kCodeLength && word[4] == '-' && word[9] == '-' && word[14] == '-') holder.code = word;
    }
    return holder.code.empty() ? fail(Code::corrupt, "demo.state", "no code in the mail to " + holder.mail) : Result<void>();
  }

  static std::vector<std::string> split_words(const std::string& text) {
    std::istringstream in(text);
    return {std::istream_iterator<std::string>(in), {}};
  }

  Result<void> acquire(DemoHolder& holder, const Institution& institution) {
    if (auto released = release(holder, institution); !released) return released;
    const auto key = pki::PrivateKey::make(institution.page_key);
    if (!key) return fail(key);
    const auto subject = pki::Name::make({{"CN", holder.login_id}});
    if (!subject) return fail(subject);
    const auto request = pki::Csr::make(*key, *subject);
    if (!request) return fail(request);
    const auto issued =
        bank_.enrolment().acquire(institution, holder.login_id, Secret(holder.password), Secret(holder.code), *request);
    if (!issued) return fail(issued);
    holder.code.clear();
    const auto used = bank_.login().open(institution, issued->fingerprint, Secret(holder.password));
    if (!used) return fail(used);
    return keep(holder, institution, *key, *issued);
  }

  Result<void> keep(DemoHolder& holder, const Institution& institution, const pki::PrivateKey& key,
                    const lifecycle::CertificateRecord& issued) {
    const auto certificate = pki::Certificate::parse(issued.der);
    if (!certificate) return fail(certificate);
    std::vector<pki::Certificate> chain;
    for (const ca::Authority& authority : bank_.issuer().authorities())
      if (authority.id == institution.authority) chain.push_back(authority.certificate);
    const std::string friendly_name =
        fmt::format("{} {} {}まで", institution.name, holder.login_id, to_japanese(issued.expiry_day));
    const auto file = pki::make_pkcs12(key, *certificate, chain, friendly_name, Secret(holder.p12_password));
    if (!file) return fail(file);
    holder.p12 = holder.login_id + ".p12";
    if (auto written = write_file(folder_ / holder.p12, as_text(*file)); !written) return written;
    return write_file(folder_ / (holder.p12 + ".password"), holder.p12_password + "\n");
  }

  Result<void> revoke(const DemoHolder& holder) {
    const Institution& institution = **bank_.institutions().find(holder.institution);
    const auto view = bank_.holders().view(institution, holder.login_id);
    if (!view) return fail(view);
    const auto revoked = bank_.holders().revoke(view->certificate->authority, view->certificate->serial,
                                                pki::RevocationReason::key_compromise, "operator", true);
    return revoked ? Result<void>() : fail(revoked);
  }

  Bank& bank_;
  std::map<std::string, Institution> open_;
  std::filesystem::path folder_;
  const std::vector<DemoStaff>& staff_;
  std::map<std::string, Person> people_;
};

}  // namespace

std::vector<DemoHolder> plan_holders(const std::vector<lifecycle::Institution>& institutions, Rng& rng) {
  static constexpr std::array kCompanies = {"青空商事株式会社", "株式会社みどり製作所"};
  // Both roles and several states in each company, so that a 管理者 sees users, and has a second 管理者 beside.
  const auto company_of = [](HolderState state) {
    return kCompanies[state == HolderState::expired_closed || state == HolderState::none ? 1 : 0];
  };
  std::vector<DemoHolder> holders;
  for (const Institution& institution : institutions) {
    for (const Role role : {Role::administrator, Role::user}) {
      int number = 1;
      for (const HolderState state : kStates) {
        const bool administrator = role == Role::administrator;
        const std::string login_id = fmt::format("{}-{}{:02}", institution.id, administrator ? "kanri" : "keiri", number++);
        holders.push_back({.institution = institution.id,
                           .login_id = login_id,
                           .password = make_code(rng),
                           .role = role,
                           .company = company_of(state),
                           .name = administrator ? "管理責任者" : "経理担当者",
                           .mail = login_id + "@customer.example",
                           .intended = state,
                           .p12 = {},
                           .p12_password = make_code(rng),
                           .code = {}});
      }
    }
  }
  return holders;
}

Instant history_begins(const std::vector<lifecycle::Institution>& institutions, Instant now) {
  int grace = 0;
  for (const Institution& institution : institutions) grace = std::max(grace, institution.acquisition.grace_days);
  return now - days{366 + grace + 10 + 30};
}

Result<void> make_history(Bank& bank, Jobs& jobs, DemoClock& clock, const std::filesystem::path& folder, DemoState& state,
                          Instant now) {
  Past past(bank, folder, state.staff);
  for (const Event& event : past.plan(state, now)) {
    clock.freeze(event.at);
    if (auto done = event.act(); !done) return done;
    jobs.run_due();
  }
  return clock.run(now);
}

}  // namespace inkan::server::demo
