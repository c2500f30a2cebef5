// `inkan demo` as contract.md gives it: demo.json, the six states, the clock, a clean stop, and going on where it was.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { dayOf } from "./support/day.mjs";
import { Demo } from "./support/demo.mjs";
import { facts, pemOf } from "./support/keys.mjs";
import { authorities, issuerOf, ocsp } from "./support/status.mjs";
import { mailsIn } from "./support/mail.mjs";
import { Visitor, logInOnce } from "./support/visitor.mjs";

const kStates = ["none", "active", "renewable", "expired_grace", "expired_closed", "revoked"];
const kRoles = ["administrator", "user"];

let dir;
let demo;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), "inkan-demo-test-"));
  demo = await Demo.start({ dir });
});

after(async () => {
  await demo?.close();
  await rm(dir, { recursive: true, force: true });
});

const every = () => demo.json.institutions.flatMap((institution) =>
  institution.holders.map((holder) => ({ ...holder, institution: institution.id })));

test("demo.json has the shape that contract.md gives it, and nobody else may read it", async () => {
  const { json } = demo;
  assert.equal((await stat(join(dir, "demo.json"))).mode & 0o777, 0o600);
  assert.equal(json.pid, demo.child.pid);
  assert.match(json.now, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00$/);
  assert.ok(Math.abs(new Date(json.now) - Date.now()) < 600_000, "the demo's time starts at the machine's");
  assert.match(json.metrics, /^http:\/\/.*\/metrics$/);
  assert.match(demo.trust, /BEGIN CERTIFICATE/);
  assert.deepEqual(json.institutions.map(({ document }) => document).filter((name) => /^D[12]$/.test(name)).sort(), ["D1", "D2"]);
  for (const institution of json.institutions) {
    assert.equal(new URL(institution.portal).hostname, `${institution.id}.localhost`);
    assert.ok(institution.name.length > 0);
    assert.ok(institution.est.endsWith(`/.well-known/est/${institution.id}`), institution.est);
    assert.ok(institution.ocsp.startsWith("http://") && institution.crl.startsWith("http://"));
    assert.ok(institution.ca.endsWith(`${institution.id}-ca.pem`), institution.ca);
    assert.ok((await authorities(demo, institution.id)).pem.length >= 1);
  }
});

test("every role of every institution has a holder in each of the six states, each with a mail address and a password of its own", () => {
  for (const { id } of demo.json.institutions) {
    for (const role of kRoles) for (const state of kStates) assert.ok(demo.holder(id, state, role), `${id} ${role} ${state}`);
  }
  const passwords = every().map(({ password }) => password);
  assert.equal(new Set(passwords).size, passwords.length);
  for (const { login_id, mail } of every()) assert.match(mail, /^[^@\s]+@[^@\s]+$/, login_id);
});

test("each holder's file tells the truth: it opens, ends on the day that demo.json gives, and OCSP says what its state says", async () => {
  const today = dayOf(demo.json.now);
  for (const holder of every()) {
    if (holder.state === "none") {
      assert.ok(!holder.p12, `${holder.login_id} has no certificate, and so no file`);
      continue;
    }
    const pem = await pemOf(holder);
    const { not_after } = await facts(pem);
    assert.ok(holder.not_after.startsWith(dayOf(not_after)), `${holder.login_id}: ${holder.not_after} is not ${dayOf(not_after)}`);
    const days = (new Date(dayOf(not_after)) - new Date(today)) / 86_400_000;
    const [from, to] = { active: [31, 366], renewable: [0, 30], expired_grace: [-90, -1], expired_closed: [-5000, -91],
                         revoked: [-5000, 366] }[holder.state];
    assert.ok(days >= from && days <= to, `${holder.login_id} is ${holder.state} with ${days} days left`);
    const { state } = await ocsp(demo, holder.institution, { pem, issuer: await issuerOf(demo, holder.institution, pem) });
    assert.equal(state, holder.state === "revoked" ? "revoked" : "good", holder.login_id);
  }
});

test("the operator's list agrees with demo.json about every holder's state", async () => {
  for (const { id, holders } of demo.json.institutions) {
    const listed = await demo.inkanJson(["holder", "list", "--institution", id]);
    for (const holder of holders) {
      assert.equal(listed.find(({ login_id }) => login_id === holder.login_id)?.state, holder.state, holder.login_id);
    }
  }
});

test("every holder who may log in does, with the certificate and the password of demo.json", async () => {
  for (const holder of every().filter(({ state }) => ["active", "renewable"].includes(state))) {
    await logInOnce(demo, holder);
  }
});

test("the operator holds an ID by one of its serials: asked first, at once, and nobody logs in with it", async () => {
  const holder = { ...demo.holder("d2", "active"), institution: "d2" };
  const { serial } = (await demo.certificates(holder)).find(({ revoked_at }) => !revoked_at);
  assert.match((await demo.inkan(["cert", "hold", serial], { allow: [4] })).err, /usage\.not_confirmed/);
  await logInOnce(demo, holder);
  const held = await demo.inkanJson(["cert", "hold", serial, "--why", "電話での届出", "--yes"]);
  assert.equal(held.login_id, holder.login_id);
  await assert.rejects(logInOnce(demo, holder));
  assert.equal((await demo.certificates(holder))[0].status, "suspended");
});

test("O26 the operator is told when the last 管理者 of a contract goes, and goes on with --yes", async () => {
  const listed = await demo.inkanJson(["holder", "list", "--institution", "d2"]);
  const usable = listed.filter(({ role, state }) => role === "administrator" && ["active", "renewable"].includes(state));
  const admins = usable.filter(({ company }) => company === usable[0].company);
  for (const [place, { serial }] of admins.entries()) {
    const { err } = await demo.inkan(["cert", "hold", serial, "--yes"]);
    assert.equal(/No administrator of this contract/.test(err), place === admins.length - 1, err);
  }
});

test("the operator sees what the coming days bring, and whom a shorter grace would lock out", async () => {
  await demo.advance("40d"); // past the expiry of who could renew
  const id = "d1";
  const holders = (await demo.inkanJson(["holder", "list", "--institution", id])).filter(({ entitlement }) => entitlement === "held");
  const days = await demo.inkanJson(["simulate", "--institution", id, "--for", "400d"]);
  for (const { login_id, not_after } of holders.filter(({ state }) => state === "active" || state === "renewable")) {
    const day = dayOf(not_after);
    assert.ok(days.find((each) => each.day === day)?.last_day >= 1, `${login_id} expires on ${day}: ${JSON.stringify(days)}`);
  }

  const variant = join(dir, "d1-variant.toml");
  const profile = await readFile(new URL("../../institutions/d1.toml", import.meta.url), "utf8");
  await writeFile(variant, profile.replace("grace_days = 90", "grace_days = 0"));
  const changed = await demo.inkanJson(["simulate", "--institution", id, "--profile", variant]);
  const inGrace = holders.filter(({ state }) => state === "expired_grace").map(({ login_id }) => login_id).sort();
  assert.ok(inGrace.length > 0, "somebody is within the days of 電子証明書取得");
  assert.deepEqual(changed.map(({ login_id }) => login_id).sort(), inGrace);
  for (const { status, status_then } of changed) assert.deepEqual([status, status_then], ["expired_grace", "expired_closed"]);

  const foreign = await demo.inkan(["simulate", "--institution", "d2", "--profile", variant], { allow: [2] });
  assert.match(foreign.err, /simulate\.other_institution/);
});

test("the demo clock goes on by the span asked for, and the jobs that fell due have run when the verb returns", async () => {
  const before = (await mailsIn(demo.path(demo.json.mail))).length;
  await demo.advance("360d");
  const mails = await mailsIn(demo.path(demo.json.mail));
  assert.ok(mails.length > before, "a year went by and nobody was warned");
  const visitor = new Visitor(demo);
  const page = await visitor.go(demo.institution("d1").portal);
  visitor.close();
  assert.equal(page.status, 200, "a year on, the portal still answers with a valid server certificate");
});

test("Ctrl-C ends it with status 0, and started again it has the same CA, ports, holders, certificates and clock", async () => {
  const first = demo.json;
  const ca = await readFile(demo.path(demo.institution("d1").ca), "utf8");
  const listed = await demo.inkanJson(["cert", "list"]);
  const time = await demo.now();
  assert.equal(await demo.stop(), 0);

  const again = await Demo.start({ dir });
  demo = again;
  for (const institution of again.json.institutions) {
    const before = first.institutions.find(({ id }) => id === institution.id);
    for (const name of ["portal", "est", "ocsp", "crl", "ca"]) assert.equal(institution[name], before[name]);
    assert.deepEqual(institution.holders.map(({ login_id, password }) => [login_id, password]),
                     before.holders.map(({ login_id, password }) => [login_id, password]));
  }
  assert.equal(await readFile(again.path(again.institution("d1").ca), "utf8"), ca);
  assert.deepEqual(await again.inkanJson(["cert", "list"]), listed);
  assert.ok(new Date(again.json.now) - time >= 0 && new Date(again.json.now) - time < 3_600_000, "the clock went on where it was");
});

test("a second demo in the same folder is refused with one clear line", async () => {
  const { code, err } = await demo.inkan(["demo"], { allow: [1, 2, 3, 4, 5, 6, 75] });
  assert.equal(err.trim().split("\n").length, 1, err);
  assert.ok(code !== 0);
});

test("a port that is taken is refused with one clear line", async () => {
  const other = await mkdtemp(join(tmpdir(), "inkan-demo-port-"));
  const port = new URL(demo.institution("d1").portal).port;
  await assert.rejects(Demo.start({ dir: other, port }), /inkan demo ended with/);
  await rm(other, { recursive: true, force: true });
});
