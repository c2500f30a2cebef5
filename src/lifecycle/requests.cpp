// The acts of the bank's desk that need two persons.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "lifecycle/bank_desk.hpp"
#include "lifecycle/codes.hpp"
#include "lifecycle/desk_rules.hpp"
#include "lifecycle/holding.hpp"
#include "lifecycle/letters.hpp"
#include "lifecycle/read_from.hpp"
#include "pki/certificate.hpp"
#include "pki/signature.hpp"

namespace inkan::lifecycle {
namespace {

constexpr std::chrono::days kAddressRest{7};  // T5: nobody changes an address and has a code sent there in one week
constexpr int kRequestsLookedAt = 20;
constexpr int kWaitingShown = 200;
constexpr int kNumberTries = 20;

AuditEntry entry_for(const StaffRequest& request, Instant now, const StaffId& who, const char* action) {
  return {.at = now,
          .actor = actor_of(who),
          .action = action,
          .institution = request.holder.institution,
          .subject = request.holder.login_id,
          .detail = {{"request", request.number}, {"act", std::string(to_text(request.act))}}};
}

/// goes_by_post tells whether the code of a request goes into a sealed letter.
bool goes_by_post(const Institution& institution, RequestAct act, const Holder& holder) {
  return holder.mail.empty() || (act == RequestAct::first && institution.acquisition.first_code == FirstCode::letter);
}

/// judge_case tells whether what is asked for can be done at all, today, for this locked holder.
Result<void> judge_case(Reader& reader, const Institution& institution, const StaffRequest& request, const Holder& holder,
                        Instant now) {
  if (holder.entitlement == Entitlement::terminated) return fail(Code::refused, "holder.terminated");
  const auto view = view_of(reader, institution, holder, institution.zone.day_of(now));
  if (!view) return fail(view);
  if (request.act == RequestAct::release)
    return view->status == CertificateStatus::suspended ? Result<void>() : fail(Code::refused, "hold.not_held");
  if (view->status && may_log_in(*view->status)) return fail(Code::refused, "code.not_needed");
  // Each act by its own name: what two persons sign says what is done.
  if (request.act == RequestAct::first && view->certificate) return fail(Code::refused, "code.not_first");
  if (request.act == RequestAct::reissue && !view->certificate) return fail(Code::refused, "code.first");
  if (goes_by_post(institution, request.act, holder))
    return institution.acquisition.printer.empty() ? fail(Code::refused, "recovery.no_address") : Result<void>();
  const auto contacts = reader.contacts_of(holder.id);
  if (!contacts) return fail(contacts);
  for (const Contact& contact : *contacts) {
    const bool imported = contact.check_tries == 0;  // the bank's own record: nobody had to type a code for it
    if (!imported && contact.address == holder.mail && contact.added_at + kAddressRest > now)
      return fail(Code::refused, "recovery.address_new");
  }
  return {};
}

/// is_number tells whether a text is a 受付番号 as draft gives them out: nothing else may stand in a statement under that name.
bool is_number(std::string_view text) {
  constexpr std::string_view kShape = "R-00000000-000000";
  if (text.size() < kShape.size() || text.size() > kShape.size() + 6) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char wanted = i < kShape.size() ? kShape[i] : '0';
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (wanted == '0' ? !digit : text[i] != wanted) return false;
  }
  return true;
}

/// free_number draws a 受付番号 that nobody has yet. It is kept for nobody: `ask` refuses it when another was quicker.
Result<std::string> free_number(Reader& reader, Rng& rng, const Institution& institution, Instant now) {
  for (int tries = 0; tries < kNumberTries; ++tries) {
    std::array<std::uint8_t, 4> lot{};
    rng.fill(lot);
    const std::uint32_t drawn = lot[0] | lot[1] << 8 | lot[2] << 16 | static_cast<std::uint32_t>(lot[3]) << 24;
    std::string number = fmt::format("R-{}-{:06}", to_compact(institution.zone.day_of(now)), drawn % 1'000'000);
    const auto taken = reader.find_request(institution.id, number);
    if (!taken) return fail(taken);
    if (!*taken) return number;
  }
  return fail(Code::unavailable, "request.no_number");
}

/// judge_running refuses a second request of one kind for one ID while the first waits.
Result<void> judge_running(Reader& reader, const StaffRequest& request) {
  const auto earlier = reader.requests_of(request.holder, kRequestsLookedAt);
  if (!earlier) return fail(earlier);
  for (const StaffRequest& other : *earlier)
    if (other.state == RequestState::waiting && other.act == request.act)
      return fail(Code::conflict, "request.running", other.number);
  return {};
}

/// about_of is the certificate a request speaks of: with release the one on hold.
Result<std::optional<pki::SerialNumber>> about_of(Reader& reader, const StaffRequest& request) {
  std::optional<pki::SerialNumber> about;
  if (request.act != RequestAct::release) return about;
  const auto held = find_held(reader, request.holder);
  if (!held) return fail(held);
  if (*held) about = (*held)->serial;
  return about;
}

/// judge_about refuses a request whose certificate is not the one on hold, or that names one without need.
Result<void> judge_about(Reader& reader, const StaffRequest& request) {
  const auto about = about_of(reader, request);
  if (!about) return fail(about);
  return *about == request.about ? Result<void>() : fail(Code::refused, "hold.not_held");
}

/// check_signature holds a signature against a person's own certificate, as it is on record.
Result<void> check_signature(const Staff& staff, const std::string& statement, const Bytes& signature) {
  const auto bad = [] { return fail(Code::refused, "request.signature"); };
  const auto certificate = pki::Certificate::parse(staff.certificate);
  if (!certificate) return bad();
  const auto key = pki::PublicKey::parse(certificate->spki());
  if (!key) return bad();
  const auto right =
      pki::verify_signature(certificate->spki(), pki::signature_algorithm(key->algorithm()), as_bytes(statement), signature);
  return right ? Result<void>() : bad();
}

/// one_line keeps a note from writing lines of its own into a statement.
/// Locked is a request that waits for its decision, and its holder as on record; nobody else decides it before the commit.
struct Locked {
  StaffRequest request;
  std::optional<Holder> holder;
};

Result<Locked> lock_waiting(Writer& writer, const Institution& institution, const std::string& number) {
  auto found = writer.find_request(institution.id, number);
  if (!found) return fail(found);
  if (!*found) return fail(Code::not_found, "request.unknown");
  auto holder = writer.lock_holder((*found)->holder);
  if (!holder) return fail(holder);
  found = writer.find_request(institution.id, number);  // again, now that nobody else can decide it
  if (!found) return fail(found);
  if ((*found)->state != RequestState::waiting) return fail(Code::conflict, "request.decided");
  return Locked{.request = std::move(**found), .holder = std::move(*holder)};
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  std::replace(text.begin(), text.end(), '\r', ' ');
  return text;
}

}  // namespace

std::string statement_of(const Institution& institution, const StaffRequest& request) {
  std::string text = fmt::format(
      "Inkan request 1\ninstitution: {}\nnumber: {}\nact: {}\nlogin id: {}\nidentity check: {}\ncall back: {}\nrequested by: "
      "{}\n",
      institution.id, request.number, to_text(request.act), request.holder.login_id, one_line(request.identity_check),
      one_line(request.call_back), request.requested_by);
  if (request.about) text += "serial: " + request.about->hex() + "\n";
  return text;
}

std::string decision_of(const Institution& institution, const StaffRequest& request) {
  return fmt::format("Inkan decision 1\ndecision: approved\nrequest signature sha256: {}\n{}",
                     sha256(request.request_signature).hex(), statement_of(institution, request));
}

Result<StaffRequest> BankDesk::draft(const Institution& institution, const StaffId& who, const Wanted& wanted) {
  if (!is_note(wanted.identity_check) || !is_note(wanted.call_back)) return fail(Code::invalid, "request.text");
  const auto canonical = canonical_login_id(wanted.login_id);
  if (!canonical) return fail(Code::not_found, "holder.unknown");
  Result<StaffRequest> result = fail(Code::not_found, "holder.unknown");
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    const Instant now = services_.clock.now();
    if (const auto staff = judge_clerk(reader, institution, who); !staff) return fail(staff);
    const auto holder = reader.find_holder({institution.id, *canonical});
    if (!holder) return fail(holder);
    if (!*holder) return {};
    StaffRequest request{.number = {},
                         .holder = (*holder)->id,
                         .act = wanted.act,
                         .state = RequestState::waiting,
                         .about = {},
                         .identity_check = one_line(wanted.identity_check),
                         .call_back = one_line(wanted.call_back),
                         .requested_by = who.login_id,
                         .requested_at = now,
                         .request_signature = {},
                         .decided_by = {},
                         .decided_at = {},
                         .decision_signature = {},
                         .decision_note = {}};
    if (auto possible = judge_case(reader, institution, request, **holder, now); !possible) return possible;
    if (auto alone = judge_running(reader, request); !alone) return alone;
    const auto about = about_of(reader, request);
    if (!about) return fail(about);
    request.about = *about;
    auto number = free_number(reader, services_.rng, institution, now);
    if (!number) return fail(number);
    request.number = std::move(*number);
    result = std::move(request);
    return {};
  });
  if (!read) return fail(read);
  return result;
}

Result<StaffRequest> BankDesk::ask(const Institution& institution, const StaffRequest& draft, const Signed& signature) {
  StaffRequest request = draft;
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    if (!is_note(request.identity_check) || !is_note(request.call_back) || !is_number(request.number))
      return fail(Code::invalid, "request.text");
    const auto staff = judge_clerk(writer, institution, {institution.id, signature.by});
    if (!staff) return fail(staff);
    if (signature.by != request.requested_by || request.holder.institution != institution.id)
      return fail(Code::refused, "request.signature");
    const auto taken = writer.find_request(institution.id, request.number);
    if (!taken) return fail(taken);
    if (*taken) return fail(Code::conflict, "request.running", request.number);
    if (auto good = check_signature(*staff, statement_of(institution, request), signature.signature); !good) return good;
    const auto holder = writer.lock_holder(request.holder);
    if (!holder) return fail(holder);
    if (!*holder) return fail(Code::not_found, "holder.unknown");
    if (auto possible = judge_case(writer, institution, request, **holder, now); !possible) return possible;
    if (auto same = judge_about(writer, request); !same) return same;
    if (auto alone = judge_running(writer, request); !alone) return alone;
    request.state = RequestState::waiting;
    request.requested_at = now;
    request.request_signature = signature.signature;
    writer.audit(entry_for(request, now, staff->id, "request.made"));
    return writer.put_request(request);
  });
  if (!done) return fail(done);
  return request;
}

Result<StaffRequest> BankDesk::approve(const Institution& institution, const std::string& number, const Signed& signature) {
  Result<StaffRequest> result = fail(Code::not_found, "request.unknown");
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    auto locked = lock_waiting(writer, institution, number);
    if (!locked) return fail(locked);
    auto& [request, holder] = *locked;
    const auto staff = judge_clerk(writer, institution, {institution.id, signature.by});
    if (!staff) return fail(staff);
    if (staff->role != StaffRole::approver) return fail(Code::refused, "staff.role");
    if (signature.by == request.requested_by) return fail(Code::refused, "request.same_person");
    // The first signature is checked again: a request that was written past the desk is decided by nobody.
    const auto asking = writer.find_staff({institution.id, request.requested_by});
    if (!asking) return fail(asking);
    if (!*asking) return fail(Code::refused, "request.signature");
    if ((*asking)->removed_at) return fail(Code::refused, "request.asker_gone");
    if (auto good = check_signature(**asking, statement_of(institution, request), request.request_signature); !good) return good;
    if (auto good = check_signature(*staff, decision_of(institution, request), signature.signature); !good) return good;
    if (!holder) return fail(Code::not_found, "holder.unknown");
    if (auto possible = judge_case(writer, institution, request, *holder, now); !possible) return possible;
    if (auto same = judge_about(writer, request); !same) return same;

    request.state = RequestState::approved;
    request.decided_by = staff->id.login_id;
    request.decided_at = now;
    request.decision_signature = signature.signature;
    writer.audit(entry_for(request, now, staff->id, "request.approved"));
    if (auto put = writer.put_request(request); !put) return put;
    const std::string actor = fmt::format("staff {}/{}+{}", institution.id, request.requested_by, request.decided_by);
    result = request;
    return request.act == RequestAct::release ? carry_release(writer, institution, *holder, now, actor)
                                              : carry_code(writer, institution, request.act, *holder, now, actor);
  });
  if (!done) return fail(done);
  return result;
}

Result<void> BankDesk::carry_release(Writer& writer, const Institution& institution, const Holder& holder, Instant now,
                                     const std::string& actor) {
  const auto lifted = lift_hold(writer, institution, holder, now, actor);
  return lifted ? Result<void>() : fail(lifted);
}

Result<void> BankDesk::carry_code(Writer& writer, const Institution& institution, RequestAct act, const Holder& holder,
                                  Instant now, const std::string& actor) {
  const Day today = institution.zone.day_of(now);
  if (auto approved = approve_reissue(writer, institution, holder, today); !approved) return approved;
  const std::chrono::days life{institution.acquisition.code_days};
  const auto code = release_code(writer, services_.rng,
                                 {.holder = holder.id, .purpose = CodePurpose::certificate, .life = life, .actor = actor}, now);
  if (!code) return fail(code);
  // The code goes to the customer alone, by mail or sealed for the printer; nobody at the bank sees it (T5). All addresses are
  // told that it went.
  const std::string until = to_japanese_with_weekday(today + life);
  Event event{.letter = "code", .values = {{"code", *code}, {"until_long", until}}, .secret = true};
  if (goes_by_post(institution, act, holder)) event.letter = "code_letter";
  auto sent = event.letter == "code" ? tell_at(writer, institution, holder, holder.mail, event, now)
                                     : tell_sealed(writer, institution, holder, event, now);
  if (!sent) return sent;
  return tell(writer, institution, holder, {.letter = "code_released", .values = {{"until_long", until}}}, now);
}

Result<StaffRequest> BankDesk::refuse(const Institution& institution, const std::string& number, const StaffId& who,
                                      const std::string& why) {
  if (!is_note(why)) return fail(Code::invalid, "request.text");
  Result<StaffRequest> result = fail(Code::not_found, "request.unknown");
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    auto locked = lock_waiting(writer, institution, number);
    if (!locked) return fail(locked);
    StaffRequest& request = locked->request;
    const auto staff = judge_clerk(writer, institution, who);
    if (!staff) return fail(staff);
    if (staff->role != StaffRole::approver && who.login_id != request.requested_by) return fail(Code::refused, "staff.role");
    request.state = RequestState::refused;
    request.decided_by = who.login_id;
    request.decided_at = now;
    request.decision_note = one_line(why);
    AuditEntry entry = entry_for(request, now, staff->id, "request.refused");
    entry.detail["why"] = request.decision_note;
    writer.audit(std::move(entry));
    result = request;
    return writer.put_request(request);
  });
  if (!done) return fail(done);
  return result;
}

Result<std::vector<StaffRequest>> BankDesk::waiting(const StaffOnDuty& who, const Institution& institution) {
  return read_from(services_.store, [&](Reader& reader) -> Result<std::vector<StaffRequest>> {
    if (auto staff = judge_staff(reader, institution, who.staff.id); !staff) return fail(staff);
    return reader.waiting_requests(institution.id, kWaitingShown);
  });
}

Result<StaffRequest> BankDesk::find_request(const Institution& institution, const std::string& number) {
  auto found = read_from(services_.store, [&](Reader& reader) { return reader.find_request(institution.id, number); });
  if (!found) return fail(found);
  if (!*found) return fail(Code::not_found, "request.unknown");
  return std::move(**found);
}

}  // namespace inkan::lifecycle
