#include "ca/lint_status.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "ca/crl.hpp"
#include "ca/ocsp.hpp"
#include "pki/der.hpp"
#include "pki/oid.hpp"
#include "pki/signature.hpp"
#include "support/held_ceremony.hpp"

namespace inkan::ca {
namespace {

namespace oid = pki::oid;
namespace tag = pki::tag;
using pki::DerWriter;
using pki::RevocationReason;
using pki::StatusAnswer;
using std::chrono::hours;

HeldCeremony& held() {
  static HeldCeremony one;
  return one;
}
const Authority& authority() { return held().authority(); }
Instant now() { return held().now(); }

bool has(const Findings& findings, const std::string& id) {
  return std::ranges::any_of(findings, [&](const Finding& finding) { return finding.id == id; });
}

using Write = std::function<void(DerWriter&)>;

void extension(DerWriter& out, ByteView id, const Write& value, bool critical = false) {
  out.nest(tag::kSequence, [&] {
    out.oid(id);
    if (critical) out.boolean_true();
    out.nest(tag::kOctetString, [&] { value(out); });
  });
}

// ---- lists ----------------------------------------------------------------------------------------------------------------

/// A list of two, and each part of it as a test may have it written otherwise.
struct List {
  CrlOrder order{HeldCeremony::kId, 7, now(), now() + hours{24}, {}};
  Bytes algorithm = to_bytes(pki::signature_algorithm(authority().algorithm));
  Bytes issuer = to_bytes(authority().certificate.subject().der());
  unsigned long long version = 1;
  Write dates = [this](DerWriter& out) {
    out.time(order.this_update);
    out.time(order.next_update);
  };
  Write entries = [this](DerWriter& out) {
    out.nest(tag::kSequence, [&] {
      for (const pki::RevokedEntry& revoked : order.revoked) entry(out, revoked, revoked.reason != RevocationReason::unspecified);
    });
  };
  Write identifier = [](DerWriter& out) {
    extension(out, oid::kAuthorityKeyIdentifier, [](DerWriter& value) {
      value.nest(tag::kSequence, [&] { value.primitive(tag::context_primitive(0), authority().certificate.key_id()); });
    });
  };
  Write number = [this](DerWriter& out) {
    extension(out, oid::kCrlNumber, [this](DerWriter& value) { value.number(order.number); });
  };
  Write more = [](DerWriter&) {};

  List() {
    order.revoked = {{pki::SerialNumber::make(held().rng()), now() - hours{2}, RevocationReason::superseded},
                     {pki::SerialNumber::make(held().rng()), now() - hours{1}, RevocationReason::unspecified}};
  }
  List(const List&) = delete;
  List& operator=(const List&) = delete;

  static void entry(DerWriter& out, const pki::RevokedEntry& revoked, bool reason, bool critical = false) {
    out.nest(tag::kSequence, [&] {
      out.primitive(tag::kInteger, revoked.serial.bytes());
      out.time(revoked.revoked_at);
      if (!reason) return;
      out.nest(tag::kSequence, [&] {
        const auto value = [&](DerWriter& v) { v.number(static_cast<unsigned long long>(revoked.reason), tag::kEnumerated); };
        extension(out, oid::kReasonCode, value, critical);
      });
    });
  }
  Bytes tbs() const {
    DerWriter out;
    out.nest(tag::kSequence, [&] {
      out.number(version);
      out.raw(algorithm);
      out.raw(issuer);
      dates(out);
      entries(out);
      out.nest(tag::context(0), [&] {
        out.nest(tag::kSequence, [&] {
          identifier(out);
          number(out);
          more(out);
        });
      });
    });
    return out.take();
  }
  Findings lint() const { return lint_list(tbs(), order, authority()); }
};

TEST(LintList, finds_nothing_in_a_sound_list) {
  const List list;
  EXPECT_EQ(list.tbs(), crl_tbs(list.order, authority()));
  EXPECT_EQ(ids_of(list.lint()), "");
  CrlOrder empty = list.order;
  empty.revoked.clear();
  EXPECT_EQ(ids_of(lint_list(crl_tbs(empty, authority()), empty, authority())), "");
  CrlOrder late = list.order;  // from 2050 on times are written in another form
  late.next_update = parse_rfc3339("2050-01-01T00:00:00Z").value();
  EXPECT_EQ(ids_of(lint_list(crl_tbs(late, authority()), late, authority())), "");
}

struct ListFault {
  const char* id;
  std::function<void(List&)> make;
};

const std::vector<ListFault>& list_faults() {
  static const auto nothing = [](DerWriter&) {};
  static const std::vector<ListFault> all = {
      {"crl.version", [](List& list) { list.version = 0; }},
      {"crl.algorithm", [](List& list) { list.algorithm = to_bytes(pki::signature_algorithm(pki::KeyAlgorithm::p384)); }},
      {"crl.issuer", [](List& list) { list.issuer = to_bytes(HeldCeremony::name("Test CA G2").der()); }},
      {"crl.dates.form",
       [](List& list) {
         list.dates = [&](DerWriter& out) {
           out.generalized_time(list.order.this_update);
           out.time(list.order.next_update);
         };
       }},
      {"crl.dates.form", [](List& list) { list.dates = [&](DerWriter& out) { out.time(list.order.this_update); }; }},
      {"crl.dates", [](List& list) { list.order.next_update = list.order.this_update; }},
      {"crl.dates.ordered",
       [](List& list) {
         list.dates = [&](DerWriter& out) {
           out.time(list.order.this_update);
           out.time(list.order.next_update + hours{1});
         };
       }},
      {"crl.entries.empty", [](List& list) { list.entries = [](DerWriter& out) { out.nest(tag::kSequence, [] {}); }; }},
      {"crl.entry.structure",
       [](List& list) {
         list.entries = [&](DerWriter& out) {
           out.nest(tag::kSequence, [&] {
             out.nest(tag::kSequence, [&] {
               out.number(5);
               out.time(now());
               out.null();
             });
           });
         };
       }},
      {"crl.entry.date.form",
       [](List& list) {
         list.entries = [&](DerWriter& out) {
           out.nest(tag::kSequence, [&] {
             out.nest(tag::kSequence, [&] {
               out.primitive(tag::kInteger, list.order.revoked[0].serial.bytes());
               out.generalized_time(list.order.revoked[0].revoked_at);
             });
           });
         };
       }},
      {"crl.entry.extension",
       [](List& list) {
         list.entries = [&](DerWriter& out) {
           out.nest(tag::kSequence, [&] { List::entry(out, list.order.revoked[0], true, true); });
         };
       }},
      {"crl.entry.reason.unspecified",
       [](List& list) {
         list.entries = [&](DerWriter& out) {
           out.nest(tag::kSequence, [&] {
             for (const auto& revoked : list.order.revoked) List::entry(out, revoked, true);
           });
         };
       }},
      {"crl.entry.ordered",
       [](List& list) {
         list.entries = [&](DerWriter& out) { out.nest(tag::kSequence, [&] { List::entry(out, list.order.revoked[0], true); }); };
       }},
      {"crl.entry.twice", [](List& list) { list.order.revoked.push_back(list.order.revoked[0]); }},
      {"crl.aki.missing", [](List& list) { list.identifier = nothing; }},
      {"crl.aki.value",
       [](List& list) {
         list.identifier = [](DerWriter& out) {
           extension(out, oid::kAuthorityKeyIdentifier, [](DerWriter& value) {
             value.nest(tag::kSequence, [&] { value.primitive(tag::context_primitive(0), as_bytes("another key")); });
           });
         };
       }},
      {"crl.number.missing", [](List& list) { list.number = nothing; }},
      {"crl.number.value",
       [](List& list) {
         list.number = [](DerWriter& out) { extension(out, oid::kCrlNumber, [](DerWriter& value) { value.number(8); }); };
       }},
      {"crl.number.value", [](List& list) { list.order.number = 0; }},
      {"crl.extension.structure",
       [](List& list) {
         list.number = [](DerWriter& out) { extension(out, oid::kCrlNumber, [](DerWriter& value) { value.number(7); }, true); };
       }},
      {"crl.extension.unknown",
       [](List& list) {
         list.more = [](DerWriter& out) { extension(out, oid::kKeyUsage, [](DerWriter& value) { value.null(); }); };
       }},
  };
  return all;
}

TEST(LintList, I8_finds_each_fault_by_its_id) {
  for (const ListFault& fault : list_faults()) {
    List list;
    fault.make(list);
    EXPECT_TRUE(has(list.lint(), fault.id)) << fault.id << " not in: " << ids_of(list.lint());
  }
}

// ---- shards ---------------------------------------------------------------------------------------------------------------

/// The authority as one whose lists are divided.
const Authority& divided() {
  static const Authority one = [] {
    Authority changed = authority();
    changed.addresses.crl_shards = 4;
    return changed;
  }();
  return one;
}

/// shard is a list of two entries that belong to it, and what a test may have written in place of its distribution point.
struct Shard {
  CrlOrder order{HeldCeremony::kId, 7, now(), now() + hours{24}, {}, 3};
  std::string url = list_url(divided().addresses, 3);
  Shard() {
    while (order.revoked.size() < 2) {
      const auto serial = pki::SerialNumber::make(held().rng());
      if (shard_of(divided(), serial) == order.shard) order.revoked.push_back({serial, now() - hours{2}});
    }
  }
  Findings lint() const {
    Authority writes = divided();
    writes.addresses.crl_url = url.ends_with("/3.crl") ? url.substr(0, url.size() - 6) + ".crl" : url;
    return lint_list(crl_tbs(order, writes), order, divided());
  }
};

TEST(LintShard, finds_nothing_in_a_sound_one) {
  EXPECT_EQ(Shard().url, "http://pki.test/crl/t-g1/3.crl");
  EXPECT_EQ(ids_of(Shard().lint()), "");
}

TEST(LintShard, I8_finds_an_entry_of_another_shard) {
  Shard shard;
  Bytes other = shard.order.revoked[0].serial.bytes();
  other.back() ^= 1;
  shard.order.revoked[1].serial = pki::SerialNumber::parse(other).value();
  EXPECT_TRUE(has(shard.lint(), "crl.entry.shard"));
}

TEST(LintShard, I8_finds_a_distribution_point_that_is_missing_another_or_not_wanted) {
  const Shard shard;
  CrlOrder whole = shard.order;
  whole.shard = 0;
  EXPECT_TRUE(has(lint_list(crl_tbs(whole, divided()), shard.order, divided()), "crl.idp.missing"));
  EXPECT_TRUE(has(lint_list(crl_tbs(shard.order, divided()), whole, divided()), "crl.idp.missing")) << "on the whole list";
  Shard elsewhere;
  elsewhere.url = "http://other.test/crl/t-g1/3.crl";
  EXPECT_TRUE(has(elsewhere.lint(), "crl.idp.value"));
  CrlOrder second = shard.order;
  second.shard = 2;
  EXPECT_TRUE(has(lint_list(crl_tbs(second, divided()), shard.order, divided()), "crl.idp.value"));
}

TEST(LintShard, I8_finds_a_shard_that_the_authority_does_not_have) {
  Shard shard;
  EXPECT_TRUE(has(lint_list(crl_tbs(shard.order, divided()), shard.order, authority()), "crl.shard")) << "none at all";
  shard.order.shard = 5;
  EXPECT_TRUE(has(shard.lint(), "crl.shard"));
}

// ---- status answers -------------------------------------------------------------------------------------------------------

pki::CertId id_under(const Authority& ca) {
  DerWriter out;
  out.nest(tag::kSequence, [&] {
    out.nest(tag::kSequence, [&] {
      out.oid(oid::kSha256);
      out.null();
    });
    out.octets(ca.name_sha256);
    out.octets(ca.key_sha256);
    out.primitive(tag::kInteger, pki::SerialNumber::make(held().rng()).bytes());
  });
  return pki::parse_cert_id(out.bytes()).value();
}

/// An answer about three certificates, one of each status.
OcspOrder three() {
  static const OcspOrder order{
      HeldCeremony::kId,
      {{id_under(authority()).der, StatusAnswer::Status::good, {}, RevocationReason::unspecified},
       {id_under(authority()).der, StatusAnswer::Status::revoked, now() - hours{1}, RevocationReason::key_compromise},
       {id_under(authority()).der, StatusAnswer::Status::unknown, {}, RevocationReason::unspecified}},
      now(),
      now(),
      now() + hours{1},
      Bytes(32, 0x5a)};
  return order;
}

const Bytes kResponder(20, 0x33);

Findings lint_written(const OcspOrder& written, const OcspOrder& order) {
  return lint_answer(ocsp_data(written, kResponder), order, authority(), kResponder);
}

TEST(LintAnswer, finds_nothing_in_a_sound_answer) {
  OcspOrder order = three();
  EXPECT_EQ(ids_of(lint_written(order, order)), "");
  order.nonce.clear();
  order.answers[1].reason = RevocationReason::unspecified;
  EXPECT_EQ(ids_of(lint_written(order, order)), "");
}

struct AnswerFault {
  const char* id;
  bool ordered;  ///< whether the order itself is at fault, or what was written for it
  std::function<void(OcspOrder&)> make;
};

const std::vector<AnswerFault>& answer_faults() {
  static const std::vector<AnswerFault> all = {
      {"ocsp.answers", true, [](OcspOrder& order) { order.answers.clear(); }},
      {"ocsp.answers", true, [](OcspOrder& order) { order.answers.resize(17, order.answers[0]); }},
      {"ocsp.answers", false, [](OcspOrder& order) { order.answers.pop_back(); }},
      {"ocsp.dates", true, [](OcspOrder& order) { order.next_update = order.this_update; }},
      {"ocsp.dates.ordered", false, [](OcspOrder& order) { order.next_update += hours{1}; }},
      {"ocsp.produced_at", true, [](OcspOrder& order) { order.produced_at -= hours{1}; }},
      {"ocsp.produced_at", false, [](OcspOrder& order) { order.produced_at += hours{1}; }},
      {"ocsp.nonce", true, [](OcspOrder& order) { order.nonce.resize(129); }},
      {"ocsp.nonce", false, [](OcspOrder& order) { order.nonce[0] = 0; }},
      {"ocsp.nonce", false, [](OcspOrder& order) { order.nonce.clear(); }},
      {"ocsp.answer.id", true, [](OcspOrder& order) { order.answers[0].cert_id_der = {0x30, 0x00}; }},
      {"ocsp.answer.structure", true, [](OcspOrder& order) { order.answers[0].cert_id_der = {0x05, 0x00}; }},
      {"ocsp.answer.ordered", false, [](OcspOrder& order) { order.answers[0].status = StatusAnswer::Status::unknown; }},
      {"ocsp.answer.ordered", false, [](OcspOrder& order) { order.answers[1].reason = RevocationReason::superseded; }},
      {"ocsp.answer.ordered", false, [](OcspOrder& order) { std::swap(order.answers[0], order.answers[2]); }},
      {"ocsp.answer.revoked_at", true, [](OcspOrder& order) { order.answers[1].revoked_at = now() + hours{1}; }},
  };
  return all;
}

TEST(LintAnswer, finds_each_fault_by_its_id) {
  for (const AnswerFault& fault : answer_faults()) {
    OcspOrder changed = three();
    fault.make(changed);
    const Findings findings = lint_written(changed, fault.ordered ? changed : three());
    EXPECT_TRUE(has(findings, fault.id)) << fault.id << " not in: " << ids_of(findings);
  }
}

TEST(LintAnswer, vouches_for_no_certificate_of_another_authority) {
  HeldCeremony stranger(pki::KeyAlgorithm::p384);
  OcspOrder order = three();
  order.answers[2].cert_id_der = id_under(stranger.authority()).der;
  EXPECT_EQ(ids_of(lint_written(order, order)), "") << "unknown may be said of any";
  order.answers[0].cert_id_der = id_under(stranger.authority()).der;
  EXPECT_TRUE(has(lint_written(order, order), "ocsp.answer.issuer"));
}

TEST(LintAnswer, names_the_responder_by_its_key) {
  const OcspOrder order = three();
  EXPECT_TRUE(has(lint_answer(ocsp_data(order, kResponder), order, authority(), Bytes(20, 0x34)), "ocsp.responder"));
}

// ---- both -----------------------------------------------------------------------------------------------------------------

/// mattered holds that no octet may change and none may be missing without a finding.
void mattered(const Bytes& sound, const std::function<Findings(ByteView)>& lint) {
  ASSERT_TRUE(lint(sound).empty());
  for (std::size_t i = 0; i < sound.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes changed = sound;
      changed[i] ^= static_cast<std::uint8_t>(1 << bit);
      EXPECT_FALSE(lint(changed).empty()) << "octet " << i << ", bit " << bit;
    }
    EXPECT_FALSE(lint(ByteView(sound).first(i)).empty()) << "cut after " << i;
  }
}

TEST(LintStatus, every_bit_of_what_is_signed_matters) {
  const List list;
  mattered(list.tbs(), [&](ByteView changed) { return lint_list(changed, list.order, authority()); });
  const Shard shard;
  mattered(crl_tbs(shard.order, divided()), [&](ByteView changed) { return lint_list(changed, shard.order, divided()); });
  const OcspOrder order = three();
  mattered(ocsp_data(order, kResponder), [&](ByteView changed) { return lint_answer(changed, order, authority(), kResponder); });
}

}  // namespace
}  // namespace inkan::ca
