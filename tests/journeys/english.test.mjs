// A reader of English at a Japanese bank: a whole renewal, a re-issue and the company's page, with no Japanese left over.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { withCustomer } from "./support/chromium.mjs";
import { codeIn, demoWithHolders } from "./support/demo.mjs";
import * as walk from "./support/journey.mjs";
import { look } from "./support/look.mjs";
import { removePolicy } from "./support/policy.mjs";

let demo;
let holders;

before(async () => {
  ({ demo, holders } = await demoWithHolders([
    { login_id: "reader", institution: "d1", ends_in: 20 }, { login_id: "late", institution: "d1", ends_in: -5 },
    { login_id: "chief", institution: "d1", ends_in: 20, role: "administrator" },
    { login_id: "steps", institution: "d5", ends_in: 20 }, { login_id: "framed", institution: "d4", ends_in: 20 },
  ], { institutions: ["d1", "d4", "d5"] }));
});

after(async () => {
  await demo?.close();
  await removePolicy();
});

const asReader = (shown, act) => withCustomer(demo, shown, act, { locale: "en-GB", mayShow: "inkan:" });

// What may stand there in Japanese: the bank's and the customer's own names, and the words that a letter or a certificate has.
const kNames = /サンプル第.(銀行|信用金庫)|株式会社みほん商事|担当|法人 ?IBサービス|外為インターネットサービス|サンプル電子証明書認証局|日本語|管理者|利用者/g;
const kJapanese = /[\u3040-\u30ff\u4e00-\u9fff\uff66-\uff9f]+/g;

// reads holds a page to its language: what is on it, what a reader hears, and its title.
async function reads(page, name) {
  await look(page, `english-${name}`);
  assert.equal(await page.locator("html").getAttribute("lang"), "en", name);
  const texts = await page.evaluate(() => {
    const own = document.querySelectorAll("[lang=ja]"); // a letter is shown as it was sent
    own.forEach((element) => element.setAttribute("hidden", ""));
    const heard = [...document.querySelectorAll("[aria-label], [alt], [title], [placeholder]")].flatMap((element) =>
      ["aria-label", "alt", "title", "placeholder"].map((attribute) => element.getAttribute(attribute)).filter(Boolean));
    const all = [document.title, document.body.innerText, ...heard];
    own.forEach((element) => element.removeAttribute("hidden"));
    return all;
  });
  const left = texts.flatMap((text) => text.replace(kNames, "").match(kJapanese) ?? []);
  assert.deepEqual(left, [], `${name}: Japanese is left over`);
}

const press = (page, name) => page.getByRole("button", { name, exact: true }).filter({ visible: true }).click();

// logIn: the certificate and the password, by the English words.
async function logIn(page, holder, name) {
  await page.goto(demo.institution(holder.institution).portal);
  await reads(page, `${name}-login-screen`);
  await page.getByRole("link", { name: "Log in with certificate" }).click();
  await page.getByLabel("Login password").waitFor();
  await reads(page, `${name}-password`);
  await page.getByLabel("Login password").fill(holder.password);
  await press(page, "Log in");
  await page.getByLabel("Login password").waitFor({ state: "hidden" });
}

// finish goes from the file's question to the completion screen, and closes the window.
async function finish(customer, renewal, name) {
  const dialog = renewal.getByRole("dialog");
  await dialog.filter({ hasText: "will be downloaded" }).waitFor();
  await reads(renewal, `${name}-question-file`);
  const [download] = await Promise.all([renewal.waitForEvent("download"), dialog.getByRole("button", { name: "Yes" }).click()]);
  await renewal.getByLabel("The file's password").first().waitFor();
  await renewal.locator("details").evaluateAll((all) => all.forEach((each) => (each.open = true)));
  await reads(renewal, `${name}-import`);
  const file = join(customer.home.dir, "english.p12");
  await download.saveAs(file);
  const password = await renewal.getByLabel("The file's password").first().evaluate((element) => element.value ?? element.textContent);
  await press(renewal, "Confirm the import"); // before it: the page that says that nothing is known yet
  await renewal.getByRole("button", { name: "Check again" }).waitFor();
  await reads(renewal, `${name}-pending`);
  await customer.home.import(file, password.trim());
  await press(renewal, "Check again");
  await renewal.getByRole("button", { name: "Print a record" }).waitFor();
  await reads(renewal, `${name}-complete`);
}

for (const [login_id, door, questions] of [["reader", "Renew the certificate here", 2], ["framed", "Renew the certificate", 2], ["steps", "Go on", 1]]) {
  test(`a whole renewal in English: ${login_id}`, () => {
    const holder = holders[login_id];
    return asReader(holder, async (customer, page) => {
      await logIn(page, holder, login_id);
      await reads(page, `${login_id}-first`);
      if (login_id === "reader") await page.getByRole("link", { name: "Please renew your certificate" }).click();
      if (login_id === "framed") await page.getByRole("link", { name: "To the main page" }).click();
      if (login_id === "steps") await page.getByRole("link", { name: /without the program/i }).click();
      await page.waitForLoadState();
      await reads(page, `${login_id}-notice`);
      const opening = page.getByRole("link", { name: door }).or(page.getByRole("button", { name: door })).first();
      const renewal = await walk.popup(page, () => opening.click());
      if (login_id === "steps") {
        await renewal.getByLabel("Login password").waitFor();
        await reads(renewal, "steps-identify");
        await renewal.getByLabel("Login password").fill(holder.password);
        await renewal.getByLabel("Login password").press("Enter");
      }
      const begin = renewal.getByRole("button", { name: login_id === "steps" ? "Issue" : "Renew", exact: true });
      await begin.waitFor();
      await reads(renewal, `${login_id}-start`);
      await begin.click();
      for (let question = 1; question <= questions; ++question) {
        const dialog = renewal.getByRole("dialog");
        await dialog.waitFor();
        await reads(renewal, `${login_id}-question-${question}`);
        await dialog.getByRole("button", { name: "Yes" }).click();
      }
      await finish(customer, renewal, login_id);
      assert.equal((await walk.hasOneLive(demo, holder)).status, "active");
      await page.reload();
      await reads(page, `${login_id}-old-window`);
    });
  });
}

test("a re-issue and the company's page in English", async () => {
  let code;
  await asReader(holders.chief, async (customer, page) => {
    await logIn(page, holders.chief, "chief");
    await reads(page, "chief-notices");
    for (const path of ["/company", "/company?show=expiring", "/company/calendar", "/company/id?id=late", "/certificate", "/certificate/hold",
                        "/certificate/revoke", "/addresses", "/company/act/hold?id=reader", "/company/act/revoke?id=reader"]) {
      await page.goto(new URL(path, page.url()).href);
      await reads(page, `chief-${path.replace(/\W+/g, "-")}`);
    }
    await page.goto(new URL("/company", page.url()).href);
    await page.getByText("We recommend a second administrator").waitFor(); // O8
    await page.getByRole("link", { name: "late", exact: true }).click();
    await page.getByRole("link", { name: "Allow a re-issue" }).click();
    await page.getByLabel("Your own login password").fill(holders.chief.password);
    await page.locator("main form button").first().click();
    await page.locator("#code-made").waitFor();
    await reads(page, "chief-code");
    code = codeIn([{ text: await page.locator("main").innerText() }]);
  });
  await asReader([], async (customer, page) => {
    await page.goto(demo.institution("d1").portal);
    for (const path of ["/forgotten", "/lost", "/app", "/no-such-page"]) {
      await page.goto(new URL(path, page.url()).href);
      await reads(page, `visitor-${path.slice(1)}`);
    }
    await page.goto(`${demo.institution("d1").portal.replace(/\/$/, "")}/acquisition`);
    await reads(page, "late-acquisition");
    await page.locator("#login_id").fill("late");
    await page.locator("#password").fill(holders.late.password);
    await page.locator("#acquisition-code").fill(code);
    await page.locator("main form button").first().click();
    await page.getByRole("button", { name: "Issue", exact: true }).waitFor();
    await reads(page, "late-start");
    await press(page, "Issue");
    for (const question of [1, 2]) {
      const dialog = page.getByRole("dialog");
      await dialog.waitFor();
      await reads(page, `late-question-${question}`);
      await dialog.getByRole("button", { name: "Yes" }).click();
    }
    await finish(customer, page, "late");
  });
  assert.equal((await walk.hasOneLive(demo, holders.late)).status, "active");
});
