// The short form (journeys.md 1.10): one consent, then the issue at once; at a sixth institution, which is a profile and no code.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { withCustomer } from "./support/chromium.mjs";
import { addDays, longForm, yearAfter } from "./support/day.mjs";
import { demoWithHolders } from "./support/demo.mjs";
import * as walk from "./support/journey.mjs";
import { hasLittleScript, look } from "./support/look.mjs";
import { removePolicy } from "./support/policy.mjs";
import { kApp, withProgram } from "./support/program.mjs";
import { Display } from "./support/window.mjs";

const kShipped = join(dirname(fileURLToPath(import.meta.url)), "../../institutions/d1.toml");

let demo;
let holders;
let today;
let profiles;
let display;

// profile is d1's with other choices, as a bank would write it.
async function profile(id, ways, asks_password = false) {
  const text = (await readFile(kShipped, "utf8"))
    .replace('id = "d1"', `id = "${id}"`).replace('document = "D1"', 'document = "own"').replace("d1-g1", `${id}-g1`)
    .replace("2.999.1.1", "2.999.6.1").replace('form = "literal"', 'form = "short"').replace('ways = ["file"]', `ways = ${ways}`)
    .replace('asks = ["key", "request", "file"]', "").replace('screen = "installed"', 'screen = "renewed"')
    .replace("asks_password = false", `asks_password = ${asks_password}`)
    .replace("サンプル第一銀行", `サンプル第六銀行（${id}）`);
  await writeFile(join(profiles, `${id}.toml`), text);
}

before(async () => {
  profiles = await mkdtemp(join(tmpdir(), "inkan-profiles-"));
  await profile("six", '["file"]');
  await profile("seven", '["app", "file"]', true);
  ({ demo, holders, today } = await demoWithHolders([
    { login_id: "quick", institution: "six", ends_in: 20 }, { login_id: "unsure", institution: "six", ends_in: 20 },
    { login_id: "modern", institution: "seven", ends_in: 20 }, { login_id: "counts", institution: "seven", ends_in: 20 },
  ], { profiles }));
  display = await Display.open();
});

after(async () => {
  await display?.close();
  await demo?.close();
  await removePolicy();
  if (profiles) await rm(profiles, { recursive: true, force: true });
});

const asCustomer = (holder, act) => withCustomer(demo, holder, act, { mayShow: "inkan:" }); // no program is installed for the link

test("O21 the short form in the browser: one consent, download, trial", () =>
  asCustomer(holders.quick, async (customer, page) => {
    await walk.logIn(page, demo, holders.quick);
    await page.getByRole("link", { name: walk.kNoticeTitle }).click();
    const renewal = await walk.popup(page, () => page.getByRole("link", { name: walk.kRenewHere }).click()); // click 1
    await walk.screen(renewal, "電子証明書を更新します");
    const consent = await renewal.locator("main").innerText();
    for (const words of ["対象ID", "quick", "現在の期限 → 新しい期限", longForm(addDays(today, 20)), longForm(yearAfter(today)), "保存先",
                         "新しい電子証明書を確認できるまで、現在の電子証明書は有効期限までご利用いただけます。"]) {
      assert.ok(consent.includes(words), `${words} in ${consent}`);
    }
    await hasLittleScript(renewal, "consent");
    await look(renewal, "short-01-consent", customer);
    assert.equal((await demo.certificates(holders.quick)).length, 1);
    const [download] = await Promise.all([renewal.waitForEvent("download"),
                                          renewal.getByRole("button", { name: "はい、更新する" }).click()]); // click 2
    await walk.screen(renewal, "電子証明書の取り込み");
    await look(renewal, "short-02-import", customer);
    assert.ok(!customer.seen.includes("Web アクセスの確認") && !customer.seen.includes("電子証明書の発行"), customer.seen.join(" / "));
    const file = join(customer.home.dir, "short.p12");
    await download.saveAs(file);
    await customer.home.import(file, await walk.filePassword(renewal));
    await walk.pressConfirm(renewal); // click 3
    await walk.screen(renewal, "更新が完了しました");
    await look(renewal, "short-03-complete", customer);
    await walk.hasOneLive(demo, holders.quick);
    await walk.closeWindow(renewal);
  }));

test("O23 いいえ at the one consent changes nothing", () =>
  asCustomer(holders.unsure, async (customer, page) => {
    await walk.logIn(page, demo, holders.unsure);
    const renewal = await walk.openRenewal(page, "d1");
    await walk.screen(renewal, "電子証明書を更新します");
    await renewal.getByRole("link", { name: "いいえ" }).click();
    await walk.screen(renewal, walk.kNothingChanged);
    await walk.hasOneLive(demo, holders.unsure);
  }));

test("O21 E201 the short form with the program: consent, the program is called, what to do when it does not open", () =>
  asCustomer(holders.modern, async (customer, page) => {
    await walk.logIn(page, demo, holders.modern);
    const renewal = await walk.openRenewal(page, "d1");
    await walk.screen(renewal, "電子証明書を更新します");
    await look(renewal, "short-10-consent-program", customer);
    await renewal.getByRole("button", { name: "はい、更新する" }).click();
    await walk.screen(renewal, "証明書発行アプリの起動を待っています");
    await renewal.getByText("アプリが開かないときは").waitFor();
    assert.match(await renewal.getByRole("link", { name: "アプリを開く" }).getAttribute("href"), /^inkan:seven\/[0-9a-f]{32}$/);
    await look(renewal, "short-11-waiting");
    await renewal.reload();
    await walk.screen(renewal, "証明書発行アプリの起動を待っています");
    await walk.hasOneLive(demo, holders.modern);
  }));

test("O21 the short form with the program takes four clicks beside the password, counted from the open notice", () =>
  withProgram(demo, display, holders.counts, async (customer, page, env) => {
    const clicks = [];
    await customer.context.exposeBinding("inkanClicked", (source, on) => clicks.push(on));
    await customer.context.addInitScript(() => addEventListener("click", ({ isTrusted, target }) => {
      if (isTrusted) window.inkanClicked(target.closest("a, button, input, label, summary")?.innerText ?? "beside everything");
    }, { capture: true }));
    await walk.logIn(page, demo, holders.counts);
    await page.getByRole("link", { name: walk.kNoticeTitle }).click();
    await page.getByRole("link", { name: walk.kRenewHere }).waitFor();
    clicks.length = 0; // the notice is open

    const renewal = await walk.popup(page, () => page.getByRole("link", { name: walk.kRenewHere }).click());
    await walk.screen(renewal, "電子証明書を更新します");
    await renewal.getByRole("button", { name: "はい、更新する" }).click();
    await walk.screen(renewal, "証明書発行アプリの起動を待っています");
    clicks.push("開く"); // in the browser's own dialog, which no page sees; what it starts is started here
    const program = display.program(kApp, ["open", await renewal.getByRole("link", { name: "アプリを開く" }).getAttribute("href")], env);
    await display.at("電子証明書を更新します");
    await display.type(holders.counts.password);
    await display.key("Return");
    clicks.push("更新する"); // in the program
    await display.at("更新が完了しました");
    await walk.screen(renewal, "更新が完了しました"); // both by themselves
    await look(renewal, "short-12-complete", customer);
    assert.deepEqual(clicks, [walk.kRenewHere, "はい、更新する", "開く", "更新する"]);
    assert.equal((await walk.hasOneLive(demo, holders.counts)).status, "active");
    await display.key("Return");
    assert.equal(await program.ended, 0, display.said);
  }));
