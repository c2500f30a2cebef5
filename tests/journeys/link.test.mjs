// The `inkan:` link end to end: the page's own link, the program's window under Xvfb, and the page that moves on by itself.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { demoWithHolders } from "./support/demo.mjs";
import { Display } from "./support/window.mjs";
import { hasLittleScript, look } from "./support/look.mjs";
import * as walk from "./support/journey.mjs";
import { removePolicy } from "./support/policy.mjs";
import { kApp, withProgram } from "./support/program.mjs";

const kBank = "d5";

let demo;
let holders;
let display;

before(async () => {
  ({ demo, holders } = await demoWithHolders([
    { login_id: "link", institution: kBank, ends_in: 30 }, { login_id: "stops", institution: kBank, ends_in: 30 },
  ], { institutions: [kBank] }));
  display = await Display.open();
});

after(async () => {
  await display?.close();
  await demo?.close();
  await removePolicy();
});

const asCustomer = (holder, act) => withProgram(demo, display, holder, act);

// begin goes to the page that calls the program and gives the link on it.
async function begin(page, holder) {
  await walk.logIn(page, demo, holder);
  const renewal = await walk.popup(page, () => page.getByRole("link", { name: "アプリで更新する" }).click());
  await walk.toStart(renewal, kBank);
  const link = renewal.getByRole("link", { name: "発行", exact: true });
  const href = await link.getAttribute("href");
  await link.click(); // no program is registered in this browser: what it would start is started below
  await walk.screen(renewal, "証明書発行アプリの起動を待っています");
  return { renewal, href };
}

test("D5-12 D5-14 D5-15 D5-16 from the page's link through the window's keyboard to the completed page", () =>
  asCustomer(holders.link, async (customer, page, env) => {
    const { renewal, href } = await begin(page, holders.link);
    const program = display.program(kApp, ["open", href], env);
    await walk.screen(renewal, "アプリと接続しました");
    await look(renewal, "d5-34-program-connected", customer);
    await hasLittleScript(renewal, "D5 program");
    await display.at("Web アクセスの確認");
    await display.key("Return");
    await display.at("証明書取得認証");
    await walk.screen(renewal, "アプリと接続しました"); // nothing was asked of the bank yet
    await display.type(holders.link.password);
    await display.key("Return");
    await display.at("電子証明書の発行");
    await walk.screen(renewal, "証明書取得 》 証明書発行処理中"); // the server holds the request
    await display.key("Return");
    await display.at("証明書取得 結果");
    await walk.screen(renewal, "証明書取得 》 証明書発行結果"); // by itself, after the trial login
    await display.key("Return");
    assert.equal(await program.ended, 0, display.said);
    const live = await walk.hasOneLive(demo, holders.link);
    assert.equal(live.status, "active");

    display.program(kApp, ["open", href], env);
    await display.at("続けられませんでした"); // one link, one renewal
  }));

test("O23 T1 いいえ in the window changes nothing; a link of a bank that this program does not know opens nothing", () =>
  asCustomer(holders.stops, async (customer, page, env) => {
    const { renewal, href } = await begin(page, holders.stops);
    const program = display.program(kApp, ["open", href], env);
    await display.at("Web アクセスの確認");
    await display.key("Escape");
    await display.at("何も変更していません");
    await display.key("Return");
    assert.equal(await program.ended, 0);
    await walk.screen(renewal, "アプリと接続しました");

    const again = display.program(kApp, ["open", href.replace(`inkan:${kBank}`, "inkan:d1")], env);
    await display.at("続けられませんでした"); // a bank this program was never enrolled with
    await display.key("Return");
    await display.at("証明書取得");
    again.kill();
    assert.equal((await walk.hasOneLive(demo, holders.stops)).status, "renewable");
  }));
