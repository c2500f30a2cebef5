// O32: an issuing CA ages, and the next generation takes over; certificates of both are in use, and outside software takes both.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Generations } from "../journeys/support/generations.mjs";
import { facts, fileOf, openssl, pemOf } from "../journeys/support/keys.mjs";
import { run } from "../journeys/support/run.mjs";
import { authorities, issuerOf, ocsp } from "../journeys/support/status.mjs";
import { logInOnce } from "../journeys/support/visitor.mjs";

let bank;

const signing = async () => Object.fromEntries((await bank.demo.inkanJson(["ca", "status"])).map(({ authority, signs }) => [authority, signs]));

before(async () => {
  bank = await Generations.open();
});

after(() => bank?.close());

test("O32 the next issuing CA is made once, is accepted before it signs, and a profile that names none there is refused", async () => {
  const made = (await bank.demo.inkanJson(["ca", "rollover", "--institution", "d1"])).map((row) => row.made);
  assert.ok(made.includes("d1-g2.pem"), made.join(" "));
  const again = await bank.demo.inkan(["ca", "rollover", "--institution", "d1"], { allow: [5] });
  assert.match(again.err, /ca\.rollover_pending: d1-g2/);

  await bank.restart("d1-g1");
  assert.deepEqual(await signing(), { "d1-g1": true, "d1-g2": false });
  assert.equal((await authorities(bank.demo, "d1")).pem.length, 3, "both generations and the root");
  await logInOnce(bank.demo, bank.holder("active"));
});

test("O32 once the profile names it, renewal moves to it; both generations log in and both answer for their status", async () => {
  await bank.restart("d1-g2");
  assert.deepEqual(await signing(), { "d1-g1": false, "d1-g2": true });

  const renewed = bank.holder("renewable");
  const old = await pemOf(renewed);
  await bank.renew(renewed);
  const now = await pemOf(renewed);
  assert.match((await facts(old)).text, /Issuer:.*CN ?= ?d1-g1 CA/);
  assert.match((await facts(now)).text, /Issuer:.*CN ?= ?d1-g2 CA/);
  await logInOnce(bank.demo, renewed);
  await logInOnce(bank.demo, bank.holder("active")); // of the first generation

  const first = await issuerOf(bank.demo, "d1", old);
  const second = await issuerOf(bank.demo, "d1", now);
  assert.equal((await ocsp(bank.demo, "d1", { pem: now, issuer: second })).state, "good");
  assert.equal((await ocsp(bank.demo, "d1", { pem: old, issuer: first })).state, "revoked");
  for (const pem of [old, now]) {
    const { text } = await facts(pem);
    const list = await fileOf((await run("curl", ["-sSf", /CRL Distribution Points[\s\S]*?URI:(\S+)/.exec(text)[1]])).bytes, ".crl");
    const { out, err } = await openssl(["crl", "-inform", "DER", "-in", list, "-CAfile", await issuerOf(bank.demo, "d1", pem), "-noout"]);
    assert.match(out + err, /verify OK/);
  }
});

test("a profile that names an issuing CA which nobody made does not serve", async () => {
  await writeFile(join(bank.dir, "institutions", "d1.toml"), await bank.profileOf("d1-g7"));
  const { err } = await bank.demo.inkan(["ca", "status"], { allow: [2] });
  assert.match(err, /ca\.missing: d1-g7/);
});
