#include "lifecycle/once.hpp"

#include "lifecycle/read_from.hpp"

namespace inkan::lifecycle {
namespace {

constexpr const char* kAction = "rest.done";

/// hash_of binds parts into one hash, each with its length.
Digest hash_of(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += std::to_string(part.size()) + ":" + std::string(part);
  return sha256(as_bytes(text));
}

/// Receipts reads and writes the receipt of one order.
class Receipts {
 public:
  explicit Receipts(const OnceOrder& order)
      : order_(order),
        subject_("once " + hash_of({order.institution, order.actor, order.key}).hex()),
        // The key is mixed in and not kept: whoever reads the records cannot guess a password that stood in the content.
        content_(hash_of({order.key, order.content}).hex()) {}

  /// find is what was answered before. Error: `once.other_content`.
  Result<std::optional<std::string>> find(Reader& reader) const {
    const auto records = reader.audit_of(order_.institution, subject_, 1);
    if (!records) return fail(records);
    if (records->empty()) return std::optional<std::string>();
    const auto& detail = records->front().entry.detail;
    const auto content = detail.find("content");
    const auto answer = detail.find("answer");
    if (content == detail.end() || answer == detail.end()) return fail(Code::corrupt, "store.corrupt", subject_);
    if (content->second != content_) return fail(Code::conflict, "once.other_content");
    return std::optional(answer->second);
  }

  void put(Writer& writer, Instant now, const std::string& answer) const {
    writer.audit({.at = now,
                  .actor = order_.actor,
                  .action = kAction,
                  .institution = order_.institution,
                  .subject = subject_,
                  .detail = {{"content", content_}, {"answer", answer}}});
  }

 private:
  const OnceOrder& order_;
  std::string subject_;
  std::string content_;
};

/// ReceiptStore adds the receipt to the transaction of an act.
class ReceiptStore : public Store {
 public:
  ReceiptStore(const Services& services, const Receipts& receipts, const std::function<Result<std::string>(Reader&)>& answer)
      : services_(services), receipts_(receipts), answer_(answer) {}

  Result<void> transact(const std::function<Result<void>(Writer&)>& work) override {
    check(!answered, "an act that is done once makes one transaction");
    std::string said;
    auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
      const auto before = receipts_.find(writer);
      if (!before) return fail(before);
      if (*before) return fail(Code::conflict, "once.done");
      if (auto worked = work(writer); !worked) return worked;
      auto told = answer_(writer);
      if (!told) return fail(told);
      said = std::move(*told);
      receipts_.put(writer, services_.clock.now(), said);
      return {};
    });
    if (done) answered = std::move(said);
    return done;
  }
  Result<void> read(const std::function<Result<void>(Reader&)>& work) override { return services_.store.read(work); }
  Result<void> health() override { return services_.store.health(); }

  std::optional<std::string> answered;

 private:
  const Services& services_;
  const Receipts& receipts_;
  const std::function<Result<std::string>(Reader&)>& answer_;
};

}  // namespace

Result<std::string> do_once(const Services& services, const OnceOrder& order,
                            const std::function<Result<void>(const Services&)>& act,
                            const std::function<Result<std::string>(Reader&)>& answer) {
  const Receipts receipts(order);
  const auto find = [&] { return read_from(services.store, [&](Reader& reader) { return receipts.find(reader); }); };
  auto before = find();
  if (!before) return fail(before);
  if (*before) return std::move(**before);
  ReceiptStore store(services, receipts, answer);
  const Services with{store, services.issuer, services.institutions, services.clock, services.rng, services.step};
  const auto done = act(with);
  if (done && store.answered) return std::move(*store.answered);
  // Whoever was quicker with the same key, on this node or another, has the receipt now; the refusal came of that.
  before = find();
  if (!before) return fail(before);
  if (*before) return std::move(**before);
  if (done) return fail(Code::internal, "once.no_transaction");
  return fail(done);
}

}  // namespace inkan::lifecycle
