// Who may not log in, and what they are told: on new connections and on kept ones, whatever the browser sends.
import assert from "node:assert/strict";
import tls from "node:tls";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { withCustomer } from "./support/chromium.mjs";
import { addDays, at, longForm } from "./support/day.mjs";
import { Demo, demoWithHolders } from "./support/demo.mjs";
import { delivered, simpleReenroll } from "./support/est.mjs";
import { asFiles, newKey, newRequest, openssl, pemOf, scratch, subjectOf, writeP12, facts } from "./support/keys.mjs";
import * as walk from "./support/journey.mjs";
import { look } from "./support/look.mjs";
import { removePolicy } from "./support/policy.mjs";
import { Visitor, loginPage, textOf } from "./support/visitor.mjs";

let demo;
let holders;
let today;

before(async () => {
  const at_bank = (institution, wanted) => wanted.map(([login_id, ends_in]) => ({ login_id, institution, ends_in }));
  ({ demo, holders, today } = await demoWithHolders([
    ...at_bank("d1", [["grace", -5], ["closed", -91], ["lastgrace", -90], ["lost", 20], ["kept", 20], ["older", 20], ["shown", 20],
                      ["ends", 3], ["fine", 20]]),
    ...at_bank("d2", [["neighbour", 20]]),
  ]));
});

after(async () => {
  await demo?.close();
  await removePolicy();
});

async function logIn(visitor, holder) {
  const notices = await visitor.submit(await loginPage(visitor, holder.institution), { password: holder.password });
  assert.match(textOf(notices.text), /重要なお知らせ/);
  return notices;
}

// refuses: a page with this code, in words, with a way on, and no form for a password.
async function refuses(holder, code, words, bank = "d1") {
  const visitor = holder instanceof Visitor ? holder : new Visitor(demo, holder);
  try {
    const page = await loginPage(visitor, bank);
    isRefusal(page, code, words);
  } finally {
    visitor.close();
  }
}

function isRefusal(page, code, words) {
  const text = textOf(page.text);
  assert.ok(text.includes(code), `${code} is not on the page: ${text}`);
  assert.match(text, words);
  assert.doesNotMatch(page.text, /type="?password/);
  assert.ok(page.status >= 400 && page.status < 500, `status ${page.status}`);
  assert.match(page.text, /<a\b/, "there is a way on");
}

async function revoke(holder) {
  const { serial } = await walk.hasOneLive(demo, holder);
  await demo.inkan(["cert", "revoke", serial, "--reason", "keyCompromise", "--yes"]);
  return serial;
}

test("E101 no certificate: the page says so and offers 電子証明書取得", () =>
  refuses(new Visitor(demo), "E101", /電子証明書を確認できませんでした.*電子証明書取得/));

test("E101 a certificate of a CA that is not ours", async () => {
  const key = await newKey();
  const { out: pem } = await openssl(["req", "-new", "-x509", "-key", key, "-subj", "/CN=fine", "-days", "30"]);
  const p12 = scratch(".p12");
  await writeP12(p12, "abc-123", { key, pem });
  await refuses({ p12, p12_password: "abc-123" }, "E101", /電子証明書を確認できませんでした/);
});

test("D2-23 E102 expired within the grace days: the day it ended, and how many days are left", () =>
  refuses(holders.grace, "E102", new RegExp(`${longForm(addDays(today, -5)).replace(/（.*/, "")}.*に切れました。あと ?85 ?日は再取得できます`)));

test("E102 the last of the grace days", () => refuses(holders.lastgrace, "E102", /再取得できます/));

test("E103 the grace days are over: the bank must re-issue", () => refuses(holders.closed, "E103", /再発行が必要です/));

test("E104 O31 a certificate of another bank: nothing of it is shown, and how to choose another", () =>
  refuses(holders.neighbour, "E104", /^(?!.*neighbour).*ログインIDのものではありません。 「別の証明書を選ぶ」を押し.*別の証明書を選ぶ/));

test("E105 revoked, on a connection of its own and on the one that was logged in", async () => {
  const holder = holders.lost;
  const kept = new Visitor(demo, holder);
  const notices = await logIn(kept, holder);
  const serial = await revoke(holder);
  assert.ok(serial);
  const next = await kept.once(notices.url);
  assert.ok(next.reused && next.port === notices.port, "this must be the same connection");
  isRefusal(next, "E105", /失効/);
  kept.close();
  await refuses(holder, "E105", /失効/);
});

test("E105 superseded: the new certificate is named, and the old one is out on the kept connection too", async () => {
  const holder = holders.older;
  const kept = new Visitor(demo, holder);
  const notices = await logIn(kept, holder);
  const key = await newKey();
  const pem = await pemOf(holder);
  const issued = await delivered(await simpleReenroll(demo, holder, {
    request: await newRequest(key, await subjectOf(pem)), files: await asFiles(holder),
  }), key);
  assert.equal((await kept.once(notices.url)).status, 200, "not before the new one is used (O1)");
  const renewed = { ...holder, p12: scratch(".p12") };
  await issued.writeP12(renewed.p12, renewed.p12_password);
  const visitor = new Visitor(demo, renewed);
  await logIn(visitor, renewed);
  visitor.close();
  const next = await kept.once(notices.url);
  assert.equal(next.port, notices.port);
  const { not_after } = await facts(issued.pem);
  isRefusal(next, "E105", new RegExp(`新しい.*${not_after.getFullYear()}年`));
  kept.close();
  await refuses(holder, "E105", /新しい/);
});

test("I7 a session's cookie is worth nothing with another certificate, or without one", async () => {
  const visitor = new Visitor(demo, holders.fine);
  const notices = await logIn(visitor, holders.fine);
  for (const thief of [new Visitor(demo), new Visitor(demo, holders.shown), new Visitor(demo, holders.neighbour)]) {
    thief.cookies = visitor.cookies;
    const stolen = await thief.go(notices.url);
    assert.doesNotMatch(textOf(stolen.text), new RegExp(holders.fine.login_id));
    assert.doesNotMatch(textOf(stolen.text), new RegExp(walk.kNoticeTitle));
    thief.close();
  }
  visitor.close();
});

for (const version of ["TLSv1.2", "TLSv1.3"]) {
  test(`I7 ${version}: no session is resumed, so no login outlives its certificate's status`, async () => {
    const visitor = new Visitor(demo);
    const url = new URL((await loginPage(visitor, "d1")).url);
    visitor.close();
    const portal = new URL(demo.institution("d1").portal);
    const holder = holders.fine;
    const connect = (url, session) => new Promise((resolve, reject) => {
      let newest;
      const socket = tls.connect({
        host: "127.0.0.1", port: url.port, servername: url.hostname, ca: demo.trust, session, minVersion: version, maxVersion: version,
        pfx: readFileSync(holder.p12), passphrase: holder.p12_password,
      }, () => socket.write(`GET / HTTP/1.1\r\nHost: ${url.host}\r\nConnection: close\r\n\r\n`));
      socket.on("session", (value) => (newest = value));
      socket.on("data", () => {});
      socket.on("error", reject);
      socket.on("end", () => {
        resolve({ reused: socket.isSessionReused(), session: newest ?? socket.getSession() });
        socket.destroy();
      });
    });
    const first = await connect(url);
    assert.equal((await connect(url, first.session)).reused, false);
    const other = await connect(portal);
    assert.equal((await connect(url, other.session)).reused, false, "a session of the listener that asks for no certificate");
  });
}

test("the six states as a person sees them, each with its picture", async () => {
  const expected = {
    none: /E101/, active: /重要なお知らせ/, renewable: new RegExp(walk.kNoticeTitle), expired_grace: /E101/, expired_closed: /E101/,
    revoked: /E105/,
  };
  const fresh = await Demo.start();
  try {
    for (const [state, words] of Object.entries(expected)) {
      const holder = { ...fresh.holder("d1", state), institution: "d1" };
      await withCustomer(fresh, holder.p12 ? holder : [], async (customer, page) => {
        await walk.toLogin(page, fresh, "d1");
        if (["active", "renewable"].includes(state)) await walk.enterPassword(page, holder);
        await page.getByText(words).first().waitFor();
        await look(page, `state-${state}`, customer);
      });
    }
  } finally {
    await fresh.close();
  }
});

test("D1-05 a certificate that ends while its holder is logged in: the next click says so, on the kept connection", async () => {
  const holder = holders.ends;
  await demo.setClock(at(addDays(today, 3), "23:58:00"));
  const kept = new Visitor(demo, holder);
  const notices = await logIn(kept, holder);
  await withCustomer(demo, holder, async (customer, page) => {
    await walk.logIn(page, demo, holder);
    await demo.setClock(at(addDays(today, 4), "00:00:00"));
    const next = await kept.once(notices.url);
    isRefusal(next, "E102", /に切れました/);
    await page.reload();
    await page.getByText("E102").first().waitFor();
    await look(page, "expired-while-logged-in");
  }).finally(() => kept.close());
});
