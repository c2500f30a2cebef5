// The renewal as document D1 describes it, row by row, in Chromium with a real store of certificates.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { withCustomer } from "./support/chromium.mjs";
import { addDays, at, longForm, yearAfter } from "./support/day.mjs";
import { demoWithHolders } from "./support/demo.mjs";
import { asFiles, newKey, newRequest, pemOf, subjectOf } from "./support/keys.mjs";
import { simpleReenroll } from "./support/est.mjs";
import * as walk from "./support/journey.mjs";
import { look } from "./support/look.mjs";
import { mailsTo } from "./support/mail.mjs";
import { removePolicy } from "./support/policy.mjs";
import { wordsAtDoor } from "./support/visitor.mjs";

const kBank = "d1";
const of = (login_id, ends_in, more = {}) => ({ login_id, institution: kBank, ends_in, ...more });

let demo;
let holders;
let today;

before(async () => {
  ({ demo, holders, today } = await demoWithHolders([
    of("walker", 20), of("lastday", 0), of("first30", 30), of("early31", 31), of("edge", 90), of("idle", 25), of("mailed", 40),
    of("admin", 20, { role: "administrator" }),
  ], { institutions: [kBank] }));
});

after(async () => {
  await demo?.close();
  await removePolicy();
});

const asCustomer = (holder, act) => withCustomer(demo, holder, act);

test("D1-10 D1-11 D1-12 D1-13 D1-14 D1-15 D1-16 D1-17 D1-18 D1-19 O9 O29 E302 the renewal, from the notice to the closed window", () =>
  asCustomer(holders.walker, async (customer, page) => {
    const name = (screen) => `d1-${screen}`;
    await page.goto(demo.institution(kBank).portal);
    await look(page, name("01-login-screen"), customer);
    await page.getByRole("link", { name: "電子証明書ログイン" }).click();
    await page.getByLabel("ログインパスワード").waitFor();
    await look(page, name("02-password"), customer);
    await walk.enterPassword(page, holders.walker);
    await look(page, name("03-notices"), customer); // D1-10: appears after login

    const notice = page.getByRole("link", { name: walk.kNoticeTitle }); // D1-11: the title is fixed
    assert.equal(await notice.count(), 1);
    assert.equal(await page.getByRole("link", { name: walk.kRenewHere }).count(), 0, "D1 has the link in the body, not on the list");
    await notice.click();
    await page.getByRole("link", { name: walk.kRenewHere }).waitFor();
    await look(page, name("04-notice-body"), customer);

    const windows = customer.context.pages().length;
    const goOn = await walk.hold(customer.context);
    const renewal = await walk.openRenewal(page, null); // D1-12
    assert.equal(customer.context.pages().length, windows + 1, "a separate window");
    await walk.screen(renewal, "電子証明書更新前処理中"); // D1-13, and then by itself:
    await look(renewal, name("05-preparing"), customer);
    goOn();
    await walk.toStart(renewal);
    await renewal.getByText("発行後、ファイルの取り込み操作が必要です。").waitFor();
    await look(renewal, name("06-start"), customer);

    await renewal.getByRole("button", { name: "更新", exact: true }).click(); // D1-14
    for (const [index, words] of [[0, "この Web サイトはユーザーの代わりにデジタル証明書の操作を実行します。"], [1, walk.kQuestions[1]]]) {
      const box = await walk.dialog(renewal, walk.kQuestions[index]); // D1-15: shown two times
      await box.getByText("Web アクセスの確認").first().waitFor();
      await box.getByText(words).first().waitFor();
      assert.deepEqual((await walk.liveCertificates(demo, holders.walker)).length, 1, "a はい before the act only permits");
      await look(renewal, name(`07-web-access-${index + 1}`), customer);
      if (index === 0) await walk.answer(renewal, walk.kQuestions[0], "はい");
    }
    const issue = await walk.hold(customer.context);
    await walk.answer(renewal, walk.kQuestions[1], "はい");
    await walk.screen(renewal, "電子証明書発行処理中"); // D1-16, and then by itself the third question
    await renewal.getByText("発行の手続きをしています。まだインストールされていません。").filter({ visible: true }).waitFor();
    await look(renewal, name("08-issuing"), customer);
    issue();
    const issued = await walk.dialog(renewal, walk.kQuestions[2]);
    assert.ok(await issued.isVisible());
    await look(renewal, name("09-issued"), customer);
    const saved = await walk.saveFile(renewal, customer.home.dir); // D1-17: the third はい
    assert.match(saved.name, /\.p12$/);
    assert.match(saved.password, /^[\x21-\x7e]{8,}$/, "the password of a file is ASCII (lab.md 3)");
    await renewal.getByText("ダウンロードを開始しました").waitFor();
    await look(renewal, name("10-import"), customer);
    assert.ok(!customer.seen.includes(walk.kComplete[kBank]), "no screen claims what has not happened");

    await customer.home.import(saved.file, saved.password);
    await walk.confirm(renewal, kBank); // D1-18
    await look(renewal, name("11-complete"), customer);
    const [issued_certificate] = await walk.liveCertificates(demo, holders.walker);
    const shown = await renewal.locator("body").innerText();
    assert.ok(shown.toLowerCase().replace(/[\s:]/g, "").includes(issued_certificate.serial.toLowerCase()), "D1-18: the content is shown: serial");
    assert.ok(shown.includes(longForm(yearAfter(today))), `D1-18: the content is shown: ${longForm(yearAfter(today))} in ${shown}`);
    await renewal.getByText("取り込み後、ダウンロードしたファイルを削除してください").waitFor();
    await renewal.getByText("会計ソフトに連携している場合は、証明書の選び直しが必要です").waitFor(); // O29
    await renewal.evaluate(() => (window.print = () => (document.title = "printed")));
    await renewal.getByRole("button", { name: "控えを印刷" }).click(); // O9
    assert.equal(await renewal.title(), "printed");
    await renewal.emulateMedia({ media: "print" });
    const slip = await renewal.locator("body").innerText();
    for (const words of ["サンプル第一銀行", holders.walker.login_id, "印刷した日", "この控えを保管してください"]) assert.ok(slip.includes(words), `${words}: ${slip}`);
    await look(renewal, name("12-slip"), customer);
    await renewal.emulateMedia({ media: null });
    await walk.closeWindow(renewal); // D1-19

    // The old window: its next click explains, and leads to a login with the new certificate in the same running browser.
    await page.reload();
    await walk.screen(page, "この電子証明書は更新済みです");
    await look(page, name("13-old-window"));
    await page.getByRole("link", { name: "新しい証明書でログイン" }).click();
    await walk.enterPassword(page, holders.walker);
    assert.equal(await page.getByRole("link", { name: walk.kNoticeTitle }).count(), 0, "none to who has renewed");
    await look(page, name("14-logged-in-anew"));
    await walk.hasOneLive(demo, holders.walker);
  }));

test("D1-02 nothing is renewed unless the customer acts", async () => {
  await asCustomer(holders.idle, async (customer, page) => {
    await walk.logIn(page, demo, holders.idle);
    const certificates = await demo.certificates(holders.idle);
    assert.equal(certificates.length, 1);
    assert.equal(certificates[0].status, "renewable");
  });
});

test("D1-12 D1-05 the notice and its link are absent 31 days before and present 30 days before", async () => {
  await asCustomer(holders.early31, async (customer, page) => {
    await walk.logIn(page, demo, holders.early31);
    assert.equal(await page.getByRole("link", { name: walk.kNoticeTitle }).count(), 0, "31 days before");
    await look(page, "d1-notices-none", customer);
  });
  await asCustomer(holders.first30, async (customer, page) => {
    await walk.logIn(page, demo, holders.first30);
    await page.getByRole("link", { name: walk.kNoticeTitle }).click();
    await page.getByRole("link", { name: walk.kRenewHere }).waitFor();
    await look(page, "d1-notice-30-days", customer);
  });
});

test("D1-04 D1-05 on the expiry day the notice is there and the renewal still goes through", () =>
  asCustomer(holders.lastday, async (customer, page) => {
    await walk.logIn(page, demo, holders.lastday); // D1-04: on 重要なお知らせ, after login; no screen in between
    assert.ok(!customer.seen.some((heading) => heading.includes("更新通知")), customer.seen.join(" / "));
    await page.getByRole("link", { name: walk.kNoticeTitle }).click();
    await page.getByText("本日").first().waitFor();
    await look(page, "d1-notice-last-day", customer);
    await page.goBack();
    const { renewal } = await walk.renew(customer, kBank);
    await walk.closeWindow(renewal);
    await walk.hasOneLive(demo, holders.lastday);
  }));

test("D1-01 D1-04 the page of notices names the changed procedure and is the only place of the notice", () =>
  asCustomer(holders.admin, async (customer, page) => {
    await walk.logIn(page, demo, holders.admin);
    assert.match(await page.locator("body").innerText(), /電子証明書の更新手順が変更になりました/);
  }));

// From here the demo's clock goes on; certificates of this browser's own year stay valid for it, and the server judges the days.

test("D1-03 mails go out 30 and 10 days before, and no others", async () => {
  const holder = holders.mailed;
  const ends_on = addDays(today, 40);
  for (let before = 31; before >= -1; --before) {
    await demo.setClock(at(addDays(ends_on, -before), "12:00:00"));
    const expected = before <= 10 ? 2 : before <= 30 ? 1 : 0;
    const letters = (await mailsTo(demo, holder.mail)).filter((mail) => mail.subject.includes("更新"));
    assert.equal(letters.length, expected, `${before} days before`);
  }
  const letters = (await mailsTo(demo, holder.mail)).filter((mail) => mail.subject.includes("更新"));
  assert.match(letters[0].text, /あと30日/);
  assert.match(letters[1].text, /あと10日/);
});

test("D1-05 the day after the expiry day the certificate neither logs in nor renews", async () => {
  const holder = holders.mailed; // the clock stands on its day after
  const words = await wordsAtDoor(demo, holder);
  assert.match(words, /E102/);
  assert.match(words, /有効期限が .*に切れました。/);
  const answer = await simpleReenroll(demo, holder, {
    request: await newRequest(await newKey(), await subjectOf(holder.pem)), files: await asFiles(holder),
  });
  assert.ok([401, 403].includes(answer.status), `${answer.status}`);
});

test("D1-05 the first day of the window, to the second, judged by the server: day 31 refused, day 30 taken", async () => {
  const holder = holders.edge;
  const ends_on = addDays(today, 90);
  const files = await asFiles(holder);
  const subject = await subjectOf(await pemOf(holder));
  const key = await newKey();
  const ask = async () => simpleReenroll(demo, holder, { request: await newRequest(key, subject), files });

  await demo.setClock(at(addDays(ends_on, -31), "23:59:50"));
  const early = await ask();
  assert.deepEqual([early.status, JSON.parse(early.body).code], [403, "renewal.not_yet"], "31 days before");
  await demo.setClock(at(addDays(ends_on, -30), "00:00:00"));
  assert.equal((await ask()).status, 200, "30 days before, at midnight");
});
