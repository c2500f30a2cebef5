// What the holder, the bank, time and each attacker can do in a state.

#include "base/chance.hpp"
#include "simulation/explorer.hpp"
#include "support/handed_code.hpp"

namespace inkan::simulation {
namespace {

using lifecycle::CertificateRecord;
using lifecycle::RequestAct;
using std::chrono::days;
using std::chrono::hours;

const Secret kPassword("password-1");
constexpr const char* kWhy = "申し出";

/// code_in is the one word of four groups in a letter.
std::string code_in(const std::string& body) {
  constexpr std::size_t kLength = 19;
  for (std::size_t at = 0; at + kLength <= body.size(); ++at) {
    const std::string word = body.substr(at, kLength);
    if (word[4] == '-' && word[9] == '-' && word[14] == '-' && canonical_code(word).size() == 16) return word;
  }
  return {};
}

}  // namespace

std::vector<Explorer::Action> Explorer::actions(Attacker attacker, bool with_password) {
  std::vector<Action> all;
  if (attacker != Attacker::oneself && attacker != Attacker::importer) add_holder_actions(all);
  if (attacker != Attacker::importer) add_bank_actions(all);  // nobody honest has to do with an invented ID
  add_time(all);
  switch (attacker) {
    case Attacker::password: add_password_actions(all, false); break;
    case Attacker::mailbox: add_password_actions(all, true); break;
    case Attacker::auditor: add_staff_actions(all, auditor_); break;
    case Attacker::clerk: add_staff_actions(all, clerk_); break;
    case Attacker::approver: add_staff_actions(all, approver_); break;
    case Attacker::operator_desk:
      add_staff_actions(all, approver_);
      add_operator_actions(all);
      break;
    case Attacker::colleague: add_colleague_actions(all); break;
    case Attacker::oneself: add_own_actions(all); break;
    case Attacker::stolen_pc: add_stolen_pc_actions(all); break;
    case Attacker::importer: add_importer_actions(all); break;
  }
  if (with_password) add_password_actions(all, false);
  return all;
}

/// log_in is an administrator's, who keeps the own certificate alive as time goes by.
Result<lifecycle::LoggedIn> Explorer::log_in(const std::string& login_id) {
  Digest& print = hand_.administrators.at(login_id);
  if (login_.judge(at_, print)->kind != lifecycle::CertificateVerdict::Kind::good) {
    const std::string code = lifecycle::hand_out_code(store_, bank_.rng, at_, login_id, bank_.clock.now());
    const auto issued = enrolment_.acquire(at_, login_id, kPassword, Secret(code), make_request());
    check(issued && enrolment_.confirm_use(at_, *issued->fingerprint), "an administrator's certificate");
    print = *issued->fingerprint;
    read_mail();
  }
  auto opened = login_.open(at_, print, kPassword);
  if (!opened) return fail(opened);
  return std::move(opened->logged_in);
}

/// read_mail empties the outbox: the holder reads all, a thief in the mailbox too.
void Explorer::read_mail() {
  const auto claimed = outbox_.claim(1000);
  check(claimed.has_value(), "claim");
  for (const lifecycle::Letter& letter : *claimed) {
    std::string kind;
    const auto read = store_.read([&](lifecycle::Reader& reader) -> Result<void> {
      const auto notice = reader.find_notice(at_.id, letter.notice);
      if (!notice) return fail(notice);
      kind = (*notice)->kind;
      return {};
    });
    check(read.has_value() && outbox_.settle_accepted(letter).has_value(), "mail");
    if (letter.holder.login_id != victim_) continue;
    if (kind == "code_requested") hand_.told.insert(letter.to);
    if (kind != "code") continue;
    hand_.code = code_in(letter.body);
    check(!hand_.code.empty(), "a letter without its code");
    if (attacker_ != Attacker::mailbox && attacker_ != Attacker::importer) continue;
    hand_.stolen = hand_.code;
    hand_.stolen_from = hand_.told.empty() ? "two persons" : "mail";
  }
}

// ---- those who mean well

void Explorer::add_holder_actions(std::vector<Action>& all) {
  all.push_back({"holder takes with a code", [this] {
                   if (hand_.code.empty()) return false;
                   const auto opened = enrolment_.open_acquisition(at_, victim_, kPassword, Secret(hand_.code));
                   if (!opened) return false;
                   hand_.code.clear();
                   hand_.ticket = opened->ticket.id;
                   const auto issued = enrolment_.submit(at_, hand_.ticket, make_request(), "holder");
                   if (issued) hand_.own.push_back(*issued->fingerprint);
                   return true;
                 }});
  all.push_back({"holder takes with the old key", [this] {
                   if (hand_.own.empty()) return false;
                   const auto opened = enrolment_.open_acquisition(at_, victim_, kPassword, Secret(""), hand_.own.back());
                   if (!opened) return false;
                   hand_.ticket = opened->ticket.id;
                   const auto issued = enrolment_.submit(at_, hand_.ticket, make_request(), "holder");
                   if (issued) hand_.own.push_back(*issued->fingerprint);
                   return true;
                 }});
  all.push_back({"holder makes anew", [this] {
                   if (!enrolment_.make_anew(at_, hand_.ticket, "holder")) return false;
                   const auto issued = enrolment_.submit(at_, hand_.ticket, make_request(), "holder");
                   if (issued) hand_.own.push_back(*issued->fingerprint);
                   return true;
                 }});
  all.push_back(
      {"holder logs in", [this] { return !hand_.own.empty() && login_.open(at_, hand_.own.back(), kPassword).has_value(); }});
  all.push_back({"holder renews", [this] {
                   for (auto print = hand_.own.rbegin(); print != hand_.own.rend(); ++print) {
                     const auto opened = enrolment_.open_renewal(at_, *print, {});
                     if (!opened) continue;
                     hand_.ticket = opened->ticket.id;
                     const auto issued = enrolment_.submit(at_, hand_.ticket, make_request(), "holder");
                     if (issued) hand_.own.push_back(*issued->fingerprint);
                     return true;
                   }
                   return false;
                 }});
  all.push_back({"holder asks for a code by mail", [this] {
                   const auto asked = recovery_.ask_mail_code(at_, victim_, kPassword);
                   if (asked) hand_.asked_at = asked->sent_at - hours{24};
                   if (asked) read_mail();
                   return asked.has_value();
                 }});
  all.push_back({"holder reports a loss", [this] {
                   const auto held = recovery_.hold_lost(at_, victim_, kPassword, true);
                   if (held) hand_.ended = true;
                   return held.has_value();
                 }});
  all.push_back({"second administrator releases a code", [this] {
                   const auto who = log_in("kanri02");
                   const auto code = who ? company_.allow_reissue(at_, *who, victim_, kPassword) : fail(who);
                   if (code) hand_.code = *code;
                   return code.has_value();
                 }});
  all.push_back({"bank releases a first code", [this] {
                   if (!two_persons(RequestAct::first)) return false;
                   read_mail();
                   return true;
                 }});
  all.push_back({"two persons re-issue", [this] {
                   if (!two_persons(RequestAct::reissue)) return false;
                   hand_.ended = false;
                   hand_.told.clear();
                   read_mail();
                   return true;
                 }});
}

void Explorer::add_bank_actions(std::vector<Action>& all) {
  const auto duty = [this] { return duty_.at(second_.login_id); };
  all.push_back({"bank holds", [this, duty] {
                   const bool done = desk_.hold(duty(), at_, victim_, kWhy, true).has_value();
                   if (done) hand_.ended = true;
                   return done;
                 }});
  all.push_back({"bank revokes", [this, duty] {
                   const bool done =
                       desk_.revoke(duty(), at_, victim_, pki::RevocationReason::key_compromise, kWhy, true).has_value();
                   if (done) hand_.ended = true;
                   return done;
                 }});
  all.push_back({"operator revokes the newest", [this] {
                   for (const CertificateRecord& each : certificates()) {
                     if (each.revoked_at) continue;
                     const auto done =
                         holders_.revoke(each.authority, each.serial, pki::RevocationReason::unspecified, "operator", true);
                     check(done.has_value(), "revoke");
                     bool other = false;
                     for (const CertificateRecord& left : certificates()) other = other || !left.revoked_at;
                     if (!other) hand_.ended = true;
                     return true;
                   }
                   return false;
                 }});
  all.push_back({"two persons release", [this] {
                   if (!two_persons(RequestAct::release)) return false;
                   hand_.ended = false;
                   return true;
                 }});
  all.push_back({"second administrator holds", [this] {
                   const auto who = log_in("kanri02");
                   const bool done = who && company_.hold(at_, *who, victim_, true);
                   if (done) hand_.ended = true;
                   return done;
                 }});
  all.push_back({"second administrator releases", [this] {
                   const auto who = log_in("kanri02");
                   const bool done = who && company_.release(at_, *who, victim_);
                   if (done) hand_.ended = false;
                   return done;
                 }});
}

bool Explorer::two_persons(RequestAct act) {
  // Of the four persons these two are nobody's attacker in the same exploration: a clerk asks, the second approver decides.
  const StaffPerson& asking = attacker_ == Attacker::clerk ? approver_ : clerk_;
  if (!ask(asking, act, asking.login_id)) return false;
  const auto request = desk_.find_request(at_, hand_.request);
  const auto done = desk_.approve(at_, hand_.request,
                                  {.by = second_.login_id, .signature = second_.sign(lifecycle::decision_of(at_, *request))});
  check(done.has_value(), done ? "" : done.error().id);
  hand_.request.clear();
  return true;
}

bool Explorer::ask(const StaffPerson& person, RequestAct act, const std::string& name) {
  const auto draft =
      desk_.draft(at_, {at_.id, name}, {.act = act, .login_id = victim_, .identity_check = "届出印", .call_back = "代表番号"});
  if (!draft) return false;
  const auto asked = desk_.ask(at_, *draft, {.by = name, .signature = person.sign(lifecycle::statement_of(at_, *draft))});
  if (asked) hand_.request = asked->number;
  return asked.has_value();
}

/// jump lets time pass as it would: codes by mail go out on their way.
void Explorer::jump(Instant to) {
  const auto step = [&](Instant now) {
    bank_.clock.set(now);
    check(recovery_.send_codes().has_value(), "codes");
    read_mail();
  };
  if (bank_.clock.now() + hours{25} < to) step(bank_.clock.now() + hours{25});
  step(to);
}

void Explorer::add_time(std::vector<Action>& all) {
  all.push_back({"25 hours pass", [this] {
                   jump(bank_.clock.now() + hours{25});
                   return true;
                 }});
  for (const auto& [name, day] : {std::pair{"the window opens", -10}, std::pair{"it expires", 5}, std::pair{"it closes", 100}})
    all.push_back({name, [this, day = day] {
                     for (const CertificateRecord& each : certificates()) {
                       if (each.revoked_at) continue;
                       const Instant to = each.not_after + days{day};
                       if (to <= bank_.clock.now()) return false;
                       jump(to);
                       return true;
                     }
                     return false;
                   }});
}

// ---- those who do not

bool Explorer::open(const std::string& code, const std::string& origin, const std::optional<Digest>& shown) {
  const auto opened = enrolment_.open_acquisition(at_, victim_, kPassword, Secret(code), shown);
  if (!opened) return false;
  hand_.thief_ticket = opened->ticket.id;
  hand_.thief_origin = origin;
  hand_.thief_waited = origin == "mail" && hand_.asked_at + hours{24} <= bank_.clock.now() && hand_.told.size() == 2;
  return true;
}

void Explorer::add_thief_transaction(std::vector<Action>& all) {
  all.push_back({"THIEF SUBMITS A KEY", [this] {
                   return !hand_.thief_ticket.empty() &&
                          take(enrolment_.submit(at_, hand_.thief_ticket, make_request(), "thief"));
                 }});
  all.push_back({"thief makes anew", [this] {
                   return !hand_.thief_ticket.empty() && enrolment_.make_anew(at_, hand_.thief_ticket, "thief").has_value();
                 }});
}

void Explorer::add_password_actions(std::vector<Action>& all, bool mailbox) {
  all.push_back({"thief opens with ID and password", [this] { return open("", "", {}); }});
  all.push_back({"thief opens with a code", [this] {
                   if (hand_.stolen.empty() || !open(hand_.stolen, hand_.stolen_from, {})) return false;
                   hand_.stolen.clear();
                   return true;
                 }});
  all.push_back({"thief asks for a code by mail", [this] {
                   const auto asked = recovery_.ask_mail_code(at_, victim_, kPassword);
                   if (asked) hand_.asked_at = asked->sent_at - hours{24};
                   if (asked) read_mail();
                   return asked.has_value();
                 }});
  if (mailbox)
    all.push_back({"thief holds it", [this] { return recovery_.hold_lost(at_, victim_, kPassword, true).has_value(); }});
  add_thief_transaction(all);
}

void Explorer::add_staff_actions(std::vector<Action>& all, const StaffPerson& person) {
  const auto duty = [this, &person] { return duty_.at(person.login_id); };
  all.push_back({"insider holds", [=, this] { return desk_.hold(duty(), at_, victim_, kWhy, true).has_value(); }});
  all.push_back({"insider revokes", [=, this] {
                   return desk_.revoke(duty(), at_, victim_, pki::RevocationReason::unspecified, kWhy, true).has_value();
                 }});
  for (const RequestAct act : {RequestAct::first, RequestAct::reissue, RequestAct::release}) {
    const std::string what = " " + std::string(lifecycle::to_text(act));
    all.push_back({"insider asks for" + what, [=, this, &person] { return ask(person, act, person.login_id); }});
    all.push_back(
        {"insider asks in another's name for" + what, [=, this, &person] { return ask(person, act, second_.login_id); }});
  }
  for (const bool own_name : {true, false})
    all.push_back({own_name ? "insider approves alone" : "insider approves in another's name", [=, this, &person] {
                     const auto request = desk_.find_request(at_, hand_.request);
                     if (!request) return false;
                     const auto done = desk_.approve(at_, hand_.request,
                                                     {.by = own_name ? person.login_id : second_.login_id,
                                                      .signature = person.sign(lifecycle::decision_of(at_, *request))});
                     if (done) hand_.taken = Taken{.kind = lifecycle::TicketKind::reissue, .evidence = "one person's approval"};
                     return done.has_value();
                   }});
  // The desk shows a person everything there is to read; a code is not among it.
  all.push_back({"insider reads the file", [=, this] {
                   const auto file = desk_.open_file(duty(), at_, victim_);
                   if (!file) return false;
                   for (const lifecycle::Notice& notice : file->notices)
                     if (!code_in(notice.body).empty()) hand_.stolen = code_in(notice.body);
                   for (const auto& record : file->timeline)
                     for (const auto& [name, value] : record.entry.detail)
                       if (!code_in(value).empty()) hand_.stolen = code_in(value);
                   return !hand_.stolen.empty();
                 }});
}

void Explorer::add_operator_actions(std::vector<Action>& all) {
  all.push_back({"operator releases a code", [this] {
                   const auto code = holders_.release_code(at_, victim_, "operator");
                   if (code) hand_.stolen = *code;
                   if (code) hand_.stolen_from = "operator";
                   return code.has_value();
                 }});
}

/// add_importer_actions: who can put an ID on record can read its mail and knows its password.
void Explorer::add_importer_actions(std::vector<Action>& all) {
  all.push_back({"operator imports an invented ID", [this] {
                   std::vector<lifecycle::NewHolder> one;
                   one.push_back({.id = {at_.id, victim_},
                                  .role = lifecycle::Role::administrator,
                                  .company = "株式会社まぼろし",
                                  .name = "経理担当者",
                                  .mail = "insider@own.example",
                                  .password = Secret("password-1")});
                   return holders_.add(one, "operator").has_value();
                 }});
  add_operator_actions(all);
  add_staff_actions(all, approver_);
  add_password_actions(all, true);
}

void Explorer::add_colleague_actions(std::vector<Action>& all) {
  const auto act = [this](const auto& verb) {
    const auto who = log_in("kanri01");
    return who && verb(*who);
  };
  all.push_back({"colleague releases a code", [=, this] {
                   return act([&](const lifecycle::LoggedIn& who) {
                     const auto code = company_.allow_reissue(at_, who, victim_, kPassword);
                     if (code) hand_.stolen = *code;
                     if (code) hand_.stolen_from = "colleague";
                     return code.has_value();
                   });
                 }});
  all.push_back({"colleague holds", [=, this] {
                   return act([&](const lifecycle::LoggedIn& who) { return company_.hold(at_, who, victim_, true).has_value(); });
                 }});
  all.push_back({"colleague releases", [=, this] {
                   return act([&](const lifecycle::LoggedIn& who) { return company_.release(at_, who, victim_).has_value(); });
                 }});
  all.push_back({"colleague revokes", [=, this] {
                   return act([&](const lifecycle::LoggedIn& who) {
                     return company_.revoke(at_, who, victim_, pki::RevocationReason::unspecified, true).has_value();
                   });
                 }});
}

/// add_stolen_pc_actions: whoever has the key renews like its owner until the loss is reported, and shows the old one afterwards.
void Explorer::add_stolen_pc_actions(std::vector<Action>& all) {
  all.push_back({"thief opens a renewal with the stolen key", [this] {
                   for (auto print = hand_.own.rbegin(); print != hand_.own.rend(); ++print) {
                     const auto opened = enrolment_.open_renewal(at_, *print, {});
                     if (!opened) continue;
                     hand_.thief_ticket = opened->ticket.id;
                     hand_.thief_origin = "stolen key";
                     hand_.thief_waited = false;
                     return true;
                   }
                   return false;
                 }});
  all.push_back({"thief shows the stolen key without the password", [this] {
                   for (const Digest& print : hand_.own) {
                     const auto opened = enrolment_.open_acquisition(at_, victim_, Secret(""), Secret(""), print);
                     if (!opened) continue;
                     hand_.thief_ticket = opened->ticket.id;
                     hand_.thief_origin = "stolen key";
                     return true;
                   }
                   return false;
                 }});
  add_thief_transaction(all);
}

/// add_own_actions: the administrator whom everybody else trusts with the own ID only.
void Explorer::add_own_actions(std::vector<Action>& all) {
  const auto act = [this](const auto& verb) {
    const auto who = login_.open(at_, hand_.own.back(), kPassword);
    return who && verb(who->logged_in);
  };
  all.push_back({"renews", [this] {
                   const auto opened = enrolment_.open_renewal(at_, hand_.own.back(), {});
                   if (!opened) return false;
                   const auto issued = enrolment_.submit(at_, opened->ticket.id, make_request(), "holder");
                   if (issued) hand_.own.push_back(*issued->fingerprint);
                   hand_.ticket = opened->ticket.id;
                   return true;
                 }});
  all.push_back({"releases a code for oneself", [=, this] {
                   return act([&](const lifecycle::LoggedIn& who) {
                     const auto code = company_.allow_reissue(at_, who, victim_, kPassword);
                     if (code) hand_.stolen = *code;
                     return code.has_value();
                   });
                 }});
  all.push_back({"makes a code for another PC", [=, this] {
                   return act([&](const lifecycle::LoggedIn& who) {
                     const auto code = recovery_.make_computer_code(at_, who, kPassword);
                     if (code) hand_.stolen = *code;
                     if (code) hand_.stolen_from = "self";
                     return code.has_value();
                   });
                 }});
  all.push_back({"holds oneself", [=, this] {
                   return act([&](const lifecycle::LoggedIn& who) { return company_.hold(at_, who, victim_, true).has_value(); });
                 }});
  all.push_back({"releases oneself", [=, this] {
                   return act([&](const lifecycle::LoggedIn& who) { return company_.release(at_, who, victim_).has_value(); });
                 }});
  all.push_back({"makes the renewal anew",
                 [this] { return !hand_.ticket.empty() && enrolment_.make_anew(at_, hand_.ticket, "holder").has_value(); }});
  all.push_back({"submits again", [this] {
                   if (hand_.ticket.empty()) return false;
                   hand_.thief_origin = "renewal";
                   return take(enrolment_.submit(at_, hand_.ticket, make_request(), "holder"));
                 }});
  all.push_back({"opens with the old key", [this] { return open("", "", hand_.own.back()); }});
  add_password_actions(all, false);
}

}  // namespace inkan::simulation
