// What people do to a renewal: reload, back, close, press twice, say no, lose the line. Each time the journey goes on, and the holder
// ends with exactly one live certificate.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { withCustomer } from "./support/chromium.mjs";
import { demoWithHolders } from "./support/demo.mjs";
import * as walk from "./support/journey.mjs";
import { look } from "./support/look.mjs";
import { removePolicy } from "./support/policy.mjs";
import { issuerOf, ocsp } from "./support/status.mjs";
import { pemOf } from "./support/keys.mjs";

const kBank = "d1";
const kNames = ["reload0", "reload1", "reload2", "reload3", "reload4", "back", "closed1", "closed2", "lost", "tabs", "double", "no0",
                "no1", "no2", "anew", "gone", "line", "escape", "unread", "d2reload", "d2no"];

let demo;
let holders;

before(async () => {
  ({ demo, holders } = await demoWithHolders(
    kNames.map((login_id) => ({ login_id, institution: login_id.startsWith("d2") ? "d2" : kBank, ends_in: 20 }))));
});

after(async () => {
  await demo?.close();
  await removePolicy();
});

const asCustomer = (login_id, act) =>
  withCustomer(demo, holders[login_id], async (customer, page) => {
    await walk.logIn(page, demo, holders[login_id]);
    await act(customer, holders[login_id], page);
  });

// finish carries a renewal window on to the end, from whatever screen it resumes at, and checks what is left.
async function finish(customer, renewal, holder) {
  const saved = await walk.resumeToFile(renewal, customer.home.dir);
  await customer.home.import(saved.file, saved.password);
  await walk.confirm(renewal, holder.institution);
  await walk.closeWindow(renewal);
  const live = await walk.hasOneLive(demo, holder);
  assert.equal(live.status, "active", "the new one is in use");
  const all = await demo.certificates(holder);
  for (const old of all.filter((certificate) => certificate.serial !== live.serial)) {
    assert.ok(["superseded", "revoked"].includes(old.status), `${old.serial} is ${old.status}`);
  }
  await isOutsideTrue(holder, all);
}

// isOutsideTrue: OCSP says the same as the bank's own list, for every certificate of the holder.
async function isOutsideTrue(holder, certificates) {
  const issuer = await issuerOf(demo, holder.institution, await pemOf(holder));
  for (const { serial, status } of certificates) {
    const expected = ["superseded", "revoked"].includes(status) ? "revoked" : "good";
    assert.equal((await ocsp(demo, holder.institution, { serial, issuer })).state, expected, `${serial} is ${status}`);
  }
}

const kStages = [
  ["更新開始", walk.toStart],
  ["the first question", walk.pressRenew],
  ["the second question", async (renewal) => { await walk.pressRenew(renewal); await walk.permitKey(renewal); }],
  ["the third question", async (renewal) => { await walk.pressRenew(renewal); await walk.permitKey(renewal); await walk.permitRequest(renewal); }],
  ["取り込み", (renewal, folder) => walk.getFile(renewal, folder)],
];

for (const [index, [stage, go]] of kStages.entries()) {
  test(`D1-13 reload at ${stage}: the renewal goes on, one live certificate`, () =>
    asCustomer(`reload${index}`, async (customer, holder, page) => {
      const renewal = await walk.openRenewal(page, kBank);
      await go(renewal, customer.home.dir);
      await renewal.reload();
      await finish(customer, renewal, holder);
    }));
}

test("D2-11 reload at the second question in D2's form", () =>
  asCustomer("d2reload", async (customer, holder, page) => {
    const renewal = await walk.openRenewal(page, "d2");
    await walk.pressRenew(renewal);
    await walk.permitKey(renewal);
    await renewal.reload();
    await finish(customer, renewal, holder);
  }));

test("D1-17 the back button after the file was made: the renewal goes on, one live certificate", () =>
  asCustomer("back", async (customer, holder, page) => {
    const renewal = await walk.openRenewal(page, kBank);
    await walk.getFile(renewal, customer.home.dir);
    await renewal.goBack().catch(() => {}); // there may be nothing behind
    await finish(customer, renewal, holder);
  }));

test("D1-15 O13 E209 the window closed before the request, opened again from the notice", () =>
  asCustomer("closed1", async (customer, holder, page) => {
    const renewal = await walk.openRenewal(page, kBank);
    await walk.pressRenew(renewal);
    await renewal.close();
    const again = await walk.openAgain(page);
    await finish(customer, again, holder);
  }));

test("D1-17 the window closed after the issue: opened again, the same certificate's file is there to take", () =>
  asCustomer("closed2", async (customer, holder, page) => {
    const renewal = await walk.openRenewal(page, kBank);
    await walk.pressRenew(renewal);
    await walk.permitKey(renewal);
    await walk.permitRequest(renewal);
    await renewal.close();
    const again = await walk.openAgain(page);
    await finish(customer, again, holder);
    assert.equal((await demo.certificates(holder)).length, 2, "nothing was issued a second time");
  }));

test("D1-17 the browser that made the key is gone: 作り直す revokes the certificate that was never saved", () =>
  asCustomer("gone", async (customer, holder, page) => {
    const renewal = await walk.openRenewal(page, kBank);
    await walk.pressRenew(renewal);
    await walk.permitKey(renewal);
    await walk.permitRequest(renewal);
    const [lost] = (await demo.certificates(holder)).filter(({ status }) => status === "issued_unconfirmed");
    await customer.context.close();
    await customer.newContext(); // a browser that remembers nothing
    await walk.logIn(customer.page, demo, holder);
    const again = await walk.openRenewal(customer.page, kBank);
    await again.getByRole("button", { name: /作り直す/ }).waitFor();
    await look(again, "interrupted-key-is-gone", customer);
    await walk.makeAnew(again);
    const issuer = await issuerOf(demo, kBank, await pemOf(holder));
    assert.equal((await ocsp(demo, kBank, { serial: lost.serial, issuer })).state, "revoked");
    await finish(customer, again, holder);
    assert.equal((await demo.certificates(holder)).find(({ serial }) => serial === lost.serial).status, "revoked");
  }));

test("D1-16 the reply with the certificate is lost on the line: the next try ends with one live certificate", () =>
  asCustomer("lost", async (customer, holder, page) => {
    const renewal = await walk.openRenewal(page, kBank);
    const lost = await walk.loseReply(renewal);
    await walk.pressRenew(renewal);
    await walk.permitKey(renewal);
    await walk.answer(renewal, walk.kQuestions[1], "はい");
    await walk.dialog(renewal, walk.kQuestions[2]); // the page asks again by itself
    assert.equal(lost.count, 1, "no reply was lost: the page does not send its request by fetch");
    assert.equal((await demo.certificates(holder)).length, 2, "the second question got the first one's certificate");
    await look(renewal, "interrupted-lost-reply");
    customer.troubles.length = 0; // the lost reply is in the console, rightly
    await finish(customer, renewal, holder);
  }));

test("D1-16 the line stays down: the screen says so, and goes on when it is back, with one live certificate", () =>
  asCustomer("line", async (customer, holder, page) => {
    const renewal = await walk.openRenewal(page, kBank);
    await walk.pressRenew(renewal);
    await walk.permitKey(renewal);
    await customer.context.setOffline(true);
    await walk.answer(renewal, walk.kQuestions[1], "はい");
    await renewal.getByRole("alert").filter({ visible: true }).waitFor();
    await look(renewal, "interrupted-line-down");
    customer.troubles.length = 0; // the lost line is in the console, rightly
    await customer.context.setOffline(false);
    await finish(customer, renewal, holder);
  }));

test("D1-15 the Escape key at a question is いいえ", () =>
  asCustomer("escape", async (customer, holder, page) => {
    const renewal = await walk.openRenewal(page, kBank);
    await walk.pressRenew(renewal);
    await renewal.keyboard.press("Escape");
    await renewal.getByText(walk.kNothingChanged).first().waitFor();
    assert.equal((await demo.certificates(holder)).length, 1);
  }));

test("D1-12 O14 two windows of one renewal: both come to the same transaction, one live certificate", () =>
  asCustomer("tabs", async (customer, holder, page) => {
    const first = await walk.openRenewal(page, kBank);
    await walk.pressRenew(first);
    await page.bringToFront();
    const second = await walk.openBeside(page);
    await walk.pressRenew(second);
    await walk.permitKey(first);
    await walk.permitKey(second);
    await walk.answer(first, walk.kQuestions[1], "はい");
    await walk.dialog(first, walk.kQuestions[2]).catch(() => {});
    await walk.answer(second, walk.kQuestions[1], "はい");
    const unconfirmed = () => demo.certificates(holder)
        .then((all) => all.filter((certificate) => certificate.status === "issued_unconfirmed"));
    assert.ok((await unconfirmed()).length <= 1);
    await second.close();
    await finish(customer, first, holder);
  }));

test("D1-15 a double click on はい asks for one certificate", () =>
  asCustomer("double", async (customer, holder, page) => {
    const renewal = await walk.openRenewal(page, kBank);
    await walk.toStart(renewal);
    await renewal.getByRole("button", { name: "更新", exact: true }).dblclick();
    await walk.dialog(renewal, walk.kQuestions[0]);
    await walk.permitKey(renewal);
    await (await walk.dialog(renewal, walk.kQuestions[1])).getByRole("button", { name: "はい", exact: true }).dblclick();
    await walk.dialog(renewal, walk.kQuestions[2]);
    assert.equal((await demo.certificates(holder)).length, 2, "the old one and one new one");
    await finish(customer, renewal, holder);
  }));

for (const [index, bank] of [[0, "d1"], [1, "d1"], [1, "d2"]]) {
  const login_id = bank === "d2" ? "d2no" : `no${index}`;
  test(`${bank === "d1" ? "D1-15" : "D2-13"} いいえ at question ${index + 1}: nothing was changed, and the notice stays`, () =>
    asCustomer(login_id, async (customer, holder, page) => {
      const renewal = await walk.openRenewal(page, bank);
      await walk.pressRenew(renewal);
      if (index === 1) await walk.permitKey(renewal);
      await walk.answer(renewal, walk.kQuestions[index], "いいえ");
      await renewal.getByText(walk.kNothingChanged).first().waitFor();
      await look(renewal, `interrupted-no-${index + 1}-${bank}`, customer);
      assert.equal((await demo.certificates(holder)).length, 1);
      await renewal.close();
      const again = await walk.openAgain(page);
      await finish(customer, again, holder);
    }));
}

test("D1-17 いいえ at the third question: the certificate is there, nobody lost anything, and it can be taken later", () =>
  asCustomer("no2", async (customer, holder, page) => {
    const renewal = await walk.openRenewal(page, kBank);
    await walk.pressRenew(renewal);
    await walk.permitKey(renewal);
    await walk.permitRequest(renewal);
    await walk.answer(renewal, walk.kQuestions[2], "いいえ");
    await look(renewal, "interrupted-no-3", customer);
    const body = await renewal.locator("body").innerText();
    assert.match(body, /現在の電子証明書|何も変更していません/);
    await renewal.close();
    const again = await walk.openAgain(page);
    await finish(customer, again, holder);
  }));

test("D1-18 the file was not imported: 取り込みを確認する says so and the present certificate still works", () =>
  asCustomer("unread", async (customer, holder, page) => {
    const renewal = await walk.openRenewal(page, kBank);
    const saved = await walk.getFile(renewal, customer.home.dir);
    await walk.pressConfirm(renewal);
    await renewal.getByText("新しい電子証明書をまだ確認できていません。").first().waitFor();
    await renewal.getByText("現在の電子証明書は期限までご利用いただけます。").first().waitFor();
    await look(renewal, "interrupted-not-imported");
    assert.ok(!customer.seen.includes(walk.kComplete[kBank]));
    assert.equal((await demo.certificates(holder)).filter(({ status }) => status === "renewable").length, 1);
    await customer.home.import(saved.file, saved.password);
    await walk.confirmAgain(renewal, kBank);
    await walk.closeWindow(renewal);
    await walk.hasOneLive(demo, holder);
  }));

test("D1-17 作り直す on the import page: a lost password or file is made anew", () =>
  asCustomer("anew", async (customer, holder, page) => {
    const renewal = await walk.openRenewal(page, kBank);
    const first = await walk.getFile(renewal, customer.home.dir);
    await walk.makeAnew(renewal);
    await finish(customer, renewal, holder);
    const all = await demo.certificates(holder);
    assert.equal(all.filter(({ status }) => status === "revoked").length, 1);
    assert.equal(all.filter(({ status }) => status === "superseded").length, 1);
    assert.ok(first.file);
  }));
