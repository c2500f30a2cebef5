#include "web/portal/acts.hpp"

#include <algorithm>
#include <array>

#include "web/password_words.hpp"
#include "web/words.hpp"

namespace inkan::web {
namespace {

struct Refusal {
  std::string_view id;
  std::string_view word;
};

/// kRefusals are what the rules may say to an act, and the words for it.
constexpr std::array kRefusals = {
    Refusal{"act.reason", "act.no_reason"},          Refusal{"company.self", "act.self"},
    Refusal{"company.bank_only", "act.bank_only"},   Refusal{"company.second_person", "act.second_person"},
    Refusal{"company.no_address", "act.no_address"}, Refusal{"company.reminded", "act.reminded"},
    Refusal{"company.not_due", "act.not_due"},       Refusal{"hold.nothing", "act.nothing_to_hold"},
    Refusal{"hold.not_held", "act.not_held"},        Refusal{"certificate.unknown", "act.no_certificate"},
    Refusal{"recovery.closed", "act.bank_only"},
};

const PasswordWords kPassword = {"act.password", "act.password_few_left", "act.locked"};

std::vector<Values> rows_of(const Visit& visit, const Facts& facts) {
  std::vector<Values> rows;
  for (const auto& [word, value] : facts) rows.push_back(Values{}.set("fact_name", visit.word(word)).set("fact_value", value));
  return rows;
}

std::vector<Values> links_of(const Visit& visit, const Told& what) {
  std::vector<Values> links;
  for (const auto& [word, target] : what.links)
    links.push_back(Values{}.set("link_words", visit.word(word)).set("link_target", target));
  return links;
}

int status_of(const Error& error) {
  if (error.code == Code::too_many) return 429;
  return error.code == Code::conflict ? 409 : 403;
}

}  // namespace

net::Response ask(const Visit& visit, const Ask& what, const Error* refused) {
  const bool last = refused && refused->id == "company.last_administrator";
  std::string words;
  if (refused && !last) {
    if (refused->id == "holder.unknown") return message(visit, 404, "problem_not_found");
    if (refused->id == "company.not_administrator") return message(visit, 403, "problem_not_administrator");
    if (refused->id == "login.certificate") return net::make_redirect("/login");
    const auto known = std::ranges::find(kRefusals, refused->id, &Refusal::id);
    const bool password = refused->id == "login.password" || refused->id == "login.locked";
    if (!password && known == kRefusals.end()) return visit.problem(*refused);
    words = password ? password_words(*refused, kPassword, [&](const std::string& key) { return visit.word(key); })
                     : visit.word(std::string(known->word));
  }
  std::vector<Values> fields;
  for (const auto& [name, value] : what.fields) fields.push_back(Values{}.set("field_name", name).set("field_value", value));
  Values values;
  values.set("back", what.back)
      .set("wrong_words", words)
      .repeat("fact", rows_of(visit, what.facts))
      .repeat("field", std::move(fields))
      .show("asks_password", what.asks_password)
      .show("asks_reason", what.asks_reason)
      .show("last", last)
      .show("wrong", !words.empty())
      .show("logged_in", true);
  return visit.page(refused ? status_of(*refused) : 200, what.page, std::move(values));
}

net::Response tell(const Visit& visit, const Told& what) {
  Values values;
  values.repeat("fact", rows_of(visit, what.facts)).repeat("link", links_of(visit, what)).show("logged_in", what.logged_in);
  return visit.page(200, what.page, std::move(values));
}

net::Response tell_code(const Visit& visit, const Told& what, const std::string& code) {
  Values values;
  values.set("code", code)
      .repeat("fact", rows_of(visit, what.facts))
      .repeat("link", links_of(visit, what))
      .show("logged_in", what.logged_in);
  return visit.page(200, what.page, std::move(values));
}

net::Response entry_page(const Visit& visit, const Entry& entry, int status, const std::string& wrong) {
  Values values;
  values.set("typed_id", entry.typed_id)
      .set("wrong_words", wrong.empty() ? "" : visit.word(wrong))
      .show("wrong", !wrong.empty())
      .show("asks_password", entry.asks_password)
      .show("asks_number", entry.asks_number)
      .show("asks_sure", entry.asks_sure)
      .show("last", entry.last);
  return visit.page(status, entry.page, std::move(values));
}

Facts facts_of(const Visit& visit, const lifecycle::Holder& holder,
               const std::optional<lifecycle::CertificateRecord>& certificate) {
  Facts facts = {{"fact.login_id", holder.id.login_id},
                 {"fact.role", visit.word("role." + std::string(to_text(holder.role)))},
                 {"fact.holder_name", holder.name}};
  if (!certificate) return facts;
  facts.emplace_back("fact.expiry", visit.long_date(certificate->expiry_day));
  facts.emplace_back("fact.serial_tail", serial_tail(certificate->serial));
  return facts;
}

Result<pki::RevocationReason> reason_of(std::string_view text) {
  using pki::RevocationReason;
  for (const auto reason :
       {RevocationReason::key_compromise, RevocationReason::cessation_of_operation, RevocationReason::affiliation_changed})
    if (text == to_text(reason)) return reason;
  return fail(Code::invalid, "act.reason");
}

}  // namespace inkan::web
