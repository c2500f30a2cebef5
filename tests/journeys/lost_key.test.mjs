// The key is gone (journeys.md O10, O20): the program says so and makes nothing beside it; what helps is the profile's recovery path.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { withCustomer } from "./support/chromium.mjs";
import { codeIn, demoWithHolders } from "./support/demo.mjs";
import { Home } from "./support/home.mjs";
import * as walk from "./support/journey.mjs";
import { facts } from "./support/keys.mjs";
import { look } from "./support/look.mjs";
import { removePolicy } from "./support/policy.mjs";
import { kApp } from "./support/program.mjs";
import { run } from "./support/run.mjs";
import { Token } from "./support/token.mjs";
import { wordsAtDoor } from "./support/visitor.mjs";

let demo;
let holders;

before(async () => {
  const bank = { institution: "d1", ends_in: 20 };
  ({ demo, holders } = await demoWithHolders([
    { login_id: "lost", ...bank }, { login_id: "usb", ...bank }, { login_id: "chief", ...bank, role: "administrator" },
  ], { institutions: ["d1"] }));
});

after(async () => {
  await demo?.close();
  await removePolicy();
});

// app runs inkan-app with this bank.
const app = (args, { env, lines = [], allow = [0] }) =>
  run(kApp, [...args, "--server", demo.institution("d1").portal, "--trust", demo.path(demo.json.trust)],
      { env: { LANG: "ja_JP.UTF-8", ...env }, input: lines.map((line) => `${line}\n`).join(""), allow });

// allowReissue is the 管理者 at 「御社のID」: the way that d1 has for who lost a key.
async function allowReissue(holder, picture) {
  let code;
  await withCustomer(demo, [holders.chief], async (customer, page) => {
    await walk.logIn(page, demo, holders.chief);
    await page.getByRole("link", { name: "御社のID" }).first().click();
    await page.getByRole("link", { name: holder.login_id, exact: true }).click();
    await page.getByRole("link", { name: "再発行を許可", exact: true }).click();
    await page.getByLabel("ご自分のログインパスワード").fill(holders.chief.password);
    await page.getByRole("button", { name: "コードを作る" }).click();
    await walk.screen(page, "取得コードを作りました");
    if (picture) await look(page, picture, customer);
    code = codeIn([{ text: await page.locator("main").innerText() }]);
  });
  return code;
}

test("O10 E204 a key deleted from the browser's store: the program names it, and the way through 管理者 and browser ends with one that logs in",
     async () => {
  const holder = holders.lost;
  await withCustomer(demo, [holder], async (customer, page) => {
    const { home } = customer;
    const env = { HOME: home.dir };
    await home.loseKeys();
    assert.equal(await home.identities(), 0);
    const refused = await app(["renew"], { env, allow: [3, 4] });
    assert.match(refused.err, /秘密鍵を利用できません（E204）.*「再発行を許可」/);
    assert.match((await app(["list"], { env })).out, /E204/);
    assert.equal((await walk.hasOneLive(demo, holder)).serial.toLowerCase(), (await facts(holder.pem)).serial, "nothing was issued");

    await page.goto(demo.institution("d1").portal);
    await page.getByRole("link", { name: "電子証明書ログイン" }).click();
    await page.getByText("E101").waitFor(); // the browser has nothing to show
    await look(page, "lost-key-at-the-door", customer);

    const code = await allowReissue(holder, "lost-key-code");
    await page.getByRole("link", { name: "電子証明書取得" }).first().click();
    await walk.fillAcquisition(page, { ...holder, code });
    await walk.toAcquisitionStart(page);
    const saved = await walk.getAcquiredFile(page, home.dir);
    await home.import(saved.file, saved.password);
    await walk.confirm(page, "d1");
    await look(page, "lost-key-complete", customer);
    const [calendar] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "カレンダーに登録" }).click()]);
    assert.match(calendar.suggestedFilename(), /^renewal-lost-\d{8}\.ics$/);
    assert.match(await readFile(await calendar.path(), "utf8"), /^BEGIN:VCALENDAR\r\n[^]*更新開始 lost\r\n[^]*END:VCALENDAR\r\n$/);
    const live = await walk.hasOneLive(demo, holder);
    assert.notEqual(live.serial.toLowerCase(), (await facts(holder.pem)).serial);
    assert.match((await app(["list"], { env })).out, /から更新できます/);
  });
  assert.match(await wordsAtDoor(demo, holder), /E105/, "whoever has the lost key has nothing any more");
});

test("O20 E204 a key gone from the token: the program never falls back to the PC, and the new one comes onto the token",
     async () => {
  const holder = holders.usb;
  const token = await Token.create();
  const home = await Home.create(demo);
  try {
    await token.import(holder, "01");
    await token.tool(["--delete-object", "--type", "privkey", "--id", "01"]);
    const env = { HOME: home.dir, ...token.env };
    const store = ["--store", token.store, "--pin-file", "-"];
    const refused = await app(["renew", ...store], { env, lines: [token.pin], allow: [3, 4] });
    assert.match(refused.err, /E204/);
    assert.equal((await token.objects()).privkey, 0, "no key was made");
    assert.equal(await home.identities(), 0, "nor one on the PC");

    const code = await allowReissue(holder);
    await app(["issue", "--login-id", holder.login_id, "--password-file", "-", "--code-file", "-", ...store],
              { env, lines: [token.pin, holder.password, code] });
    assert.equal((await token.objects()).privkey, 1);
    assert.equal(await home.identities(), 0);
    const live = await walk.hasOneLive(demo, holder);
    assert.notEqual(live.serial.toLowerCase(), (await facts(holder.pem)).serial);
    assert.match(await wordsAtDoor(demo, holder), /E105/);
  } finally {
    await token.close();
    await home.close();
  }
});
