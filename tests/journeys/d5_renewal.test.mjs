// The renewal as document D5 describes it, row by row: 証明書更新選択 after login, the program's page, four steps in the browser.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { withCustomer } from "./support/chromium.mjs";
import { addDays, longForm, yearAfter } from "./support/day.mjs";
import { demoWithHolders, kPrograms } from "./support/demo.mjs";
import { delivered, simpleReenroll } from "./support/est.mjs";
import { asFiles, newKey, newRequest, subjectOf } from "./support/keys.mjs";
import * as walk from "./support/journey.mjs";
import { hasLittleScript, look } from "./support/look.mjs";
import { mailsTo } from "./support/mail.mjs";
import { removePolicy } from "./support/policy.mjs";
import { logInOnce } from "./support/visitor.mjs";

const kBank = "d5";
const of = (login_id, ends_in, more = {}) => ({ login_id, institution: kBank, ends_in, ...more });

let demo;
let holders;
let today;

before(async () => {
  ({ demo, holders, today } = await demoWithHolders([
    of("walker", 11), of("first40", 40), of("early41", 41), of("stops", 30), of("program", 30), of("late", -1), of("slow", 20),
  ], { institutions: [kBank] }));
});

after(async () => {
  await demo?.close();
  await removePolicy();
});

const asCustomer = (holder, act) => withCustomer(demo, holder, act, { mayShow: "inkan:" }); // no program is installed for the link

test("D5-04 D5-20 D5-21 D5-22 D5-23 D5-24 D5-25 the renewal in the browser, from the choice to the closed window", () =>
  asCustomer(holders.walker, async (customer, page) => {
    const name = (screen) => `d5-${screen}`;
    const code = async (shown) => (/画面番号 (\S+)/.exec(await shown.locator("footer").innerText()))[1];
    const step = (shown) => shown.locator(".steps [aria-current=step]").innerText();
    await walk.logIn(page, demo, holders.walker);
    await page.getByRole("link", { name: "アプリを使わずに、このブラウザで更新する" }).click();
    await page.getByText("有効期限が残り11日です。").waitFor(); // D5-04
    for (const words of ["証明書の更新要否を選択し、「実行」ボタンを押してください。",
                         "お手元にUSBトークンが配布されている場合は、USBトークンへの更新を行ってください。", "USBトークンへの更新が可能です。"]) {
      await page.getByText(words).first().waitFor();
    }
    await look(page, name("01-choice-browser"), customer);
    const renewal = await walk.popup(page, () => page.getByRole("button", { name: "実行" }).click()); // D5-20
    await walk.screen(renewal, "証明書取得 》 個人認証");
    assert.deepEqual([await code(renewal), await step(renewal)], ["S311（BSMS001）", "個人認証"]);
    await look(renewal, name("02-identify"), customer);
    await renewal.getByLabel("ログインパスワード").fill("not the password");
    await renewal.getByRole("button", { name: "認証" }).click();
    await renewal.getByRole("alert").filter({ visible: true }).waitFor();
    await look(renewal, name("03-wrong-password"));
    await walk.identify(renewal, holders.walker.password);
    await walk.toStart(renewal, kBank); // D5-21
    assert.deepEqual([await code(renewal), await step(renewal)], ["S302（BSMS002）", "証明書発行"]);
    await renewal.getByRole("button", { name: "中断して閉じる" }).waitFor();
    await hasLittleScript(renewal, "D5 issue");
    await look(renewal, name("04-confirm"), customer);
    await walk.pressRenew(renewal, kBank); // D5-22
    await renewal.getByText("この Web サイトはユーザーの代わりにデジタル証明書の操作を実行します。").filter({ visible: true }).waitFor();
    await look(renewal, name("05-web-access"), customer);
    const issue = await walk.hold(customer.context);
    await walk.answer(renewal, walk.kQuestions[0], "はい");
    await walk.screen(renewal, "証明書取得 》 証明書発行処理中"); // D5-23
    await renewal.getByText("電子証明書を発行中です。このまましばらくお待ちください。").filter({ visible: true }).waitFor();
    assert.deepEqual([await code(renewal), await step(renewal)], ["S306（BSMS003）", "処理中"]);
    await look(renewal, name("06-issuing"), customer);
    issue();
    await (await walk.dialog(renewal, walk.kQuestions[2])).getByText("Web アクセスの確認").waitFor(); // the dialog again
    await look(renewal, name("07-web-access-again"), customer);
    const saved = await walk.saveFile(renewal, customer.home.dir, kBank);
    await look(renewal, name("08-import"), customer);
    await walk.pressConfirm(renewal); // before the import: the old certificate is all there is
    await walk.screen(renewal, "まだ確認できていません");
    await renewal.getByText("一度全てのブラウザを閉じて").waitFor();
    await look(renewal, name("09-pending"), customer);
    await customer.home.import(saved.file, saved.password);
    await walk.confirmAgain(renewal, kBank); // D5-24
    assert.deepEqual([await code(renewal), await step(renewal)], ["S305（BSMS004）", "発行完了"]);
    await look(renewal, name("10-complete"), customer);
    const shown = await renewal.locator("body").innerText();
    const live = await walk.hasOneLive(demo, holders.walker);
    for (const words of ["電子証明書の発行とインストールが完了しました。", "Organization\n", "Organization Unit\n", "Common Name\n",
                         "発行後1年間です", "有効期間満了の40日前に、ログイン後のトップページおよび電子メールで", longForm(yearAfter(today))]) {
      assert.ok(shown.includes(words), `${words} in ${shown}`);
    }
    assert.ok(shown.toLowerCase().replace(/\s/g, "").includes(live.serial.toLowerCase()), shown);
    assert.doesNotMatch(shown, /全てのブラウザを閉じ/, "a trial login has succeeded");
    await walk.closeWindow(renewal, kBank);
    await walk.logIn(page, demo, holders.walker); // D5-25, D5-16
    await walk.screen(page, "トップページ");
    await look(page, name("11-top-page"), customer);
  }));

test("D5-01 D5-02 D5-03 the choice stands after login from 40 days before, and 確認 goes on without renewing", async () => {
  await asCustomer(holders.early41, async (customer, page) => {
    await walk.logIn(page, demo, holders.early41);
    await walk.screen(page, "トップページ");
    assert.equal(await page.getByText("残り").count(), 0);
  });
  await asCustomer(holders.first40, async (customer, page) => {
    await walk.logIn(page, demo, holders.first40);
    await walk.screen(page, "証明書更新選択");
    for (const words of ["お客様がご利用中の証明書は、有効期限が残り40日です。", "ご利用環境での電子証明書発行にはアプリのダウンロードが必要です。",
                         "ダウンロード後にアプリのインストールを行い、アプリより電子証明書発行を行ってください。",
                         "電子証明書を更新せず、操作を継続する場合は「確認」ボタンを押してください。"]) {
      await page.getByText(words).waitFor();
    }
    await look(page, "d5-20-choice-program", customer);
    await page.getByRole("link", { name: "確認" }).click(); // D5-03
    await walk.screen(page, "トップページ");
    await page.getByRole("link", { name: "証明書更新選択へ" }).waitFor();
    await look(page, "d5-21-top-page-due", customer);
    await page.getByRole("link", { name: "証明書更新選択へ" }).click();
    await page.getByRole("link", { name: "アプリを使わずに" }).click();
    await page.getByLabel("更新しない").check();
    await page.getByRole("button", { name: "実行" }).click(); // D5-04: 更新しない
    await walk.screen(page, "トップページ");
    assert.equal(customer.context.pages().length, 1, "no window is opened for it");
  });
});

test("D5-02 the download page shows the real file's size and SHA-256, and gives that file", () =>
  asCustomer(holders.first40, async (customer, page) => {
    await walk.logIn(page, demo, holders.first40);
    await page.getByRole("link", { name: /^証明書発行アプリのダウンロード/ }).click();
    await walk.screen(page, "証明書発行アプリのダウンロード");
    const built = await readFile(join(kPrograms, "inkan-app"));
    const hash = createHash("sha256").update(built).digest("hex");
    for (const words of [hash, `${built.length} バイト`, "inkan-app"]) await page.getByText(words).first().waitFor();
    await look(page, "d5-22-download", customer);
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "証明書発行アプリのダウンロード" }).click()]);
    const file = `${customer.home.dir}/app`;
    await download.saveAs(file);
    assert.equal(createHash("sha256").update(await readFile(file)).digest("hex"), hash);
  }));

test("D5-21 O23 中断して閉じる changes nothing", () =>
  asCustomer(holders.stops, async (customer, page) => {
    await walk.logIn(page, demo, holders.stops);
    const renewal = await walk.openRenewal(page, kBank, holders.stops.password);
    await walk.toStart(renewal, kBank);
    await renewal.getByRole("button", { name: "中断して閉じる" }).click();
    await walk.screen(renewal, walk.kNothingChanged);
    await look(renewal, "d5-23-stopped", customer);
    await walk.closeWindow(renewal, kBank);
    assert.equal((await walk.hasOneLive(demo, holders.stops)).status, "renewable");
  }));

test("D5-10 D5-16 E201 the program's way: the link carries bank and transaction, the page completes after the program's login", () =>
  asCustomer(holders.program, async (customer, page) => {
    await walk.logIn(page, demo, holders.program);
    const renewal = await walk.popup(page, () => page.getByRole("link", { name: "アプリで更新する" }).click());
    await walk.toStart(renewal, kBank);
    const link = renewal.getByRole("link", { name: "発行", exact: true });
    assert.match(await link.getAttribute("href"), /^inkan:d5\/[0-9a-f]{32}$/, "never an address");
    await look(renewal, "d5-30-program-start", customer);
    await link.click();
    await walk.screen(renewal, "証明書発行アプリの起動を待っています");
    await renewal.getByText("アプリが開かないときは").waitFor(); // after three seconds
    await look(renewal, "d5-31-program-waiting");
    const holder = holders.program;
    const key = await newKey();
    const issued = await delivered(await simpleReenroll(demo, holder, {
      request: await newRequest(key, await subjectOf(holder.pem)), files: await asFiles(holder),
      args: ["--user", `${holder.login_id}:${holder.password}`],
    }), key);
    await walk.screen(renewal, "証明書取得 》 証明書発行処理中");
    await look(renewal, "d5-32-program-issued");
    assert.ok(!customer.seen.includes("証明書取得 》 証明書発行結果"), "nothing is complete before the login");
    const renewed = { ...holder, p12: `${customer.home.dir}/program.p12` };
    await issued.writeP12(renewed.p12, renewed.p12_password);
    await logInOnce(demo, renewed);
    await walk.screen(renewal, "証明書取得 》 証明書発行結果");
    assert.doesNotMatch(await renewal.locator("body").innerText(), /ダウンロードしたファイル/);
    await look(renewal, "d5-33-program-complete");
  }));

test("D5-15 one mail, 40 days before", async () => {
  const letters = (await mailsTo(demo, holders.late.mail)).filter((mail) => mail.subject.includes("更新"));
  assert.deepEqual(letters.map((mail) => /あと(\d+)日/.exec(mail.text)[1]), ["40"]);
  assert.match(letters[0].text, /証明書更新選択/);
});
