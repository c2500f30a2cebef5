// O32: an issuing CA ages, and the next generation takes over; certificates of both are in use, and outside software takes both.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Demo, kPrograms } from "../journeys/support/demo.mjs";
import { facts, openssl, pemOf, scratch } from "../journeys/support/keys.mjs";
import { run } from "../journeys/support/run.mjs";
import { authorities, issuerOf, ocsp } from "../journeys/support/status.mjs";
import { logInOnce } from "../journeys/support/visitor.mjs";

let profiles;
let dir;
let demo;

const profileOf = (authority) => readFile(new URL("../../institutions/d1.toml", import.meta.url), "utf8")
  .then((text) => text.replace('authority = "d1-g1"', `authority = "${authority}"`));
const start = async (authority) => {
  await writeFile(join(profiles, "d1.toml"), await profileOf(authority));
  return Demo.start({ dir, profiles });
};
const signing = async () => Object.fromEntries((await demo.inkanJson(["ca", "status"])).map(({ authority, signs }) => [authority, signs]));
const holder = (state) => ({ ...demo.holder("d1", state), institution: "d1" });

before(async () => {
  profiles = await mkdtemp(join(tmpdir(), "inkan-profiles-"));
  dir = await mkdtemp(join(tmpdir(), "inkan-rollover-"));
  demo = await start("d1-g1");
});

after(async () => {
  await demo?.close();
  for (const folder of [profiles, dir]) await rm(folder, { recursive: true, force: true });
});

test("O32 the next issuing CA is made once, is accepted before it signs, and a profile that names none there is refused", async () => {
  const made = (await demo.inkanJson(["ca", "rollover", "--institution", "d1"])).map((row) => row.made);
  assert.ok(made.includes("d1-g2.pem"), made.join(" "));
  const again = await demo.inkan(["ca", "rollover", "--institution", "d1"], { allow: [5] });
  assert.match(again.err, /ca\.rollover_pending: d1-g2/);

  assert.equal(await demo.stop(), 0);
  demo = await start("d1-g1");
  assert.deepEqual(await signing(), { "d1-g1": true, "d1-g2": false });
  assert.equal((await authorities(demo, "d1")).pem.length, 3, "both generations and the root");
  await logInOnce(demo, holder("active"));
});

test("O32 once the profile names it, renewal moves to it; both generations log in and both answer for their status", async () => {
  assert.equal(await demo.stop(), 0);
  demo = await start("d1-g2");
  assert.deepEqual(await signing(), { "d1-g1": false, "d1-g2": true });

  const renewed = holder("renewable");
  const old = await pemOf(renewed);
  await run(join(kPrograms, "inkan-app"), ["renew", "--store", `p12:${demo.path(renewed.p12)}`, "--server", demo.institution("d1").portal,
    "--trust", demo.path(demo.json.trust), "--store-password-file", "-"], { input: `${renewed.p12_password}\n` });
  const now = await pemOf(renewed);
  assert.match((await facts(old)).text, /Issuer:.*CN ?= ?d1-g1 CA/);
  assert.match((await facts(now)).text, /Issuer:.*CN ?= ?d1-g2 CA/);
  await logInOnce(demo, renewed);
  await logInOnce(demo, holder("active")); // of the first generation

  const first = await issuerOf(demo, "d1", old);
  const second = await issuerOf(demo, "d1", now);
  assert.equal((await ocsp(demo, "d1", { pem: now, issuer: second })).state, "good");
  assert.equal((await ocsp(demo, "d1", { pem: old, issuer: first })).state, "revoked");
  for (const pem of [old, now]) {
    const { text } = await facts(pem);
    const list = scratch(".crl");
    await writeFile(list, (await run("curl", ["-sSf", /CRL Distribution Points[\s\S]*?URI:(\S+)/.exec(text)[1]])).bytes);
    const { out, err } = await openssl(["crl", "-inform", "DER", "-in", list, "-CAfile", await issuerOf(demo, "d1", pem), "-noout"]);
    assert.match(out + err, /verify OK/);
  }
});

test("a profile that names an issuing CA which nobody made does not serve", async () => {
  await writeFile(join(dir, "institutions", "d1.toml"), await profileOf("d1-g7"));
  const { err } = await demo.inkan(["ca", "status"], { allow: [2] });
  assert.match(err, /ca\.missing: d1-g7/);
});
