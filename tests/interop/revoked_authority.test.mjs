// An issuing CA ends before its time: a witnessed ceremony puts it on its root's list, and from then on neither we nor openssl nor nginx
// take what it signed. The next generation goes on.
import assert from "node:assert/strict";
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { certificatesIn, curl, simpleReenroll } from "../journeys/support/est.mjs";
import { Generations } from "../journeys/support/generations.mjs";
import { asFiles, facts, fileOf, newKey, newRequest, openssl, pemOf, subjectOf } from "../journeys/support/keys.mjs";
import { withNginx } from "../journeys/support/nginx.mjs";
import { run } from "../journeys/support/run.mjs";
import { logInOnce, wordsAtDoor } from "../journeys/support/visitor.mjs";

const kWitnesses = ["立会 太郎", "Hanako Yamada"];
let bank;
let old; // its certificate is of the first generation
let renewed; // and this one's of the second

const inCa = (name) => join(bank.dir, "ca", name);
const revoke = (options, args = []) => bank.demo.inkan(["ca", "revoke", "--authority", "d1-g1", "--reason", "cACompromise", ...args], options);
const listAt = async (name) => {
  const url = new URL(name, bank.demo.institution("d1").crl).href;
  return (await openssl(["crl", "-inform", "DER"], { input: (await run("curl", ["-sSf", url])).bytes })).out;
};
const pemFile = async (name) => (await openssl(["x509", "-in", inCa(name)])).out;
// verify asks openssl about a customer's certificate by the lists of the whole chain, as they are served.
const verify = async (pem, generation) =>
  run("openssl", ["verify", "-crl_check_all", "-CRLfile", await fileOf((await listAt("root.crl")) + (await listAt(`${generation}.crl`))),
                  "-CAfile", inCa("root.pem"), "-untrusted", inCa(`${generation}.pem`), await fileOf(pem)], { allow: [0, 2] });

before(async () => {
  bank = await Generations.open();
  await bank.demo.inkan(["ca", "rollover", "--institution", "d1"]);
  await bank.restart("d1-g2");
  old = bank.holder("active");
  renewed = bank.holder("renewable");
  await bank.renew(renewed);
});

after(() => bank?.close());

test("the ceremony asks before it signs, says that there is no way back, and its page names what was revoked and why", async () => {
  await copyFile(inCa("root.crl"), inCa("root.crl.before"));
  const list = await readFile(inCa("root.crl"));
  const number = Number(/=0x([0-9A-F]+)/.exec((await openssl(["crl", "-inform", "DER", "-in", inCa("root.crl"), "-noout", "-crlnumber"])).out)[1]);
  const page = join(bank.dir, "revocation.html");
  const witnesses = ["--operator", "佐藤", ...kWitnesses.flatMap((name) => ["--witness", name]), "--record", page];
  assert.match((await revoke({ allow: [4], input: "no\n" })).err, /cannot be undone[\s\S]*usage\.not_confirmed/);
  const half = await revoke({ allow: [4], input: `yes\n${kWitnesses[0]}\nsomebody else\n` }, witnesses);
  assert.match(half.err, /取り消せません[\s\S]*ceremony\.not_confirmed: Hanako Yamada/);
  const strangers = [["d1-g7", "cACompromise", 3], ["root", "superseded", 3], ["d1-g1", "keyCompromise", 2]];
  for (const [authority, reason, code] of strangers)
    await bank.demo.inkan(["ca", "revoke", "--authority", authority, "--reason", reason, "--yes"], { allow: [code] });
  assert.deepEqual(await readFile(inCa("root.crl")), list, "nothing was signed");

  const done = JSON.parse((await revoke({ input: `yes\n${kWitnesses.join("\n")}\n` }, [...witnesses, "--json"])).out);
  assert.equal(done.authority, "d1-g1");
  assert.equal(done.reason, "cACompromise");
  assert.equal(done.root_list_number, number + 1);
  const html = await readFile(page, "utf8");
  for (const words of ["失効式", "cACompromise", done.serial, ...kWitnesses, "root.crl"]) assert.ok(html.includes(words), words);
  const { out } = await openssl(["crl", "-inform", "DER", "-in", inCa("root.crl"), "-noout", "-text"]);
  assert.match(out, /CA Compromise/);
  assert.equal(/Serial Number: (\S+)/.exec(out)[1].toLowerCase(), done.serial.toLowerCase());

  const again = await revoke({ allow: [5] }, ["--yes"]);
  assert.match(again.err, /ca\.already_revoked: d1-g1: since .*cACompromise; nothing was changed/);
});

test("a bank whose profile names it does not start, and says what to do", async () => {
  await bank.refusedStart("d1-g1", /ca\.revoked[\s\S]*inkan ca rollover --institution d1/);
  await bank.start("d1-g2");
});

test("after the next start what it signed neither logs in nor renews, and what the next generation signed does", async () => {
  const status = await bank.demo.inkanJson(["ca", "status"]);
  assert.deepEqual(status.filter(({ revoked_at }) => revoked_at).map(({ authority, reason }) => [authority, reason]), [["d1-g1", "cACompromise"]]);
  assert.equal((await bank.demo.inkanJson(["doctor"])).find(({ check }) => check === "issuing CAs").result, "good");

  assert.match(await wordsAtDoor(bank.demo, old), /失効/);
  await logInOnce(bank.demo, renewed);
  const files = await asFiles(old);
  const request = await newRequest(await newKey(), await subjectOf(await pemOf(old)));
  const answer = await simpleReenroll(bank.demo, old, { request, files });
  assert.equal(answer.status, 403);
  assert.match(answer.body.toString(), /certificate\.revoked/, "no renewal credential at EST");

  const handed = await certificatesIn(await curl(bank.demo, `${bank.demo.institution("d1").est}/cacerts`));
  const names = await Promise.all(handed.map(async (pem) => (await facts(pem)).subject));
  assert.ok(names.some((name) => /d1-g2/.test(name)) && !names.some((name) => /d1-g1/.test(name)), names.join(" "));
});

test("its list and its status answers go on, and say what there is to say: revoked, cACompromise", async () => {
  await listAt("d1-g1.crl");
  const { out, err } = await run("openssl", ["ocsp", "-issuer", inCa("d1-g1.pem"), "-cert", await fileOf(await pemOf(old)),
                                             "-url", bank.demo.institution("d1").ocsp, "-CAfile", inCa("root.pem"), "-resp_text"], { allow: [0, 1] });
  assert.match(out + err, /Response verify OK/);
  assert.match(out + err, /Cert Status: revoked[\s\S]*Reason: cACompromise/i);
});

test("openssl and nginx, told by the lists of the whole chain, refuse a customer's certificate under it and take the next one's", async () => {
  const refused = await verify(await pemOf(old), "d1-g1");
  assert.match(refused.out + refused.err, /error 23 at 0 depth lookup: certificate revoked/, "its own list names each of its certificates");
  const above = await run("openssl", ["verify", "-crl_check", "-CRLfile", await fileOf(await listAt("root.crl")), "-CAfile", inCa("root.pem"),
                                      inCa("d1-g1.pem")], { allow: [2] });
  assert.match(above.out + above.err, /error 23 at 0 depth lookup: certificate revoked/, "and the root's list the CA");
  assert.match((await verify(await pemOf(renewed), "d1-g2")).out, /: OK$/m);

  const lists = await fileOf((await listAt("root.crl")) + (await listAt("d1-g1.crl")) + (await listAt("d1-g2.crl")));
  const ca = await fileOf((await pemFile("d1-g1.pem")) + (await pemFile("d1-g2.pem")) + (await pemFile("root.pem")));
  await withNginx(bank.demo, `ssl_crl ${lists};`, async (visit, log) => {
    assert.match(await visit(old), /400|refused/);
    assert.match(await log(), /certificate revoked/);
    assert.equal(await visit(renewed), "SUCCESS 200", await log());
  }, ca);
});

test("the folder of before the revocation does not bring it back", async () => {
  await copyFile(inCa("root.crl"), inCa("root.crl.now"));
  await copyFile(inCa("root.crl.before"), inCa("root.crl"));
  await bank.refusedStart("d1-g2", /ca\.root_list_old/);
  await copyFile(inCa("root.crl.now"), inCa("root.crl"));
  await bank.start("d1-g2");
});
