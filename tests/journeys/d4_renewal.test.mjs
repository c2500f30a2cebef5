// The renewal as document D4 describes it, row by row: a notice between login and main screen, windows in the name of the authority.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { withCustomer } from "./support/chromium.mjs";
import { addDays, dayOf, longForm, yearAfter } from "./support/day.mjs";
import { demoWithHolders } from "./support/demo.mjs";
import { facts, pemOf } from "./support/keys.mjs";
import * as walk from "./support/journey.mjs";
import { look } from "./support/look.mjs";
import { mailsTo } from "./support/mail.mjs";
import { removePolicy } from "./support/policy.mjs";
import { Visitor, linkTo, loginPage, textOf } from "./support/visitor.mjs";

const kBank = "d4";
const kAuthority = "サンプル電子証明書認証局";
const of = (login_id, ends_in, more = {}) => ({ login_id, institution: kBank, ends_in, ...more });
const slashes = (day) => day.replaceAll("-", "/");

let demo;
let holders;
let today;

before(async () => {
  ({ demo, holders, today } = await demoWithHolders([
    of("walker", 20), of("lastday", 0), of("first30", 30), of("early31", 31), of("chief", 15, { role: "administrator" }),
    of("clerk", 15), of("restless", 20), of("late", -5),
  ], { institutions: [kBank] }));
});

after(async () => {
  await demo?.close();
  await removePolicy();
});

const asCustomer = (holder, act) => withCustomer(demo, holder, act);

test("D4-10 D4-11 D4-12 D4-13 D4-14 D4-15 D4-16 D4-17 the renewal, from the notice to the closed window", () =>
  asCustomer(holders.walker, async (customer, page) => {
    const name = (screen) => `d4-${screen}`;
    await walk.logIn(page, demo, holders.walker);
    await walk.screen(page, "電子証明書更新通知"); // D4-10
    await page.getByText("電子証明書の有効期限が近づいています。有効期限内に更新を行ってください。").waitFor();
    await page.getByText(slashes(today), { exact: true }).waitFor();
    await page.getByText(slashes(addDays(today, 20)), { exact: true }).waitFor();
    await look(page, name("01-notice"), customer);
    await page.getByRole("link", { name: "メインへ" }).click();
    await walk.screen(page, "メイン"); // D4-11
    const main = await page.locator("main").innerText();
    assert.match(main, /ようこそ 担当 walker 様\s+\d{4}\/\d\d\/\d\d \d\d:\d\d ログイン（前回 \d{4}\/\d\d\/\d\d \d\d:\d\d）/);
    for (const tab of ["メイン", "振込・口座振替", "手数料照会", "契約情報登録・照会", "明細情報登録・照会", "管理機能",
                       "残高照会", "入出金明細照会", "取引状況照会", "レポート", "カレンダー管理へ", "画面内容の最新化"]) {
      assert.equal(await page.getByRole("link", { name: tab, exact: true }).count(), 1, tab);
    }
    await page.getByText("エラーはありません。").waitFor();
    await page.getByText("電子証明書の更新をお願いします。有効期限が過ぎますとサービスを利用できなくなりますので、左のボタンから").waitFor(); // D4-12
    await look(page, name("02-main"), customer);
    await page.getByRole("link", { name: "振込・口座振替" }).click();
    await page.getByText("口座や取引の機能を持っていません。").waitFor();
    await look(page, name("03-no-banking"), customer);
    await page.getByRole("link", { name: "メインへ戻る" }).click();

    const goOn = await walk.hold(customer.context);
    const renewal = await walk.popup(page, () => page.getByRole("link", { name: "証明書更新", exact: true }).click());
    await walk.screen(renewal, "電子証明書更新前処理中"); // D4-13
    await renewal.getByText("処理が完了するまで、Webブラウザを終了しないでください。").waitFor();
    await renewal.getByText("「中止」ボタンおよび「最新の情報に更新」ボタンの操作も行わないでください。").waitFor();
    await renewal.getByText(kAuthority).waitFor();
    await look(renewal, name("04-preparing"), customer);
    goOn();
    await walk.toStart(renewal, kBank); // D4-14
    await renewal.getByText("電子証明書の更新を開始します。「更新」ボタンを押してください。").waitFor();
    await renewal.getByText(kAuthority).waitFor();
    await look(renewal, name("05-start"), customer);
    await walk.pressRenew(renewal, kBank);
    await look(renewal, name("06-web-access"), customer); // D4-15
    await walk.permitAll(renewal, kBank);
    assert.ok(!customer.seen.includes("電子証明書発行処理中"), "D4 names no such screen");
    await look(renewal, name("07-issued"), customer);
    const saved = await walk.saveFile(renewal, customer.home.dir, kBank); // D4-16
    await look(renewal, name("08-import"), customer);
    await customer.home.import(saved.file, saved.password);
    await walk.confirm(renewal, kBank); // D4-17
    await renewal.getByText("電子証明書発行 発行完了").waitFor();
    await renewal.getByText(kAuthority).waitFor();
    await look(renewal, name("09-complete"), customer);
    const shown = await renewal.locator("body").innerText();
    const live = await walk.hasOneLive(demo, holders.walker);
    assert.match(shown, /電子証明書情報\s+シリアル番号/);
    assert.ok(shown.toLowerCase().replace(/\s/g, "").includes(live.serial.toLowerCase()), shown);
    assert.match(shown, /有効期限は1年です/);
    assert.doesNotMatch(shown, /パソコン以外では/, "false for a file");
    assert.match(shown, /取り込み後、ダウンロードしたファイルを削除してください/);
    assert.doesNotMatch(shown, /ブラウザを(終了|閉じ)/);
    await walk.closeWindow(renewal, kBank);
  }));

test("D4-10 O36 戻る logs out and returns to the login screen", () =>
  asCustomer(holders.first30, async (customer, page) => {
    await walk.logIn(page, demo, holders.first30);
    await walk.screen(page, "電子証明書更新通知");
    const inside = page.url();
    await page.getByRole("button", { name: "戻る" }).click();
    await page.getByRole("link", { name: "電子証明書ログイン" }).waitFor();
    await page.goto(inside);
    await page.getByLabel("ログインパスワード").waitFor();
  }));

test("D4-02 D4-20 the notice stands between login and main screen from 30 days before up to the expiry day", async () => {
  for (const [holder, words] of [[holders.early31, "メイン"], [holders.first30, "電子証明書更新通知"], [holders.lastday, "電子証明書更新通知"]]) {
    await asCustomer(holder, async (customer, page) => {
      await walk.logIn(page, demo, holder);
      await walk.screen(page, words);
      if (holder === holders.early31) assert.equal(await page.getByRole("link", { name: "証明書更新" }).count(), 0);
      if (holder === holders.lastday) await page.getByText("本日が有効期限です。").waitFor();
    });
  }
});

test("D4-13 the window survives being reloaded and being closed, whatever its words ask for", () =>
  asCustomer(holders.restless, async (customer, page) => {
    await walk.logIn(page, demo, holders.restless);
    const goOn = await walk.hold(customer.context);
    const first = await walk.openRenewal(page, kBank);
    await walk.screen(first, "電子証明書更新前処理中");
    await first.close();
    goOn();
    const renewal = await walk.popup(page, () => page.getByRole("link", { name: "証明書更新", exact: true }).click());
    await walk.toStart(renewal, kBank);
    await renewal.reload();
    await walk.pressRenew(renewal, kBank);
    await walk.permitAll(renewal, kBank);
    await renewal.reload();
    await walk.screen(renewal, "電子証明書の取り込み");
    const [download] = await Promise.all([renewal.waitForEvent("download"),
                                          renewal.getByRole("button", { name: /ダウンロード/ }).filter({ visible: true }).first().click()]);
    const file = `${customer.home.dir}/again.p12`;
    await download.saveAs(file);
    await customer.home.import(file, await walk.filePassword(renewal));
    await walk.confirm(renewal, kBank);
    await walk.hasOneLive(demo, holders.restless);
  }));

test("D4-01 D4-03 each ID for itself, from the main screen; one year from issue", async () => {
  await asCustomer(holders.chief, async (customer, page) => {
    await walk.logIn(page, demo, holders.chief);
    const { renewal } = await walk.renew(customer, kBank);
    assert.match(await renewal.locator("body").innerText(), new RegExp(longForm(yearAfter(today))));
    await walk.closeWindow(renewal, kBank);
  });
  assert.equal((await walk.hasOneLive(demo, holders.clerk)).status, "renewable");
  const { not_after, not_before } = await facts(await pemOf(holders.clerk));
  assert.equal(yearAfter(dayOf(not_before)), dayOf(not_after));
});

test("D4-20 D4-21 mails 30 and 10 days before; after expiry 電子証明書取得 of the login screen", async () => {
  const letters = (await mailsTo(demo, holders.late.mail)).filter((mail) => mail.subject.includes("更新"));
  assert.deepEqual(letters.map((mail) => /あと(\d+)日/.exec(mail.text)[1]), ["30", "10"]);
  assert.match(letters[0].text, /メイン画面の「証明書更新」を押す/);
  const visitor = new Visitor(demo, holders.late);
  try {
    const page = await loginPage(visitor, kBank);
    assert.match(textOf(page.text), /E102/);
    assert.match(linkTo(page, "電子証明書取得"), /\/acquisition$/);
  } finally {
    visitor.close();
  }
});
