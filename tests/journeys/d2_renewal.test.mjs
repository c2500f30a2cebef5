// The renewal as document D2 describes it, row by row, and 電子証明書取得 for who came too late.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { withCustomer } from "./support/chromium.mjs";
import { addDays, at, dayOf, longForm, yearAfter } from "./support/day.mjs";
import { demoWithHolders } from "./support/demo.mjs";
import { facts, openssl, pemOf } from "./support/keys.mjs";
import * as walk from "./support/journey.mjs";
import { look } from "./support/look.mjs";
import { mailsTo } from "./support/mail.mjs";
import { removePolicy } from "./support/policy.mjs";
import { wordsAtDoor } from "./support/visitor.mjs";

const kBank = "d2";
const of = (login_id, ends_in, more = {}) => ({ login_id, institution: kBank, ends_in, ...more });

let demo;
let holders;
let today;

before(async () => {
  ({ demo, holders, today } = await demoWithHolders([
    of("walker", 20), of("first30", 30), of("early31", 31), of("chief", 15, { role: "administrator" }), of("clerk", 15),
    of("late", -5), of("later", -90), of("toolate", -91), of("guesser", -8),
  ], { institutions: [kBank] }));
});

after(async () => {
  await demo?.close();
  await removePolicy();
});

const asCustomer = (shown, act) => withCustomer(demo, shown, act);

test("D2-04 D2-10 D2-11 D2-12 D2-13 D2-14 D2-15 D2-20 the renewal, from the list to the closed window", () =>
  asCustomer([holders.walker], async (customer, page) => {
    const name = (screen) => `d2-${screen}`;
    await page.goto(demo.institution(kBank).portal);
    await look(page, name("01-login-screen"), customer);
    await page.getByRole("link", { name: "電子証明書ログイン" }).click();
    await page.getByLabel("ログインパスワード").waitFor();
    await look(page, name("02-password"), customer);
    await walk.enterPassword(page, holders.walker);
    await look(page, name("03-notices"), customer);
    assert.equal(await page.getByRole("link", { name: walk.kRenewHere }).count(), 1, "D2-10: on the list itself, no notice to open first");

    const goOn = await walk.hold(customer.context);
    const renewal = await walk.openRenewal(page, kBank);
    await walk.screen(renewal, "電子証明書更新前処理中"); // D2-11, and then by itself:
    goOn();
    await walk.toStart(renewal);
    await look(renewal, name("05-start"), customer);
    await walk.pressRenew(renewal); // D2-12
    await look(renewal, name("06-web-access-1"), customer);
    await walk.permitKey(renewal); // D2-13: shown two times
    await look(renewal, name("06-web-access-2"), customer);
    await walk.permitRequest(renewal);
    assert.ok(!customer.seen.includes("電子証明書発行処理中"), "D2 names no such screen");
    await look(renewal, name("07-issued"), customer);
    const saved = await walk.saveFile(renewal, customer.home.dir); // D2-14
    await look(renewal, name("08-import"), customer);
    const { out } = await openssl(["pkcs12", "-in", saved.file, "-passin", `pass:${saved.password}`, "-nokeys", "-clcerts"]);
    assert.match(out, new RegExp(`friendlyName: .*walker ${yearAfter(today).slice(0, 4)}`), "the name in a store says whose it is, and until when");
    assert.equal(await customer.home.identities(), 1);
    await customer.home.import(saved.file, saved.password);
    assert.equal(await customer.home.identities(), 2, "D2-04: into the PC in use");
    await walk.confirm(renewal, kBank);
    await look(renewal, name("09-complete"), customer);

    const live = await walk.hasOneLive(demo, holders.walker);
    const shown = await renewal.locator("body").innerText(); // D2-15: the renewed certificate's facts
    assert.ok(shown.toLowerCase().replace(/[\s:]/g, "").includes(live.serial.toLowerCase()), shown);
    assert.ok(shown.includes(longForm(yearAfter(today))), `D2-20: a year from issue, ${yearAfter(today)}: ${shown}`);
    assert.doesNotMatch(shown, /ブラウザを(終了|閉じ)/, "a trial login has succeeded: no restart is asked for");
    await walk.closeWindow(renewal);
    await walk.logIn(page, demo, holders.walker); // the same running browser, the new certificate
  }));

test("D2-01 D2-20 O3 a certificate ends one year after the day of issue, at the last second of that day in Japan", async () => {
  const { not_after, not_before } = await facts(await pemOf(holders.walker));
  assert.equal(not_after.toISOString(), new Date(at(addDays(today, 20), "23:59:59")).toISOString());
  assert.equal(yearAfter(dayOf(not_before)), dayOf(not_after));
});

test("D2-02 the renewal of the 管理者ID does not renew the 利用者ID", async () => {
  await asCustomer([holders.chief], async (customer, page) => {
    await walk.logIn(page, demo, holders.chief);
    const { renewal } = await walk.renew(customer, kBank);
    await walk.closeWindow(renewal);
  });
  assert.equal((await walk.hasOneLive(demo, holders.chief)).status, "active");
  assert.equal((await walk.hasOneLive(demo, holders.clerk)).status, "renewable");
  await asCustomer([holders.clerk], async (customer, page) => {
    await walk.logIn(page, demo, holders.clerk);
    await page.getByRole("link", { name: walk.kRenewHere }).waitFor();
  });
});

test("D2-03 D2-22 the screen tells the expiry date from 30 days before, and nothing at 31", async () => {
  await asCustomer([holders.early31], async (customer, page) => {
    await walk.logIn(page, demo, holders.early31);
    assert.equal(await page.getByRole("link", { name: walk.kRenewHere }).count(), 0);
  });
  await asCustomer([holders.first30], async (customer, page) => {
    await walk.logIn(page, demo, holders.first30);
    await page.getByRole("link", { name: walk.kRenewHere }).waitFor();
    await page.getByText(longForm(addDays(today, 30))).first().waitFor(); // D2-22
    await look(page, "d2-notice-30-days", customer);
  });
});

test("D2-23 電子証明書取得: an expired holder takes a new certificate with ID, password and code", async () => {
  const holder = { ...holders.late, code: await demo.releaseCode(holders.late) };
  await asCustomer([holder], async (customer, page) => {
    await page.goto(demo.institution(kBank).portal);
    await page.getByRole("link", { name: "電子証明書取得" }).click();
    await page.getByLabel("ログインID").waitFor();
    await look(page, "d2-acquisition-1", customer);
    await walk.fillAcquisition(page, holder);
    await walk.toAcquisitionStart(page);
    await look(page, "d2-acquisition-2", customer);
    const saved = await walk.getAcquiredFile(page, customer.home.dir);
    await look(page, "d2-acquisition-3", customer);
    await customer.home.import(saved.file, saved.password);
    await walk.confirm(page, kBank);
    await look(page, "d2-acquisition-4", customer);
    await walk.logIn(page, demo, holder);
  });
  const live = await walk.hasOneLive(demo, holder);
  assert.equal(live.status, "active");
});

test("D2-23 without the right code, or with a code that was used, nothing is issued, and the words do not say which part was wrong", async () => {
  const code = await demo.releaseCode(holders.guesser);
  const answers = [];
  await asCustomer([], async (customer, page) => {
    for (const wrong of [{ code: "" }, { code: "000000000000" }, { code, password: "not the password" }, { code, login_id: "nobody99" }]) {
      await page.goto(demo.institution(kBank).portal);
      await page.getByRole("link", { name: "電子証明書取得" }).click();
      await walk.fillAcquisition(page, { ...holders.guesser, ...wrong }, { validate: false });
      await page.getByRole("alert").waitFor();
      answers.push((await page.getByRole("alert").innerText()).trim());
      assert.equal(await page.getByRole("heading", { name: "電子証明書取得開始" }).count(), 0);
    }
    await look(page, "d2-acquisition-refused");
  });
  assert.equal(new Set(answers.slice(1)).size, 1, `the words differ: ${answers.join(" / ")}`);
  assert.equal((await walk.liveCertificates(demo, holders.guesser)).length, 0);
});

test("D2-23 the last of the 90 days takes a new certificate, the day after is told to ask the bank", async () => {
  for (const [login_id, code] of [["later", "E102"], ["toolate", "E103"]]) {
    assert.match(await wordsAtDoor(demo, holders[login_id]), new RegExp(code), login_id);
  }
});

test("D2-21 the mails of 30 and of 10 days before went to the registered address", async () => {
  const subjects = (await mailsTo(demo, holders.clerk.mail)).map((mail) => mail.subject);
  assert.equal(subjects.filter((subject) => subject.includes("更新")).length, 1, subjects.join(" / "));
  const late = (await mailsTo(demo, holders.late.mail)).filter((mail) => mail.subject.includes("更新"));
  assert.deepEqual(late.map((mail) => /あと(\d+)日/.exec(mail.text)[1]), ["30", "10"]);
});
