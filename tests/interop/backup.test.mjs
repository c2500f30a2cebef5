// I13 T24: a backup is made in service, opens with one key alone, and a restore forgets neither a revocation nor a serial number that
// the world has seen.
import assert from "node:assert/strict";
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Demo, kPrograms } from "../journeys/support/demo.mjs";
import { facts, newKey, openssl, pemOf, scratch } from "../journeys/support/keys.mjs";
import { run } from "../journeys/support/run.mjs";
import { crl, issuerOf, ocsp } from "../journeys/support/status.mjs";
import { logInOnce } from "../journeys/support/visitor.mjs";

let dir;
let demo;
let backup;
const keys = {};

// newRecipient is a key that is kept elsewhere, and the certificate that a backup is made for.
async function newRecipient(kind) {
  const key = await newKey(kind);
  await run("chmod", ["600", key]);
  const certificate = scratch(".pem");
  await openssl(["req", "-x509", "-new", "-key", key, "-subj", "/CN=backup", "-days", "30", "-out", certificate]);
  return { key, certificate };
}

const holder = (state, index = 0) => ({
  ...demo.institution("d1").holders.filter((one) => one.state === state)[index], institution: "d1" });
const verify = (folder, key, options) => run(join(kPrograms, "inkan"), ["backup", "verify", folder, "--key", key, "--json"], options);
const restore = (args, options) => demo.inkan(["backup", "restore", backup, "--key", keys.ec.key, "--json", ...args], options);

before(async () => {
  dir = await mkdtemp(join(tmpdir(), "inkan-backup-"));
  backup = join(dir, "backup");
  [keys.ec, keys.rsa, keys.other] = await Promise.all(["p256", "rsa2048", "p256"].map(newRecipient));
  demo = await Demo.start({ dir: join(dir, "demo"), institutions: ["d1", "d2"] });
});

after(async () => {
  await demo?.close();
  await rm(dir, { recursive: true, force: true });
});

test("T24 a backup is made while the bank serves, and its key alone opens it, here and with openssl", async () => {
  const made = await demo.inkanJson(["backup", "create", "--to", backup, "--for", keys.ec.certificate]);
  assert.ok(made.rows > 50, JSON.stringify(made));
  assert.deepEqual((await readdir(backup)).sort(), ["manifest.toml", "records.001.cms"], "nothing in the clear is left");
  assert.deepEqual(JSON.parse((await verify(backup, keys.ec.key)).out), made);
  assert.match((await verify(backup, keys.other.key, { allow: [4] })).err, /cms\.open/);
  const again = await demo.inkan(["backup", "create", "--to", backup, "--for", keys.ec.certificate], { allow: [5] });
  assert.match(again.err, /backup\.exists/);

  const part = join(backup, "records.001.cms");
  const opened = await openssl(["cms", "-decrypt", "-inform", "DER", "-binary", "-in", part, "-inkey", keys.ec.key]);
  assert.equal(opened.bytes.subarray(0, 15).toString(), "SQLite format 3");
  const by_rsa = join(dir, "rsa");
  await demo.inkan(["backup", "create", "--to", by_rsa, "--for", keys.rsa.certificate]);
  await verify(by_rsa, keys.rsa.key);
});

test("T24 a part that was changed, cut off or taken away is found, and so is another audit trail", async () => {
  const bad = async (change, words) => {
    const folder = join(dir, "bad");
    await cp(backup, folder, { recursive: true });
    await change(folder);
    const { code, err } = await verify(folder, keys.ec.key, { allow: [1, 4] });
    assert.match(err, words, `exit status ${code}`);
    await rm(folder, { recursive: true });
  };
  const part = (folder) => join(folder, "records.001.cms");
  await bad(async (folder) => {
    const bytes = await readFile(part(folder));
    bytes[bytes.length >> 1] ^= 1;
    await writeFile(part(folder), bytes);
  }, /backup\.malformed: records\.001\.cms is not what was written/);
  await bad(async (folder) => writeFile(part(folder), (await readFile(part(folder))).subarray(0, -100)), /backup\.malformed/);
  await bad((folder) => rm(part(folder)), /backup\.malformed: records\.001\.cms is missing/);
  await bad(async (folder) => {
    const text = await readFile(join(folder, "manifest.toml"), "utf8");
    await writeFile(join(folder, "manifest.toml"), text.replace(/^sequence = "(\d+)"/m, (_, count) => `sequence = "${Number(count) - 1}"`));
  }, /backup\.malformed: the audit trail ends elsewhere/);
});

test("I13 I8 what was issued and revoked after the backup stays revoked after the restore", async () => {
  const [revoked, renewed, untouched] = [holder("active"), holder("renewable"), holder("active", 1)];
  const old = await pemOf(renewed);
  await demo.inkan(["cert", "revoke", (await facts(await pemOf(revoked))).serial, "--yes"]);
  await run(join(kPrograms, "inkan-app"), ["renew", "--store", `p12:${demo.path(renewed.p12)}`, "--server", demo.institution("d1").portal,
    "--trust", demo.path(demo.json.trust), "--store-password-file", "-"], { input: `${renewed.p12_password}\n` });
  const fresh = await pemOf(renewed);
  await demo.inkan(["cert", "revoke", (await facts(fresh)).serial, "--yes"]);
  await demo.advance("2h");
  const issuer = await issuerOf(demo, "d1", fresh);
  const seen = await crl(demo, "d1", issuer);
  const lists = await Promise.all(["d1", "d2"].map(async (bank) => {
    const file = scratch(".crl");
    await writeFile(file, (await run("curl", ["-sSf", demo.institution(bank).crl])).bytes);
    return file;
  }));
  assert.equal(await demo.stop(), 0);
  for (const name of await readdir(demo.dir)) if (name.startsWith("inkan.db")) await rename(demo.path(name), join(dir, `lost-${name}`));

  assert.match((await restore([], { allow: [4] })).err, /restore\.list_missing: d\d-g1/);
  const foreign = scratch(".crl");
  const bytes = await readFile(lists[0]);
  await writeFile(foreign, bytes.fill(0, bytes.length - 20));
  assert.match((await restore(["--crl", foreign, "--crl", lists[1]], { allow: [4] })).err, /restore\.foreign_list/);

  const { out } = await restore(["--crl", lists[0], "--crl", lists[1]]);
  const [first] = JSON.parse(out).filter(({ authority }) => authority === "d1-g1");
  assert.equal(BigInt(first.crl_number), seen.number);
  assert.ok(first.revoked >= 2, "the revoked one, and the one that was replaced");
  assert.equal(first.unknown, 1, "the renewed one");
  assert.match((await restore(["--crl", lists[0], "--crl", lists[1]], { allow: [5] })).err, /store\.not_empty/);
  const lost = JSON.parse((await demo.inkan(["audit", "verify", "--json"], { allow: [10] })).out).filter(({ finding }) => finding !== null);
  assert.ok(lost.length > 0 && lost.every(({ finding }) => ["audit.truncated", "audit.not_as_signed"].includes(finding)),
    `the heads know what the backup does not: ${JSON.stringify(lost)}`);
  await rename(demo.path("audit-heads.jsonl"), join(dir, "audit-heads-before-restore.jsonl"));
  await demo.inkan(["audit", "verify"]);
  assert.ok((await demo.inkanJson(["audit", "export"])).some(({ action }) => action === "backup.restored"));

  demo = await Demo.start({ dir: demo.dir, institutions: ["d1", "d2"] });
  await demo.advance("2h");
  for (const pem of [await pemOf(revoked), old, fresh]) assert.equal((await ocsp(demo, "d1", { pem, issuer })).state, "revoked");
  const now = await crl(demo, "d1", issuer);
  assert.ok(now.number > seen.number, `${now.number} after ${seen.number}`);
  for (const serial of seen.serials) assert.ok(now.serials.includes(serial), `${serial} was on the list`);
  await logInOnce(demo, untouched);
});
