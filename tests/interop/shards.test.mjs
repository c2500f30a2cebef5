// An issuing CA whose list is divided, as other people's software sees it: each certificate is judged by the list at its own distribution
// point, another shard's is refused, and the whole list goes on for servers that are handed one file.
import assert from "node:assert/strict";
import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { makeHolders } from "../journeys/support/demo.mjs";
import { Generations } from "../journeys/support/generations.mjs";
import { facts, fileOf, newKey, openssl, pemOf, scratch } from "../journeys/support/keys.mjs";
import { withNginx } from "../journeys/support/nginx.mjs";
import { run } from "../journeys/support/run.mjs";
import { authorities, issuerOf } from "../journeys/support/status.mjs";

const kShards = 4;

let bank;
let stays; // each { holder, pem, text, serial, file, point, shard }, of two shards
let goes;
let issuer;

const fetched = async (url) => fileOf((await run("curl", ["-sSf", url])).bytes, ".crl");
const asPem = async (url) => (await openssl(["crl", "-inform", "DER", "-in", await fetched(url)])).out;
const placeOf = (list) => new URL(`${list}.crl`, bank.demo.institution("d1").crl).href;
const wholeList = () => placeOf("d1-g2");

async function known(holder) {
  const pem = await pemOf(holder);
  const { text, serial } = await facts(pem);
  const point = /CRL Distribution Points[\s\S]*?URI:(\S+)/.exec(text)[1];
  return { holder, pem, text, serial, point, file: await fileOf(pem), shard: Number(/\/d1-g2\/(\d+)\.crl$/.exec(point)[1]) };
}

before(async () => {
  bank = await Generations.open();
  await bank.configure(`crl_shards = ${kShards}`);
  await bank.demo.inkan(["ca", "rollover", "--institution", "d1"]);
  await bank.restart("d1-g2");
  const names = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"];
  const all = await Promise.all((await makeHolders(bank.demo, names.map((login_id) => ({ login_id, institution: "d1" })))).map(known));
  stays = all[0];
  goes = all.find(({ shard }) => shard !== stays.shard);
  assert.ok(goes, "eight certificates of one shard in four: once in 16384 runs");
  issuer = await issuerOf(bank.demo, "d1", stays.pem);
});

after(() => bank?.close());

// verify has openssl judge a certificate by one list and nothing else.
async function verify({ file }, list) {
  const { out, err } = await openssl(["verify", "-crl_check", "-CRLfile", await fileOf(await asPem(list)), "-CAfile", await rootFile(),
                                      "-untrusted", issuer, file], { allow: [0, 2] });
  return out + err;
}
async function rootFile() {
  for (const pem of (await authorities(bank.demo, "d1")).pem) {
    const { subject, issuer: by } = await facts(pem);
    if (subject === by) return fileOf(pem);
  }
  throw new Error("no root");
}

test("a certificate's shard follows from its serial, and its list says which address it is of", async () => {
  for (const { serial, shard, point } of [stays, goes]) {
    assert.equal(shard, Number(BigInt(`0x${serial}`) % BigInt(kShards)) + 1);
    const list = await fetched(point);
    const { out, err } = await openssl(["crl", "-inform", "DER", "-in", list, "-CAfile", issuer, "-noout", "-text"]);
    assert.match(out + err, /verify OK/);
    assert.match(out, new RegExp(`Issuing Distribution Point: critical\\s+Full Name:\\s+URI:${point.replaceAll(".", "\\.")}\\n`));
  }
  const status = (await bank.demo.inkanJson(["ca", "status"])).find(({ authority }) => authority === "d1-g2");
  assert.equal(status.crl_shards, kShards);
  assert.match(await (await fetch(bank.demo.json.metrics)).text(), /^inkan_crl_shards_next_update_timestamp_seconds\{authority="d1-g2"\} \d+$/m);
  assert.equal((await fetch(new URL("/readyz", bank.demo.json.metrics))).status, 200);
});

test("openssl takes the list at the certificate's own point and no other shard's; the whole list it takes for each", async () => {
  for (const one of [stays, goes]) assert.match(await verify(one, one.point), /: OK$/m);
  assert.match(await verify(stays, goes.point), /different CRL scope/i);
  assert.match(await verify(stays, wholeList()), /: OK$/m);

  await bank.demo.inkan(["cert", "revoke", goes.serial, "--reason", "keyCompromise", "--yes"]);
  assert.match(await verify(goes, goes.point), /certificate revoked/);
  assert.match(await verify(goes, wholeList()), /certificate revoked/);
  assert.match(await verify(stays, stays.point), /: OK$/m);
  const { out } = await openssl(["crl", "-inform", "DER", "-in", await fetched(stays.point), "-noout", "-text"]);
  assert.match(out, /No Revoked Certificates/, "an entry stands on its own shard and on the whole list alone");
});

test("GnuTLS and strongSwan read a shard's list and verify its signature", async () => {
  const list = await fetched(goes.point);
  const gnutls = await run("certtool", ["--verify-crl", "--infile", await fileOf(await asPem(goes.point)), "--load-ca-certificate", issuer],
                           { allow: [0, 1] });
  assert.match(gnutls.out + gnutls.err, /Verification output: Verified/);
  const info = await run("certtool", ["--crl-info", "--inder", "--infile", list]);
  assert.match((info.out + info.err).replaceAll(":", ""), new RegExp(goes.serial.replace(/^0+/, ""), "i"));
  const printed = await run("pki", ["--print", "--type", "crl", "--in", list]);
  assert.match(printed.out.replaceAll(":", ""), new RegExp(goes.serial.replace(/^0+/, ""), "i"));
});

test("nginx lets by the whole list in and keeps out as ever", async () => {
  const root = await asPem(new URL("root.crl", bank.demo.institution("d1").crl).href);
  const lists = await fileOf((await asPem(wholeList())) + root, ".crl.pem");
  await withNginx(bank.demo, `ssl_crl ${lists};`, async (visit, log) => {
    assert.equal(await visit(stays.holder), "SUCCESS 200", await log());
    assert.match(await visit(goes.holder), /400|refused/);
  });
});

test("I13 a restore wants every shard's newest list, and each goes on with its own numbers", async () => {
  const places = (await bank.demo.inkanJson(["ca", "status"])).map(({ authority }) => placeOf(authority));
  places.push(...Array.from({ length: kShards }, (_, i) => placeOf(`d1-g2/${i + 1}`)));
  const key = await newKey("p256");
  await run("chmod", ["600", key]);
  const certificate = scratch(".pem");
  await openssl(["req", "-x509", "-new", "-key", key, "-subj", "/CN=backup", "-days", "30", "-out", certificate]);
  const backup = join(bank.dir, "backup");
  await bank.demo.inkan(["backup", "create", "--to", backup, "--for", certificate]);
  await bank.demo.inkan(["cert", "revoke", stays.serial, "--yes"]); // what the backup does not know
  const numbers = async () => Promise.all(places.map(async (place) => {
    const { out } = await openssl(["crl", "-inform", "DER", "-in", await fetched(place), "-noout", "-crlnumber"]);
    return BigInt(/crlNumber=(0x[0-9A-F]+)/.exec(out)[1]);
  }));
  const lists = await Promise.all(places.map(fetched));
  const seen = await numbers();
  assert.match((await bank.demo.inkan(["doctor"])).out, /CRL shards/);
  assert.equal(await bank.demo.stop(), 0);
  for (const name of await readdir(bank.dir)) if (name.startsWith("inkan.db")) await rename(join(bank.dir, name), join(bank.dir, `lost-${name}`));

  const restore = (given, options) => bank.demo.inkan(["backup", "restore", backup, "--key", key, "--json", "--crl", ...given], options);
  assert.match((await restore(lists.slice(0, -1), { allow: [4] })).err, /restore\.list_missing: d1-g2\/4/);
  const taken = JSON.parse((await restore(lists)).out);
  assert.ok(taken.some(({ authority }) => authority === `d1-g2/${stays.shard}`), JSON.stringify(taken));
  await bank.start("d1-g2");
  await bank.demo.advance("2h");
  (await numbers()).forEach((now, i) => assert.ok(now > seen[i], `${places[i]}: ${now} after ${seen[i]}`));
  assert.match(await verify(stays, stays.point), /certificate revoked/);
});
