// A real browser opens the registered program by the page's own link; and the window over a token, from the PIN to the result.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { demoWithHolders, kPrograms } from "./support/demo.mjs";
import { Home } from "./support/home.mjs";
import * as walk from "./support/journey.mjs";
import { installPolicy, removePolicy } from "./support/policy.mjs";
import { kPatience, run } from "./support/run.mjs";
import { Token } from "./support/token.mjs";
import { Display } from "./support/window.mjs";

const kApp = join(kPrograms, "inkan-app");
const kChromium = process.env.INKAN_CHROMIUM ?? "/usr/bin/chromium";

let demo;
let holders;
let display;

before(async () => {
  ({ demo, holders } = await demoWithHolders([
    { login_id: "clicks", institution: "d5", ends_in: 30 }, { login_id: "usb", institution: "d1", ends_in: 20 },
  ], { institutions: ["d1", "d5"] }));
  display = await Display.open();
  // A company's own policy: the browser asks nobody whether the bank's page may open the program.
  await installPolicy({ AutoLaunchProtocolsFromOrigins: [{ protocol: "inkan", allowed_origins: ["*"] }] });
});

after(async () => {
  await display?.close();
  await demo?.close();
  await removePolicy();
});

const settingsOf = (home) => ({ HOME: home.dir, XDG_CONFIG_HOME: join(home.dir, ".config"), XDG_DATA_HOME: join(home.dir, ".local/share"),
                                LANG: "ja_JP.UTF-8", QT_QPA_PLATFORM: "xcb", DISPLAY: display.name });

const meet = (bank, store, env, input = "") =>
  run(kApp, ["status", "--server", demo.institution(bank).portal, "--trust", demo.path(demo.json.trust), "--store", store, "--pin-file", "-"], { env, input });

test("D5-11 a click on the page's link: Chromium starts the registered program at that renewal", async () => {
  const holder = holders.clicks;
  const home = await Home.create(demo, [holder]);
  const env = settingsOf(home);
  let browser;
  try {
    await meet("d5", `nss:${home.nss}`, env);
    await run(kApp, ["register"], { env });
    browser = await chromium.launch({ executablePath: kChromium, headless: false, chromiumSandbox: process.getuid() !== 0, env: { ...process.env, ...env } });
    const page = await (await browser.newContext({ locale: "ja-JP", timezoneId: "Asia/Tokyo" })).newPage();
    page.context().setDefaultTimeout(kPatience * 1000);
    await walk.logIn(page, demo, holder);
    const renewal = await walk.popup(page, () => page.getByRole("link", { name: "アプリで更新する" }).click());
    await walk.toStart(renewal, "d5");
    await renewal.getByRole("link", { name: "発行", exact: true }).click();
    await walk.screen(renewal, "アプリと接続しました"); // the program has told the bank that it is here
    await display.at("Web アクセスの確認");
    await display.key("Return");
    await display.at("証明書取得認証");
    await display.type(holder.password);
    await display.key("Return");
    await display.at("電子証明書の発行");
    await display.key("Return");
    await display.at("証明書取得 結果");
    await display.key("Return");
    await walk.screen(renewal, "証明書取得 》 証明書発行結果");
    assert.equal((await walk.hasOneLive(demo, holder)).status, "active");
  } finally {
    await browser?.close();
    await home.close();
  }
});

test("D5-11 O20 the window over a token: PIN, list, renewal, and nothing of it comes to the PC", async () => {
  const holder = holders.usb;
  const token = await Token.create();
  const home = await Home.create(demo);
  try {
    await token.import(holder, "01");
    const env = { ...settingsOf(home), ...token.env };
    await meet("d1", token.store, env, `${token.pin}\n`);
    const program = display.program(kApp, [], env);
    await display.at("トークンを開きます");
    await display.type(token.pin);
    await display.key("Return");
    await display.at("証明書取得");
    await display.key("alt+r");
    await display.at("証明書更新");
    await display.key("Return");
    await display.at("証明書取得 結果");
    await display.key("Return");
    assert.equal(await program.ended, 0, display.said);
    assert.equal((await walk.hasOneLive(demo, holder)).status, "active");
    const objects = await token.objects();
    assert.deepEqual([objects.cert, objects.privkey, objects.pubkey], [1, 1, 1], objects.text);
    assert.equal(await home.identities(), 0);
  } finally {
    await display.shown?.kill();
    await home.close();
    await token.close();
  }
});
