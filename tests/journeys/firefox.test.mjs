// The other browser: login and renewal in Firefox. It goes on offering the certificate that was imported first, so the portal says so
// and the customer takes the old one out of the store.
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { demoWithHolders } from "./support/demo.mjs";
import { FirefoxCustomer, press, shows } from "./support/firefox.mjs";
import * as walk from "./support/journey.mjs";
import { until } from "./support/run.mjs";

let demo;
let holders;

before(async () => {
  ({ demo, holders } = await demoWithHolders([
    { login_id: "kitsune", institution: "d1", ends_in: 20 }, { login_id: "tanuki", institution: "d2", ends_in: 20 },
  ]));
}, { timeout: 300_000 });

after(() => demo?.close());

async function logIn(page, holder) {
  await page.goto(demo.institution(holder.institution).portal);
  await press(page, "電子証明書ログイン");
  await page.waitForSelector("input[type=password]");
  await page.type("input[type=password]", holder.password);
  await press(page, "ログイン");
  await shows(page, "重要なお知らせ");
}

for (const [login_id, rows] of [["kitsune", "D1-10 D1-12 D1-15 D1-18"], ["tanuki", "D2-10 D2-13 D2-15"]]) {
  test(`${rows} login and renewal in Firefox`, { timeout: 180_000 }, async () => {
    const holder = holders[login_id];
    const bank = holder.institution;
    const customer = await FirefoxCustomer.open(demo, [holder]);
    try {
      const { page, home } = customer;
      await logIn(page, holder);
      if (bank === "d1") await press(page, walk.kNoticeTitle);
      const opened = new Promise((resolve) => page.once("popup", resolve));
      await press(page, walk.kRenewHere);
      const renewal = (await opened) ?? (await customer.browser.pages()).pop();
      await shows(renewal, "電子証明書更新開始");
      await press(renewal, "更新");
      await shows(renewal, walk.kQuestions[0]);
      await press(renewal, "はい");
      await shows(renewal, walk.kQuestions[1]);
      await press(renewal, "はい");
      await shows(renewal, walk.kQuestions[2]);
      await press(renewal, "はい");
      await shows(renewal, "電子証明書の取り込み");
      const file = await until("the downloaded file", async () =>
        (await readdir(home.dir)).find((name) => name.endsWith(".p12")) && !(await readdir(home.dir)).some((name) => name.endsWith(".part"))
          ? (await readdir(home.dir)).find((name) => name.endsWith(".p12")) : undefined);
      const password = await renewal.evaluate(() => document.querySelector("#file-password")?.value ?? document.querySelector("#file-password")?.textContent);
      for (const nickname of await home.nicknames()) if (nickname !== "demo trust" && !/CA/.test(nickname)) await home.remove(nickname);
      await home.import(join(home.dir, file), password.trim());
      await press(renewal, "取り込みを確認する");
      await shows(renewal, walk.kComplete[bank]);
      assert.equal((await walk.hasOneLive(demo, holder)).status, "active");
      await logIn(page, holder);
    } finally {
      await customer.close();
    }
  });
}
