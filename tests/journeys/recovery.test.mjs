// When the certificate is lost, expired, or on the old PC: what a holder does alone, and who helps (journeys.md O7, O9, O11, O25).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { withCustomer } from "./support/chromium.mjs";
import { at } from "./support/day.mjs";
import { codeIn, demoWithHolders } from "./support/demo.mjs";
import * as walk from "./support/journey.mjs";
import { look, lookEverywhere } from "./support/look.mjs";
import { mailsTo } from "./support/mail.mjs";
import { removePolicy } from "./support/policy.mjs";
import { until } from "./support/run.mjs";
import { wordsAtDoor } from "./support/visitor.mjs";

let demo;
let holders;
let today;

before(async () => {
  const at_bank = (institution, wanted) =>
    wanted.map(([login_id, ends_in, role]) => ({ login_id, institution, ends_in, role }));
  ({ demo, holders, today } = await demoWithHolders([
    ...at_bank("d1", [["loses", 100, "user"], ["helps", 100, "administrator"], ["late", -5, "user"]]),
    ...at_bank("d2", [["moves", 100, "user"]]),
    ...at_bank("d4", [["waits", -5, "user"], ["stops", -5, "user"]]),
  ], { institutions: ["d1", "d2", "d4"] }));
});

after(async () => {
  await demo?.close();
  await removePolicy();
});

const asCustomer = (shown, act, options) => withCustomer(demo, shown, act, options);

const lettersTo = (holder, about) => mailsTo(demo, holder.mail).then((mails) => mails.filter(({ subject }) => subject.includes(about)));

test("O11 パソコンの変更 at d2: a code made on the old PC, a certificate on the new one, and the old one is retired", async () => {
  const holder = holders.moves;
  let code;
  await asCustomer([holder], async (customer, page) => {
    await walk.logIn(page, demo, holder);
    await page.getByRole("link", { name: "この証明書" }).click();
    await walk.screen(page, "この証明書");
    await lookEverywhere(page, "own-certificate", customer);
    await page.getByRole("link", { name: "パソコンの変更" }).click();
    await walk.screen(page, "パソコンの変更");
    await lookEverywhere(page, "own-computer", customer);
    await page.getByLabel("ご自分のログインパスワード").fill(holder.password);
    await page.getByRole("button", { name: "コードを作る" }).click();
    await walk.screen(page, "新しいパソコンで入力するコード");
    await page.getByText("このコードを電話でお尋ねすることはありません。").waitFor();
    await lookEverywhere(page, "own-code", customer);
    code = codeIn([{ text: await page.locator("main").innerText() }]);
  });
  assert.ok(code, "the page shows a code");
  await until("the letter", async () => (await lettersTo(holder, "パソコンの変更"))[0]);
  await asCustomer([], async (customer, page) => {
    await page.goto(demo.institution("d2").portal);
    await page.getByRole("link", { name: "電子証明書取得" }).click();
    await walk.fillAcquisition(page, { ...holder, code });
    await walk.toAcquisitionStart(page);
    const saved = await walk.getAcquiredFile(page, customer.home.dir);
    await customer.home.import(saved.file, saved.password);
    await walk.confirm(page, "d2");
  });
  assert.match(await wordsAtDoor(demo, holder), /E105/, "the old PC's certificate is retired");
});

test("O25 E106 lost at night: held at once without a certificate, released by another 管理者", async () => {
  const holder = holders.loses;
  await demo.setClock(at(today, "23:45:00"));
  await asCustomer([], async (customer, page) => {
    await page.goto(demo.institution("d1").portal);
    await page.getByRole("link", { name: "紛失・盗難のとき" }).click();
    await walk.screen(page, "紛失・盗難のとき");
    await lookEverywhere(page, "lost", customer);
    await page.getByLabel("ログインID").fill(holder.login_id);
    await page.getByLabel("ログインパスワード").fill("not the password");
    await page.getByRole("checkbox").check();
    await page.getByRole("button", { name: "一時停止する" }).click();
    await page.getByRole("alert").waitFor();
    await look(page, "lost-wrong", customer);
    await page.getByLabel("ログインパスワード").fill(holder.password);
    await page.getByRole("checkbox").check();
    await page.getByRole("button", { name: "一時停止する" }).click();
    await walk.screen(page, "一時停止しました");
    await page.getByText("23:45").waitFor();
    await lookEverywhere(page, "lost-held", customer);
    await page.getByRole("link", { name: "最初の画面へ" }).click();
    await page.getByRole("link", { name: "ログインIDをお忘れの方" }).click();
    await walk.screen(page, "ログインIDをお忘れの方");
    await lookEverywhere(page, "forgotten", customer);
  });
  assert.match(await wordsAtDoor(demo, holder), /E106/);
  await until("the letter", async () => (await lettersTo(holder, "一時停止しました"))[0]);

  await asCustomer([holders.helps], async (customer, page) => {
    await walk.logIn(page, demo, holders.helps);
    await page.getByRole("link", { name: "御社のID" }).first().click();
    await walk.screen(page, "御社のID");
    await page.getByRole("link", { name: "loses" }).click();
    await page.getByText("一時停止中", { exact: true }).waitFor();
    await look(page, "member-held", customer);
    await page.getByRole("link", { name: "一時停止を解除" }).click();
    await look(page, "member-release", customer);
    await page.getByRole("button", { name: "解除する" }).click();
    await walk.screen(page, "一時停止を解除しました");
    await look(page, "member-released", customer);
  });
  assert.match(await wordsAtDoor(demo, holder), /ログインパスワード/);
});

test("O7 at d4 a code by mail comes after 24 hours, or not at all when somebody stops it", async () => {
  const { waits, stops } = holders;
  const codesTo = async (holder) => (await lettersTo(holder, "ワンタイムコード")).slice(1); // one came for the first certificate
  const ask = async (page, holder) => {
    await page.goto(demo.institution("d4").portal);
    await page.getByRole("link", { name: "電子証明書取得" }).click();
    await page.getByRole("link", { name: "コードをメールで受け取る" }).click();
    await page.getByLabel("ログインID").fill(holder.login_id);
    await page.getByLabel("ログインパスワード").fill(holder.password);
    await page.getByRole("button", { name: "24時間後に受け取る" }).click();
    await walk.screen(page, "お申し込みを受け付けました");
  };
  await asCustomer([], async (customer, page) => {
    await page.goto(`${demo.institution("d4").portal.replace(/\/$/, "")}/acquisition/mail-code`);
    await lookEverywhere(page, "mail-code", customer);
    await ask(page, waits);
    await lookEverywhere(page, "mail-code-asked", customer);
    await ask(page, stops);
    const letter = await until("the letter", async () => (await lettersTo(stops, "申し込みを受け付けました"))[0]);
    const number = /取消番号\s+(\S+)/.exec(letter.text)[1];
    assert.ok((await page.locator("main").innerText()).includes(number), "page and letter name the same number");
    await page.getByRole("link", { name: "申し込みを取り消す" }).click();
    await lookEverywhere(page, "mail-code-stop", customer);
    await page.getByLabel("ログインID").fill(stops.login_id);
    await page.getByLabel("取消番号").fill(number);
    await page.getByRole("button", { name: "取り消す", exact: true }).click();
    await walk.screen(page, "申し込みを取り消しました");

    await demo.advance("23h");
    assert.equal((await codesTo(waits)).length, 0, "not before 24 hours");
    await demo.advance("2h");
    const code = await until("the code", async () => codeIn(await codesTo(waits)));
    assert.equal((await codesTo(stops)).length, 0, "stopped is stopped");
    await page.goto(demo.institution("d4").portal);
    await page.getByRole("link", { name: "電子証明書取得" }).click();
    await walk.fillAcquisition(page, { ...waits, code });
    await walk.toAcquisitionStart(page);
  });
});

test("O7 at d1 no code comes by mail", () => asCustomer([], async (customer, page) => {
  await page.goto(demo.institution("d1").portal);
  await page.getByRole("link", { name: "電子証明書取得" }).click();
  await page.getByText("御社の別の管理者が").first().waitFor();
  assert.equal(await page.getByRole("link", { name: "コードをメールで受け取る" }).count(), 0);
  await look(page, "acquisition-without-mail", customer);
}));
