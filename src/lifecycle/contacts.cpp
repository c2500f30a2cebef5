#include "lifecycle/contacts.hpp"

#include <algorithm>

#include "lifecycle/codes.hpp"
#include "lifecycle/holders.hpp"
#include "lifecycle/letters.hpp"
#include "lifecycle/read_from.hpp"

namespace inkan::lifecycle {
namespace {

constexpr std::size_t kAddresses = 5;
constexpr std::chrono::hours kCheckLife{24};
constexpr int kCheckTries = 5;
constexpr int kCodesPerDay = 5;  // to whatever addresses: the page is no way to flood a mailbox, nor to guess at a code for long
constexpr int kNoticesLookedAt = 100;
constexpr int kSoftBounces = 3;
constexpr int kListed = 1000;

AuditEntry address_entry(const HolderId& holder, Instant now, const std::string& actor, const char* action,
                         const std::string& address) {
  AuditEntry entry = entry_for(holder, now, actor, action);
  entry.detail["address"] = masked_address(address);
  return entry;
}

/// judge_codes refuses another code for an address when as many went out today as may.
Result<void> judge_codes(Reader& reader, const HolderId& holder, Day today) {
  const auto notices = reader.notices_of(holder, kNoticesLookedAt);
  if (!notices) return fail(notices);
  const auto sent = std::ranges::count_if(
      *notices, [&](const Notice& notice) { return notice.kind == "address_check" && notice.decided_on == today; });
  return sent < kCodesPerDay ? Result<void>() : fail(Code::refused, "contact.too_many_codes");
}

Result<Contact> find_contact(Reader& reader, const HolderId& holder, const std::string& address) {
  auto contacts = reader.contacts_of(holder);
  if (!contacts) return fail(contacts);
  for (Contact& contact : *contacts)
    if (contact.address == address) return std::move(contact);
  return fail(Code::not_found, "contact.unknown");
}

/// lock_self is the holder of a live session, locked, the session's certificate judged anew.
Result<Holder> lock_self(Writer& writer, const Institution& institution, const LoggedIn& who, Instant now) {
  auto holder = writer.lock_holder(who.holder.id);
  if (!holder) return fail(holder);
  const auto verdict = judge_certificate(writer, institution, who.session.fingerprint, now);
  if (!verdict) return fail(verdict);
  if (!*holder || verdict->kind != CertificateVerdict::Kind::good) return fail(Code::unauthenticated, "login.certificate");
  return std::move(**holder);
}

/// tell_administrators tells the company's 管理者 other than the holder, by their own letters.
Result<void> tell_administrators(Writer& writer, const Institution& institution, const Holder& holder, const Event& event,
                                 Instant now) {
  auto colleagues = writer.holders_of_contract(holder.id.institution, holder.contract, kContractLimit);
  if (!colleagues) return fail(colleagues);
  for (const Holder& colleague : *colleagues) {
    if (colleague.role != Role::administrator || colleague.id == holder.id) continue;
    if (colleague.entitlement == Entitlement::terminated) continue;
    Event theirs = event;
    theirs.values["masked_user"] = masked_among(holder.id.login_id, *colleagues);
    if (auto told = tell(writer, institution, colleague, theirs, now); !told) return told;
  }
  return {};
}

}  // namespace

Result<std::vector<Contact>> Contacts::list(const HolderId& holder) {
  return read_from(services_.store, [&](Reader& reader) { return reader.contacts_of(holder); });
}

Result<void> Contacts::add(const Institution& institution, const LoggedIn& who, const std::string& address) {
  if (!is_mail_address(address)) return fail(Code::invalid, "contact.address");
  return services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    const auto holder = lock_self(writer, institution, who, now);
    if (!holder) return fail(holder);
    auto contacts = writer.contacts_of(holder->id);
    if (!contacts) return fail(contacts);
    Contact fresh{.holder = holder->id, .address = address, .added_at = now};
    for (const Contact& contact : *contacts) {
      if (contact.address != address) continue;
      if (contact.checked_at) return fail(Code::conflict, "contact.exists");
      fresh.added_at = contact.added_at;  // a new code for an address that was never checked
    }
    if (contacts->size() >= kAddresses && fresh.added_at == now) return fail(Code::refused, "contact.too_many");
    if (auto few = judge_codes(writer, holder->id, institution.zone.day_of(now)); !few) return few;
    const std::string code = make_code(services_.rng);
    fresh.check_hash = code_hash(code);
    fresh.check_until = now + kCheckLife;
    if (auto put = writer.put_contact(fresh); !put) return put;
    writer.audit(address_entry(holder->id, now, actor_of(holder->id), "contact.added", address));
    auto sent = tell_at(writer, institution, *holder, address,
                        {.letter = "address_check", .values = {{"code", code}}, .secret = true}, now);
    if (!sent) return sent;
    return tell(writer, institution, *holder,
                {.letter = "address_added", .values = {{"masked_address", masked_address(address)}}}, now);
  });
}

Result<void> Contacts::check(const Institution& institution, const LoggedIn& who, const std::string& address,
                             const Secret& code) {
  bool right = false;
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    right = false;
    const Instant now = services_.clock.now();
    const auto holder = lock_self(writer, institution, who, now);
    if (!holder) return fail(holder);
    auto contact = find_contact(writer, holder->id, address);
    if (!contact) return fail(contact);
    if (!contact->check_hash || !contact->check_until || *contact->check_until <= now || contact->check_tries >= kCheckTries)
      return {};
    const Digest typed = code_hash(code.reveal());
    right = same_secret(as_text(contact->check_hash->view()), as_text(typed.view()));
    ++contact->check_tries;
    if (right) {
      contact->checked_at = now;
      contact->check_hash.reset();
      contact->check_until.reset();
      writer.audit(address_entry(holder->id, now, actor_of(holder->id), "contact.checked", address));
    }
    return writer.put_contact(*contact);
  });
  if (!done) return done;
  if (!right) return fail(Code::refused, "contact.code");
  return {};
}

Result<void> Contacts::make_main(const Institution& institution, const LoggedIn& who, const std::string& address) {
  return services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    auto holder = lock_self(writer, institution, who, now);
    if (!holder) return fail(holder);
    const auto contact = find_contact(writer, holder->id, address);
    if (!contact) return fail(contact);
    if (!contact->checked_at) return fail(Code::refused, "contact.unchecked");
    if (holder->mail == address) return {};
    holder->mail = address;
    writer.audit(address_entry(holder->id, now, actor_of(holder->id), "contact.main", address));
    return writer.put_holder(*holder);
  });
}

Result<void> Contacts::remove(const Institution& institution, const LoggedIn& who, const std::string& address) {
  return services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    const auto holder = lock_self(writer, institution, who, now);
    if (!holder) return fail(holder);
    const auto contact = find_contact(writer, holder->id, address);
    if (!contact) return fail(contact);
    if (holder->mail == address) return fail(Code::refused, "contact.main");
    // Told before it goes, so that the letter reaches the removed address too (A3).
    auto told = tell(writer, institution, *holder,
                     {.letter = "address_removed", .values = {{"masked_address", masked_address(address)}}}, now);
    if (!told) return told;
    writer.audit(address_entry(holder->id, now, actor_of(holder->id), "contact.removed", address));
    return writer.remove_contact(holder->id, address);
  });
}

Result<void> Contacts::record_bounce(const BounceReport& report) {
  return services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    const auto letter = writer.find_letter(report.letter);
    if (!letter) return fail(letter);
    if (!*letter) return fail(Code::not_found, "letter.unknown", std::to_string(report.letter));
    // After a restore a number may stand for a newer letter: one to somebody else is not what the report speaks of.
    if (!report.recipient.empty() && report.recipient != (*letter)->to) return {};
    const auto institution = services_.institutions.find((*letter)->holder.institution);
    if (!institution) return fail(institution);
    const auto holder = writer.lock_holder((*letter)->holder);
    if (!holder) return fail(holder);
    auto contact = find_contact(writer, (*letter)->holder, (*letter)->to);
    // An administrator may have got a user's letter, or the address is gone: then there is nothing to flag here.
    if (!contact && contact.error().code == Code::not_found) return {};
    if (!contact) return fail(contact);
    if (!*holder || contact->undeliverable_since) return {};
    if (!report.hard && ++contact->soft_bounces < kSoftBounces) return writer.put_contact(*contact);
    contact->undeliverable_since = now;
    contact->undeliverable_why = report.text.empty() ? report.status : report.status + " " + report.text;
    if (auto put = writer.put_contact(*contact); !put) return put;
    AuditEntry entry = address_entry((*letter)->holder, now, "job mail", "contact.undeliverable", contact->address);
    entry.detail["status"] = report.status;
    entry.detail["number"] = (*letter)->notice;
    writer.audit(std::move(entry));
    return tell_administrators(writer, **institution, **holder,
                               {.letter = "undeliverable", .values = {{"masked_address", masked_address(contact->address)}}},
                               now);
  });
}

Result<std::vector<Contact>> Contacts::undeliverable(const Institution& institution) {
  return read_from(services_.store, [&](Reader& reader) { return reader.undeliverable_contacts(institution.id, kListed); });
}

}  // namespace inkan::lifecycle
