#include "server/audit_proof.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <fmt/format.h>

#include "lifecycle/read_from.hpp"

namespace inkan::server {
namespace {

constexpr const char* kInclusion = "inclusion";
constexpr const char* kConsistency = "consistency";

std::unexpected<Error> malformed(const std::string& what) { return fail(Code::invalid, "proof.malformed", what); }

std::unexpected<Error> not_as_signed(const SignedHead& head) {
  return fail(Code::corrupt, "audit.not_as_signed", fmt::format("{} {}", head.tree.node, head.tree.size));
}

boost::json::object to_object(const std::string& node, long long sequence, const lifecycle::AuditEntry& entry) {
  boost::json::object detail;
  for (const auto& [key, value] : entry.detail) detail[key] = value;
  return {{"node", node},
          {"sequence", sequence},
          {"at", to_rfc3339(entry.at)},
          {"actor", entry.actor},
          {"action", entry.action},
          {"institution", entry.institution},
          {"subject", entry.subject},
          {"detail", std::move(detail)}};
}

boost::json::array to_array(const std::vector<Digest>& path) {
  boost::json::array array;
  for (const Digest& each : path) array.push_back(boost::json::string(each.hex()));
  return array;
}

boost::json::value to_value(const SignedHead& head) { return boost::json::parse(to_line(head)); }

/// Fields reads the members of an object and remembers the first that is not there or of another kind.
class Fields {
 public:
  explicit Fields(const boost::json::object& object) : object_(object) {}

  std::string text(const char* name) {
    const auto* member = find(name);
    if (member == nullptr || !member->is_string()) return wrong(name), std::string();
    return std::string(member->get_string());
  }
  long long number(const char* name) {
    const auto* member = find(name);
    if (member == nullptr || !member->is_int64()) return wrong(name), 0;
    return member->get_int64();
  }
  const boost::json::object& object(const char* name) {
    static const boost::json::object empty;
    const auto* member = find(name);
    if (member == nullptr || !member->is_object()) return wrong(name), empty;
    return member->get_object();
  }
  std::vector<Digest> digests(const char* name) {
    std::vector<Digest> all;
    const auto* member = find(name);
    if (member == nullptr || !member->is_array()) return wrong(name), all;
    for (const auto& each : member->get_array()) {
      const auto digest = Digest::parse_hex(each.is_string() ? std::string_view(each.get_string()) : std::string_view());
      if (!digest) return wrong(name), all;
      all.push_back(*digest);
    }
    return all;
  }
  SignedHead head(const char* name) {
    const boost::json::object& members = object(name);
    boost::json::object line;  // in the order of a line, whoever ordered the proof's
    for (const char* each : {"node", "size", "root", "at", "previous", "signature"})
      if (const auto* value = members.if_contains(each)) line[each] = *value;
    auto head = parse_head(boost::json::serialize(line));
    if (!head) return wrong(name), SignedHead();
    return std::move(*head);
  }
  const std::string& wrong() const { return wrong_; }
  void wrong(const std::string& name) {
    if (wrong_.empty()) wrong_ = name;
  }

 private:
  const boost::json::value* find(const char* name) const { return object_.if_contains(name); }
  const boost::json::object& object_;
  std::string wrong_;
};

Result<lifecycle::AuditEntry> parse_entry(Fields& record) {
  const auto at = parse_rfc3339(record.text("at"));
  if (!at) return malformed("at");
  lifecycle::AuditEntry entry{.at = *at,
                              .actor = record.text("actor"),
                              .action = record.text("action"),
                              .institution = record.text("institution"),
                              .subject = record.text("subject"),
                              .detail = {}};
  for (const auto& [key, value] : record.object("detail")) {
    if (!value.is_string()) return malformed("detail");
    entry.detail[std::string(key)] = value.get_string();
  }
  return entry;
}

std::unexpected<Error> refused() { return fail(Code::refused, "proof.refused", "the hashes do not lead to the head"); }

Result<CheckedProof> check_inclusion(Fields& proof, const SignedHead& head) {
  Fields record(proof.object("record"));
  auto entry = parse_entry(record);
  if (!entry) return fail(entry);
  const std::string node = record.text("node");
  const long long sequence = record.number("sequence");
  const auto path = proof.digests("path");
  for (const Fields* each : {&record, &proof})
    if (!each->wrong().empty()) return malformed(each->wrong());
  const Digest leaf = lifecycle::leaf_hash(as_bytes(to_canonical(node, sequence, *entry)));
  if (node != head.tree.node || !lifecycle::is_included(leaf, sequence - 1, head.tree.size, path, head.tree.root))
    return refused();
  return CheckedProof{.shows = kInclusion, .node = node, .first = sequence, .entry = std::move(*entry), .head = head};
}

Result<CheckedProof> check_consistency(Fields& proof, const SignedHead& head, const pki::PublicKey& key) {
  const SignedHead earlier = proof.head("earlier");
  const auto path = proof.digests("path");
  if (!proof.wrong().empty()) return malformed(proof.wrong());
  if (auto checked = check_head(earlier, key); !checked) return fail(checked);
  if (earlier.tree.node != head.tree.node ||
      !lifecycle::is_consistent(earlier.tree.size, head.tree.size, earlier.tree.root, head.tree.root, path))
    return refused();
  return CheckedProof{.shows = kConsistency, .node = head.tree.node, .first = earlier.tree.size, .entry = {}, .head = head};
}

}  // namespace

Result<InclusionProof> prove_inclusion(lifecycle::Store& store, long long sequence, const SignedHead& head) {
  const std::string& node = head.tree.node;
  if (sequence < 1 || sequence > head.tree.size)
    return fail(Code::not_found, "audit.no_record", fmt::format("{} {}: the head is over {}", node, sequence, head.tree.size));
  auto proof = lifecycle::read_from(store, [&](lifecycle::Reader& reader) -> Result<InclusionProof> {
    auto records = reader.audit_records(node, sequence - 1, 1);
    if (!records) return fail(records);
    if (records->empty() || records->front().sequence != sequence) return not_as_signed(head);
    auto path = lifecycle::inclusion_path(sequence - 1, head.tree.size, lifecycle::audit_subtrees_of(reader, node));
    if (!path) return fail(path);
    return InclusionProof{
        .node = node, .sequence = sequence, .entry = std::move(records->front().entry), .path = std::move(*path), .head = head};
  });
  if (!proof) return proof;
  const Digest leaf = lifecycle::leaf_hash(as_bytes(to_canonical(node, sequence, proof->entry)));
  if (!lifecycle::is_included(leaf, sequence - 1, head.tree.size, proof->path, head.tree.root)) return not_as_signed(head);
  return proof;
}

Result<ConsistencyProof> prove_consistency(lifecycle::Store& store, const SignedHead& earlier, const SignedHead& head) {
  auto path = lifecycle::read_from(store, [&](lifecycle::Reader& reader) {
    return lifecycle::consistency_path(earlier.tree.size, head.tree.size, lifecycle::audit_subtrees_of(reader, head.tree.node));
  });
  if (!path) return fail(path);
  if (!lifecycle::is_consistent(earlier.tree.size, head.tree.size, earlier.tree.root, head.tree.root, *path))
    return not_as_signed(head);
  return ConsistencyProof{.earlier = earlier, .path = std::move(*path), .head = head};
}

std::string to_json(const InclusionProof& proof) {
  return boost::json::serialize(boost::json::object{{"proof", kInclusion},
                                                    {"record", to_object(proof.node, proof.sequence, proof.entry)},
                                                    {"path", to_array(proof.path)},
                                                    {"head", to_value(proof.head)}}) +
         "\n";
}

std::string to_json(const ConsistencyProof& proof) {
  return boost::json::serialize(boost::json::object{{"proof", kConsistency},
                                                    {"earlier", to_value(proof.earlier)},
                                                    {"path", to_array(proof.path)},
                                                    {"head", to_value(proof.head)}}) +
         "\n";
}

std::string record_line(const lifecycle::AuditRecord& record) {
  auto object = to_object(record.node, record.sequence, record.entry);
  object["hash"] = record.hash.hex();
  return boost::json::serialize(object);
}

Result<CheckedProof> check_proof(std::string_view json, const pki::PublicKey& key) {
  boost::system::error_code error;
  const auto value = boost::json::parse(json, error);
  if (error || !value.is_object()) return malformed("no JSON object");
  Fields proof(value.get_object());
  const std::string kind = proof.text("proof");
  const SignedHead head = proof.head("head");
  if (!proof.wrong().empty()) return malformed(proof.wrong());
  if (auto checked = check_head(head, key); !checked) return fail(checked);
  if (kind == kInclusion) return check_inclusion(proof, head);
  if (kind == kConsistency) return check_consistency(proof, head, key);
  return malformed("proof");
}

}  // namespace inkan::server
