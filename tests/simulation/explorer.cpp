#include "simulation/explorer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_set>

#include "base/password.hpp"

namespace inkan::simulation {
namespace {

using lifecycle::CertificateRecord;
using lifecycle::Reader;

const Instant kStart = *parse_rfc3339("2026-11-01T10:00:00+09:00");
constexpr int kCertificates = 4;  // an ID with more of them is not followed further: nothing new can come of it

/// origin_of folds who released a code into a word.
std::string origin_of(const std::string& released_by) {
  if (released_by == "mail") return "mail";
  if (released_by.find('+') != std::string::npos) return "two persons";
  if (released_by.starts_with("holder ")) return "holder";
  return released_by;
}

}  // namespace

std::string to_text(Attacker attacker) {
  switch (attacker) {
    case Attacker::password: return "password alone";
    case Attacker::mailbox: return "password and mailbox";
    case Attacker::auditor: return "an auditor";
    case Attacker::clerk: return "a clerk";
    case Attacker::approver: return "an approver";
    case Attacker::operator_desk: return "an approver with the command line";
    case Attacker::colleague: return "an administrator against a user";
    case Attacker::oneself: return "an administrator for oneself";
    case Attacker::stolen_pc: return "a stolen PC";
    case Attacker::importer: return "an approver with the command line for an invented ID";
  }
  return {};
}

Explorer::Explorer(lifecycle::Institution profile)
    : bank_({}, kStart, {std::move(profile)}),
      services_{
          .store = store_, .issuer = *bank_.issuer, .institutions = bank_.institutions, .clock = bank_.clock, .rng = bank_.rng},
      login_(services_),
      enrolment_(services_, login_),
      holders_(services_),
      outbox_(services_),
      recovery_(services_, login_),
      company_(services_, login_),
      desk_(services_, login_),
      auditor_(StaffPerson::make("kansa01")),
      clerk_(StaffPerson::make("tanto01")),
      approver_(StaffPerson::make("shonin01")),
      second_(StaffPerson::make("shonin02")),
      at_(bank_.institutions.all().front()) {
  settle();
}

/// settle makes the first state: two administrators with certificates in use, a user who is approved, four persons of the bank.
void Explorer::settle() {
  std::vector<lifecycle::NewHolder> all;
  for (const char* login_id : {"kanri01", "kanri02", "keiri01"})
    all.push_back({.id = {at_.id, login_id},
                   .role = login_id == std::string("keiri01") ? lifecycle::Role::user : lifecycle::Role::administrator,
                   .company = "青空商事株式会社",
                   .name = "経理担当者",
                   .mail = std::string(login_id) + "@customer.example",
                   .password = Secret("")});
  bank_.import_holders(all, {{"keiri01", "second@customer.example"}});
  for (const auto& [person, role] :
       {std::pair{&auditor_, lifecycle::StaffRole::auditor}, std::pair{&clerk_, lifecycle::StaffRole::clerk},
        std::pair{&approver_, lifecycle::StaffRole::approver}, std::pair{&second_, lifecycle::StaffRole::approver}}) {
    lifecycle::BankDesk desk(bank_.services(), bank_.login);
    const auto added = desk.add_staff({.id = {at_.id, person->login_id},
                                       .role = role,
                                       .name = "行員",
                                       .password = Secret("staff-password"),
                                       .certificate = person->certificate.der()},
                                      "test");
    check(added.has_value(), added ? "" : added.error().id);
    const auto opened = desk.open(at_, person->certificate.fingerprint(), Secret("staff-password"));
    check(opened.has_value(), opened ? "" : opened.error().id);
    duty_[person->login_id] = opened->on_duty;
  }
  for (const char* login_id : {"kanri01", "kanri02"}) administrators_[login_id] = *bank_.certify(login_id, at_.id).fingerprint;
  const auto letters = bank_.outbox.claim(1000);
  for (const lifecycle::Letter& letter : *letters) check(bank_.outbox.settle_accepted(letter).has_value(), "settle");
  bank_.store.reset();  // Installation's own verbs are not used from here on
}

std::vector<CertificateRecord> Explorer::certificates() {
  std::vector<CertificateRecord> all;
  const auto read = store_.read([&](Reader& reader) -> Result<void> {
    auto found = reader.certificates_of({at_.id, victim_});
    if (!found) return fail(found);
    all = std::move(*found);
    return {};
  });
  check(read.has_value(), "certificates");
  return all;
}

/// key is the state without its names, serials and moments.
std::string Explorer::key() {
  const Instant now = hand_.now;
  const Day today = at_.zone.day_of(now);
  std::string text;
  const auto read = store_.read([&](Reader& reader) -> Result<void> {
    const auto holder = reader.find_holder({at_.id, victim_});
    if (!holder) return fail(holder);
    if (!*holder) return {};  // the invented one is not on record yet
    const bool in_time = (*holder)->acquire_until && today <= *(*holder)->acquire_until;
    text += fmt::format("{}{} |", lifecycle::to_text((*holder)->entitlement), in_time ? "" : " late");
    const auto all = reader.certificates_of({at_.id, victim_});
    if (!all) return fail(all);
    bool ended = false;
    for (const CertificateRecord& each : *all) {
      const auto status = status_of(each, at_, today);
      ended = ended || each.revoked_at;
      if (each.revoked_at) continue;
      text += fmt::format(" {}{}{}", lifecycle::to_text(status), each.confirmed_at ? "" : "?",
                          each.held_by.empty()                ? ""
                          : each.held_by.starts_with("staff") ? " bank"
                                                              : " " + each.held_by);
    }
    text += fmt::format("{}{} |", all->empty() ? " none" : "", ended ? " ended" : "");
    const auto ticket = reader.find_current_ticket({at_.id, victim_});
    if (!ticket) return fail(ticket);
    if (*ticket)
      text += fmt::format(" {} {}{}{}", lifecycle::to_text((*ticket)->kind), lifecycle::to_text((*ticket)->stage),
                          now < (*ticket)->expires_at ? "" : " late", (*ticket)->id == hand_.thief_ticket ? " thief" : "");
    text += " |";
    const auto codes = reader.usable_codes({at_.id, victim_}, now);
    if (!codes) return fail(codes);
    for (const lifecycle::OneTimeCode& code : *codes)
      text += fmt::format(" {} {}{}", lifecycle::to_text(code.purpose), origin_of(code.released_by), code.hash ? "" : " waits");
    const auto usable = [&](const std::string& typed) {
      const Digest hash = sha256(as_bytes(canonical_code(typed)));
      return std::any_of(codes->begin(), codes->end(), [&](const auto& code) { return code.hash == hash; });
    };
    text += fmt::format(" | {}{} |", usable(hand_.code) ? "has " : "", usable(hand_.stolen) ? "stolen " : "");
    for (const std::string& id : {hand_.ticket, hand_.thief_ticket}) {
      if (id.empty()) {
        text += " -";
        continue;
      }
      const auto found = reader.find_ticket(id);
      if (!found) return fail(found);
      const bool over =
          *found && (*found)->stage != lifecycle::TicketStage::open && (*found)->stage != lifecycle::TicketStage::issued;
      text += *found && !over ? fmt::format(" {}", lifecycle::to_text((*found)->stage)) : " -";
      if (id == hand_.thief_ticket && !over) text += " " + hand_.thief_origin + (hand_.thief_waited ? " waited" : "");
    }
    const auto requests = reader.waiting_requests(at_.id, 10);
    if (!requests) return fail(requests);
    std::set<std::string> asked;  // the same asked for twice opens no other way than once
    for (const auto& request : *requests)
      asked.insert(fmt::format(" {} by {}", lifecycle::to_text(request.act), request.requested_by));
    for (const std::string& each : asked) text += each;
    text += hand_.ended ? " ended" : "";
    return {};
  });
  check(read.has_value(), read ? "" : read.error().id);
  return text;
}

/// walk_to goes to a state: back to where its way parts from the present one, and on from there.
void Explorer::walk_to(std::size_t node, const std::vector<Action>& all) {
  std::vector<std::size_t> wanted;
  for (std::size_t at = node; at != 0; at = nodes_[at].parent) wanted.push_back(at);
  std::ranges::reverse(wanted);
  std::size_t same = 0;
  while (same < wanted.size() && same + 1 < way_.size() && way_[same + 1].node == wanted[same]) ++same;
  way_.resize(same + 1);
  step_back();
  for (; same < wanted.size(); ++same) {
    check(all[nodes_[wanted[same]].action].run(), "a step that does not repeat");
    hand_.now = bank_.clock.now();
    store_.mark();
    way_.push_back({.node = wanted[same], .hand = hand_});
  }
}

/// step_back undoes what was done since the end of the way.
void Explorer::step_back() {
  store_.rewind(way_.size() - 1);
  hand_ = way_.back().hand;
  bank_.clock.set(hand_.now);
}

std::vector<std::string> Explorer::path_of(std::size_t node, const std::vector<Action>& all) const {
  std::vector<std::string> path;
  for (std::size_t at = node; at != 0; at = nodes_[at].parent) path.push_back(all[nodes_[at].action].name);
  std::ranges::reverse(path);
  return path;
}

Explored Explorer::explore(Attacker attacker, bool with_password, const std::function<bool(const Taken&)>& allowed, Reach reach) {
  attacker_ = attacker;
  victim_ = attacker == Attacker::oneself ? "kanri01" : attacker == Attacker::importer ? "maboroshi01" : "keiri01";
  store_.open((bank_.folder.path() / "inkan.db").string());
  store_.mark();
  hand_ = {.now = kStart};
  hand_.administrators = administrators_;
  if (victim_ == "kanri01") hand_.own = {administrators_.at("kanri01")};
  bank_.clock.set(kStart);
  nodes_ = {Node{}};
  way_ = {Level{.node = 0, .hand = hand_}};

  Explored result;
  std::unordered_set<std::string> known = {key()};
  const std::vector<Action> all = actions(attacker, with_password);
  for (std::size_t at = 0; at < nodes_.size(); ++at) {
    ++result.states;
    walk_to(at, all);
    result.depth = std::max(result.depth, way_.size() - 1);
    for (std::size_t action = 0; action < all.size(); ++action) {
      ++result.steps;
      bool go_on = all[action].run();
      if (go_on && hand_.taken) {
        Finding found{*hand_.taken, path_of(at, all)};
        found.path.push_back(all[action].name);
        hand_.taken.reset();
        if (!allowed(found.taken)) {
          result.forbidden.push_back(std::move(found));
          if (reach.first_only) return result;
          go_on = false;
        } else if (result.allowed.empty()) {
          result.allowed.push_back(std::move(found));
        }
      }
      if (go_on && static_cast<int>(certificates().size()) <= kCertificates) {
        hand_.now = bank_.clock.now();
        if (known.insert(key()).second) {
          if (nodes_.size() < reach.states)
            nodes_.push_back({.parent = at, .action = action});
          else
            result.whole = false;
        }
      }
      step_back();
    }
  }
  return result;
}

bool Explorer::take(const Result<CertificateRecord>& issued) {
  if (!issued) return false;
  Taken taken{.code_origin = hand_.thief_origin, .waited = hand_.thief_waited, .ended_before = hand_.ended};
  const auto read = store_.read([&](Reader& reader) -> Result<void> {
    const auto ticket = reader.find_ticket(issued->ticket);
    if (!ticket) return fail(ticket);
    taken.kind = (*ticket)->kind;
    taken.evidence = (*ticket)->evidence.substr(0, (*ticket)->evidence.find(':'));
    return {};
  });
  check(read.has_value(), "ticket");
  hand_.taken = taken;
  return true;
}

std::string Finding::to_text() const {
  std::string text = fmt::format("{} on {}", lifecycle::to_text(taken.kind), taken.evidence);
  if (!taken.code_origin.empty()) text += ", code of " + taken.code_origin + (taken.waited ? ", waited" : "");
  if (taken.ended_before) text += ", after the bank took it away";
  for (const std::string& step : path) text += " > " + step;
  return text;
}

}  // namespace inkan::simulation
