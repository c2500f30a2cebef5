#include "app/output.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace inkan::app {
namespace {

boost::json::object to_object(const Listed& listed) {
  boost::json::object object{{"id", listed.id},
                             {"bank", listed.bank},
                             {"serial", listed.serial},
                             {"not_after", to_rfc3339(listed.not_after)},
                             {"expiry_day", to_iso(listed.expiry_day)},
                             {"remaining_days", listed.remaining},
                             {"renewable", to_text(listed.renewable)}};
  object["renewable_from"] = listed.opens ? boost::json::value(to_iso(*listed.opens)) : boost::json::value(nullptr);
  return object;
}

boost::json::array to_array(const std::vector<Listed>& list) {
  boost::json::array array;
  for (const Listed& listed : list) array.push_back(to_object(listed));
  return array;
}

std::string write(const boost::json::value& value) { return boost::json::serialize(value) + "\n"; }

}  // namespace

std::string list_to_json(const std::vector<Listed>& list) { return write(to_array(list)); }

std::string show_list(const std::vector<Listed>& list, const Words& say) {
  std::string out;
  if (list.empty()) return say("秘密鍵のある電子証明書はありません。\n", "There is no certificate with its private key.\n");
  for (const Listed& listed : list) {
    const std::string rest = listed.remaining >= 0
                                 ? fmt::format(fmt::runtime(say("残り{}日", "{} days left")), listed.remaining)
                                 : fmt::format(fmt::runtime(say("{}日前に期限切れ", "expired {} days ago")), -listed.remaining);
    out += fmt::format("{}  {}\n", listed.id, listed.bank);
    out += fmt::format(fmt::runtime(say("  有効期限      {}（{}）\n", "  valid until   {} ({})\n")), say.day(listed.expiry_day),
                       rest);
    out += fmt::format(fmt::runtime(say("  シリアル番号  {}\n", "  serial        {}\n")), listed.serial);
    out += fmt::format(fmt::runtime(say("  更新          {}\n", "  renewal       {}\n")), say.renewable(listed));
  }
  return out;
}

std::string show_outcome(const Outcome& outcome, const Words& say) {
  const Listed& certificate = outcome.certificate;
  const std::string opens = certificate.opens ? say.day(*certificate.opens) : "-";
  switch (outcome.kind) {
    case Outcome::Kind::nothing_to_do:
      return fmt::format(fmt::runtime(say("何もする必要はありません。{} から更新できます（有効期限 {}）。\n",
                                          "Nothing to do: it can be renewed from {} (valid until {}).\n")),
                         opens, say.day(certificate.expiry_day));
    case Outcome::Kind::saved_not_used:
      return fmt::format(
          fmt::runtime(
              say("新しい電子証明書を保存しましたが、ログイン確認ができていません（有効期限 "
                  "{}）。同じコマンドをもう一度実行してください。\n",
                  "The new certificate is saved (valid until {}), but the trial login failed. Run the same command again.\n")),
          say.day(certificate.expiry_day));
    case Outcome::Kind::done: break;
  }
  return fmt::format(fmt::runtime(say("完了しました。新しい有効期限は {} です。次の更新のご案内は {} からです。\n",
                                      "Done. It is valid until {}; the next renewal notice comes on {}.\n")),
                     say.day(certificate.expiry_day), opens);
}

std::string outcome_to_json(const Outcome& outcome, const std::string& store) {
  const char* result = "done";
  if (outcome.kind == Outcome::Kind::nothing_to_do) result = "nothing_to_do";
  if (outcome.kind == Outcome::Kind::saved_not_used) result = "saved_not_used";
  boost::json::object object{{"result", result}, {"store", store}, {"certificate", to_object(outcome.certificate)}};
  if (outcome.trial) object["code"] = outcome.trial->id;
  return write(object);
}

std::string show_surplus(const std::vector<Surplus>& surplus, const Words& say) {
  if (surplus.empty()) return say("不要な電子証明書はありません。\n", "There is nothing to tidy.\n");
  std::string out;
  for (const Surplus& one : surplus) {
    out += fmt::format("{}  {}\n", one.listed.id, one.listed.bank);
    out += fmt::format(fmt::runtime(say("  有効期限      {}\n", "  valid until   {}\n")), say.day(one.listed.expiry_day));
    out += fmt::format(fmt::runtime(say("  シリアル番号  {}\n", "  serial        {}\n")), one.listed.serial);
    out += fmt::format(fmt::runtime(say("  理由          {}\n", "  reason        {}\n")), say.surplus(one.reason));
  }
  return out;
}

std::string surplus_to_json(const std::vector<Surplus>& removed) {
  boost::json::array array;
  for (const Surplus& one : removed) {
    boost::json::object object = to_object(one.listed);
    object["reason"] = to_text(one.reason);
    array.push_back(std::move(object));
  }
  return write(boost::json::object{{"result", removed.empty() ? "nothing_to_do" : "done"}, {"removed", std::move(array)}});
}

std::string show_status(const Discovery& bank, const std::vector<Listed>& list, const Words& say) {
  std::string out = fmt::format("{} ({})\n", bank.name, bank.institution);
  out += fmt::format(fmt::runtime(say("  銀行の日付    {}\n", "  bank's date   {}\n")), say.day(bank.today()));
  out += fmt::format(fmt::runtime(say("  更新期間      有効期限の{}日前から\n", "  renewal       from {} days before expiry\n")),
                     bank.window_days);
  out += fmt::format(fmt::runtime(say("  更新時の認証  {}\n", "  asks for      {}\n")),
                     bank.asks_password ? say("電子証明書とログインパスワード", "certificate and login password")
                                        : say("電子証明書", "certificate"));
  out += fmt::format("  EST           {}\n", bank.est);
  return list.empty() ? out : out + show_list(list, say);
}

std::string status_to_json(const Discovery& bank, const std::vector<Listed>& list) {
  return write(boost::json::object{{"institution", bank.institution},
                                   {"name", bank.name},
                                   {"portal", bank.portal},
                                   {"est", bank.est},
                                   {"now", to_rfc3339(bank.now, bank.zone)},
                                   {"window_days", bank.window_days},
                                   {"asks_password", bank.asks_password},
                                   {"certificates", to_array(list)}});
}

std::string show_quiet(const std::vector<QuietReport>& reports, const Words& say) {
  using State = QuietReport::State;
  std::string out;
  for (const QuietReport& report : reports) {
    const std::string who = report.bank.name + (report.listed ? " " + report.listed->id : " (" + report.bank.store + ")");
    const std::string expiry = report.listed ? say.day(report.listed->expiry_day) : "";
    std::string what;
    switch (report.state) {
      case State::renewed:
        what = fmt::format(fmt::runtime(say("更新しました（新しい有効期限 {}）", "renewed (valid until {})")), expiry);
        break;
      case State::saved_not_used:
        what = say("新しい電子証明書を保存しましたが、ログイン確認ができていません", "saved, but the trial login failed");
        break;
      case State::later:
        what = fmt::format(fmt::runtime(say("{} に更新します（有効期限 {}）", "to be renewed on {} (valid until {})")),
                           report.due_day ? say.day(*report.due_day) : "-", expiry);
        break;
      case State::not_agreed:
        what = say("自動更新に同意していません（inkan-app agent --consent）", "not agreed to (inkan-app agent --consent)");
        break;
      case State::not_allowed: what = say("この銀行に自動更新はありません", "this bank has no quiet renewal"); break;
      case State::failed: break;
    }
    if (report.error) what += (what.empty() ? "" : ": ") + say.error(*report.error);
    out += who + ": " + what + "\n";
  }
  return out;
}

std::string quiet_to_json(const std::vector<QuietReport>& reports) {
  boost::json::array array;
  for (const QuietReport& report : reports) {
    boost::json::object object{{"bank", report.bank.institution}, {"store", report.bank.store}, {"state", to_text(report.state)}};
    if (report.listed) object["certificate"] = to_object(*report.listed);
    if (report.due) object["due"] = to_rfc3339(*report.due);
    if (report.error) object["code"] = report.error->id;
    array.push_back(std::move(object));
  }
  return write(array);
}

std::string error_to_json(const Error& error) { return write(boost::json::object{{"result", "failed"}, {"code", error.id}}); }

}  // namespace inkan::app
