// Every page, for everyone: axe-core finds nothing, the keyboard is enough, 320 pixels are enough, in both languages.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Customer } from "./support/chromium.mjs";
import { demoWithHolders } from "./support/demo.mjs";
import * as walk from "./support/journey.mjs";
import { hasLittleScript, look } from "./support/look.mjs";
import { removePolicy } from "./support/policy.mjs";

let demo;
let holders;

before(async () => {
  const at_bank = (institution, wanted) => wanted.map(([login_id, ends_in]) => ({ login_id, institution, ends_in }));
  ({ demo, holders } = await demoWithHolders([
    ...at_bank("d1", [["keys", 20], ["narrow", 20], ["light", 20], ["english", 20]]),
    ...at_bank("d2", [["narrow2", 20], ["english2", 20], ["forgets", 20], ["keys2", 20]]),
  ]));
}, { timeout: 300_000 });

after(async () => {
  await demo?.close();
  await removePolicy();
});

async function asCustomer(shown, options, act) {
  const customer = await Customer.open(demo, shown, options);
  try {
    await act(customer, customer.page);
    assert.deepEqual(customer.troubles, [], "the console shows errors");
  } finally {
    await customer.close();
  }
}

// fits: nothing is cut off to the right, so nobody has to scroll sideways (WCAG 1.4.10).
async function fits(page, name) {
  const [width, shown] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  assert.ok(width <= shown, `${name}: ${width} pixels wide on a screen of ${shown}`);
}

for (const bank of ["d1", "d2"]) {
  test(`WCAG 1.4.10 every page of ${bank}'s renewal fits 320 pixels`, { timeout: 120_000 }, () => {
    const holder = holders[bank === "d1" ? "narrow" : "narrow2"];
    return asCustomer([holder], { viewport: { width: 320, height: 640 } }, async (customer, page) => {
      const see = async (shown, name) => {
        await look(shown, `narrow-${bank}-${name}`, customer);
        await fits(shown, name);
      };
      await page.goto(demo.institution(bank).portal);
      await see(page, "login-screen");
      await page.getByRole("link", { name: "電子証明書取得" }).click();
      await see(page, "acquisition");
      await walk.toLogin(page, demo, bank);
      await page.getByLabel("ログインパスワード").waitFor();
      await see(page, "password");
      await walk.enterPassword(page, holder);
      await see(page, "notices");
      const renewal = await walk.openRenewal(page, bank);
      await renewal.setViewportSize({ width: 320, height: 640 });
      await walk.toStart(renewal);
      await see(renewal, "start");
      await walk.pressRenew(renewal);
      await see(renewal, "question-1");
      await walk.permitKey(renewal);
      await see(renewal, "question-2");
      await walk.permitRequest(renewal);
      await see(renewal, "question-3");
      const saved = await walk.saveFile(renewal, customer.home.dir);
      await see(renewal, "import");
      await customer.home.import(saved.file, saved.password);
      await walk.confirm(renewal, bank);
      await see(renewal, "complete");
    });
  });

  test(`WCAG 2.1.1 login and renewal of ${bank} by the keyboard alone`, { timeout: 120_000 }, () => {
    const holder = holders[bank === "d1" ? "keys" : "keys2"];
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
      await press(page, "電子証明書ログイン");
      await page.getByLabel("ログインパスワード").waitFor();
      await tabTo(page, "ログインパスワード");
      await page.keyboard.type(holder.password);
      await page.keyboard.press("Enter");
      await walk.screen(page, "重要なお知らせ");
      if (bank === "d1") await press(page, walk.kNoticeTitle);
      await page.getByRole("link", { name: walk.kRenewHere }).waitFor();
      const [renewal] = await Promise.all([page.context().waitForEvent("page"), press(page, walk.kRenewHere)]);
      await walk.toStart(renewal);
      await press(renewal, "更新");
      await walk.dialog(renewal, walk.kQuestions[0]);
      await press(renewal, "はい");
      await walk.dialog(renewal, walk.kQuestions[1]);
      await press(renewal, "はい");
      await walk.dialog(renewal, walk.kQuestions[2]);
      const [download] = await Promise.all([renewal.waitForEvent("download"), press(renewal, "はい")]);
      const file = `${customer.home.dir}/keyboard.p12`;
      await download.saveAs(file);
      await customer.home.import(file, await walk.filePassword(renewal));
      await press(renewal, "取り込みを確認する");
      await walk.screen(renewal, walk.kComplete[bank]);
      await tabTo(renewal, "このウィンドウを閉じる");
      const closed = renewal.waitForEvent("close");
      await renewal.keyboard.press("Enter").catch(() => {}); // it may be gone before the key is up
      await closed;
    });
  });

  test(`every page of ${bank} for a reader of English`, { timeout: 120_000 }, () => {
    const holder = holders[bank === "d1" ? "english" : "english2"];
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
