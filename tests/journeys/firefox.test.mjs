// The other browser: login and renewal in Firefox. It goes on offering the certificate that was imported first, so the portal says so
// and the customer takes the old one out of the store, or chooses the new one as the portal tells.
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { demoWithHolders } from "./support/demo.mjs";
import { FirefoxCustomer, press, shows } from "./support/firefox.mjs";
import * as walk from "./support/journey.mjs";
import { until } from "./support/run.mjs";
import { Display } from "./support/window.mjs";

let demo;
let holders;

before(async () => {
  ({ demo, holders } = await demoWithHolders([
    { login_id: "kitsune", institution: "d1", ends_in: 20 }, { login_id: "tanuki", institution: "d2", ends_in: 20 },
    { login_id: "erabu", institution: "d1", ends_in: 20 },
  ]));
});

after(() => demo?.close());

async function logIn(customer, holder, choose = () => {}) {
  const { page } = customer;
  await page.goto(demo.institution(holder.institution).portal);
  await press(page, "電子証明書ログイン");
  await choose();
  await page.waitForSelector("input[type=password]");
  await page.type("input[type=password]", holder.password);
  await press(page, "ログイン");
  await shows(page, "重要なお知らせ");
}

// toFile goes from 重要なお知らせ to the downloaded file: { renewal, file, password }.
async function toFile(customer, bank) {
  const { page, home } = customer;
  if (bank === "d1") await press(page, walk.kNoticeTitle);
  const opened = new Promise((resolve) => page.once("popup", resolve));
  await press(page, walk.kRenewHere);
  const renewal = (await opened) ?? (await customer.browser.pages()).pop();
  await shows(renewal, "電子証明書更新開始");
  await press(renewal, "更新");
  for (const question of walk.kQuestions) {
    await shows(renewal, question);
    await press(renewal, "はい");
  }
  await shows(renewal, "電子証明書の取り込み");
  const file = await until("the downloaded file", async () => {
    const names = await readdir(home.dir);
    return names.some((name) => name.endsWith(".part")) ? undefined : names.find((name) => name.endsWith(".p12"));
  });
  const password = await renewal.evaluate(() => {
    const field = document.querySelector("#file-password");
    return (field.value ?? field.textContent).trim();
  });
  return { renewal, file: join(home.dir, file), password };
}

for (const [login_id, rows] of [["kitsune", "D1-10 D1-12 D1-15 D1-18"], ["tanuki", "D2-10 D2-13 D2-15"]]) {
  test(`${rows} login and renewal in Firefox`, async () => {
    const holder = holders[login_id];
    const bank = holder.institution;
    const customer = await FirefoxCustomer.open(demo, [holder]);
    try {
      const { home } = customer;
      await logIn(customer, holder);
      const { renewal, file, password } = await toFile(customer, bank);
      for (const nickname of await home.nicknames()) if (nickname !== "demo trust" && !/CA/.test(nickname)) await home.remove(nickname);
      await home.import(file, password);
      await press(renewal, "取り込みを確認する");
      await shows(renewal, walk.kComplete[bank]);
      assert.equal((await walk.hasOneLive(demo, holder)).status, "active");
      await logIn(customer, holder);
    } finally {
      await customer.close();
    }
  });
}

test("O31 the file way in Firefox: the portal says that the old certificate came, how to choose the new one, and that is enough", async () => {
  const holder = holders.erabu;
  const display = await Display.open({ size: "1280x900" });
  const customer = await FirefoxCustomer.open(demo, [holder], { display });
  try {
    await logIn(customer, holder, () => customer.choose(0));
    const { renewal, file, password } = await toFile(customer, "d1");
    await customer.home.import(file, password); // the old one stays, as at a customer's PC
    await press(renewal, "取り込みを確認する");
    await customer.choose(0); // the first of the list, as people do
    await shows(renewal, "まだ確認できていません");
    const told = await renewal.evaluate(() => document.body.innerText);
    assert.match(told, /ブラウザが送ったのは、有効期限が .*の電子証明書でした。/);
    assert.match(told, /Firefox は前の電子証明書を先に示すことがあります。証明書を選ぶ画面が出たら、いちばん上の欄を開き、有効期間の終わりが .*のものを選んで「OK」/);
    await press(renewal, "もう一度確認する");
    await customer.choose(1); // as told
    await shows(renewal, walk.kComplete.d1);
    assert.equal((await walk.hasOneLive(demo, holder)).status, "active");
  } finally {
    await customer.close();
    await display.close();
  }
});
