// CMP (RFC 9810, RFC 9483) spoken by the client of OpenSSL against a whole demo: renewal, recovery after expiry, revocation.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { Demo } from "../journeys/support/demo.mjs";
import { curl } from "../journeys/support/est.mjs";
import { asFiles, facts, newKey, openssl, pemOf, scratch, writeP12 } from "../journeys/support/keys.mjs";
import { issuerOf, ocsp } from "../journeys/support/status.mjs";
import { logInOnce } from "../journeys/support/visitor.mjs";

let demo;

before(async () => {
  demo = await Demo.start();
});

after(() => demo?.close());

const holder = (bank, state) => ({ ...demo.holder(bank, state), institution: bank });

// cmp runs `openssl cmp` against a bank's door.
async function cmp(bank, args) {
  const url = new URL(demo.institution(bank).cmp);
  const { code, out, err } = await openssl(["cmp", "-config", "", "-server", url.origin, "-path", url.pathname, "-tls_used", "-tls_trusted",
    demo.path(demo.json.trust), "-trusted", demo.path(demo.institution(bank).ca), "-mac", "hmacWithSHA256", ...args], { allow: [0, 1] });
  return { code, said: out + err };
}

async function renew(who) {
  const { cert, key } = await asFiles(who);
  const [fresh, file] = [await newKey("p256"), scratch(".pem")];
  const answer = await cmp(who.institution, ["-cmd", "kur", "-cert", cert, "-key", key, "-newkey", fresh, "-certout", file]);
  return { ...answer, key: fresh, file };
}

test("CMP kur: a certificate for the same subject, with which its holder logs in; the old one goes then, not before (O1)", async () => {
  const who = holder("d1", "renewable");
  const old = await pemOf(who);
  const issuer = await issuerOf(demo, "d1", old);
  const { code, said, key, file } = await renew(who);
  assert.equal(code, 0, said);
  const pem = await readFile(file, "utf8");
  assert.equal((await facts(pem)).subject, (await facts(old)).subject);
  assert.equal((await ocsp(demo, "d1", { pem: old, issuer })).state, "good");
  const renewed = { ...who, p12: scratch(".p12") };
  await writeP12(renewed.p12, renewed.p12_password, { key, pem });
  await logInOnce(demo, renewed);
  assert.equal((await ocsp(demo, "d1", { pem: old, issuer })).state, "revoked");
  assert.equal((await ocsp(demo, "d1", { pem, issuer })).state, "good");
});

test("CMP kur is refused before the window, and where the profile wants the password too", async () => {
  const early = await renew(holder("d1", "active"));
  assert.notEqual(early.code, 0);
  assert.match(early.said, /notAuthorized[\s\S]*renewal\.not_yet/);
  const bare = await renew(holder("d5", "renewable"));
  assert.notEqual(bare.code, 0);
  assert.match(bare.said, /notAuthorized[\s\S]*est\.no_credentials/);
});

test("CMP ir after expiry: password and code for a reference, the reference for a certificate; repeated it is the same one", async () => {
  const who = holder("d2", "expired_grace");
  const code = await demo.releaseCode(who);
  const ask = (password) => curl(demo, `${new URL(demo.institution("d2").cmp).origin}/api/v1/institutions/d2/cmp-reference`,
                                 ["-X", "POST", "--user", `${who.login_id}:${password}`]);
  assert.equal((await ask(who.password)).status, 401);
  assert.equal((await ask(`wrong ${code}`)).status, 401);
  const told = await ask(`${who.password} ${code}`);
  assert.equal(told.status, 201, told.body.toString());
  const { reference, secret } = JSON.parse(told.body);
  const key = await newKey("p256");
  const certificates = [];
  for (const file of [scratch(".pem"), scratch(".pem")]) {
    const { code: status, said } = await cmp("d2", ["-cmd", "ir", "-ref", reference, "-secret", `pass:${secret}`, "-newkey", key,
      "-subject", "/CN=x", "-certout", file]);
    assert.equal(status, 0, said);
    certificates.push(await readFile(file, "utf8"));
  }
  assert.equal(certificates[0], certificates[1]);
});

test("CMP rr: the holder's own certificate is revoked at once", async () => {
  const who = holder("d3", "active");
  const { cert, key } = await asFiles(who);
  const pem = await pemOf(who);
  const { code, said } = await cmp("d3", ["-cmd", "rr", "-cert", cert, "-key", key, "-oldcert", cert, "-revreason", "1"]);
  if (code !== 0) assert.match(said, /company\.last_administrator/); // O26: never in silence
  else assert.equal((await ocsp(demo, "d3", { pem })).state, "revoked");
});
