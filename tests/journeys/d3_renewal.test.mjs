// The renewal as document D3 describes it, row by row: ログオン, two warnings, the key's protection, a procedure with a first day.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { withCustomer } from "./support/chromium.mjs";
import { addDays, at, longForm, yearAfter } from "./support/day.mjs";
import { Demo, demoWithHolders } from "./support/demo.mjs";
import * as walk from "./support/journey.mjs";
import { look } from "./support/look.mjs";
import { mailsTo } from "./support/mail.mjs";
import { removePolicy } from "./support/policy.mjs";
import { Visitor, loginPage, textOf, wordsAtDoor } from "./support/visitor.mjs";

const kBank = "d3";
const of = (login_id, ends_in, more = {}) => ({ login_id, institution: kBank, ends_in, ...more });

let demo;
let holders;
let today;

before(async () => {
  ({ demo, holders, today } = await demoWithHolders([
    of("walker", 20), of("chief", 20, { role: "administrator" }), of("lastday", 0), of("first30", 30), of("early31", 31),
    of("refuser", 20), of("past", -1), of("late", -90), of("toolate", -91),
  ], { institutions: [kBank] }));
});

after(async () => {
  await demo?.close();
  await removePolicy();
});

const asCustomer = (holder, act) => withCustomer(demo, holder, act);

test("D3-10 D3-13 D3-14 D3-15 D3-16 D3-17 D3-18 D3-19 D3-04 D3-05 D3-06 the renewal, from the notice to the closed window", () =>
  asCustomer(holders.walker, async (customer, page) => {
    const name = (screen) => `d3-${screen}`;
    const bodies = [];
    const see = async (shown, what) => {
      await look(shown, name(what), customer);
      bodies.push(await shown.locator("body").innerText());
    };
    await page.goto(demo.institution(kBank).portal);
    await see(page, "01-login-screen");
    await page.getByRole("link", { name: "電子証明書ログオン" }).click();
    await page.getByLabel("ログオンパスワード").waitFor();
    await see(page, "02-password");
    await walk.enterPassword(page, holders.walker);
    await see(page, "03-notices"); // D3-10 ①
    await page.getByRole("link", { name: walk.kNoticeTitle }).click(); // ②
    await page.getByRole("link", { name: walk.kRenewHere }).waitFor();
    for (const words of ["法人 IB サービスにログオンいただけなくなります。", // D3-04
                         "ログオン画面の「電子証明書取得」から新しい電子証明書を取得してください。", // D3-05
                         "有効期限日から 90 日を超過しますと、電子証明書を取得いただけなくなります。", // D3-06
                         "当金庫にて再発行処理が必要となりますので、当金庫までご連絡ください。"]) {
      await page.getByText(words).first().waitFor();
    }
    await see(page, "04-notice-body");
    const goOn = await walk.hold(customer.context);
    const renewal = await walk.openRenewal(page, null); // ③
    await walk.screen(renewal, "電子証明書更新前処理中"); // D3-13
    await see(renewal, "05-preparing");
    goOn();
    await walk.toStart(renewal, kBank);
    await see(renewal, "06-start");
    await walk.pressRenew(renewal, kBank); // D3-14
    await see(renewal, "07-web-access-1"); // D3-15
    await walk.permitKey(renewal);
    await see(renewal, "08-web-access-2");
    await walk.answer(renewal, walk.kQuestions[1], "はい");
    await walk.screen(renewal, "新しいRSA交換キーを作成します");
    await renewal.getByText("鍵の保護レベルは、取り込みの際に Windows の画面でご確認ください。").waitFor(); // D3-16
    assert.equal((await walk.liveCertificates(demo, holders.walker)).length, 1, "nothing is done before the last one");
    await see(renewal, "09-protection");
    const issue = await walk.hold(customer.context);
    await renewal.getByRole("button", { name: "OK", exact: true }).click();
    await walk.screen(renewal, "電子証明書発行処理中"); // D3-17
    await see(renewal, "10-issuing");
    issue();
    await walk.dialog(renewal, walk.kQuestions[2]);
    await see(renewal, "11-issued");
    const saved = await walk.saveFile(renewal, customer.home.dir, kBank); // D3-18
    await see(renewal, "12-import");
    await customer.home.import(saved.file, saved.password);
    await walk.confirm(renewal, kBank);
    await see(renewal, "13-complete"); // D3-19
    const shown = bodies.at(-1);
    const live = await walk.hasOneLive(demo, holders.walker);
    assert.ok(shown.toLowerCase().replace(/\s/g, "").includes(live.serial.toLowerCase()), shown);
    assert.ok(shown.includes(longForm(yearAfter(today))), shown);
    assert.doesNotMatch(shown, /ブラウザを(終了|閉じ)/, "D3 asks for no restart");
    await walk.closeWindow(renewal, kBank);
    for (const body of bodies) assert.doesNotMatch(body, /ログイン|ログアウト|当行/, "O34: D3 says ログオン and 当金庫");
    const codes = bodies.map((body) => /画面番号 (\S+)/.exec(body)[1]);
    assert.equal(new Set(codes).size, codes.length - 3, `O35: a number per screen; the three dialogs stand on their screens: ${codes}`);
  }));

test("D3-16 O23 いいえ at the key's protection changes nothing", () =>
  asCustomer(holders.refuser, async (customer, page) => {
    await walk.logIn(page, demo, holders.refuser);
    const renewal = await walk.openRenewal(page, kBank);
    await walk.pressRenew(renewal, kBank);
    for (const words of walk.wordsOf(kBank).questions) await walk.answer(renewal, words, "はい");
    await walk.screen(renewal, "新しいRSA交換キーを作成します");
    await renewal.getByRole("button", { name: "いいえ" }).click();
    await walk.screen(renewal, walk.kNothingChanged);
    await walk.closeWindow(renewal, kBank);
    await walk.hasOneLive(demo, holders.refuser);
    await page.reload();
    await page.getByRole("link", { name: walk.kRenewHere }).waitFor();
  }));

test("D3-03 D3-08 管理者 and 利用者 see the same screen and walk the same way", () =>
  asCustomer(holders.chief, async (customer, page) => {
    await walk.logIn(page, demo, holders.chief);
    await page.getByText("管理者").first().waitFor();
    const { renewal } = await walk.renew(customer, kBank);
    await walk.closeWindow(renewal, kBank);
    await walk.hasOneLive(demo, holders.chief);
  }));

test("D3-07 D3-10 the notice is absent 31 days before, there 30 days before and on the expiry day", async () => {
  for (const [holder, there] of [[holders.early31, 0], [holders.first30, 1], [holders.lastday, 1]]) {
    await asCustomer(holder, async (customer, page) => {
      await walk.logIn(page, demo, holder);
      assert.equal(await page.getByRole("link", { name: walk.kNoticeTitle }).count(), there, holder.login_id);
    });
  }
});

test("D3-04 D3-05 D3-06 the day after, day 90 and day 91", async () => {
  assert.match(await wordsAtDoor(demo, holders.past), /E102/);
  const late = await wordsAtDoor(demo, holders.late);
  assert.match(late, /E102/);
  assert.match(late, /あと 0 日は再取得できます/);
  assert.match(late, /電子証明書取得/);
  const closed = await wordsAtDoor(demo, holders.toolate);
  assert.match(closed, /E103/);
  assert.match(closed, /当金庫へご連絡ください/);
});

test("D3-02 mails 30 and 10 days before, in the bank's own words", async () => {
  const letters = (await mailsTo(demo, holders.past.mail)).filter((mail) => mail.subject.includes("更新"));
  assert.deepEqual(letters.map((mail) => /あと(\d+)日/.exec(mail.text)[1]), ["30", "10"]);
  for (const { text } of letters) {
    assert.match(text, /ログオンする/);
    assert.doesNotMatch(text, /ログイン/);
  }
});

test("D3-01 O37 the procedure begins on 2020-08-17; the day before shows the former one and announces it", async () => {
  const former = await Demo.start({ time: at("2020-08-16"), institutions: [kBank] });
  try {
    const holder = former.holder(kBank, "renewable", "administrator");
    const home = async () => {
      const visitor = new Visitor(former, holder);
      try {
        const first = await visitor.submit(await loginPage(visitor, kBank), { password: holder.password });
        const main = await visitor.go(new URL("/", first.url).href);
        return { first: textOf(first.text), main: textOf(main.text) };
      } finally {
        visitor.close();
      }
    };
    const before = await home();
    assert.match(before.first, /電子証明書更新通知 .*メインへ/);
    assert.match(before.main, /2020年8月17日（月）より、電子証明書の更新手順が変更となります。/);
    assert.match(before.main, /証明書更新/);
    await former.setClock(at("2020-08-17", "00:00:00"));
    const since = await home();
    assert.match(since.first, /重要なお知らせ .*電子証明書の更新をお願いします/);
    assert.match(since.first, /2020年8月17日（月）より、電子証明書の更新手順が変更となりました/);
    assert.doesNotMatch(since.first, /メインへ/);
  } finally {
    await former.close();
  }
});
