// A root's succession: two witnessed media, two cross-certificates, and whoever trusts one root alone verifies what comes from the other,
// by openssl, GnuTLS and strongSwan.
import assert from "node:assert/strict";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { certificatesIn, curl } from "../journeys/support/est.mjs";
import { Generations } from "../journeys/support/generations.mjs";
import { asFiles, facts, fileOf, openssl, pemOf, scratch } from "../journeys/support/keys.mjs";
import { run } from "../journeys/support/run.mjs";
import { logInOnce } from "../journeys/support/visitor.mjs";

const kWitnesses = ["立会 太郎", "Hanako Yamada"];
let bank;
let old; // its certificate is under the first root
let renewed; // and this one's under the second

const inDir = (name) => join(bank.dir, name);
const served = async (path) => (await run("curl", ["-sSf", new URL(path, bank.demo.institution("d1").crl).href])).bytes;
// at gives the PEM file of a certificate as it is served.
const at = async (name) => fileOf((await openssl(["x509", "-inform", "DER"], { input: await served(`/ca/${name}.cer`) })).out);

before(async () => {
  bank = await Generations.open();
  await bank.configure('root_key = "p384"');
});

after(() => bank?.close());

test("the next root is made once, on a medium of its own, before witnesses; its page shows both roots and both cross-certificates", async () => {
  await mkdir(inDir("medium-2"), { mode: 0o700 });
  await writeFile(inDir("passphrase-2"), "the second root's\n", { mode: 0o600 });
  const page = inDir("succession.html");
  const medium = ["--next-root", inDir("medium-2"), "--next-root-passphrase-file", inDir("passphrase-2")];
  const made = await bank.demo.inkan(["ca", "next-root", ...medium, "--operator", "佐藤", ...kWitnesses.flatMap((name) => ["--witness", name]),
                                 "--record", page, "--json"], { input: `${kWitnesses.join("\n")}\n` });
  const names = JSON.parse(made.out).map((row) => row.made);
  for (const name of ["root-g2.pem", "root-g2.crl", "root-g2-by-root.pem", "root-by-root-g2.pem"]) assert.ok(names.includes(name), name);
  assert.deepEqual((await readdir(inDir("medium-2"))).sort(), ["root-g2.crl", "root-g2.key", "root.crl"]);
  assert.equal((await readdir(inDir("ca"))).includes("root-g2.key"), false, "its key is on its medium alone");
  assert.match((await openssl(["x509", "-in", inDir("ca/root-g2.pem"), "-noout", "-text"])).out, /ASN1 OID: secp384r1/, "root_key's kind");
  const html = await readFile(page, "utf8");
  for (const words of ["ルートCA継承式", "Inkan Root CA G2", "root-g2-by-root", "root-by-root-g2", "cross-certificate", ...kWitnesses]) assert.ok(html.includes(words), words);
  assert.match((await bank.demo.inkan(["ca", "next-root", ...medium, "--yes"], { allow: [5] })).err, /ca\.next_root_pending: root-g2/);

  const root = ["--root", inDir("medium-2"), "--root-passphrase-file", inDir("passphrase-2")];
  assert.match((await bank.demo.inkan(["ca", "rollover", "--institution", "d1"], { allow: [3] })).err, /key_store\.not_found: root-g2/);
  await bank.demo.inkan(["ca", "rollover", "--institution", "d1", ...root]);
  await bank.restart("d1-g2");
  old = bank.holder("active");
  renewed = bank.holder("renewable");
  await bank.renew(renewed);
  await logInOnce(bank.demo, renewed);
  await logInOnce(bank.demo, old);
  assert.equal((await bank.demo.inkanJson(["doctor"])).find(({ check }) => check === "CRL of the root").result, "good");
});

test("whoever trusts one root alone verifies a certificate under the other by the cross-certificate, with three programs", async () => {
  const [old_root, new_root, new_with_old, old_with_new, first, second] =
    await Promise.all(["root", "root-g2", "root-g2-by-root", "root-by-root-g2", "d1-g1", "d1-g2"].map(at));
  const of_old = await fileOf(await pemOf(old));
  const of_new = await fileOf(await pemOf(renewed));
  const ways = [[old_root, [second, new_with_old], of_new], [new_root, [first, old_with_new], of_old]];
  for (const [trust, by, leaf] of ways) {
    const untrusted = by.flatMap((file) => ["-untrusted", file]);
    assert.match((await openssl(["verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", trust, ...untrusted, leaf])).out, /: OK$/m);
    const short = await run("openssl", ["verify", "-CAfile", trust, "-untrusted", by[0], leaf], { allow: [2] });
    assert.match(short.out + short.err, /unable to get/);

    const chain = await fileOf((await Promise.all([leaf, ...by].map((file) => readFile(file, "utf8")))).join(""));
    const gnutls = await run("certtool", ["--verify", "--load-ca-certificate", trust, "--infile", chain]);
    assert.match(gnutls.out, /Chain verification output: Verified/);
    const authorities = [trust, ...by].flatMap((file) => ["--cacert", file]);
    const strongswan = await run("pki", ["--verify", "--in", leaf, ...authorities]);
    assert.match(strongswan.out + strongswan.err, /certificate trusted/);
  }
});

test("every address in the chain gives what it promises, and the whole way can be checked by lists", async () => {
  const lists = [];
  for (const name of ["root-g2-by-root", "root-by-root-g2", "d1-g2"]) {
    const { text } = await facts(await readFile(await at(name), "utf8"));
    const [, list] = /Full Name:\s+URI:(\S+)/.exec(text);
    lists.push((await openssl(["crl", "-inform", "DER"], { input: await served(list) })).out);
    for (const [, url] of text.matchAll(/CA Issuers - URI:(\S+)/g)) await openssl(["x509", "-inform", "DER", "-noout"], { input: await served(url) });
  }
  lists.push((await openssl(["crl", "-inform", "DER"], { input: await served("d1-g2.crl") })).out);
  const { out } = await openssl(["verify", "-crl_check_all", "-CRLfile", await fileOf(lists.join("")), "-CAfile", await at("root"),
                                 "-untrusted", await at("d1-g2"), "-untrusted", await at("root-g2-by-root"), await fileOf(await pemOf(renewed))]);
  assert.match(out, /: OK$/m);
});

test("EST cacerts hands out both issuing CAs, both roots and both cross-certificates (RFC 7030 4.1.3)", async () => {
  const handed = await certificatesIn(await curl(bank.demo, `${bank.demo.institution("d1").est}/cacerts`));
  const facts_of = await Promise.all(handed.map(facts));
  const common = (name) => /CN ?= ?([^,]+)/.exec(name)[1];
  assert.deepEqual(facts_of.map(({ subject, issuer }) => `${common(subject)} by ${common(issuer)}`).sort(), [
    "Inkan Root CA G2 by Inkan Root CA", "Inkan Root CA G2 by Inkan Root CA G2", "Inkan Root CA by Inkan Root CA",
    "Inkan Root CA by Inkan Root CA G2", "d1-g1 CA by Inkan Root CA", "d1-g2 CA by Inkan Root CA G2",
  ]);
});

test("CMP rootCaCert gives whoever trusts the old root alone the next one with both cross-certificates (RFC 9810 5.3.19.15)", async () => {
  // OpenSSL 3.0's client does not know the question by name; its configuration may teach it one.
  const words = await fileOf("openssl_conf = init\n[init]\noid_section = oids\n[oids]\nid-it-rootCaCert = 1.3.6.1.5.5.7.4.20\n", ".cnf");
  const url = new URL(bank.demo.institution("d1").cmp);
  const { cert, key } = await asFiles(renewed);
  const answer = scratch(".der");
  const { err, out } = await openssl(["cmp", "-config", "", "-server", url.origin, "-path", url.pathname, "-tls_used", "-tls_trusted",
    bank.demo.path(bank.demo.json.trust), "-trusted", await at("root"), "-cert", cert, "-key", key,
    "-cmd", "genm", "-infotype", "rootCaCert", "-rspout", answer], { env: { OPENSSL_CONF: words } });
  assert.match(out + err, /rootCaKeyUpdate/);
  const message = await readFile(answer);
  const [old, next, new_with_old, old_with_new] = await Promise.all(["root", "root-g2", "root-g2-by-root", "root-by-root-g2"].map((name) =>
    served(`/ca/${name}.cer`)));
  const places = [next, new_with_old, old_with_new].map((der) => message.indexOf(der));
  assert.ok(places.every((place, i) => place > (places[i - 1] ?? 0)), `newWithNew, newWithOld, oldWithNew: ${places}`);
  assert.equal(message.indexOf(old), -1);
});
