// The bank's desk in a real browser: a staff certificate in the NSS store, two persons for a re-issue, and what each role may not do.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { withCustomer } from "./support/chromium.mjs";
import { codeIn, demoWithHolders, signer } from "./support/demo.mjs";
import { askReissue, openDesk, openFile, sign } from "./support/desk.mjs";
import { delivered, simpleEnroll } from "./support/est.mjs";
import { newKey, newRequest } from "./support/keys.mjs";
import { fits, hasLittleScript, look, lookEverywhere } from "./support/look.mjs";
import { mailsTo } from "./support/mail.mjs";
import { screen, toLogin } from "./support/journey.mjs";
import { pressOn, typeInto } from "./support/keyboard.mjs";
import { removePolicy } from "./support/policy.mjs";
import { until } from "./support/run.mjs";
import { Visitor, textOf } from "./support/visitor.mjs";

let demo;
let holders;
let clerk;
let approver;
let second;
let auditor;

before(async () => {
  const wanted = [["lost", 20], ["stolen", 40], ["stops", 40], ["same", -100], ["watched", 40], ["english", 40], ["terminal", -100],
                  ["closed", -95]];
  ({ demo, holders } = await demoWithHolders(wanted.map(([login_id, ends_in]) => ({ login_id, institution: "d1", ends_in }))));
  clerk = demo.staff("d1", "clerk");
  approver = demo.staff("d1", "approver");
  second = demo.staff("d1", "approver", 1);
  auditor = demo.staff("d1", "auditor");
});

after(async () => {
  await demo?.close();
  await removePolicy();
});

async function asStaff(account, act, options) {
  const person = await openDesk(demo, account, options);
  try {
    await act(person.page, person);
    assert.deepEqual(person.troubles, [], "the console shows errors");
  } finally {
    await person.close();
  }
}

test("contract.md: demo.json names the desk and an account of every role, each with its file", async () => {
  const { url, accounts } = demo.json.staff;
  assert.match(url, /^https:\/\/desk\.localhost:\d+$/);
  for (const { id } of demo.json.institutions) {
    const roles = accounts.filter(({ institution }) => institution === id).map(({ role }) => role).sort();
    assert.deepEqual(roles, ["approver", "approver", "auditor", "clerk"]);
  }
  for (const { p12, p12_password, password } of accounts) {
    assert.ok((await readFile(p12)).length > 500);
    assert.ok(p12_password && password);
  }
  assert.equal(new Set(accounts.map(({ password }) => password)).size, accounts.length, "no two share a password");
});

test("T21 without a certificate, and with a customer's: a page that says why, and no form", async () => {
  for (const shown of [[], [holders.watched]]) {
    await withCustomer(demo, shown, async (person, page) => {
      await page.goto(demo.json.staff.url);
      await screen(page, "職員の電子証明書を確認できませんでした"); // the desk names its own CA, so the browser offers no other
      assert.equal(await page.locator("form").count(), 0);
      await look(page, `desk-none-${shown.length}`);
    });
  }
  const customer = new Visitor(demo, holders.watched); // a program that sends it all the same
  const page = await customer.go(demo.json.staff.url);
  assert.equal(page.status, 403);
  assert.match(textOf(page.text), /B102/);
  customer.close();
});

test("a customer is found, read, put on hold by one person, and may log in again after two have agreed", async () => {
  const holder = holders.stops;
  await asStaff(clerk, async (page, person) => {
    await lookEverywhere(page, "desk-search", person);
    await openFile(page, holder.login_id, holder.company);
    await page.getByText("このお客さまはログインできます").waitFor();
    await lookEverywhere(page, "desk-file", person);
    await page.getByRole("link", { name: "一時停止" }).click();
    await screen(page, "一時停止の確認");
    await lookEverywhere(page, "desk-hold", person);
    await page.getByLabel("理由").fill("PCの紛失の届け出（電話）");
    await page.getByRole("button", { name: "一時停止する" }).click();
    await page.getByText("一時停止しました。").waitFor();
    await page.getByText("E106").waitFor();
    await look(page, "desk-held", person);

    await page.getByRole("link", { name: "一時停止の解除を申請" }).click();
    await page.getByLabel("本人確認の方法と結果").fill("届出印を照合");
    await page.getByLabel("折り返しの電話").fill("14:20 登録番号へ");
    await page.getByRole("button", { name: "申請の文面を確かめる" }).click();
    await sign(page, clerk, "署名して申請する");
    await screen(page, "受付番号 R-");
  });
  await withCustomer(demo, holder, async (customer, page) => {
    await toLogin(page, demo, "d1");
    await page.getByText("E106").waitFor();
  });
  await asStaff(approver, async (page, person) => {
    await page.getByRole("link", { name: "承認待ち" }).click();
    await lookEverywhere(page, "desk-requests", person);
    await page.getByRole("row", { name: holder.login_id }).getByRole("link").click();
    await page.getByRole("link", { name: "承認へ進む" }).click();
    await screen(page, "承認に署名");
    await sign(page, approver, "署名して承認する");
    await page.getByText("承認済み").waitFor();
  });
  const [certificate] = await demo.certificates(holder);
  assert.equal(certificate.status, "active");
});

test("T3 T5 a re-issue by two persons: the code comes by mail, and lets the holder acquire", async () => {
  const holder = holders.lost;
  const before = (await mailsTo(demo, holder.mail)).length; // the first code came by mail as well
  let number;
  await asStaff(clerk, async (page, person) => {
    await openFile(page, holder.login_id, holder.company);
    await page.getByRole("link", { name: "失効" }).click();
    await screen(page, "失効の確認");
    await lookEverywhere(page, "desk-revoke", person);
    await page.getByLabel("紛失・盗難・鍵の漏えい").check();
    await page.getByLabel("理由", { exact: true }).last().fill("盗難の届け出（来店）");
    await page.getByRole("button", { name: "失効する" }).click();
    await page.getByText("失効しました。").waitFor();
    await page.getByRole("link", { name: "再発行を申請" }).click();
    await look(page, "desk-ask", person);
    await page.goBack();

    // What leaves the page: no file, no password, only the signature.
    const sent = [];
    page.on("request", (request) => request.method() === "POST" && sent.push(request.postData() ?? ""));
    number = await askReissue(page, clerk);
    assert.ok(sent.some((body) => /signature=[A-Za-z0-9%+]{80,}/.test(body)), "a signature was sent");
    for (const body of sent) assert.ok(!decodeURIComponent(body).includes(clerk.p12_password), "the file's password was sent");
    assert.ok(sent.every((body) => body.length < 4000), "nothing as big as a file was sent");
    await lookEverywhere(page, "desk-request-waiting", person);
    assert.equal(await page.getByRole("link", { name: "承認へ進む" }).count(), 0, "whoever asked is shown no way to approve");
    await hasLittleScript(page, "request");
  });
  await asStaff(approver, async (page, person) => {
    await page.getByRole("link", { name: "承認待ち" }).click();
    await page.getByRole("link", { name: number }).click();
    await page.getByRole("link", { name: "承認へ進む" }).click();
    await screen(page, "承認に署名");
    await hasLittleScript(page, "signing");
    await lookEverywhere(page, "desk-sign", person);
    await sign(page, { ...approver, p12_password: "wrong" }, "署名して承認する");
    await page.getByText("ファイルのパスワードが正しくありません").waitFor();
    await sign(page, { ...second }, "署名して承認する");
    await page.getByText("このファイルの鍵は、ログインに使った電子証明書のものではありません").waitFor();
    await look(page, "desk-sign-refused", person);
    await sign(page, approver, "署名して承認する");
    await page.getByText("承認済み").waitFor();
    await look(page, "desk-request-approved", person);
    const stored = await page.evaluate(async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length]);
    assert.deepEqual(stored, [0, 0, 0], "nothing is kept in the browser");
  });
  const code = await until("the code's mail", async () => codeIn((await mailsTo(demo, holder.mail)).slice(before)));
  await asStaff(auditor, async (page) => {
    await openFile(page, holder.login_id, holder.company);
    assert.ok(!(await page.content()).includes(code), "the desk never sees the code");
  });
  const key = await newKey();
  const issued = await delivered(await simpleEnroll(demo, holder, { code, request: await newRequest(key) }), key);
  assert.match(issued.pem, /BEGIN CERTIFICATE/);
  const audit = await demo.inkanJson(["audit", "export"]);
  const actions = audit.filter(({ subject }) => subject === holder.login_id).map(({ action }) => action);
  for (const action of ["request.made", "request.approved", "code.released"]) assert.ok(actions.includes(action), action);
});

test("T5 the same person is refused, whatever is sent", async () => {
  await asStaff(approver, async (page) => {
    await openFile(page, holders.same.login_id, holders.same.company);
    const number = await askReissue(page, approver);
    await page.goto(`${demo.json.staff.url}/requests/${number}/approve`);
    assert.equal(await page.getByRole("button", { name: "署名して承認する" }).count(), 0);
    await page.getByText("申請した本人は承認できません").first().waitFor();
    await assert.rejects(demo.inkan(["holder", "allow-reissue", "--institution", "d1", "--approve", number, ...signer(approver)]),
                         /ended with 4\n[^]*request\.same_person/);
    await assert.rejects(demo.inkan(["holder", "allow-reissue", "--institution", "d1", "--approve", number, ...signer(clerk)]),
                         /ended with 4\n[^]*staff\.role/);
    await page.goto(`${demo.json.staff.url}/requests/${number}`);
    await page.getByLabel("取り下げの理由").fill("試験");
    await page.getByRole("button", { name: "取り下げる" }).click();
    await page.getByText("却下・取り下げ").first().waitFor();
  });
});

test("an auditor reads everything and is shown no act", () =>
  asStaff(auditor, async (page, person) => {
    await openFile(page, holders.watched.login_id, holders.watched.company);
    await page.getByText("監査の役割では閲覧だけができます").waitFor();
    for (const name of ["一時停止", "失効", "再発行を申請"]) assert.equal(await page.getByRole("link", { name, exact: true }).count(), 0, name);
    await look(page, "desk-auditor", person);
    const answer = await page.request.post(`${demo.json.staff.url}/files/${holders.watched.login_id}/hold`, {
      form: { why: "x" }, headers: { Origin: demo.json.staff.url }, ignoreHTTPSErrors: true,
    }).catch(() => undefined); // Playwright's own client has no certificate of the store: whatever comes, nothing is held
    assert.ok(!answer || answer.status() >= 400);
    assert.equal((await demo.certificates(holders.watched))[0].status, "active");
  }));

test("T21 a role that is taken away counts from the next click", () =>
  asStaff(second, async (page) => {
    await openFile(page, holders.watched.login_id, holders.watched.company);
    await demo.inkan(["staff", "remove", second.login_id, "--institution", "d1", "--yes"]);
    const listed = await demo.inkanJson(["staff", "list", "--institution", "d1"]);
    assert.ok(listed.find(({ login_id }) => login_id === second.login_id).removed_at);
    await page.getByRole("link", { name: "承認待ち" }).click();
    await screen(page, "職員として登録されていません");
    assert.ok(!(await page.content()).includes(holders.watched.login_id));
  }));

test("T21 payloads in names stay text", async () => {
  const payload = `<img src=x onerror="document.title='owned'">`;
  await demo.importHolders([{ login_id: "payload", institution: "d1", password: "Pw-payload-7q", role: "user",
                              company: `"${payload.replaceAll('"', '""')}"`, name: `"</title><script>document.title='owned'</script>"`,
                              mail: "payload@example.jp" }]);
  await asStaff(clerk, async (page) => {
    await openFile(page, "payload");
    await page.getByText(payload).first().waitFor();
    assert.ok(!(await page.title()).includes("owned"));
    assert.equal(await page.locator("main img, main script").count(), 0);
  });
});

test("every page of the desk for a reader of English, on a narrow screen, by axe", () =>
  asStaff(clerk, async (page) => {
    const see = async (name) => {
      await look(page, `desk-english-${name}`);
      assert.equal(await page.locator("html").getAttribute("lang"), "en", name);
      await fits(page, name);
    };
    await see("search");
    await openFile(page, holders.english.login_id, holders.english.company);
    await see("file");
    await page.getByRole("link", { name: "Hold" }).click();
    await see("hold");
    await page.goBack();
    await page.getByRole("link", { name: "Revoke" }).click();
    await see("revoke");
    await openFile(page, holders.closed.login_id, holders.closed.company);
    await see("closed");
    await page.getByRole("link", { name: "Ask for a re-issue" }).click();
    await see("ask");
    await page.getByLabel("How identity was checked").fill("seal");
    await page.getByLabel("Call-back").fill("10:05");
    await page.getByRole("button", { name: "See the statement" }).click();
    await see("sign");
    await page.getByRole("link", { name: "Waiting for approval" }).click();
    await see("requests");
    await page.getByRole("button", { name: "Log out" }).click();
    await see("logged-out");
  }, { locale: "en-GB", viewport: { width: 320, height: 640 } }));

test("WCAG 2.1.1 find, read and hold by the keyboard alone", () =>
  asStaff(clerk, async (page) => {
    await typeInto(page, "会社名、ログインID", holders.stolen.login_id);
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: holders.stolen.login_id }).waitFor();
    await pressOn(page, holders.stolen.login_id);
    await page.getByText("このお客さまはログインできます").waitFor();
    await pressOn(page, "一時停止");
    await screen(page, "一時停止の確認");
    await typeInto(page, "理由", "盗難");
    await page.keyboard.press("Enter");
    await page.getByText("一時停止しました。").waitFor();
  }));

test("the terminal's way of two persons gives a number and no code", async () => {
  const holder = holders.terminal;
  const before = (await mailsTo(demo, holder.mail)).length;
  const ask = ["holder", "allow-reissue", holder.login_id, "--institution", "d1", "--identity-check", "seal", "--call-back", "10:05"];
  await assert.rejects(demo.inkan([...ask, ...signer(auditor)]), /ended with 4\n[^]*staff\.role/);
  await assert.rejects(demo.inkan([...ask, "--as", clerk.login_id, "--p12", clerk.p12, "--p12-password-file", `${approver.p12}.password`]),
                       /ended with 6\n[^]*pkcs12\.wrong_password/);
  await assert.rejects(demo.inkan([...ask, "--as", clerk.login_id, "--p12", approver.p12, "--p12-password-file", `${approver.p12}.password`]),
                       /ended with 4\n[^]*request\.signature/);
  const asked = await demo.inkan([...ask, ...signer(clerk), "--json"]);
  const { number, state } = JSON.parse(asked.out);
  assert.match(number, /^R-\d{8}-\d{6}$/);
  assert.equal(state, "waiting");
  assert.match(asked.err, /^Inkan request 1\n/, "what is signed is shown");
  await assert.rejects(demo.inkan([...ask, ...signer(clerk)]), /ended with 5\n[^]*request\.running/);
  const approved = await demo.inkan(["holder", "allow-reissue", "--institution", "d1", "--approve", number, ...signer(approver), "--json"]);
  assert.equal(JSON.parse(approved.out).state, "approved");
  const code = await until("the code's mail", async () => codeIn((await mailsTo(demo, holder.mail)).slice(before)));
  for (const { out, err } of [asked, approved]) assert.ok(!(out + err).includes(code), "the terminal never shows the code");
  await assert.rejects(demo.inkan(["holder", "release-code", holder.login_id, "--institution", "d1"]), /ended with 4\n[^]*code\.not_first/);
});
