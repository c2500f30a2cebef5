// T1: a relay between a customer and the bank, with a name and a certificate of its own, that passes on all it can. T4: from a report
// of loss to the block, on connections that are open already.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { demoWithHolders } from "./support/demo.mjs";
import { delivered, simpleEnroll, simpleReenroll } from "./support/est.mjs";
import { asFiles, newKey, newRequest, pemOf, scratch, subjectOf } from "./support/keys.mjs";
import { liveCertificates } from "./support/journey.mjs";
import { mailsTo } from "./support/mail.mjs";
import { Relay } from "./support/relay.mjs";
import { until } from "./support/run.mjs";
import { Visitor, linkTo, loginPage, textOf } from "./support/visitor.mjs";

let demo;
let holders;

before(async () => {
  ({ demo, holders } = await demoWithHolders([
    { login_id: "victim", institution: "d1", ends_in: 20 }, { login_id: "thief", institution: "d1", ends_in: 20 },
    { login_id: "stolen", institution: "d1", ends_in: 20, role: "administrator" }, { login_id: "typed", institution: "d1", ends_in: -5 },
  ]));
});

after(() => demo?.close());

const code = (page) => /画面番号 ([A-Z]\d+)/.exec(textOf(page.text))?.[1];

async function logIn(visitor, holder) {
  return visitor.submit(await loginPage(visitor, "d1"), { password: holder.password });
}

const formPost = (visitor, url, origin, fields) => visitor.once(url, {
  method: "POST", body: new URLSearchParams(fields).toString(),
  headers: { "Content-Type": "application/x-www-form-urlencoded", Origin: origin, "Sec-Fetch-Site": "same-origin" },
});

test("T1 a relay in the middle gets no session and no renewal: mutual TLS ends at the relay", async () => {
  const before_it = await liveCertificates(demo, holders.victim);
  const relay = await Relay.start(demo, "d1");
  const victim = new Visitor(relay.asDemo(), holders.victim, { rejectUnauthorized: false }); // talked past the browser's warning
  try {
    // The customer walks the whole way, on the relay's own hosts: it asks for the certificate, and the customer's key proves itself
    // to the relay, which is all it ever proves.
    const login = await victim.go(linkTo(await victim.go(relay.portal), "電子証明書ログイン"));
    assert.ok(relay.shown.length > 0, "the relay was shown the customer's certificate");
    assert.equal(code(login), "E101", "and the bank sees none");
    assert.doesNotMatch(login.text, /type="?password/, "so it asks for no password");

    // A relay that makes up the form itself gets the password, and nothing for it.
    const opened = await formPost(victim, new URL("/login", login.url).href, new URL(login.url).origin, { password: holders.victim.password });
    assert.equal(code(opened), "E101");
    assert.ok(relay.secrets.includes(holders.victim.password), "the relay has read the password");
    assert.equal(opened.headers["set-cookie"], undefined);
  } finally {
    victim.close();
    await relay.close();
  }
  assert.deepEqual(await liveCertificates(demo, holders.victim), before_it);
});

test("T1 neither session cookie nor ticket nor an own certificate opens anything without the customer's key", async () => {
  const victim = new Visitor(demo, holders.victim);
  const notices = await logIn(victim, holders.victim);
  assert.match(textOf(notices.text), /重要なお知らせ/);
  const host = new URL(notices.url);
  const open = await formPost(victim, new URL("/renewal/open", host).href, host.origin, {});
  assert.ok(open.status < 400, `a renewal begins: ${open.status}`);
  const page = await victim.go(new URL("/renewal", host).href);
  const ticket = /data-ticket="([0-9a-f]+)"/.exec(page.text)?.[1] ?? /[0-9a-f]{32}/.exec(page.text)?.[0];
  assert.ok(ticket, "the page names the ticket");

  const request = await newRequest(await newKey(), await subjectOf(await pemOf(holders.victim)));
  for (const [who, shown] of [["nobody", undefined], ["another customer", holders.thief]]) {
    const thief = new Visitor(demo, shown);
    thief.cookies = new Map([...victim.cookies].map(([name, jar]) => [name, new Map(jar)]));
    const replay = await thief.once(notices.url);
    assert.notEqual(replay.status, 200, `${who} with the session's cookie`);
    assert.doesNotMatch(textOf(replay.text), /重要なお知らせ/);
    const taken = await thief.once(new URL("/renewal/request", host).href, {
      method: "POST", body: request,
      headers: { "Content-Type": "application/pkcs10", "Inkan-Ticket": ticket, Origin: host.origin, "Sec-Fetch-Site": "same-origin" },
    });
    assert.ok(taken.status >= 300, `${who} with cookie and ticket: ${taken.status}`);
    assert.doesNotMatch(taken.text, /BEGIN CERTIFICATE|MII[A-Za-z0-9+/]{40}/);
    thief.close();
  }
  victim.close();
  const live = await liveCertificates(demo, holders.victim);
  assert.equal(live.length, 1, "no certificate came of it");
});

// What a relay does get (docs/threat-model.md says so): ID, password and one-time code typed into its page are a certificate for
// whoever read them. What is left is that the customer hears of it at once and can stop it alone.
test("T1 a one-time code typed into a relay's page: the customer is told at once, and stops what came of it", async () => {
  const holder = holders.typed;
  const one_time = await demo.releaseCode(holder);
  const told = (await mailsTo(demo, holder.mail)).length;
  const relay = await Relay.start(demo, "d1", { keeps: "/acquisition" });
  const victim = new Visitor(relay.asDemo(), undefined, { rejectUnauthorized: false });
  try {
    const form = await victim.go(linkTo(await victim.go(relay.portal), "電子証明書取得"));
    const kept = await victim.submit(form, { login_id: holder.login_id, password: holder.password, code: one_time });
    assert.equal(kept.status, 503, "the relay keeps this for itself");
  } finally {
    victim.close();
    await relay.close();
  }
  const [login_id, password, code_read] = relay.secrets;
  assert.deepEqual([login_id, password, code_read], [holder.login_id, holder.password, one_time]);
  const key = await newKey();
  const taken = await delivered(await simpleEnroll(demo, { ...holder, login_id, password }, { code: code_read, request: await newRequest(key) }), key);
  const stolen = { ...holder, p12: scratch(".p12") };
  await taken.writeP12(stolen.p12, stolen.p12_password);

  const letters = await until("the letter", async () => {
    const new_ones = (await mailsTo(demo, holder.mail)).slice(told);
    return new_ones.length > 0 ? new_ones : undefined;
  });
  assert.ok(letters.some(({ text }) => /紛失・盗難|身に覚え|心当たり/.test(text)), letters.map(({ text }) => text).join("\n"));
  const owner = new Visitor(demo);
  const lost = await owner.go(linkTo(await owner.go(demo.institution("d1").portal), "紛失・盗難のとき"));
  assert.match(textOf((await owner.submit(lost, { login_id, password, sure: "yes" })).text), /一時停止しました/);
  owner.close();
  const thief = new Visitor(demo, stolen);
  const page = await thief.go(linkTo(await thief.go(demo.institution("d1").portal), "電子証明書ログイン"));
  assert.equal(code(page), "E106");
  thief.close();
});

test("T4 a report of loss blocks the very next request on every open connection", async () => {
  const holder = holders.stolen;
  const files = await asFiles(holder);
  const thief = new Visitor(demo, holder); // at the stolen PC, logged in
  const notices = await logIn(thief, holder);
  const before_it = await thief.once(notices.url);
  assert.equal(before_it.status, 200);

  const owner = new Visitor(demo); // on a telephone, at night
  const lost = await owner.go(linkTo(await owner.go(demo.institution("d1").portal), "紛失・盗難のとき"));
  const entry = { login_id: holder.login_id, password: holder.password, sure: "yes" };
  const warned = await owner.submit(lost, entry); // O26: of the last 管理者
  assert.match(textOf(warned.text), /御社でログインできる最後の管理者/);
  const held = await owner.submit(warned, { ...entry, knowing: "yes" });
  const at = performance.now();
  assert.match(textOf(held.text), /一時停止しました/);

  const next = await thief.once(notices.url);
  const took = performance.now() - at;
  assert.ok(next.reused && next.port === before_it.port, "this must be the same connection");
  assert.equal(next.status, 403);
  assert.equal(code(next), "E106");
  const login = await thief.once(new URL("/login", notices.url).href);
  assert.equal(code(login), "E106");
  const renewed = await simpleReenroll(demo, holder, {
    request: await newRequest(await newKey(), await subjectOf(await pemOf(holder))), files,
  });
  assert.equal(renewed.status, 403, "no new certificate with the stolen key either");
  console.log(`T4: from the answer to the report to the first refusal: ${took.toFixed(1)} ms`);
  owner.close();
  thief.close();
});
