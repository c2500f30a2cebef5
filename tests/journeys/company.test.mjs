// 「御社のID」 and the addresses: what a 管理者 sees and does for the company (journeys.md O7, O8, O15, O26; promises.md A3).
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { withCustomer } from "./support/chromium.mjs";
import { addDays } from "./support/day.mjs";
import { codeIn, demoWithHolders } from "./support/demo.mjs";
import * as walk from "./support/journey.mjs";
import { fits, look, lookEverywhere } from "./support/look.mjs";
import { mailsTo } from "./support/mail.mjs";
import { removePolicy } from "./support/policy.mjs";
import { until } from "./support/run.mjs";
import { wordsAtDoor } from "./support/visitor.mjs";

let demo;
let holders;
let today;

before(async () => {
  const wanted = [["chief", 200, "administrator"], ["deputy", 190, "administrator"], ["soon", 9, "user"], ["later", 25, "user"],
                  ["over", -5, "user"], ["fine", 150, "user"], ["goes", 150, "user"], ["mailbox", 150, "user"]];
  ({ demo, holders, today } = await demoWithHolders([
    ...wanted.map(([login_id, ends_in, role]) => ({ login_id, institution: "d1", ends_in, role })),
    { login_id: "chief4", institution: "d4", ends_in: 200, role: "administrator" },
    { login_id: "soon4", institution: "d4", ends_in: 9, role: "user" },
  ], { institutions: ["d1", "d4"] }));
});

after(async () => {
  await demo?.close();
  await removePolicy();
});

const asCustomer = (holder, act, options) => withCustomer(demo, holder, act, options);

async function toCompany(page, holder) {
  await walk.logIn(page, demo, holder);
  await page.getByRole("link", { name: "御社のID" }).first().click();
  await walk.screen(page, "御社のID");
}

async function saved(page, words) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: words }).click()]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
}

test("O8 a 管理者 reads on 重要なお知らせ who expires, and the list by expiry", () =>
  asCustomer(holders.chief, async (customer, page) => {
    await walk.logIn(page, demo, holders.chief);
    await page.getByText("10日以内に1件、30日以内に2件").waitFor();
    await look(page, "company-notices", customer);
    await page.getByRole("link", { name: "御社のID" }).first().click();
    await walk.screen(page, "御社のID");
    await look(page, "company", customer);
    const ids = await page.locator("tbody th").allInnerTexts();
    assert.deepEqual(ids, ["soon", "later", "fine", "goes", "mailbox", "deputy", "chief", "over"]);
    await page.getByRole("link", { name: "更新が必要なID" }).click();
    assert.deepEqual(await page.locator("tbody th").allInnerTexts(), ["soon", "later"]);
    await look(page, "company-expiring", customer);
    await page.getByRole("link", { name: "更新カレンダー" }).click();
    await walk.screen(page, "更新カレンダー");
    const expiry = addDays(today, 9);
    const month = `${expiry.slice(0, 4)}年${Number(expiry.slice(5, 7))}月`;
    while (!(await page.locator("caption").innerText()).includes(month)) await page.getByRole("link", { name: /→/ }).click();
    await page.getByRole("cell", { name: "soon 有効期限" }).waitFor();
    await look(page, "company-calendar", customer);
  }));

test("O8 at d4 the list stands on the main screen", () =>
  asCustomer(holders.chief4, async (customer, page) => {
    await walk.logIn(page, demo, holders.chief4);
    await page.getByText("10日以内に1件、30日以内に1件").waitFor();
    await look(page, "company-main-d4", customer);
    await page.getByRole("link", { name: "soon4" }).click();
    await walk.screen(page, "IDの電子証明書");
  }));

test("the list as CSV and the days as a calendar", () =>
  asCustomer(holders.chief, async (customer, page) => {
    await toCompany(page, holders.chief);
    const csv = await saved(page, "一覧をダウンロード");
    assert.match(csv.name, /^ids-\d{8}\.csv$/);
    assert.ok(csv.text.startsWith("\ufeffログインID,区分,"), "a byte order mark, then the header");
    const lines = csv.text.slice(1).split("\r\n");
    assert.equal(lines.pop(), "", "every line ends with CRLF");
    assert.equal(lines.length, 9);
    assert.equal(lines[1], `soon,利用者,担当 soon,更新できます（残り 9 日）,${addDays(today, 9)},9,登録あり`);
    for (const line of lines) for (const cell of line.split(",")) assert.doesNotMatch(cell, /^[=+@-]/);

    const ics = await saved(page, "更新の予定をダウンロード");
    assert.match(ics.name, /^renewals-\d{8}\.ics$/);
    assert.ok(ics.text.startsWith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"));
    assert.ok(ics.text.endsWith("END:VCALENDAR\r\n"));
    const unfolded = ics.text.replace(/\r\n[ \t]/g, "").split("\r\n");
    for (const line of ics.text.split("\r\n")) assert.ok(Buffer.byteLength(line) <= 75, `too long: ${line}`);
    const compact = (day) => day.replaceAll("-", "");
    const events = unfolded.join("\n").split("BEGIN:VEVENT\n").slice(1).map((event) => Object.fromEntries(
      event.split("\n").filter((line) => line.includes(":")).map((line) => [line.split(":")[0], line.slice(line.indexOf(":") + 1)])));
    assert.equal(events.length, 14, "two days for each of the seven that have not expired");
    const mine = events.filter((event) => event.SUMMARY.endsWith(" soon"));
    assert.deepEqual(mine.map((event) => event["DTSTART;VALUE=DATE"]), [compact(addDays(today, 9 - 30)), compact(addDays(today, 9))]);
    assert.equal(mine[1]["DTEND;VALUE=DATE"], compact(addDays(today, 10)));
    assert.equal(new Set(events.map((event) => event.UID)).size, 14);
    assert.doesNotMatch(ics.text, /担当|みほん|example\.jp/, "no name, no company, no address");
  }));

test("O7 O26 a 管理者 allows a re-issue, sends a reminder, holds and revokes", () =>
  asCustomer(holders.chief, async (customer, page) => {
    const to = async (login_id, act) => {
      await page.getByRole("link", { name: login_id, exact: true }).click();
      await walk.screen(page, "IDの電子証明書");
      await page.getByRole("link", { name: act, exact: true }).click();
    };
    await toCompany(page, holders.chief);
    await to("over", "再発行を許可");
    await look(page, "member-reissue", customer);
    await page.getByLabel("ご自分のログインパスワード").fill("not the password");
    await page.getByRole("button", { name: "コードを作る" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("ご自分のログインパスワード").fill(holders.chief.password);
    await page.getByRole("button", { name: "コードを作る" }).click();
    await walk.screen(page, "取得コードを作りました");
    await lookEverywhere(page, "member-code", customer);
    const code = codeIn([{ text: await page.locator("main").innerText() }]);
    const other = await page.context().newPage();
    await other.goto(demo.institution("d1").portal);
    await other.getByRole("link", { name: "電子証明書取得" }).click();
    await walk.fillAcquisition(other, { ...holders.over, code });
    await walk.toAcquisitionStart(other);
    await other.close();

    await page.getByRole("link", { name: "「御社のID」へ戻る" }).click();
    await to("soon", "更新のお願いを送る");
    await page.getByRole("button", { name: "送る", exact: true }).click();
    await walk.screen(page, "更新のお願いを受け付けました");
    await until("the letter", async () =>
      (await mailsTo(demo, holders.soon.mail)).find(({ subject }) => subject.includes("管理者より")));

    await page.getByRole("link", { name: "「御社のID」へ戻る" }).click();
    await to("goes", "失効");
    await look(page, "member-revoke", customer);
    await page.getByLabel("担当者が替わった").check();
    await page.getByRole("button", { name: "失効する" }).click();
    await walk.screen(page, "失効しました");
    assert.match(await wordsAtDoor(demo, holders.goes), /E105/);

    await page.getByRole("link", { name: "「御社のID」へ戻る" }).click();
    await to("deputy", "一時停止");
    await page.getByRole("button", { name: "一時停止する" }).click();
    await walk.screen(page, "一時停止しました");
    assert.match(await wordsAtDoor(demo, holders.deputy), /E106/);

    // Now this is the last 管理者 who can log in.
    await page.goto(new URL("/certificate/revoke", page.url()).href);
    await page.getByLabel("使わなくなった").check();
    await page.getByRole("button", { name: "失効する" }).click();
    await page.getByRole("alert").filter({ hasText: "最後の管理者" }).waitFor();
    await look(page, "own-last", customer);
    await page.getByRole("link", { name: "やめる（何も変更しません）" }).click();
    await walk.screen(page, "この証明書");
  }));

test("A3 an address is added with the code from its mail, made the main one, and the old one removed", () =>
  asCustomer(holders.mailbox, async (customer, page) => {
    await walk.logIn(page, demo, holders.mailbox);
    await page.getByRole("link", { name: "メールアドレス" }).click();
    await walk.screen(page, "メールアドレス");
    await page.getByLabel("メールアドレス").fill("new-mailbox@example.jp");
    await page.getByRole("button", { name: "コードを送る", exact: true }).click();
    await page.getByRole("status").waitFor();
    await look(page, "addresses-waiting", customer);
    const code = await until("the code", async () => codeIn(await mailsTo(demo, "new-mailbox@example.jp")));
    await until("the word to the old address", async () =>
      (await mailsTo(demo, holders.mailbox.mail)).find(({ subject }) => subject.includes("登録を受け付けました")));
    await page.getByLabel("届いたコード").fill(code);
    await page.getByRole("button", { name: "確認する" }).click();
    await page.getByText("アドレスを確認しました。").waitFor();
    await page.getByRole("button", { name: "主なアドレスにする" }).click();
    await page.getByText("主なアドレスを変更しました。").waitFor();
    await page.getByRole("button", { name: "外す" }).click();
    await walk.screen(page, "アドレスを外す");
    await look(page, "address-remove", customer);
    await page.getByRole("button", { name: "外す" }).click();
    await page.getByText("アドレスを外しました。").waitFor();
    await look(page, "addresses", customer);
    await until("the word to the removed address", async () =>
      (await mailsTo(demo, holders.mailbox.mail)).find(({ subject }) => subject.includes("登録を外しました")));
  }));

for (const [name, options] of [["narrow", { viewport: { width: 320, height: 640 } }], ["english", { locale: "en-GB" }]]) {
  test(`WCAG every page of the company fits and reads: ${name}`, () =>
    asCustomer(holders.chief, async (customer, page) => {
      await page.goto(demo.institution("d1").portal);
      await page.locator("main a").first().click();
      await page.locator("input[type=password]").fill(holders.chief.password);
      await page.locator("input[type=password]").press("Enter");
      await page.locator("a[href='/company']").first().waitFor();
      for (const path of ["/notices", "/certificate", "/certificate/hold", "/certificate/revoke", "/addresses", "/company",
                          "/company/calendar", "/company/id?id=fine", "/company/act/reissue?id=fine", "/company/act/revoke?id=fine"]) {
        await page.goto(new URL(path, page.url()).href);
        const picture = `${name}-${path.replace(/\W+/g, "-")}`;
        await (name === "narrow" ? lookEverywhere : look)(page, picture, customer);
        await fits(page, path);
      }
    }, options));
}
