// The signer apart, as `inkan serve` runs it: curl and openssl get certificates of a server that has no CA key, through kill -9.
import assert from "node:assert/strict";
import { appendFile, readFile, readdir, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { demoWithHolders, kPrograms } from "../journeys/support/demo.mjs";
import { delivered, simpleReenroll } from "../journeys/support/est.mjs";
import { asFiles, facts, newKey, newRequest, openssl, pemOf, scratch, subjectOf } from "../journeys/support/keys.mjs";
import { end, run, start, until } from "../journeys/support/run.mjs";
import { crl, issuerOf, ocsp } from "../journeys/support/status.mjs";

let demo;
let holders;
let config;
let server;
let said = "";

const journal = () => join(demo.dir, "ca", "signer.journal");
const verify = (args = [], options = {}) => run(join(kPrograms, "inkan"), ["audit", "verify", "--config", config, "--json", ...args], options);

// signerOf is the signer's process: whichever thread of the server started it.
async function signerOf() {
  for (const thread of await readdir(`/proc/${server.pid}/task`)) {
    const [child] = (await readFile(`/proc/${server.pid}/task/${thread}/children`, "utf8").catch(() => "")).trim().split(" ");
    if (child) return Number(child);
  }
  return 0;
}

const isReady = () => fetch(new URL("/readyz", demo.json.metrics)).then(({ status }) => status === 200, () => false);

async function renew(holder) {
  const key = await newKey();
  const request = await newRequest(key, await subjectOf(await pemOf(holder)));
  return { key, answer: await simpleReenroll(demo, holder, { request, files: await asFiles(holder) }) };
}

async function serve() {
  server = start(join(kPrograms, "inkan"), ["serve", "--config", config], { stdio: ["ignore", "ignore", "pipe"] });
  server.stderr.on("data", (text) => { said += text; });
  await until("the server is ready", isReady);
}

before(async () => {
  ({ demo, holders } = await demoWithHolders(["one", "two", "three"].map((login_id) => ({ login_id, institution: "d1", ends_in: 20 })),
                                           { institutions: ["d1"] }));
  assert.equal(await demo.stop(), 0);
  config = join(demo.dir, "inkan.toml");
  await appendFile(config, '\n[signer]\nmode = "apart"\n');
  await serve();
});

after(async () => {
  await end(server);
  await demo?.close();
});

test("the signer is a process without network, whose socket and journal are its owner's", async () => {
  const status = await readFile(`/proc/${await signerOf()}/status`, "utf8");
  assert.match(status, /NoNewPrivs:\s1/);
  assert.match(status, /Seccomp:\s2/);
  assert.equal((await stat(join(demo.dir, "ca", "signer.socket"))).mode & 0o777, 0o600);
  assert.equal((await stat(journal())).mode & 0o007, 0);
});

test("a certificate comes from it, and the journal and the store agree", async () => {
  const { key, answer } = await renew(holders.one);
  await delivered(answer, key);
  assert.match(await readFile(journal(), "utf8"), / certificate d1-g1 [0-9a-f]{40} [0-9a-f]{64} - /);
  const rows = JSON.parse((await verify()).out);
  assert.deepEqual(rows.filter(({ finding }) => finding), []);
});

test("I12 killed, and kept from starting: 503 with the time to wait; back again, it goes on by itself", async () => {
  const passphrase = join(demo.dir, "ca", "passphrase");
  await rename(passphrase, `${passphrase}.away`);
  const first = await signerOf();
  process.kill(first, "SIGKILL");
  await until("the server knows that it is gone", async () => !(await isReady()));
  const { answer } = await renew(holders.two);
  assert.equal(answer.status, 503, answer.body.toString());
  assert.ok(Number(answer.headers["retry-after"]) > 0);
  await rename(`${passphrase}.away`, passphrase);
  await until("the signer is back", isReady);
  assert.notEqual(await signerOf(), first);
  const { key, answer: again } = await renew(holders.two);
  await delivered(again, key);
  assert.deepEqual(JSON.parse((await verify()).out).filter(({ finding }) => finding), []);
});

test("a journal that was cut off, changed, or is another's does not agree", async () => {
  const text = await readFile(journal(), "utf8");
  const lines = text.trimEnd().split("\n");
  const last = lines.findLastIndex((line) => line.includes(" certificate "));
  const copy = join(demo.dir, "copy.journal");
  await writeFile(copy, `${lines.slice(0, last).join("\n")}\n`);
  const cut = await verify(["--journal", copy], { allow: [10] });
  assert.match(cut.out, /journal\.missing_certificate d1-g1 [0-9a-f]{40}/);
  await writeFile(copy, text.replace(/ certificate d1-g1 (.)/, (all, digit) => ` certificate d1-g1 ${digit === "5" ? "4" : "5"}`));
  const changed = await verify(["--journal", copy], { allow: [1] });
  assert.match(changed.err, /journal\.corrupt: .*line \d+/);
});

test("I13 after a restore what was signed since is revoked, and journal and store agree before anything is signed", async () => {
  const key = await newKey("p256");
  await run("chmod", ["600", key]);
  const recipient = scratch(".pem");
  await openssl(["req", "-x509", "-new", "-key", key, "-subj", "/CN=backup", "-days", "30", "-out", recipient]);
  const inkan = async (args, options) => JSON.parse((await run(join(kPrograms, "inkan"), [...args, "--config", config, "--json"], options)).out);
  const backup = join(demo.dir, "backup");
  await inkan(["backup", "create", "--to", backup, "--for", recipient]);
  const { key: new_key, answer } = await renew(holders.three);
  const { pem: forgotten } = await delivered(answer, new_key);
  const { serial } = await facts(forgotten);
  const list = scratch(".crl");
  await writeFile(list, (await run("curl", ["-sSf", demo.institution("d1").crl])).bytes);

  server.kill("SIGTERM");
  assert.equal(await server.ended, 0, said);
  for (const name of await readdir(demo.dir)) if (name.startsWith("inkan.db")) await rename(join(demo.dir, name), join(demo.dir, `lost-${name}`));
  const restore = (args, options) => inkan(["backup", "restore", backup, "--key", key, "--crl", list, ...args], options);
  const none = await run(join(kPrograms, "inkan"), ["backup", "restore", backup, "--key", key, "--crl", list, "--config", config,
    "--journal", join(demo.dir, "none")], { allow: [3] });
  assert.match(none.err, /journal\.none/);
  await restore([]);
  await rename(join(demo.dir, "audit-heads.jsonl"), join(demo.dir, "audit-heads-before-restore.jsonl"));
  assert.deepEqual(JSON.parse((await verify()).out).filter(({ finding }) => finding), []);

  await serve();
  const issuer = await issuerOf(demo, "d1", forgotten);
  assert.equal((await ocsp(demo, "d1", { pem: forgotten, issuer })).state, "revoked");
  const plain = (text) => text.toLowerCase().replace(/[^0-9a-f]/g, "");
  await until("the list with the forgotten one", async () =>
    (await crl(demo, "d1", issuer)).serials.map(plain).includes(plain(serial)));
  const { key: next_key, answer: next } = await renew(holders.three);
  await delivered(next, next_key);
});

test("the server stops, and the signer with it", async () => {
  const signer = await signerOf();
  server.kill("SIGTERM");
  assert.equal(await server.ended, 0, said);
  await assert.rejects(readFile(`/proc/${signer}/status`));
});
