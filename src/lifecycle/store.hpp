#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "lifecycle/audit.hpp"
#include "lifecycle/certificate.hpp"
#include "lifecycle/contact.hpp"
#include "lifecycle/grant.hpp"
#include "lifecycle/merkle.hpp"
#include "lifecycle/notice.hpp"
#include "lifecycle/session.hpp"
#include "lifecycle/staff.hpp"
#include "lifecycle/ticket.hpp"

/// The ports of the story: what lifecycle asks of a memory. store/ fills them with SQLite and PostgreSQL; one contract suite
/// (tests of room store) holds both to the comments below. Every find_ gives an empty optional for "not there" and an Error only
/// when the store itself failed (`store.unavailable`, `store.corrupt`).
namespace inkan::lifecycle {

class HolderReader {
 public:
  virtual ~HolderReader() = default;
  virtual Result<std::optional<Holder>> find_holder(const HolderId& id) = 0;
  /// list_holders gives up to `limit` holders of an institution in order of login ID, after `after` (empty: from the start).
  virtual Result<std::vector<Holder>> list_holders(const std::string& institution, const std::string& after, int limit) = 0;
  /// holders_of_contract are up to `limit` IDs of one contract, in order of login ID.
  virtual Result<std::vector<Holder>> holders_of_contract(const std::string& institution, const std::string& contract,
                                                          int limit) = 0;
  /// search_holders are up to `limit` holders whose login ID or company begins with `text`, in order of login ID.
  virtual Result<std::vector<Holder>> search_holders(const std::string& institution, const std::string& text, int limit) = 0;
  /// unfetched are up to `limit` holders whose certificate is approved and must be fetched by a day from `first` to `last`, in
  /// order of that day and login ID, after the given pair.
  virtual Result<std::vector<Holder>> unfetched(const std::string& institution, Day first, Day last,
                                                const std::optional<std::pair<Day, std::string>>& after, int limit) = 0;
  /// usable_codes are the holder's codes that are neither used nor past their time at `now`, those not made yet among them.
  virtual Result<std::vector<OneTimeCode>> usable_codes(const HolderId& id, Instant now) = 0;
  /// codes_to_make are codes without a hash, unused, with usable_from <= now < expires_at, oldest first.
  virtual Result<std::vector<OneTimeCode>> codes_to_make(Instant now, int limit) = 0;
};

class ContactReader {
 public:
  virtual ~ContactReader() = default;
  /// contacts_of are the holder's addresses in order of `added_at`, then address.
  virtual Result<std::vector<Contact>> contacts_of(const HolderId& id) = 0;
  /// undeliverable_contacts are up to `limit` addresses of an institution that mail does not reach, in order of login ID,
  /// address.
  virtual Result<std::vector<Contact>> undeliverable_contacts(const std::string& institution, int limit) = 0;
  /// sharers_of are up to `limit` login IDs of an institution that have this address on record, in order.
  virtual Result<std::vector<std::string>> sharers_of(const std::string& institution, const std::string& address, int limit) = 0;
};

class StaffReader {
 public:
  virtual ~StaffReader() = default;
  virtual Result<std::optional<Staff>> find_staff(const StaffId& id) = 0;
  virtual Result<std::optional<Staff>> find_staff_by_fingerprint(const Digest& fingerprint) = 0;
  virtual Result<std::vector<Staff>> list_staff(const std::string& institution) = 0;
  virtual Result<std::optional<StaffSession>> find_staff_session(const Digest& token_hash) = 0;
  virtual Result<std::optional<StaffRequest>> find_request(const std::string& institution, const std::string& number) = 0;
  /// requests_of are a holder's requests, newest first; waiting_requests those of an institution that nobody decided, oldest
  /// first.
  virtual Result<std::vector<StaffRequest>> requests_of(const HolderId& id, int limit) = 0;
  virtual Result<std::vector<StaffRequest>> waiting_requests(const std::string& institution, int limit) = 0;
};

class CertificateReader {
 public:
  virtual ~CertificateReader() = default;
  virtual Result<std::optional<CertificateRecord>> find_by_fingerprint(const Digest& fingerprint) = 0;
  virtual Result<std::optional<CertificateRecord>> find_by_serial(const ca::AuthorityId& authority,
                                                                  const pki::SerialNumber& serial) = 0;
  /// find_by_key is any record with this key that is not abandoned.
  virtual Result<std::optional<CertificateRecord>> find_by_key(const Digest& key_hash) = 0;
  /// live_certificates are the holder's issued, unrevoked certificates (expired ones too), newest first.
  virtual Result<std::vector<CertificateRecord>> live_certificates(const HolderId& id) = 0;
  /// certificates_of are all issued certificates of a holder, newest first.
  virtual Result<std::vector<CertificateRecord>> certificates_of(const HolderId& id) = 0;
  /// unfinished are the records still `reserved` that were reserved before `before`.
  virtual Result<std::vector<CertificateRecord>> unfinished(Instant before) = 0;
  /// revoked_for_crl is every revoked or abandoned record of an authority that a CRL must list: not_after at or after
  /// `listed_since` (an entry stays until one CRL past expiry, RFC 5280 3.3).
  struct Revoked {
    pki::RevokedEntry entry;
    Instant not_after;
  };
  virtual Result<std::vector<Revoked>> revoked_for_crl(const ca::AuthorityId& authority, Instant listed_since) = 0;
  /// live_under are up to `limit` issued certificates of an authority that are not revoked, whatever their dates; in order of
  /// their serials, after the given one.
  virtual Result<std::vector<CertificateRecord>> live_under(const ca::AuthorityId& authority,
                                                            const std::optional<pki::SerialNumber>& after, int limit) = 0;
  /// revoked_since are the serials of an authority that were revoked or abandoned at or after `since` and must be listed as
  /// above.
  virtual Result<std::vector<pki::SerialNumber>> revoked_since(const ca::AuthorityId& authority, Instant since,
                                                               Instant listed_since) = 0;
  /// due lists live certificates of an institution with first <= expiry_day <= last that have no notice of this kind, are the
  /// newest live certificate of their holder, are not on hold, and whose holder is `held`; in order of (expiry_day, serial),
  /// after the given pair. With spare_muted, those whose holder muted what is sent beside the promised reminders are left out.
  struct DueQuery {
    std::string institution;
    std::string kind;
    Day first;
    Day last;
    std::optional<std::pair<Day, pki::SerialNumber>> after;
    int limit = 500;
    bool spare_muted = false;
  };
  virtual Result<std::vector<DueCertificate>> due(const DueQuery& query) = 0;
  /// unreached are those that due gives with main_works = false, found without looking at any other: in order of login ID, after
  /// the given one. An empty kind stands for none.
  struct UnreachedQuery {
    std::string institution;
    std::string kind = {};
    Day first;
    Day last;
    std::string after = {};
    int limit = 500;
  };
  virtual Result<std::vector<DueCertificate>> unreached(const UnreachedQuery& query) = 0;
  /// unconfirmed are up to `limit` live certificates of an institution that were issued at or before `issued_until` and never
  /// used, expire on `today` or later, are not on hold and have no notice of kind "unconfirmed"; in order of (issued_at, serial),
  /// after the given pair.
  virtual Result<std::vector<CertificateRecord>> unconfirmed(const std::string& institution, Instant issued_until, Day today,
                                                             const std::optional<std::pair<Instant, pki::SerialNumber>>& after,
                                                             int limit) = 0;
  /// muted_since is when the holder muted the reminders beside the promised ones about a certificate.
  virtual Result<std::optional<Instant>> muted_since(const ca::AuthorityId& authority, const pki::SerialNumber& serial) = 0;
};

class TicketReader {
 public:
  virtual ~TicketReader() = default;
  virtual Result<std::optional<Ticket>> find_ticket(const std::string& id) = 0;
  /// find_current_ticket is the holder's newest ticket in stage open or issued.
  virtual Result<std::optional<Ticket>> find_current_ticket(const HolderId& id) = 0;
  virtual Result<std::optional<Ticket>> find_ticket_by_secret(const Digest& secret_hash) = 0;
};

class SessionReader {
 public:
  virtual ~SessionReader() = default;
  virtual Result<std::optional<Session>> find_session(const Digest& token_hash) = 0;
};

class GrantReader {
 public:
  virtual ~GrantReader() = default;
  virtual Result<std::optional<Grant>> find_grant(const std::string& institution, const Digest& code_hash) = 0;
  virtual Result<std::optional<Grant>> find_grant_by_token(const std::string& institution, const Digest& token_hash) = 0;
  /// find_grant_of_session is any one of the grants of the session that applications know by this.
  virtual Result<std::optional<Grant>> find_grant_of_session(const std::string& institution, const Digest& sid) = 0;
  /// untold_grants are up to `limit` of an application's grants that gave a token and whose login it was not told the end of, by
  /// code_hash and after this one.
  virtual Result<std::vector<Grant>> untold_grants(const std::string& institution, const std::string& client, const Digest& after,
                                                   int limit) = 0;
};

class NoticeReader {
 public:
  virtual ~NoticeReader() = default;
  /// notices_of are the holder's notices, newest first.
  virtual Result<std::vector<Notice>> notices_of(const HolderId& id, int limit) = 0;
  virtual Result<std::optional<Notice>> find_notice(const std::string& institution, const std::string& number) = 0;
  /// waiting_letters are letters in state waiting with next_attempt <= now, oldest first.
  virtual Result<std::vector<Letter>> waiting_letters(Instant now, int limit) = 0;
  virtual Result<std::optional<Letter>> find_letter(long long id) = 0;
  /// sealed_letters are up to `limit` of an institution's letters in state sealed, oldest first.
  virtual Result<std::vector<Letter>> sealed_letters(const std::string& institution, int limit) = 0;
  /// digest_contracts are up to `limit` contracts of an institution with lines of a digest, in order; digest_lines those of one,
  /// in order of login ID and kind.
  virtual Result<std::vector<std::string>> digest_contracts(const std::string& institution, int limit) = 0;
  virtual Result<std::vector<DigestLine>> digest_lines(const std::string& institution, const std::string& contract) = 0;
  /// day_done is the last calendar day whose daily job ran to its end for an institution.
  virtual Result<std::optional<Day>> day_done(const std::string& job, const std::string& institution) = 0;
};

class StatusReader {
 public:
  virtual ~StatusReader() = default;
  struct PublishedCrl {
    unsigned long long number = 0;
    Instant this_update;
    Instant next_update;
    Bytes der;
  };
  virtual Result<std::optional<PublishedCrl>> latest_crl(const ca::ListId& list) = 0;
  /// latest_crl_head is latest_crl without the list itself, which may be long.
  virtual Result<std::optional<PublishedCrl>> latest_crl_head(const ca::ListId& list) = 0;
  /// shard_heads are the heads of all published shards of an authority, in the order of their ids as text.
  struct PublishedShard {
    ca::ListId list;
    PublishedCrl head;
  };
  virtual Result<std::vector<PublishedShard>> shard_heads(const ca::AuthorityId& authority) = 0;
  /// crl_number is the highest number that this list was published or may have been signed with; 0 for none.
  virtual Result<unsigned long long> crl_number(const ca::ListId& list) = 0;
};

/// Tries are an account's wrong passwords so far (password_gate.hpp).
struct Tries {
  std::string account;
  int wrong = 0;
  Instant first;                        ///< when the counting began
  std::optional<Instant> locked_until;  ///< no password is looked at before
};

class TriesReader {
 public:
  virtual ~TriesReader() = default;
  virtual Result<std::optional<Tries>> find_tries(const std::string& account) = 0;
};

class AuditReader {
 public:
  virtual ~AuditReader() = default;
  virtual Result<std::vector<std::string>> audit_nodes() = 0;
  /// audit_records gives up to `limit` records of a node with sequence > after, in order.
  virtual Result<std::vector<AuditRecord>> audit_records(const std::string& node, long long after, int limit) = 0;
  /// audit_of are up to `limit` records about one subject of an institution, newest first.
  virtual Result<std::vector<AuditRecord>> audit_of(const std::string& institution, const std::string& subject, int limit) = 0;
  /// audit_subtrees are up to `limit` of a node's stored subtrees of a level with index >= first, in order (audit_tree.hpp).
  virtual Result<std::vector<Subtree>> audit_subtrees(const std::string& node, int level, long long first, int limit) = 0;
  /// last_audit_subtree is the stored subtree of a level with the highest index.
  virtual Result<std::optional<Subtree>> last_audit_subtree(const std::string& node, int level) = 0;
};

/// Totals are the counts that metrics and `doctor` show. They may cost a scan: never asked for on a request's way.
struct Totals {
  long long holders = 0;
  long long certificates_issued = 0;
  long long certificates_reserved = 0;
  long long certificates_abandoned = 0;
  long long certificates_revoked = 0;
  long long letters_waiting = 0;
  long long audit_records = 0;
};

class Reader : public HolderReader,
               public ContactReader,
               public StaffReader,
               public CertificateReader,
               public TicketReader,
               public SessionReader,
               public GrantReader,
               public NoticeReader,
               public StatusReader,
               public TriesReader,
               public AuditReader {
 public:
  virtual Result<Totals> totals() = 0;
};

/// Writer also reads: inside a transaction it sees its own writes, and what it read cannot change under it before the commit
/// (PostgreSQL: the holder's row is locked by lock_holder; SQLite: there is one writer).
class Writer : public Reader {
 public:
  /// lock_holder is find_holder that keeps other nodes from changing this holder until the commit. Every act on a holder's
  /// certificates or tickets starts with it.
  virtual Result<std::optional<Holder>> lock_holder(const HolderId& id) = 0;

  /// put_holder inserts or replaces a holder by id.
  virtual Result<void> put_holder(const Holder& holder) = 0;
  virtual Result<void> put_code(const OneTimeCode& code) = 0;    // by id
  virtual Result<void> put_contact(const Contact& contact) = 0;  // by holder and address
  virtual Result<void> remove_contact(const HolderId& id, const std::string& address) = 0;

  virtual Result<void> put_staff(const Staff& staff) = 0;  // by id; Error: `store.conflict` (another's certificate)
  virtual Result<void> put_staff_session(const StaffSession& session) = 0;
  virtual Result<void> remove_staff_session(const Digest& token_hash) = 0;
  virtual Result<void> remove_staff_sessions_of(const StaffId& id) = 0;
  virtual Result<void> put_request(const StaffRequest& request) = 0;  // by institution and number

  /// add_certificate inserts a reservation. Errors: `store.conflict` when (authority, serial) or the key is on record already.
  virtual Result<void> add_certificate(const CertificateRecord& record) = 0;
  /// set_certificate writes all that may change after reservation, found by (authority, serial): stage, der, fingerprint, times,
  /// reason, replaced_by, held_at, held_by.
  virtual Result<void> set_certificate(const CertificateRecord& record) = 0;

  virtual Result<void> put_ticket(const Ticket& ticket) = 0;  // by id
  virtual Result<void> put_session(const Session& session) = 0;
  /// touch_session moves seen_at of a session that is still there: one that was closed meanwhile, by whomever, does not come
  /// back.
  virtual Result<void> touch_session(const Digest& token_hash, Instant seen_at) = 0;
  virtual Result<void> remove_session(const Digest& token_hash) = 0;
  virtual Result<void> remove_sessions_of(const Digest& fingerprint) = 0;
  virtual Result<void> put_grant(const Grant& grant) = 0;  // by institution and code_hash
  /// set_told notes that an application knows a session to be over: all its grants of it.
  virtual Result<void> set_told(const std::string& institution, const std::string& client, const Digest& sid, Instant at) = 0;
  /// remove_sessions_before clears sessions, customers' and staff's, whose absolute end has passed, and grants that came of them.
  virtual Result<void> remove_sessions_before(Instant end) = 0;

  /// count_try counts one wrong password more, whichever nodes count at once; it begins anew where the counting began before
  /// `since`. Gives the account's tries as they are then.
  virtual Result<Tries> count_try(const std::string& account, Instant now, Instant since) = 0;
  virtual Result<void> put_tries(const Tries& tries) = 0;  // by account
  virtual Result<void> remove_tries(const std::string& account) = 0;
  /// remove_tries_before forgets counts that began before `first`.
  virtual Result<void> remove_tries_before(Instant first) = 0;

  /// set_mute mutes a certificate from an instant on, or without one ends that.
  virtual Result<void> set_mute(const ca::AuthorityId& authority, const pki::SerialNumber& serial,
                                const std::optional<Instant>& since) = 0;

  /// next_notice_numbers takes `count` numbers in a row, which count up per institution and day from 1; it gives the first.
  virtual Result<long long> next_notice_numbers(const std::string& institution, Day day, int count) = 0;
  /// add_notice inserts; when (serial, kind) has one already it changes nothing and gives false. Without a serial it always
  /// inserts.
  virtual Result<bool> add_notice(const Notice& notice) = 0;
  virtual Result<void> add_letter(const Letter& letter) = 0;         // id is given by the store
  virtual Result<void> set_letter(const Letter& letter) = 0;         // state, attempts, next_attempt, body, by id
  virtual Result<void> put_digest_line(const DigestLine& line) = 0;  // by holder and kind
  virtual Result<void> remove_digest(const std::string& institution, const std::string& contract) = 0;
  virtual Result<void> set_day_done(const std::string& job, const std::string& institution, Day day) = 0;

  /// set_crl_number says with which number a list may be signed next: kept beside the published lists.
  virtual Result<void> set_crl_number(const ca::ListId& list, unsigned long long number) = 0;
  /// add_crl inserts. Error: `store.conflict` unless the number is higher than every earlier one of this list.
  virtual Result<void> add_crl(const ca::ListId& list, const PublishedCrl& crl) = 0;

  /// audit adds an entry to this node's chain in this same transaction.
  virtual void audit(AuditEntry entry) = 0;
  /// add_audit_subtrees inserts; one that is there already stays.
  virtual Result<void> add_audit_subtrees(const std::string& node, const std::vector<Subtree>& subtrees) = 0;
};

/// Store hands out work to the memory.
class Store {
 public:
  virtual ~Store() = default;

  /// transact runs `work` and returns once its effects are durable, or its Error with nothing of it kept. Work of several callers
  /// shares one durable commit (group commit), each under its own savepoint, so `work` runs on the committer's thread: it must be
  /// short, must not call transact or read, and must not wait for anything. When the shared commit itself fails, all get
  /// `store.unavailable` and nothing of any is kept.
  virtual Result<void> transact(const std::function<Result<void>(Writer&)>& work) = 0;

  /// read runs `work` on a consistent view of the last commits. It never waits for writers.
  virtual Result<void> read(const std::function<Result<void>(Reader&)>& work) = 0;

  /// health fails when a durable commit cannot be made now.
  virtual Result<void> health() = 0;
};

}  // namespace inkan::lifecycle
