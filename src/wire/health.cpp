#include "wire/health.hpp"

#include <boost/json.hpp>

#include "wire/rest_json.hpp"

namespace inkan::wire {
namespace {

Result<void> check_crls(const DoorOptions& options) {
  for (const ca::Authority& authority : options.services.issuer.authorities()) {
    const auto crl = options.status.crl_head(authority.id);
    if (!crl) return fail(crl);
    if (crl->next_update <= options.services.clock.now()) return fail(Code::expired, "crl.stale", authority.id);
    const auto shard = options.status.shards_head(authority);
    if (!shard) return fail(shard);
    if (*shard && (*shard)->head.next_update <= options.services.clock.now())
      return fail(Code::expired, "crl.stale", (*shard)->list);
  }
  return {};
}

}  // namespace

net::Response serve_livez() { return net::make_text(200, "ok\n"); }

net::Response serve_readyz(const DoorOptions& options) {
  bool ready = true;
  boost::json::object parts;
  const auto note = [&](const std::string& name, const Result<void>& state) {
    parts[name] = state ? std::string("ok") : state.error().id;
    ready = ready && state;
  };
  note("store", options.services.store.health());
  note("signer", options.services.issuer.health());
  note("crl", check_crls(options));
  for (const auto& [name, part] : options.readiness) note(name, part());
  return make_json(ready ? 200 : 503, {{"ready", ready}, {"parts", parts}});
}

}  // namespace inkan::wire
