// Every page, for everyone: axe-core finds nothing, the keyboard is enough, 320 pixels are enough, in the dark, in forced colours and on
// paper too.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { withCustomer } from "./support/chromium.mjs";
import { codeIn, demoWithHolders } from "./support/demo.mjs";
import * as walk from "./support/journey.mjs";
import { pressOn, tabTo, typeInto } from "./support/keyboard.mjs";
import { hasLittleScript, look, lookEverywhere } from "./support/look.mjs";
import { removePolicy } from "./support/policy.mjs";

const kBanks = ["d1", "d2", "d3", "d4", "d5"];

let demo;
let holders;

before(async () => {
  const at_bank = (institution, wanted) => wanted.map(([login_id, ends_in]) => ({ login_id, institution, ends_in }));
  ({ demo, holders } = await demoWithHolders([
    ...kBanks.flatMap((bank) => at_bank(bank, [[`keys-${bank}`, 20], [`narrow-${bank}`, 20], [`english-${bank}`, 20]])),
    ...at_bank("d1", [["light", 20], ["plain", 20], ["ended", -5]]),
    { login_id: "chief", institution: "d1", ends_in: 20, role: "administrator" }, ...at_bank("d2", [["forgets", 20]]),
  ]));
});

after(async () => {
  await demo?.close();
  await removePolicy();
});

const asCustomer = (shown, options, act) => withCustomer(demo, shown, act, options);

for (const bank of kBanks) {
  test(`WCAG 1.4.10 1.4.3 every page of ${bank}'s renewal at 320 pixels, in the dark, in forced colours, on paper`, () => {
    const holder = holders[`narrow-${bank}`];
    const words = walk.wordsOf(bank);
    return asCustomer([holder], { viewport: { width: 320, height: 640 } }, async (customer, page) => {
      const see = (shown, name) => lookEverywhere(shown, `narrow-${bank}-${name}`, customer);
      await page.goto(demo.institution(bank).portal);
      await see(page, "login-screen");
      await page.getByRole("link", { name: "電子証明書取得" }).click();
      await see(page, "acquisition");
      await walk.toLogin(page, demo, bank);
      await page.getByLabel(`${words.verb}パスワード`).waitFor();
      await see(page, "password");
      await walk.enterPassword(page, holder);
      await see(page, "first");
      const renewal = await walk.openRenewal(page, bank);
      await see(page, "before-renewal");
      await renewal.setViewportSize({ width: 320, height: 640 });
      if (bank === "d5") await walk.identify(renewal, holder.password);
      await walk.toStart(renewal, bank);
      await see(renewal, "start");
      await walk.pressRenew(renewal, bank);
      for (const [index, question] of words.questions.entries()) {
        await walk.dialog(renewal, question);
        await see(renewal, `question-${index + 1}`);
        await walk.answer(renewal, question, "はい");
      }
      if (bank === "d3") {
        await walk.screen(renewal, "新しいRSA交換キーを作成します");
        await see(renewal, "protection");
        await renewal.getByRole("button", { name: "OK", exact: true }).click();
      }
      await walk.dialog(renewal, walk.kQuestions[2]);
      await see(renewal, "question-file");
      const saved = await walk.saveFile(renewal, customer.home.dir, bank);
      await see(renewal, "import");
      await customer.home.import(saved.file, saved.password);
      await walk.confirm(renewal, bank);
      await see(renewal, "complete");
    });
  });

  test(`WCAG 2.1.1 login and renewal of ${bank} by the keyboard alone`, () => {
    const holder = holders[`keys-${bank}`];
    const words = walk.wordsOf(bank);
    return asCustomer([holder], {}, async (customer, page) => {
      await page.goto(demo.institution(bank).portal);
      await pressOn(page, `電子証明書${words.verb}`);
      await page.getByLabel(`${words.verb}パスワード`).waitFor();
      await typeInto(page, `${words.verb}パスワード`, holder.password);
      await page.keyboard.press("Enter");
      await walk.screen(page, words.home);
      if (bank === "d1" || bank === "d3") await pressOn(page, walk.kNoticeTitle);
      if (bank === "d4") await pressOn(page, "メインへ");
      if (bank === "d5") await pressOn(page, "アプリを使わずに");
      const door = { d4: "証明書更新", d5: "実行" }[bank] ?? walk.kRenewHere;
      await page.getByRole("link", { name: door, exact: true }).or(page.getByRole("button", { name: door })).waitFor();
      const renewal = await walk.popup(page, () => pressOn(page, door));
      if (bank === "d5") {
        await walk.screen(renewal, "証明書取得 》 個人認証");
        await typeInto(renewal, "ログインパスワード", holder.password);
        await renewal.keyboard.press("Enter");
      }
      await walk.toStart(renewal, bank);
      await pressOn(renewal, words.begin);
      for (const question of words.questions) {
        await walk.dialog(renewal, question);
        await pressOn(renewal, "はい");
      }
      if (bank === "d3") {
        await walk.screen(renewal, "新しいRSA交換キーを作成します");
        await pressOn(renewal, "OK");
      }
      await walk.dialog(renewal, walk.kQuestions[2]);
      const [download] = await Promise.all([renewal.waitForEvent("download"), pressOn(renewal, "はい")]);
      const file = `${customer.home.dir}/keyboard.p12`;
      await download.saveAs(file);
      await customer.home.import(file, await walk.filePassword(renewal));
      await pressOn(renewal, "取り込みを確認する");
      await walk.screen(renewal, walk.kComplete[bank]);
      await tabTo(renewal, words.close);
      const closed = renewal.waitForEvent("close");
      await renewal.keyboard.press("Enter").catch(() => {}); // it may be gone before the key is up
      await closed;
    });
  });

  test(`every page of ${bank} for a reader of English`, () => {
    const holder = holders[`english-${bank}`];
    return asCustomer([holder], { locale: "en-GB" }, async (customer, page) => {
      const see = async (shown, name) => {
        await look(shown, `english-${bank}-${name}`);
        assert.equal(await shown.locator("html").getAttribute("lang"), "en", `${name}: the language of the page`);
      };
      await page.goto(demo.institution(bank).portal);
      await see(page, "login-screen");
    });
  });
}

test("no page has more than 10 kB of script", () =>
  asCustomer([holders.light], {}, async (customer, page) => {
    await page.goto(demo.institution("d1").portal);
    await hasLittleScript(page, "login screen");
    await walk.logIn(page, demo, holders.light);
    await hasLittleScript(page, "notices");
    const renewal = await walk.openRenewal(page, "d1");
    await walk.toStart(renewal);
    await hasLittleScript(renewal, "renewal");
  }));

test("E210 the way to the renewal is a plain link: without any script it opens", () =>
  asCustomer([holders.plain], { javaScriptEnabled: false }, async (customer, page) => {
    await walk.logIn(page, demo, holders.plain);
    await page.getByRole("link", { name: walk.kNoticeTitle }).click();
    const renewal = await walk.popup(page, () => page.getByRole("link", { name: walk.kRenewHere }).click());
    await walk.screen(renewal, "電子証明書更新前処理中");
  }));

for (const locale of ["ja-JP", "en-GB"]) {
  test(`error pages in ${locale}: no certificate, revoked, wrong password, unknown address`, async () => {
    const name = (what) => `error-${locale.slice(0, 2)}-${what}`;
    await asCustomer([], { locale }, async (customer, page) => {
      await page.goto(demo.institution("d1").portal);
      await page.locator("main a").first().click();
      await page.getByText("E101").first().waitFor();
      await look(page, name("no-certificate"));
      await page.goto(`${demo.institution("d1").portal.replace(/\/$/, "")}/no-such-page`);
      await look(page, name("unknown-address"));
    });
    await asCustomer([holders.forgets], { locale }, async (customer, page) => {
      await page.goto(demo.institution("d2").portal);
      await page.locator("main a").first().click();
      await page.locator("input[type=password]").fill("not the password");
      await page.locator("input[type=password]").press("Enter");
      await page.getByRole("alert").waitFor();
      await look(page, name("wrong-password"));
    });
    await asCustomer([{ ...demo.holder("d1", "revoked"), institution: "d1" }], { locale }, async (customer, page) => {
      await page.goto(demo.institution("d1").portal);
      await page.locator("main a").first().click();
      await page.getByText("E10").first().waitFor();
      await look(page, name("revoked"));
    });
  });
}

test("WCAG 2.1.1 the company's page, 紛失・盗難 and 電子証明書取得 by the keyboard alone", async () => {
  let code;
  await asCustomer([holders.chief], {}, async (customer, page) => {
    await page.goto(demo.institution("d1").portal);
    await pressOn(page, "電子証明書ログイン");
    await page.getByLabel("ログインパスワード").waitFor();
    await typeInto(page, "ログインパスワード", holders.chief.password);
    await page.keyboard.press("Enter");
    await walk.screen(page, "重要なお知らせ");
    await pressOn(page, "御社のID");
    await walk.screen(page, "御社のID");
    await pressOn(page, "plain");
    await walk.screen(page, "IDの電子証明書");
    await pressOn(page, "一時停止");
    await walk.screen(page, "一時停止");
    await pressOn(page, "一時停止する");
    await walk.screen(page, "一時停止しました");
    await pressOn(page, "「御社のID」へ戻る");
    await walk.screen(page, "御社のID");
    await pressOn(page, "ended");
    await walk.screen(page, "IDの電子証明書");
    await pressOn(page, "再発行を許可");
    await walk.screen(page, "再発行を許可");
    await typeInto(page, "ご自分のログインパスワード", holders.chief.password);
    await page.keyboard.press("Enter");
    await walk.screen(page, "取得コードを作りました");
    code = codeIn([{ text: await page.locator("main").innerText() }]);
  });
  await asCustomer([], {}, async (customer, page) => {
    await page.goto(demo.institution("d1").portal);
    await pressOn(page, "紛失・盗難のとき");
    await walk.screen(page, "紛失・盗難のとき");
    await typeInto(page, "ログインID", "light");
    await typeInto(page, "ログインパスワード", holders.light.password);
    await tabTo(page, "確認しました");
    await page.keyboard.press("Space");
    await pressOn(page, "一時停止する");
    await walk.screen(page, "一時停止しました");
    await pressOn(page, "最初の画面へ");
    await page.getByRole("link", { name: "電子証明書取得" }).waitFor();
    await pressOn(page, "電子証明書取得");
    await walk.screen(page, "電子証明書取得");
    await typeInto(page, "ログインID", "ended");
    await typeInto(page, "ログインパスワード", holders.ended.password);
    await typeInto(page, "取得コード", code);
    await page.keyboard.press("Enter");
    await walk.toAcquisitionStart(page);
    await pressOn(page, "発行");
    for (const question of walk.kQuestions.slice(0, 2)) {
      await walk.dialog(page, question);
      await pressOn(page, "はい");
    }
    await walk.dialog(page, walk.kQuestions[2]);
    const [download] = await Promise.all([page.waitForEvent("download"), pressOn(page, "はい")]);
    const file = `${customer.home.dir}/keyboard.p12`;
    await download.saveAs(file);
    await customer.home.import(file, await walk.filePassword(page));
    await pressOn(page, "取り込みを確認する");
    await walk.screen(page, walk.kComplete.d1);
  });
});
