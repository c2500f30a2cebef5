// Every page, for everyone: axe-core finds nothing, the keyboard is enough, 320 pixels are enough, in the dark, in forced colours and on
// paper too.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { withCustomer } from "./support/chromium.mjs";
import { demoWithHolders } from "./support/demo.mjs";
import * as walk from "./support/journey.mjs";
import { hasLittleScript, look, lookEverywhere } from "./support/look.mjs";
import { removePolicy } from "./support/policy.mjs";

const kBanks = ["d1", "d2", "d3", "d4", "d5"];

let demo;
let holders;

before(async () => {
  const at_bank = (institution, wanted) => wanted.map(([login_id, ends_in]) => ({ login_id, institution, ends_in }));
  ({ demo, holders } = await demoWithHolders([
    ...kBanks.flatMap((bank) => at_bank(bank, [[`keys-${bank}`, 20], [`narrow-${bank}`, 20], [`english-${bank}`, 20]])),
    ...at_bank("d1", [["light", 20], ["plain", 20]]), ...at_bank("d2", [["forgets", 20]]),
  ]));
}, { timeout: 300_000 });

after(async () => {
  await demo?.close();
  await removePolicy();
});

const asCustomer = (shown, options, act) => withCustomer(demo, shown, act, options);

for (const bank of kBanks) {
  test(`WCAG 1.4.10 1.4.3 every page of ${bank}'s renewal at 320 pixels, in the dark, in forced colours, on paper`, { timeout: 300_000 }, () => {
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

  test(`WCAG 2.1.1 login and renewal of ${bank} by the keyboard alone`, { timeout: 120_000 }, () => {
    const holder = holders[`keys-${bank}`];
    const words = walk.wordsOf(bank);
    return asCustomer([holder], {}, async (customer, page) => {
      // tabTo moves with the Tab key until the focus bears these words, as a person without a mouse does.
      const tabTo = async (shown, words) => {
        for (let presses = 0; presses < 60; ++presses) {
          const at = await shown.evaluate(() => {
            const element = document.activeElement;
            const label = element?.labels?.[0]?.innerText ?? element?.getAttribute?.("aria-label") ?? "";
            return `${element === document.body ? "" : element?.innerText ?? ""} ${label} ${element?.value ?? ""}`.trim();
          });
          if (at.includes(words)) return;
          await shown.keyboard.press("Tab");
        }
        assert.fail(`the Tab key never comes to 「${words}」`);
      };
      const press = async (shown, words) => {
        await tabTo(shown, words);
        await shown.keyboard.press("Enter");
      };
      await page.goto(demo.institution(bank).portal);
      await press(page, `電子証明書${words.verb}`);
      await page.getByLabel(`${words.verb}パスワード`).waitFor();
      await tabTo(page, `${words.verb}パスワード`);
      await page.keyboard.type(holder.password);
      await page.keyboard.press("Enter");
      await walk.screen(page, words.home);
      if (bank === "d1" || bank === "d3") await press(page, walk.kNoticeTitle);
      if (bank === "d4") await press(page, "メインへ");
      if (bank === "d5") await press(page, "アプリを使わずに");
      const door = { d4: "証明書更新", d5: "実行" }[bank] ?? walk.kRenewHere;
      await page.getByRole("link", { name: door, exact: true }).or(page.getByRole("button", { name: door })).waitFor();
      const renewal = await walk.popup(page, () => press(page, door));
      if (bank === "d5") {
        await walk.screen(renewal, "証明書取得 》 個人認証");
        await tabTo(renewal, "ログインパスワード");
        await renewal.keyboard.type(holder.password);
        await renewal.keyboard.press("Enter");
      }
      await walk.toStart(renewal, bank);
      await press(renewal, words.begin);
      for (const question of words.questions) {
        await walk.dialog(renewal, question);
        await press(renewal, "はい");
      }
      if (bank === "d3") {
        await walk.screen(renewal, "新しいRSA交換キーを作成します");
        await press(renewal, "OK");
      }
      await walk.dialog(renewal, walk.kQuestions[2]);
      const [download] = await Promise.all([renewal.waitForEvent("download"), press(renewal, "はい")]);
      const file = `${customer.home.dir}/keyboard.p12`;
      await download.saveAs(file);
      await customer.home.import(file, await walk.filePassword(renewal));
      await press(renewal, "取り込みを確認する");
      await walk.screen(renewal, walk.kComplete[bank]);
      await tabTo(renewal, words.close);
      const closed = renewal.waitForEvent("close");
      await renewal.keyboard.press("Enter").catch(() => {}); // it may be gone before the key is up
      await closed;
    });
  });

  test(`every page of ${bank} for a reader of English`, { timeout: 120_000 }, () => {
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

test("no page has more than 10 kB of script", { timeout: 120_000 }, () =>
  asCustomer([holders.light], {}, async (customer, page) => {
    await page.goto(demo.institution("d1").portal);
    await hasLittleScript(page, "login screen");
    await walk.logIn(page, demo, holders.light);
    await hasLittleScript(page, "notices");
    const renewal = await walk.openRenewal(page, "d1");
    await walk.toStart(renewal);
    await hasLittleScript(renewal, "renewal");
  }));

test("E210 the way to the renewal is a plain link: without any script it opens", { timeout: 120_000 }, () =>
  asCustomer([holders.plain], { javaScriptEnabled: false }, async (customer, page) => {
    await walk.logIn(page, demo, holders.plain);
    await page.getByRole("link", { name: walk.kNoticeTitle }).click();
    const renewal = await walk.popup(page, () => page.getByRole("link", { name: walk.kRenewHere }).click());
    await walk.screen(renewal, "電子証明書更新前処理中");
  }));

for (const locale of ["ja-JP", "en-GB"]) {
  test(`error pages in ${locale}: no certificate, revoked, wrong password, unknown address`, { timeout: 120_000 }, async () => {
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
