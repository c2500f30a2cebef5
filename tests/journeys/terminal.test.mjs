// From the terminal: inkan-app renews a PKCS#12 file.
import assert from "node:assert/strict";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { withCustomer } from "./support/chromium.mjs";
import { dayOf, yearAfter } from "./support/day.mjs";
import { demoWithHolders, kPrograms } from "./support/demo.mjs";
import { facts, openssl, pemOf, scratch } from "./support/keys.mjs";
import * as walk from "./support/journey.mjs";
import { removePolicy } from "./support/policy.mjs";
import { run } from "./support/run.mjs";
import { authorities, issuerOf, ocsp } from "./support/status.mjs";

let demo;
let holders;
let today;

before(async () => {
  ({ demo, holders, today } = await demoWithHolders([
    { login_id: "keiri", institution: "d1", ends_in: 20 }, { login_id: "early", institution: "d1", ends_in: 200 },
    { login_id: "gone", institution: "d2", ends_in: 20 }, { login_id: "soumu", institution: "d2", ends_in: 20 },
  ]));
});

after(async () => {
  await demo?.close();
  await removePolicy();
});

// app runs inkan-app on a copy of a holder's file; the file's password goes in on standard input, never on the command line.
async function app(verb, holder, { args = [], allow = [0], password = holder.p12_password } = {}) {
  return run(join(kPrograms, "inkan-app"), [verb, "--store", `p12:${holder.p12}`, "--server", demo.institution(holder.institution).portal,
    "--trust", demo.path(demo.json.trust), "--store-password-file", "-", ...args], { input: `${password}\n`, allow });
}

test("D1-18 inkan-app list shows what is in the file: whose, until when, and that it may be renewed", async () => {
  const { out } = await app("list", holders.keiri, { args: ["--json"] });
  const listed = JSON.parse(out);
  assert.equal(listed.length, 1);
  assert.ok(JSON.stringify(listed).includes((await facts(holders.keiri.pem)).serial), out);
});

test("D1-05 D1-19 inkan-app renew: a new key and certificate in the file, used once, and the old one retired", async () => {
  const holder = holders.keiri;
  const before = await facts(holder.pem);
  await app("renew", holder);
  const pem = await pemOf(holder);
  const now = await facts(pem);
  assert.notEqual(now.serial, before.serial);
  assert.equal(now.subject, before.subject);
  assert.equal(dayOf(now.not_after), yearAfter(today));
  const live = await walk.hasOneLive(demo, holder);
  assert.equal(live.serial.toLowerCase(), now.serial);
  const issuer = await issuerOf(demo, "d1", pem);
  assert.equal((await ocsp(demo, "d1", { pem, issuer })).state, "good");
  assert.equal((await ocsp(demo, "d1", { pem: holder.pem, issuer })).state, "revoked");
  const key = async (text) => (await openssl(["x509", "-noout", "-pubkey"], { input: text })).out;
  assert.notEqual(await key(pem), await key(holder.pem), "a new key");

  await withCustomer(demo, holder, (customer, page) => walk.logIn(page, demo, holder)); // and a browser takes the file
});

test("D1-05 inkan-app renew before the window has nothing to do, and the file stays as it was", async () => {
  const before = await pemOf(holders.early);
  const { out } = await app("renew", holders.early, { args: ["--json"] });
  assert.equal(JSON.parse(out).result, "nothing_to_do");
  assert.equal(await pemOf(holders.early), before);
});

test("D1-05 inkan-app renew with a revoked certificate is refused", async () => {
  const { serial } = await walk.hasOneLive(demo, holders.gone);
  await demo.inkan(["cert", "revoke", serial, "--reason", "keyCompromise", "--yes"]);
  const { code } = await app("renew", holders.gone, { allow: [4] });
  assert.equal(code, 4);
});

test("inkan-app with a wrong password for the file says so and changes nothing", async () => {
  const { code, err } = await app("renew", holders.soumu, { allow: [6], password: "wrong" });
  assert.equal(code, 6, err);
  assert.equal((await demo.certificates(holders.soumu)).length, 1);
});

test("inkan-app does not talk to a server that its trust does not know", async () => {
  const stranger = scratch(".pem");
  await copyFile((await authorities(demo, "d1")).file, stranger);
  const { code } = await run(join(kPrograms, "inkan-app"), ["renew", "--store", `p12:${holders.soumu.p12}`, "--server",
    demo.institution("d2").portal, "--trust", stranger, "--store-password-file", "-"],
    { input: `${holders.soumu.p12_password}\n`, allow: [1, 4, 6, 75] });
  assert.notEqual(code, 0);
  assert.equal((await demo.certificates(holders.soumu)).length, 1);
});
