#include "wire/rest_acts.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.hpp"
#include "lifecycle/holders.hpp"
#include "lifecycle/holding.hpp"
#include "lifecycle/once.hpp"
#include "wire/problem.hpp"
#include "wire/rest_json.hpp"
#include "wire/rest_reading.hpp"

namespace inkan::wire {
namespace {

namespace json = boost::json;
using lifecycle::CertificateRecord;
using lifecycle::Reader;
using lifecycle::Services;

constexpr std::size_t kBodyLimit = 16 * 1024;
constexpr std::size_t kKeyFrom = 16;
constexpr std::size_t kKeyTo = 64;
constexpr std::size_t kPasswordFrom = 8;
constexpr const char* kKeyField = "Idempotency-Key";

/// Members are the members of a body: texts and truths, and no other than are named. Error: `rest.body`, detail: the member.
class Members {
 public:
  static Result<Members> parse(const RestCall& call, std::initializer_list<std::string_view> known) {
    if (!has_media_type(call.request, "application/json")) return fail(Code::invalid, "wire.media_type");
    if (call.request.body.size() > kBodyLimit) return fail(Code::too_large, "rest.body_too_large");
    json::error_code error;
    const json::value value = json::parse(call.request.body, error);
    if (error || !value.is_object()) return fail(Code::invalid, "rest.body");
    for (const auto& [name, member] : value.as_object())
      if (std::ranges::find(known, std::string_view(name)) == known.end() || (!member.is_string() && !member.is_bool()))
        return fail(Code::invalid, "rest.body", std::string(name));
    return Members(value.as_object());
  }
  /// text is a member's text, empty where it is left out.
  Result<std::string> text(std::string_view name) const {
    const auto* found = object_.if_contains(name);
    if (found == nullptr) return std::string();
    if (!found->is_string()) return fail(Code::invalid, "rest.body", std::string(name));
    return std::string(found->as_string());
  }
  Result<bool> flag(std::string_view name) const {
    const auto* found = object_.if_contains(name);
    if (found == nullptr) return false;
    if (!found->is_bool()) return fail(Code::invalid, "rest.body", std::string(name));
    return found->as_bool();
  }

 private:
  explicit Members(json::object object) : object_(std::move(object)) {}
  json::object object_;
};

net::Response refuse_body(const RestCall& call, const Error& error) {
  return error.id == "wire.media_type" ? make_problem(415, error.id) : refuse(call, error);
}

bool is_key(std::string_view key) {
  return key.size() >= kKeyFrom && key.size() <= kKeyTo && std::ranges::all_of(key, [](char c) { return c > ' ' && c < '\x7f'; });
}

/// Flight keeps a key from being worked on twice at once.
class Flight {
 public:
  Flight(KeysInFlight& keys, const Digest& key) : keys_(keys), key_(key), entered_(keys.enter(key)) {}
  ~Flight() {
    if (entered_) keys_.leave(key_);
  }
  Flight(const Flight&) = delete;
  Flight& operator=(const Flight&) = delete;
  bool entered() const { return entered_; }

 private:
  KeysInFlight& keys_;
  Digest key_;
  bool entered_;
};

/// act_once does an act under its key and answers with what `answer` says of the records then.
net::Response act_once(const RestCall& call, int status, const std::function<Result<void>(const Services&)>& act,
                       const std::function<Result<json::object>(Reader&)>& answer) {
  if (call.request.headers.count(kKeyField) == 0) return make_problem(400, "once.key_missing");
  const auto key = call.request.find_header(kKeyField);
  if (call.request.headers.count(kKeyField) > 1 || !key || !is_key(*key)) return make_problem(400, "once.key");
  const std::string actor = actor_of(call.client);
  const Flight flight(call.keys, sha256(as_bytes(call.institution.id + "\n" + actor + "\n" + std::string(*key))));
  if (!flight.entered()) {
    net::Response response = make_problem(409, "once.in_flight");
    response.headers.set("Retry-After", "1");
    return response;
  }
  const lifecycle::OnceOrder order{.institution = call.institution.id,
                                   .actor = actor,
                                   .key = std::string(*key),
                                   .content = call.request.method + " " + call.request.path + "\n" + call.request.body};
  const auto done = do_once(call.options.services, order, act, [&](Reader& reader) -> Result<std::string> {
    const auto said = answer(reader);
    return said ? Result<std::string>(json::serialize(*said)) : fail(said);
  });
  if (!done) return refuse(call, done.error());
  net::Response response = net::make_response(status, "application/json", *done + "\n");
  response.headers.set("Cache-Control", "no-store");
  return response;
}

/// keep_receipt is for what is already as was asked for: the receipt says since when.
Result<void> keep_receipt(const Services& services) {
  return services.store.transact([](lifecycle::Writer&) { return Result<void>(); });
}

json::object revocation_of(const RestCall& call, const CertificateRecord& record) {
  return {{"serial", record.serial.hex()},
          {"login_id", record.holder.login_id},
          {"revoked_at", to_rfc3339(*record.revoked_at, call.institution.zone)},
          {"reason", pki::to_text(record.reason.value_or(pki::RevocationReason::unspecified))}};
}

json::object hold_of(const RestCall& call, const CertificateRecord& record) {
  return {{"serial", record.serial.hex()},
          {"login_id", record.holder.login_id},
          {"held_at", to_rfc3339(*record.held_at, call.institution.zone)}};
}

/// parse_holder reads a new ID by the rules of `inkan holder import`. Nothing is approved: that takes two persons (T5).
Result<lifecycle::NewHolder> parse_holder(const RestCall& call) {
  const auto members = Members::parse(call, {"login_id", "role", "company", "contract", "name", "mail", "password"});
  if (!members) return fail(members);
  std::map<std::string_view, std::string> texts;
  for (const std::string_view name : {"login_id", "role", "company", "contract", "name", "mail", "password"}) {
    auto text = members->text(name);
    if (!text) return fail(text);
    texts[name] = std::move(*text);
  }
  const auto role = lifecycle::parse_role(texts["role"]);
  if (!role) return fail(Code::invalid, "rest.body", "role");
  if (texts["password"].size() < kPasswordFrom) return fail(Code::invalid, "rest.body", "password");
  return lifecycle::NewHolder{.id = {call.institution.id, texts["login_id"]},
                              .role = *role,
                              .company = texts["company"],
                              .name = texts["name"],
                              .mail = texts["mail"],
                              .password = Secret(texts["password"]),
                              .approved = false,
                              .contract = texts["contract"]};
}

}  // namespace

net::Response add_holder(const RestCall& call) {
  auto wanted = parse_holder(call);
  if (!wanted) return refuse_body(call, wanted.error());
  const auto login_id = canonical_login_id(wanted->id.login_id);
  if (!login_id) return refuse(call, login_id.error());
  std::vector<lifecycle::NewHolder> one;
  one.push_back(std::move(*wanted));
  net::Response response = act_once(
      call, 201, [&](const Services& services) { return lifecycle::Holders(services).add(one, actor_of(call.client)); },
      [&](Reader& reader) -> Result<json::object> {
        const auto holder = reader.find_holder({call.institution.id, *login_id});
        if (!holder) return fail(holder);
        return json::object{{"login_id", *login_id},
                            {"entitlement", lifecycle::to_text((*holder)->entitlement)},
                            {"created_at", to_rfc3339((*holder)->created_at, call.institution.zone)}};
      });
  if (response.status == 201)
    response.headers.set("Location",
                         "/api/v1/institutions/" + call.institution.id + "/holders/" + net::percent_encode(*login_id));
  return response;
}

net::Response hold_holder(const RestCall& call) {
  const auto members = Members::parse(call, {"why", "last_administrator"});
  if (!members) return refuse_body(call, members.error());
  const auto why = members->text("why");
  const auto knowing = members->flag("last_administrator");
  if (!why || !is_plain_text(*why) || why->size() > 2000) return make_problem(400, "rest.body");
  if (!knowing) return refuse(call, knowing.error());
  const auto view = lifecycle::Holders(call.options.services).view(call.institution, call.names[0]);
  if (!view) return refuse(call, view.error());
  const lifecycle::HolderId& id = view->holder.id;
  const auto held = [&](Reader& reader) -> Result<json::object> {
    const auto found = find_held(reader, id);
    if (!found) return fail(found);
    if (!*found) return fail(Code::conflict, "hold.nothing");
    return hold_of(call, **found);
  };
  return act_once(
      call, 200,
      [&](const Services& services) -> Result<void> {
        const auto done = lifecycle::Holders(services).hold(call.institution, id.login_id, actor_of(call.client), *why, *knowing);
        if (done) return {};
        if (done.error().id != "hold.nothing") return fail(done);
        return keep_receipt(services);
      },
      held);
}

net::Response refuse_release(const RestCall&) { return make_problem(403, "hold.two_persons"); }

net::Response revoke_certificate(const RestCall& call) {
  const auto members = Members::parse(call, {"reason", "last_administrator"});
  if (!members) return refuse_body(call, members.error());
  const auto text = members->text("reason");
  const auto reason = text ? pki::parse_revocation_reason(text->empty() ? "unspecified" : *text) : fail(text);
  const auto knowing = members->flag("last_administrator");
  // "superseded" says that a successor took its place, which only the story itself knows.
  if (!reason || *reason == pki::RevocationReason::superseded) return make_problem(400, "rest.body");
  if (!knowing) return refuse(call, knowing.error());
  const auto record = find_certificate(call.options, call.institution, call.names[0]);
  if (!record) return refuse(call, record.error());
  const auto revoked = [&](Reader& reader) -> Result<json::object> {
    const auto found = reader.find_by_serial(record->authority, record->serial);
    if (!found) return fail(found);
    if (!*found || !(*found)->revoked_at) return fail(Code::internal, "certificate.not_revoked");
    return revocation_of(call, **found);
  };
  return act_once(
      call, 200,
      [&](const Services& services) -> Result<void> {
        const auto done =
            lifecycle::Holders(services).revoke(record->authority, record->serial, *reason, actor_of(call.client), *knowing);
        if (done) return {};
        if (done.error().id != "certificate.already_revoked") return fail(done);
        return keep_receipt(services);
      },
      revoked);
}

}  // namespace inkan::wire
