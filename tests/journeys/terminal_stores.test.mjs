// From the terminal: inkan-app in a browser's own database and on a token, where keys are made and stay; then the browser logs in.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Customer } from "./support/chromium.mjs";
import { demoWithHolders, kPrograms } from "./support/demo.mjs";
import { TokenUser } from "./support/display.mjs";
import { FirefoxCustomer, press, shows } from "./support/firefox.mjs";
import { facts } from "./support/keys.mjs";
import { Home } from "./support/home.mjs";
import * as walk from "./support/journey.mjs";
import { removePolicy } from "./support/policy.mjs";
import { run } from "./support/run.mjs";
import { Token } from "./support/token.mjs";

let demo;
let holders;
const opened = [];

before(async () => {
  ({ demo, holders } = await demoWithHolders([
    { login_id: "browser", institution: "d1", ends_in: 20 }, { login_id: "second", institution: "d1", ends_in: 25 },
    { login_id: "usb", institution: "d1", ends_in: 20 }, { login_id: "early", institution: "d2", ends_in: 200 },
    { login_id: "kitsune", institution: "d1", ends_in: 20 }, { login_id: "fox", institution: "d1", ends_in: 20 }, { login_id: "left", institution: "d1", ends_in: 25 },
  ]));
});

after(async () => {
  for (const one of opened) await one.close();
  await demo?.close();
  await removePolicy();
});

function keep(one) {
  opened.push(one);
  return one;
}

// app runs inkan-app in a person's HOME; `lines` go in on standard input.
async function app(args, { home, token, lines = [], allow = [0], bank = "d1" } = {}) {
  const server = args[0] === "tidy" ? [] : ["--server", demo.institution(bank).portal, "--trust", demo.path(demo.json.trust)];
  return run(join(kPrograms, "inkan-app"), [...args, ...server],
             { env: { LANG: "ja_JP.UTF-8", ...(home && { HOME: home.dir }), ...token?.env }, input: lines.map((line) => `${line}\n`).join(""), allow });
}

async function logInByFirefox(page, holder, { afresh = false } = {}) {
  await page.goto(demo.institution(holder.institution).portal);
  await press(page, "電子証明書ログイン");
  if (afresh) await press(page, "新しい証明書でログイン"); // E105: it goes on showing what it had shown this host, so another host
  await page.waitForSelector("input[type=password]");
  await page.type("input[type=password]", holder.password);
  await press(page, "ログイン");
  await shows(page, "重要なお知らせ");
}

const listOf = async (options) => JSON.parse((await app(["list", "--json", ...(options.store ?? [])], options)).out);

test("D1-05 D1-19 renew in Chromium's database: the key is made there, the old one goes, and Chromium logs in", async () => {
  const holder = holders.browser;
  const customer = keep(await Customer.open(demo, [holder]));
  const home = customer.home;
  const [listed] = await listOf({ home });
  assert.equal(listed.serial, (await facts(holder.pem)).serial);
  assert.equal(listed.renewable, "yes");

  const { out } = await app(["renew"], { home });
  assert.match(out, /完了しました/);
  assert.equal(await home.identities(), 1, "the old certificate and key are gone");
  const [now] = await listOf({ home });
  assert.notEqual(now.serial, listed.serial);
  assert.equal((await walk.hasOneLive(demo, holder)).serial.toLowerCase(), now.serial);
  const names = await home.nicknames();
  assert.ok(names.some((name) => /^サンプル第一銀行 browser \d{4}年\d{1,2}月\d{1,2}日まで$/.test(name)), names.join("\n"));
  await walk.logIn(customer.page, demo, holder);

  assert.equal(JSON.parse((await app(["renew", "--json"], { home })).out).result, "nothing_to_do");
  assert.match((await app(["tidy"], { home })).out, /不要な電子証明書はありません/);
});

test("D1-05 D1-19 renew in the profile of a Firefox that runs: it offers the new one, since the first one imported is gone", async () => {
  const holder = holders.kitsune;
  const customer = keep(await FirefoxCustomer.open(demo, [holder]));
  await logInByFirefox(customer.page, holder);
  await app(["renew", "--store", `nss:${customer.home.nss}`]);
  assert.equal(await customer.home.identities(), 1);
  await logInByFirefox(customer.page, holder, { afresh: true });
});

test("D2-23 issue into a database that does not exist yet, and Chromium logs in", async () => {
  const holder = { ...holders.browser, login_id: "firsttime", institution: "d2", p12: undefined, mail: "firsttime@example.jp" };
  await demo.importHolders([holder]);
  const code = await demo.releaseCode(holder);
  const customer = keep(await Customer.open(demo, []));
  await app(["issue", "--login-id", holder.login_id, "--password-file", "-", "--code-file", "-"],
            { home: customer.home, lines: [holder.password, code], bank: "d2" });
  assert.equal(await customer.home.identities(), 1);
  await walk.logIn(customer.page, demo, holder);
});

test("E205 of several certificates the refusal names those that can be renewed, and --login-id chooses", async () => {
  const home = keep(await Home.create(demo, [holders.fox, holders.second, holders.early]));
  const listed = await listOf({ home });
  assert.deepEqual(Object.fromEntries(listed.map(({ id, renewable }) => [id, renewable])), { fox: "yes", second: "yes", early: "other_bank" });
  const refused = await app(["renew"], { home, allow: [5] });
  assert.match(refused.err, /fox.*second|second.*fox/);
  assert.match(refused.err, /certificate\.several/);
  await app(["renew", "--login-id", "second"], { home });
  assert.equal(await home.identities(), 3);
  await app(["renew", "--serial", (await facts(holders.fox.pem)).serial], { home });
  assert.equal((await walk.hasOneLive(demo, holders.fox)).serial.toLowerCase(), (await listOf({ home })).find(({ id }) => id === "fox").serial);
});

test("O30 what imports left behind is named by tidy and deleted with its key when told to", async () => {
  const holder = { ...holders.left };
  const home = keep(await Home.create(demo, [holder]));
  await app(["renew", "--store", `p12:${holder.p12}`, "--store-password-file", "-"], { lines: [holder.p12_password] });
  assert.match((await app(["list"], { home })).out, /新しい電子証明書が使われています/);
  await home.import(holder.p12, holder.p12_password);
  assert.equal(await home.identities(), 2);
  const asked = await app(["tidy"], { home, allow: [4] });
  assert.match(asked.out, /新しい電子証明書に替わりました/);
  assert.equal(await home.identities(), 2);
  const { removed } = JSON.parse((await app(["tidy", "--yes", "--json"], { home })).out);
  assert.deepEqual(removed.map(({ serial, reason }) => [serial, reason]), [[(await facts(holder.pem)).serial, "replaced"]]);
  assert.equal(await home.identities(), 1);
  assert.equal((await listOf({ home }))[0].serial, (await walk.hasOneLive(demo, holder)).serial.toLowerCase());
});

test("D1-05 D1-19 O20 renew on a token: it stays there, nothing is left over, a wrong PIN is counted once", async () => {
  const holder = holders.usb;
  const token = keep(await Token.create());
  await token.import(holder, "01");
  const store = ["--store", token.store, "--pin-file", "-"];
  const wrong = await app(["renew", ...store, "--json"], { token, lines: ["9999"], allow: [6] });
  assert.match(JSON.parse(wrong.out).code, /^token\.pin_wrong/);
  assert.match(wrong.err, /PIN が違います（E206）/);
  assert.equal((await demo.certificates(holder)).length, 1);

  const [before] = await listOf({ token, store, lines: [token.pin] });
  assert.equal(before.renewable, "yes");
  // Without a module-path the token is found among what the system's p11-kit knows.
  assert.equal((await listOf({ token, store: ["--store", `pkcs11:token=${token.label}`, "--pin-file", "-"], lines: [token.pin] })).length, 1);
  await app(["renew", ...store], { token, lines: [token.pin] });
  const [now, ...others] = await listOf({ token, store, lines: [token.pin] });
  assert.equal(others.length, 0);
  assert.notEqual(now.serial, before.serial);
  assert.equal((await walk.hasOneLive(demo, holder)).serial.toLowerCase(), now.serial);
  const objects = await token.objects();
  assert.deepEqual([objects.cert, objects.privkey, objects.pubkey], [1, 1, 1], objects.text);
  assert.ok(objects.labels.every((label) => /^サンプル第一銀行 usb \d{4}年/.test(label)), objects.labels.join("\n"));
  assert.match(objects.text, /never extractable/);

  const user = keep(await TokenUser.open(demo, token)); // and a browser logs in by the key on it
  await user.whileAsked(() => walk.toLogin(user.page, demo, holder.institution));
  await walk.enterPassword(user.page, holder);

  const absent = await app(["renew", "--store", "pkcs11:token=elsewhere?module-path=" + token.module, "--pin-file", "-"],
                           { token, lines: [token.pin], allow: [3] });
  assert.match(absent.err, /token\.not_found/);
});
