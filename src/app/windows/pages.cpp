#include "app/windows/pages.hpp"

#include <algorithm>

namespace inkan::app {
namespace {

using Kind = Page::Kind;

std::string facts_of(const Words& say, const Intent& intent) {
  std::string facts = say("銀行：", "Bank: ") + intent.bank.name + "\n" + say("対象ID：", "ID: ") + intent.listed.id + "\n" +
                      say("現在の期限：", "Valid until: ") + say.day(intent.listed.expiry_day);
  if (intent.taken) facts += "\n" + say("新しい期限：", "New expiry: ") + say.day(intent.taken->new_expiry);
  return facts;
}

Page::Part stays_usable(const Words& say) {
  return {Kind::text, say("新しい電子証明書を確認できるまで、現在のものは有効期限までご利用いただけます。",
                          "Until the new one has been seen to work, the present one stays usable until its expiry.")};
}

/// reasons_of says why what is known cannot be renewed (E205: an empty list explains itself).
std::string reasons_of(const Words& say, const Overview& overview) {
  if (overview.banks.empty())
    return say("このパソコンで、このアプリから取得した電子証明書はまだありません。",
               "No certificate has been taken with this program on this computer yet.");
  std::string reasons;
  for (const Found& found : overview.found)
    if (found.listed.renewable != Renewable::yes)
      reasons += "・" + found.listed.bank + " " + found.listed.id + say("：", ": ") + say.renewable(found.listed) + "\n";
  for (const auto& [bank, error] : overview.silent) reasons += "・" + bank.name + say("：", ": ") + say.error(error) + "\n";
  return reasons;
}

}  // namespace

Page make_list_page(const Words& say, const Overview& overview, Press renew, Press issue, Press again, Press close) {
  Page page{.code = "A101 (CCHK001)", .title = say("証明書取得", "Certificates"), .parts = {}, .acts = {}};
  Page::Part list{Kind::list, say("更新可能な電子証明書(&L)", "Certificates that can be renewed (&L)")};
  for (const Found& found : overview.found)
    if (found.listed.renewable == Renewable::yes)
      list.rows.push_back(found.listed.bank + "　" + found.listed.id + "　" + say("有効期限 ", "valid until ") +
                          say.day(found.listed.expiry_day));
  page.parts.push_back({Kind::heading, say("証明書更新", "Renew")});
  if (list.rows.empty()) {
    page.parts.push_back(
        {Kind::text, say("更新できる電子証明書はありません（E205）。", "There is no certificate to renew now (E205).")});
  } else {
    page.parts.push_back(
        {Kind::text, say("証明書の更新を行う場合は、更新する証明書をリストから選び、「証明書更新」ボタンを押してください。",
                         "To renew, choose the certificate from the list and press “Renew”.")});
    page.parts.push_back(std::move(list));
    page.acts.push_back({say("証明書更新(&R)", "&Renew"), std::move(renew)});
  }
  if (const std::string reasons = reasons_of(say, overview); !reasons.empty()) page.parts.push_back({Kind::text, reasons});
  page.parts.push_back({Kind::heading, say("証明書発行", "Take a new one")});
  page.parts.push_back(
      {Kind::text, say("証明書の発行を行う場合は、「証明書発行」ボタンを押下し、表示する画面で必要情報を入力してください。",
                       "To have one issued, press “Issue” and type in what the next screen asks for.")});
  page.acts.push_back({say("証明書発行(&I)", "&Issue"), std::move(issue)});
  if (!overview.silent.empty()) page.acts.push_back({say("もう一度確認(&A)", "Look &again"), std::move(again)});
  page.acts.push_back({say("閉じる(&C)", "&Close"), std::move(close)});
  return page;
}

Page make_renewal_page(const Words& say, const Intent& intent, const std::optional<Error>& wrong, Press go, Press back) {
  const bool consent = intent.taken && intent.taken->short_form;
  const bool password = intent.bank.asks_password;
  Page page{.code = consent    ? "A204"
                    : password ? "A201 (CCHK002)"
                               : "A203",
            .title = consent    ? say("電子証明書を更新します", "Renew the certificate")
                     : password ? say("証明書取得認証", "Who is asking")
                                : say("証明書更新", "Renewal"),
            .parts = {},
            .acts = {}};
  if (password)
    page.parts.push_back(
        {Kind::text, say("電子証明書発行に必要な本人認証を行います。ログインパスワードを入力の上、「認証」ボタンを"
                         "押してください。",
                         "Before the certificate is issued we check who you are. Type in your login password.")});
  else
    page.parts.push_back({Kind::text, say("この電子証明書を更新します。「更新する」ボタンを押してください。",
                                          "This certificate will be renewed. Press “Renew”.")});
  page.parts.push_back({Kind::text, facts_of(say, intent)});
  if (wrong) page.parts.push_back({Kind::notice, say.error(*wrong)});
  if (password) page.parts.push_back({Kind::secret, say("ログインパスワード(&P)", "Login &password")});
  page.parts.push_back(stays_usable(say));
  page.acts.push_back({password && !consent ? say("認証(&N)", "&Go on") : say("更新する(&R)", "&Renew"), std::move(go)});
  page.acts.push_back({consent ? say("いいえ(&N)", "&No") : say("戻る(&B)", "&Back"), std::move(back)});
  return page;
}

Page make_password_page(const Words& say, const std::optional<Intent>& intent, const std::optional<Error>& wrong, Press go,
                        Press back) {
  Page page{.code = "A201 (CCHK002)", .title = say("証明書取得認証", "Who is asking"), .parts = {}, .acts = {}};
  page.parts.push_back({Kind::text, say("電子証明書発行に必要な本人認証を行います。ログインパスワードを入力の上、「認証」ボタンを"
                                        "押してください。",
                                        "Before the certificate is issued we check who you are. Type in your login password.")});
  if (intent) page.parts.push_back({Kind::text, facts_of(say, *intent)});
  if (wrong) page.parts.push_back({Kind::notice, say.error(*wrong)});
  page.parts.push_back({Kind::secret, say("ログインパスワード(&P)", "Login &password")});
  page.acts.push_back({say("認証(&N)", "&Go on"), std::move(go)});
  page.acts.push_back({say("戻る(&B)", "&Back"), std::move(back)});
  return page;
}

Page make_issue_page(const Words& say, const KnownBank& bank, const std::string& login_id, const std::optional<Error>& wrong,
                     Press go, Press back) {
  Page page{.code = "A202 (CCHK002)", .title = say("証明書取得 認証", "Take a certificate"), .parts = {}, .acts = {}};
  page.parts.push_back(
      {Kind::text,
       say("電子証明書発行に必要な本人認証を行います。ログインIDとログインパスワードを入力の上、「認証して発行」ボタンを"
           "押してください。",
           "Type in your login ID and password, and press “Check and issue”.")});
  if (wrong) page.parts.push_back({Kind::notice, say.error(*wrong)});
  page.parts.push_back({Kind::field, say("銀行のログイン画面のアドレス(&S)", "Address of the bank's login page (&S)"),
                        bank.portal.empty() ? "https://" : bank.portal});
  page.parts.push_back({Kind::field, say("ログインID(&U)", "Login ID (&U)"), login_id});
  page.parts.push_back({Kind::secret, say("ログインパスワード(&P)", "Login &password")});
  page.parts.push_back({Kind::secret, say("ワンタイムコード(&C)", "One-time &code")});
  page.parts.push_back({Kind::text, say("コードは銀行または管理者の方からお受け取りください。",
                                        "The code comes from the bank or your "
                                        "administrator.")});
  page.acts.push_back({say("認証して発行(&N)", "Check a&nd issue"), std::move(go)});
  page.acts.push_back({say("戻る(&B)", "&Back"), std::move(back)});
  return page;
}

Page make_question_page(const Words& say, Question question, const Intent& intent, Press yes, Press no) {
  const std::string key = say("新しい鍵を作成します。", "A new key will be made.");
  const std::string request = say("その鍵で電子証明書の発行を申請します。", "With that key a certificate will be requested.");
  Page page{.code = "A213", .title = say("Web アクセスの確認", "Please confirm"), .parts = {}, .acts = {}};
  if (question == Question::protection) {
    page.code = "A214";
    page.title = say("鍵の保護", "How the key is protected");
    page.parts.push_back({Kind::text, say("新しい鍵は、Windows の中に、取り出せない形で作成します。",
                                          "The new key is made inside Windows and cannot be "
                                          "taken out.")});
  } else {
    page.code = question == Question::key ? "A211" : question == Question::request ? "A212" : "A213";
    page.parts.push_back(
        {Kind::text,
         say("この Web "
             "サイトはユーザーの代わりにデジタル証明書の操作を実行します。ユーザーの代わりにデジタル証明書を操作できるのは、"
             "既知の Web サイトだけに制限する必要があります。この操作を許可しますか?",
             "This web site is about to work with digital certificates on your behalf. Only web sites you know should be allowed "
             "to "
             "do so. Do you allow it?")});
    page.parts.push_back({Kind::text, question == Question::key       ? key
                                      : question == Question::request ? request
                                                                      : key + "\n" + request});
  }
  page.parts.push_back({Kind::text, facts_of(say, intent)});
  page.acts.push_back({say("はい(&Y)", "&Yes"), std::move(yes)});
  page.acts.push_back({say("いいえ(&N)", "&No"), std::move(no)});
  return page;
}

Page make_unlock_page(const Words& say, const SecretQuestion& question, Press go, Press back) {
  return {
      .code = "A111",
      .title = say("社内のプロキシにログインします", "Log in to the network's proxy"),
      .parts = {{Kind::text, say("銀行に接続するために、社内のプロキシがユーザー名とパスワードを求めています（E202）。"
                                 "銀行のログインパスワードとは別のものです。",
                                 "To reach the bank, your network's proxy asks for a user and a password (E202). They are not "
                                 "those of your login at the bank.")},
                {Kind::secret, say.question(question) + "(&P)"}},
      .acts = {{say("ログイン(&O)", "L&og in"), std::move(go)}, {say("やめる(&B)", "&Back"), std::move(back)}}};
}

Page make_keep_page(const Words& say, const Intent& intent, Press yes, Press no) {
  return {.code = "A215",
          .title = say("電子証明書の発行", "The certificate was issued"),
          .parts = {{Kind::text,
                     say("発行された電子証明書をこのパソコンに保存します。", "The certificate will be kept on this computer.")},
                    {Kind::text, facts_of(say, intent)}},
          .acts = {{say("はい(&Y)", "&Yes"), std::move(yes)}, {say("いいえ(&N)", "&No"), std::move(no)}}};
}

std::string tick_of(const Words& say, Step step, bool done) {
  return (done ? "✓ " : "・ ") + say.step(step) + (done ? say("：完了", ": done") : "");
}

Page make_busy_page(const Words& say, bool steps, const std::vector<Step>& done) {
  Page page{.code = "A301",
            .title = steps ? say("電子証明書発行処理中", "Working") : say("確認しています", "Looking"),
            .parts = {{Kind::text, say("ただいま処理中です。しばらくお待ちください。", "Please wait a moment.")},
                      {Kind::waiting, say("処理中", "working")}},
            .acts = {}};
  if (!steps) return page;
  page.parts.push_back({Kind::text, say("最大、数十秒かかることがあります。", "This may take some tens of seconds.")});
  for (const Step step : {Step::key, Step::issued, Step::saved, Step::used})
    page.parts.push_back({Kind::text, tick_of(say, step, std::ranges::find(done, step) != done.end())});
  return page;
}

Page make_result_page(const Words& say, const Outcome& outcome, bool short_form, Press again, Press close) {
  const Listed& listed = outcome.certificate;
  Page page{
      .code = short_form ? "A401" : "A401 (CCHK007)", .title = say.result(outcome.kind, short_form), .parts = {}, .acts = {}};
  const bool used = outcome.kind == Outcome::Kind::done;
  if (outcome.kind == Outcome::Kind::nothing_to_do)
    page.parts.push_back({Kind::text, say("いまは更新の必要がありません。", "There is nothing to renew now.")});
  else if (used)
    page.parts.push_back(
        {Kind::text, say("電子証明書の発行とインストールが完了しました。「閉じる」ボタンを押して、アプリを閉じてください。",
                         "The certificate was issued and installed, and the bank has taken it. Press “Close”.")});
  else
    page.parts.push_back(
        {Kind::text,
         say("新しい電子証明書を保存しましたが、ログインをまだ確認できていません。現在の電子証明書は期限までご利用いただけます。",
             "The new certificate is kept, but the login could not be checked yet. The present one stays usable.")});
  if (outcome.trial) page.parts.push_back({Kind::notice, say.error(*outcome.trial)});
  page.parts.push_back({Kind::heading, say("証明書情報", "Certificate")});
  std::string facts;
  if (!listed.organization.empty()) facts += "Organization: " + listed.organization + "\n";
  if (!listed.unit.empty()) facts += "Organization Unit: " + listed.unit + "\n";
  facts += "Common Name: " + listed.id + "\n" + say("証明書シリアル番号: ", "Serial number: ") + listed.serial + "\n" +
           say("有効期限: ", "Valid until: ") + say.day(listed.expiry_day);
  if (listed.opens) facts += "\n" + say("次の更新のご案内: ", "Next renewal from: ") + say.day(*listed.opens);
  page.parts.push_back({Kind::text, facts});
  if (!used && outcome.kind != Outcome::Kind::nothing_to_do)
    page.acts.push_back({say("もう一度確認(&A)", "Check &again"), std::move(again)});
  page.acts.push_back({say("閉じる(&C)", "&Close"), std::move(close)});
  return page;
}

Page make_refusal_page(const Words& say, const Error& error, Press back, Press close) {
  return {.code = "A901",
          .title = say("続けられませんでした", "It could not go on"),
          .parts = {{Kind::notice, say.reason(error)},
                    {Kind::text, say("コード：", "Code: ") + error.id},
                    {Kind::text,
                     say("お問い合わせの際は、このコードをお知らせください。", "When you ask for help, please give this code.")}},
          .acts = {{say("最初の画面へ(&B)", "&Back to the start"), std::move(back)},
                   {say("閉じる(&C)", "&Close"), std::move(close)}}};
}

Page make_leave_page(const Words& say, Press stay, Press leave) {
  return {.code = "A903",
          .title = say("手続きの途中です", "Still working"),
          .parts = {{Kind::text, say("いま閉じても、届いた分は失われません。次に開いたときに、続きから再開します。",
                                     "If you close now, nothing that has arrived is lost. Next time it goes on from here.")}},
          .acts = {{say("閉じる(&C)", "&Close"), std::move(leave)}, {say("手続きを続ける(&N)", "&Go on"), std::move(stay)}}};
}

}  // namespace inkan::app
