// EST (RFC 7030) spoken by curl and openssl: certificates fetched, renewed and taken for the first time, and every refusal.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { dayOf, yearAfter } from "../journeys/support/day.mjs";
import { demoWithHolders } from "../journeys/support/demo.mjs";
import { certificatesIn, curl, delivered, simpleEnroll, simpleReenroll } from "../journeys/support/est.mjs";
import { asFiles, facts, newKey, newRequest, openssl, pemOf, scratch, subjectOf, writeP12 } from "../journeys/support/keys.mjs";
import { hasOneLive, liveCertificates } from "../journeys/support/journey.mjs";
import { authorities } from "../journeys/support/status.mjs";
import { logInOnce } from "../journeys/support/visitor.mjs";

let demo;
let holders;
let today;

before(async () => {
  ({ demo, holders, today } = await demoWithHolders([
    { login_id: "renews", institution: "d1", ends_in: 20 }, { login_id: "early", institution: "d1", ends_in: 31 },
    { login_id: "first", institution: "d1", ends_in: 30 }, { login_id: "last", institution: "d1", ends_in: 0 },
    { login_id: "other", institution: "d2", ends_in: 20 }, { login_id: "over", institution: "d1", ends_in: -1 },
    { login_id: "strict", institution: "d1", ends_in: 20 }, { login_id: "grace", institution: "d2", ends_in: -90 },
    { login_id: "proves", institution: "d1", ends_in: -5 }, { login_id: "retires", institution: "d1", ends_in: 20 }, { login_id: "weak", institution: "d1", ends_in: 20 },
  ]));
});

after(() => demo?.close());

// reenroll asks for a renewal with a fresh key of this kind.
async function reenroll(holder, { kind = "rsa2048", key, subject, files } = {}) {
  const file = key ?? (await newKey(kind));
  const request = await newRequest(file, subject ?? (await subjectOf(await pemOf(holder))));
  return { key: file, request, answer: await simpleReenroll(demo, holder, { request, files: files ?? (await asFiles(holder)) }) };
}

function isRefused(answer, statuses = [400, 401, 403]) {
  assert.ok(statuses.includes(answer.status), `status ${answer.status}: ${answer.body}`);
  assert.doesNotMatch(answer.body.toString(), /MII[A-Za-z0-9+/]{40}/, "no certificate in a refusal");
}

test("EST cacerts: the chain of the institution, no client certificate needed, verifiable by openssl", async () => {
  const answer = await curl(demo, `${demo.institution("d1").est}/cacerts`);
  assert.equal(answer.status, 200);
  assert.match(answer.headers["content-type"], /^application\/pkcs7-mime/);
  const chain = await certificatesIn(answer);
  assert.ok(chain.length >= 2, "the issuing CA and its root");
  const known = (await authorities(demo, "d1")).pem.map((pem) => pem.replace(/\s/g, ""));
  for (const pem of chain) assert.ok(known.includes(pem.replace(/\s/g, "")), "a CA that the demo's file does not have");
});

test("EST simplereenroll D2-20: a new certificate for one year with the same subject, which openssl verifies", async () => {
  const holder = holders.renews;
  const { answer, key } = await reenroll(holder);
  const { pem } = await delivered(answer, key);
  const before = await facts(holder.pem);
  const now = await facts(pem);
  assert.equal(now.subject, before.subject);
  assert.equal(dayOf(now.not_after), yearAfter(today));
  const file = scratch(".pem");
  await writeFile(file, pem);
  const { file: ca } = await authorities(demo, "d1");
  await openssl(["verify", "-CAfile", ca, "-purpose", "sslclient", "-x509_strict", file]);
  const { out: public_key } = await openssl(["x509", "-noout", "-pubkey", "-in", file]);
  assert.equal(public_key, (await openssl(["pkey", "-in", key, "-pubout"])).out, "for the key that asked");
});

test("EST simplereenroll repeated with the same request gives the same certificate (I5)", async () => {
  const files = await asFiles(holders.strict);
  const first = await reenroll(holders.strict, { files });
  const again = await simpleReenroll(demo, holders.strict, { request: first.request, files });
  assert.equal(first.answer.status, 200);
  assert.deepEqual(await certificatesIn(again), await certificatesIn(first.answer));
  assert.equal((await liveCertificates(demo, holders.strict)).length, 2, "the old one and one successor");
});

test("EST simplereenroll D1-05: refused 31 days before, taken 30 days before and on the last day, refused the day after", async () => {
  isRefused((await reenroll(holders.early)).answer, [403]);
  assert.equal((await reenroll(holders.first)).answer.status, 200);
  assert.equal((await reenroll(holders.last)).answer.status, 200);
  isRefused((await reenroll(holders.over)).answer, [401, 403]);
});

test("EST simplereenroll without a certificate, with another bank's, or for another subject is refused", async () => {
  const request = await newRequest(await newKey(), await subjectOf(holders.renews.pem));
  const body = scratch(".p10");
  await writeFile(body, request);
  const bare = await curl(demo, `${demo.institution("d1").est}/simplereenroll`,
                          ["-H", "Content-Type: application/pkcs10", "--data-binary", `@${body}`]);
  isRefused(bare, [401, 403]);
  isRefused(await simpleReenroll(demo, { ...holders.other, institution: "d1" }, { request, files: await asFiles(holders.other) }));
  isRefused((await reenroll(holders.weak, { subject: "/CN=somebody else" })).answer);
});

test("EST refuses keys that are weak, of a kind the bank does not take, or already on record", async () => {
  for (const kind of ["rsa1024", "p521"]) isRefused((await reenroll(holders.weak, { kind })).answer, [400, 403, 422]);
  const own = await asFiles(holders.last);
  isRefused((await reenroll(holders.weak, { key: own.key })).answer, [400, 403, 409, 422]);
});

test("EST refuses a request that is no request, one that was changed after signing, and one that is too long", async () => {
  const files = await asFiles(holders.early);
  const good = Buffer.from(await newRequest(await newKey(), await subjectOf(holders.early.pem)), "base64");
  const changed = Buffer.from(good);
  changed[changed.length - 1] ^= 1;
  for (const [request, statuses] of [["bm90IGEgcmVxdWVzdA==", [400]], [changed.toString("base64"), [400]],
                                     [Buffer.alloc(1 << 20, 65).toString("base64"), [400, 413]]]) {
    isRefused(await simpleReenroll(demo, holders.early, { request, files }), statuses);
  }
});

test("EST simpleenroll D2-23: ID, password and code; each alone or wrong is refused in the same words", async () => {
  const holder = holders.grace; // the last of the 90 days
  const code = await demo.releaseCode(holder);
  const key = await newKey();
  const request = await newRequest(key);
  const refused = [
    await simpleEnroll(demo, holder, { request }),
    await simpleEnroll(demo, holder, { request, code: "00000000" }),
    await simpleEnroll(demo, holder, { request, code, password: "not the password" }),
    await simpleEnroll(demo, { ...holder, login_id: "nobody99" }, { request, code }),
  ];
  for (const answer of refused) isRefused(answer, [401, 403]);
  assert.equal(new Set(refused.slice(1).map(({ status, body }) => `${status} ${body.toString().replace(/"(instance|reference)":"[^"]*"/g, "")}`)).size, 1,
               "the answer does not tell which part was wrong");
  const issued = await delivered(await simpleEnroll(demo, holder, { request, code }), key);
  const { subject, text } = await facts(issued.pem);
  assert.doesNotMatch(subject, /own record/, "the subject is from our record, never from the request (T14)");
  assert.ok(text.includes("TLS Web Client Authentication"));
  isRefused(await simpleEnroll(demo, holder, { request: await newRequest(await newKey()), code }), [401, 403, 409]);
  await hasOneLive(demo, holder);
});

test("EST simpleenroll D2-23: no code is worth anything for a holder whose certificate is still valid", async () => {
  await assert.rejects(demo.releaseCode(holders.early), /code\.not_needed/);
  isRefused(await simpleEnroll(demo, holders.early, { request: await newRequest(await newKey()), code: "12345678" }), [401, 403]);
});

test("EST: the old certificate is retired when the new one is first used, not before (O1)", async () => {
  const holder = holders.retires;
  const { answer, key } = await reenroll(holder);
  const { pem } = await delivered(answer, key);
  const statuses = async () => Object.fromEntries((await demo.certificates(holder)).map(({ serial, status }) => [serial.toLowerCase(), status]));
  const [old, fresh] = [(await facts(holder.pem)).serial, (await facts(pem)).serial];
  assert.deepEqual(await statuses(), { [old]: "renewable", [fresh]: "issued_unconfirmed" });
  const renewed = { ...holder, p12: scratch(".p12") };
  await writeP12(renewed.p12, renewed.p12_password, { key, pem });
  await logInOnce(demo, renewed);
  assert.deepEqual(await statuses(), { [old]: "superseded", [fresh]: "active" });
});

test("EST simpleenroll O7 the expired certificate in the handshake stands for a code, and nothing else does", async () => {
  const holder = holders.proves;
  const key = await newKey();
  const request = await newRequest(key);
  isRefused(await simpleEnroll(demo, holder, { request }));
  isRefused(await simpleEnroll(demo, holder, { request, files: await asFiles(holders.over) }));
  isRefused(await simpleEnroll(demo, holder, { request, files: await asFiles(holder), password: "wrong" }));
  const { pem } = await delivered(await simpleEnroll(demo, holder, { request, files: await asFiles(holder) }), key);
  assert.equal(dayOf((await facts(pem)).not_after), yearAfter(today));
});
