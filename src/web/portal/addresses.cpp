#include <algorithm>
#include <array>

#include "lifecycle/contacts.hpp"
#include "web/portal/acts.hpp"
#include "web/portal/reminder.hpp"

// メールアドレス: where letters go, kept by the holder (promises.md A3, O15).

namespace inkan::web {
namespace {

using lifecycle::Contact;

constexpr const char* kHere = "/addresses";

/// kSaid are what the page may say at its head after an act, by the word in its address.
constexpr std::array kSaid = {"added", "checked", "main", "removed"};

/// refusal_word is the word for what the rules say to an act; nothing for an Error that is no verdict of theirs.
const char* refusal_word(const Error& error) {
  struct Known {
    std::string_view id;
    const char* word;
  };
  static constexpr std::array kKnown = {
      Known{"contact.address", "addresses.malformed"},   Known{"contact.exists", "addresses.exists"},
      Known{"contact.too_many", "addresses.too_many"},   Known{"contact.too_many_codes", "addresses.too_many_codes"},
      Known{"contact.unknown", "addresses.unknown"},     Known{"contact.code", "addresses.wrong_code"},
      Known{"contact.unchecked", "addresses.unchecked"}, Known{"contact.main", "addresses.main_stays"},
  };
  const auto known = std::ranges::find(kKnown, error.id, &Known::id);
  return known == kKnown.end() ? nullptr : known->word;
}

Values row_of(const Visit& visit, const Contact& contact, bool is_main, std::size_t index) {
  const bool waits = !contact.checked_at;
  const char* state = waits                         ? "addresses.is_waiting"
                      : contact.undeliverable_since ? "addresses.is_undeliverable"
                                                    : "addresses.is_good";
  Values row;
  row.set("address_text", contact.address)
      .set("address_state", visit.word(state))
      .set("index", std::to_string(index))
      .show("is_main", is_main)
      .show("to_check", waits)
      .show("can_be_main", !waits && !is_main)
      .show("can_go", !is_main);
  return row;
}

net::Response address_page(const Visit& visit, const lifecycle::LoggedIn& who, const std::string& said, int status = 200,
                           const std::string& wrong = {}) {
  auto contacts = visit.desk().contacts.list(who.holder.id);
  if (!contacts) return visit.problem(contacts.error());
  std::ranges::stable_partition(*contacts, [&](const Contact& contact) { return contact.address == who.holder.mail; });
  std::vector<Values> rows;
  bool unreachable = false;
  for (const Contact& contact : *contacts) {
    const bool is_main = contact.address == who.holder.mail;
    unreachable = unreachable || (is_main && contact.undeliverable_since);
    rows.push_back(row_of(visit, contact, is_main, rows.size() + 1));
  }
  Values values;
  values.show("none", rows.empty())
      .repeat("address", std::move(rows))
      .set("said_words", said.empty() ? "" : visit.word("addresses." + said))
      .set("wrong_words", wrong.empty() ? "" : visit.word(wrong))
      .show("said", !said.empty())
      .show("wrong", !wrong.empty())
      .show("undeliverable", unreachable)
      .show("logged_in", true);
  return visit.page(status, "addresses", std::move(values));
}

/// after is the page that follows an act: the list with a word about it, or with what was wrong.
net::Response after(const Visit& visit, const lifecycle::LoggedIn& who, const Result<void>& done, const char* said) {
  if (done) return net::make_redirect(std::string(kHere) + "?said=" + said);
  if (done.error().id == "login.certificate") return net::make_redirect("/login");
  const char* word = refusal_word(done.error());
  return word ? address_page(visit, who, {}, 403, word) : visit.problem(done.error());
}

std::string field(const Visit& visit, std::string_view name) {
  const auto form = net::parse_form(visit.request());
  return form ? std::string(form->get(name)) : std::string();
}

}  // namespace

Result<bool> is_main_undeliverable(const Visit& visit, const lifecycle::LoggedIn& who) {
  const auto contacts = visit.desk().contacts.list(who.holder.id);
  if (!contacts) return fail(contacts);
  return std::ranges::any_of(
      *contacts, [&](const Contact& contact) { return contact.undeliverable_since && contact.address == who.holder.mail; });
}

net::Response show_addresses(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const std::string said(visit.request().find_query("said").value_or(""));
  return address_page(visit, *who, std::ranges::find(kSaid, said) == kSaid.end() ? std::string() : said);
}

net::Response add_address(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  return after(visit, *who, visit.desk().contacts.add(visit.institution(), *who, field(visit, "address")), "added");
}

net::Response check_address(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const Secret code{field(visit, "code")};
  return after(visit, *who, visit.desk().contacts.check(visit.institution(), *who, field(visit, "address"), code), "checked");
}

net::Response make_main_address(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  return after(visit, *who, visit.desk().contacts.make_main(visit.institution(), *who, field(visit, "address")), "main");
}

net::Response remove_address(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const std::string address = field(visit, "address");
  // The first press asks, for the address does not belong into the page's own address; the second one does it.
  if (field(visit, "sure") != "yes")
    return ask(visit, {.page = "address_remove",
                       .facts = {{"fact.address", address}},
                       .fields = {{"address", address}, {"sure", "yes"}},
                       .back = kHere});
  return after(visit, *who, visit.desk().contacts.remove(visit.institution(), *who, address), "removed");
}

}  // namespace inkan::web
