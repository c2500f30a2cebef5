// What the outside sees: OCSP and CRL read by openssl, and the addresses that certificates carry.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { writeFile } from "node:fs/promises";
import { Demo } from "../journeys/support/demo.mjs";
import { facts, openssl, pemOf, scratch } from "../journeys/support/keys.mjs";
import { run, until } from "../journeys/support/run.mjs";
import { authorities, crl, issuerOf, ocsp } from "../journeys/support/status.mjs";

let demo;

before(async () => {
  demo = await Demo.start();
});

after(() => demo?.close());

const get = async (url) => (await run("curl", ["-sSf", url])).bytes;

for (const bank of ["d1", "d2"]) {
  test(`${bank}: OCSP says good, revoked and unknown, each signed by the CA or its delegate`, async () => {
    const active = await pemOf(demo.holder(bank, "active"));
    const issuer = await issuerOf(demo, bank, active);
    assert.equal((await ocsp(demo, bank, { pem: active, issuer })).state, "good");
    const revoked = await ocsp(demo, bank, { pem: await pemOf(demo.holder(bank, "revoked")), issuer });
    assert.equal(revoked.state, "revoked");
    assert.equal((await ocsp(demo, bank, { serial: "0123456789abcdef0123456789abcdef", issuer })).state, "unknown");
  });

  test(`${bank}: the CRL verifies, is fresh, and lists exactly what is revoked`, async () => {
    const pem = await pemOf(demo.holder(bank, "revoked"));
    const issuer = await issuerOf(demo, bank, pem);
    const { serials, text } = await crl(demo, bank, issuer);
    const next_update = new Date(/Next Update: (.*)/.exec(text)[1]);
    assert.ok(next_update > new Date(demo.json.now));
    const listed = (await demo.inkanJson(["cert", "list", "--institution", bank])).filter(({ revoked_at }) => revoked_at);
    const wanted = listed.map(({ serial }) => serial.toLowerCase().replace(/^0+/, "")).sort();
    const unexpired = listed.filter(({ not_after }) => new Date(not_after) > new Date(demo.json.now))
        .map(({ serial }) => serial.toLowerCase().replace(/^0+/, ""));
    const found = serials.map((serial) => serial.replace(/^0+/, "")).sort();
    for (const serial of unexpired) assert.ok(found.includes(serial), `${serial} is revoked and not on the list`);
    for (const serial of found) assert.ok(wanted.includes(serial), `${serial} is on the list and not revoked`);
    assert.ok(found.includes((await facts(pem)).serial.replace(/^0+/, "")));
  });

  test(`${bank}: the addresses in a certificate lead to its CA, its CRL and its OCSP responder`, async () => {
    const pem = await pemOf(demo.holder(bank, "active"));
    const { text } = await facts(pem);
    const issuer = await issuerOf(demo, bank, pem);
    const ca_url = /CA Issuers - URI:(\S+)/.exec(text)[1];
    const ocsp_url = /OCSP - URI:(\S+)/.exec(text)[1];
    const crl_url = /CRL Distribution Points[\s\S]*?URI:(\S+)/.exec(text)[1];
    const fetched = (await openssl(["x509", "-inform", "DER"], { input: await get(ca_url) })).out;
    assert.equal(fetched.trim(), (await openssl(["x509", "-in", issuer])).out.trim());
    const list = scratch(".crl");
    await writeFile(list, await get(crl_url));
    const verified = await openssl(["crl", "-inform", "DER", "-in", list, "-CAfile", issuer, "-noout"]);
    assert.match(verified.err + verified.out, /verify OK/);
    assert.equal(new URL(ocsp_url).host, new URL(demo.institution(bank).ocsp).host);
    const leaf = scratch(".pem");
    await writeFile(leaf, pem);
    const { out, err } = await openssl(["ocsp", "-issuer", issuer, "-cert", leaf, "-url", ocsp_url, "-CAfile", (await authorities(demo, bank)).file]);
    assert.match(out + err, /: good/);
  });

  test(`${bank}: openssl verifies a holder's certificate with the CA file and the CRL, and refuses the revoked one`, async () => {
    const { file } = await authorities(demo, bank);
    const leaf = async (state) => {
      const name = scratch(".pem");
      await writeFile(name, await pemOf(demo.holder(bank, state)));
      return name;
    };
    const list = scratch(".pem");
    const der = scratch(".crl");
    await writeFile(der, await get(demo.institution(bank).crl));
    await openssl(["crl", "-inform", "DER", "-in", der, "-out", list]);
    const verify = (name) => openssl(["verify", "-CAfile", file, "-CRLfile", list, "-crl_check", "-purpose", "sslclient", name], { allow: [0, 2] });
    assert.equal((await verify(await leaf("active"))).code, 0);
    assert.match((await verify(await leaf("revoked"))).err, /revoked/);
  });
}

test("a revocation is on OCSP at once and on the CRL with a higher number when the verb returns", async () => {
  const holder = { ...demo.holder("d1", "active"), institution: "d1" };
  const pem = await pemOf(holder);
  const issuer = await issuerOf(demo, "d1", pem);
  const before = await crl(demo, "d1", issuer);
  const { serial } = await facts(pem);
  await demo.inkan(["cert", "revoke", serial, "--reason", "keyCompromise", "--yes"]);
  const answer = await ocsp(demo, "d1", { pem, issuer });
  assert.equal(answer.state, "revoked");
  assert.match(answer.said, /keyCompromise/);
  const after = await until("the CRL with the revocation", async () => {
    const now = await crl(demo, "d1", issuer);
    return now.number > before.number ? now : undefined;
  });
  assert.ok(after.serials.map((text) => text.replace(/^0+/, "")).includes(serial.replace(/^0+/, "")));
});

test("OCSP by GET and with a nonce: the answer repeats the nonce", async () => {
  const pem = await pemOf(demo.holder("d2", "active"));
  const issuer = await issuerOf(demo, "d2", pem);
  const leaf = scratch(".pem");
  await writeFile(leaf, pem);
  const request = scratch(".req");
  await openssl(["ocsp", "-issuer", issuer, "-cert", leaf, "-no_nonce", "-reqout", request]);
  const { bytes } = await run("base64", ["-w0", request]);
  const url = `${demo.institution("d2").ocsp.replace(/\/$/, "")}/${encodeURIComponent(bytes.toString())}`;
  const answer = scratch(".resp");
  await writeFile(answer, await get(url));
  const read = await openssl(["ocsp", "-respin", answer, "-issuer", issuer, "-cert", leaf, "-CAfile", (await authorities(demo, "d2")).file]);
  assert.match(read.out + read.err, /: good/);
  const asked = await openssl(["ocsp", "-issuer", issuer, "-cert", leaf, "-nonce", "-url", demo.institution("d2").ocsp, "-CAfile",
                               (await authorities(demo, "d2")).file]);
  assert.doesNotMatch(asked.err, /no nonce in response|Nonce Verify error/i);
});

test("an OCSP question that is no question gets malformedRequest, and the server lives on", async () => {
  const answer = scratch(".resp");
  const { bytes } = await run("curl", ["-sS", "-H", "Content-Type: application/ocsp-request", "--data-binary", "not a question",
                                       demo.institution("d1").ocsp]);
  await writeFile(answer, bytes);
  const { out, err } = await openssl(["ocsp", "-respin", answer, "-noverify"], { allow: [0, 1] });
  assert.match(out + err, /malformedrequest/i);
});
