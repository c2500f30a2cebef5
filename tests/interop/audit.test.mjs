// I9 T20: the audit records under signed heads that stand outside the store: an auditor checks them with a script of his own, and what is
// done to the database behind the bank's back is found and named.
import assert from "node:assert/strict";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Demo, kPrograms } from "../journeys/support/demo.mjs";
import { run, until } from "../journeys/support/run.mjs";
import { logInOnce } from "../journeys/support/visitor.mjs";

const kScript = fileURLToPath(new URL("audit_check.py", import.meta.url));
let dir;
let demo;

const place = (name) => join(dir, name);
const key = () => place("demo/ca/audit/audit.pem");
const auditor = (args, options) => run("python3", [kScript, ...args], options);
const heads = () => demo.inkanJson(["audit", "head"]);
// verify gives what is found; exit status 10 says that something is.
async function verify(args = []) {
  const { code, out } = await demo.inkan(["audit", "verify", "--json", ...args], { allow: [0, 10] });
  const findings = JSON.parse(out).filter(({ finding }) => finding !== null);
  assert.equal(code, findings.length > 0 ? 10 : 0);
  return findings.map(({ node, finding, first, last }) => ({ node, finding, first, last }));
}
// change runs SQL on the database's file while nobody serves.
const change = (...statements) => run("python3", ["-c",
  "import sqlite3,sys\nstore=sqlite3.connect(sys.argv[1])\nfor each in sys.argv[2:]: store.execute(each)\nstore.commit()", place("demo/inkan.db"), ...statements]);
// grow makes records, and waits until a head is over them.
async function grow() {
  const [{ size }] = (await heads()).filter(({ node }) => node === demo.node);
  await logInOnce(demo, { ...demo.holder("d1", "active"), institution: "d1" });
  await demo.advance("6m");
  return until("a head over more records", async () =>
    (await heads()).find((head) => head.node === demo.node && head.size > size));
}

before(async () => {
  dir = await mkdtemp(join(tmpdir(), "inkan-audit-"));
  demo = await Demo.start({ dir: place("demo"), institutions: ["d1"] });
  const found = await until("the first heads", async () => {
    const { code, out } = await demo.inkan(["audit", "head", "--json"], { allow: [0, 3] });
    return code === 0 && JSON.parse(out).length > 0 ? JSON.parse(out) : undefined;
  });
  demo.node = found.sort((a, b) => b.size - a.size)[0].node;
});

after(async () => {
  await demo?.close();
  await rm(dir, { recursive: true, force: true });
});

test("T20 heads are signed while the bank serves, and an auditor checks an export with hashes and openssl alone", async () => {
  await grow();
  await grow();
  assert.deepEqual(await verify(), []);
  const [made] = await demo.inkanJson(["audit", "export", "--out", place("export")]);
  assert.ok(made.records > 50 && made.heads >= 3, JSON.stringify(made));
  assert.deepEqual(JSON.parse((await auditor([place("export")])).out), { records: made.records, heads: made.heads });

  const spoil = async (name, edit, words) => {
    const whole = await readFile(place(`export/${name}`), "utf8");
    await writeFile(place(`export/${name}`), edit(whole));
    assert.match((await auditor([place("export")], { allow: [1] })).err, words);
    await writeFile(place(`export/${name}`), whole);
  };
  await spoil("records.jsonl", (text) => text.replace('"certificate.issued"', '"certificate.revoked"'), /is not what was written/);
  await spoil("records.jsonl", (text) => text.split("\n").slice(0, -4).join("\n"), /ends at \d+, a head was signed over \d+/);
  await spoil("heads.jsonl", (text) => text.replace(/"size":(\d+)/, (_, size) => `"size":${size - 1}`), /is not signed by this key/);
  await spoil("heads.jsonl", (text) => text.split("\n").filter((_, at) => at !== 1).join("\n"), /a line before the head .* is missing/);
});

test("T20 a proof is made in service and checked by the key alone, by us and by the auditor", async () => {
  const first = (await heads()).find(({ node }) => node === demo.node);
  const { size } = await grow();
  const proofs = {
    inclusion: ["--sequence", "17"],
    newest: ["--sequence", String(size)],
    consistency: ["--since", String(first.size)],
  };
  for (const [name, args] of Object.entries(proofs)) {
    const proof = place(`${name}.json`);
    await writeFile(proof, (await demo.inkan(["audit", "prove", "--node", demo.node, ...args])).out);
    const shown = JSON.parse((await run(join(kPrograms, "inkan"), ["audit", "check-proof", proof, "--key", key(), "--json"])).out);
    assert.equal(shown.size, size);
    assert.match((await auditor([place("export"), proof])).out, name === "consistency" ? /begins with what it was/ : /stands under/);

    const other = JSON.parse(await readFile(proof, "utf8"));
    other.path[0] = other.path[0].replace(/^./, (digit) => (digit === "0" ? "1" : "0"));
    await writeFile(proof, JSON.stringify(other));
    const refused = await run(join(kPrograms, "inkan"), ["audit", "check-proof", proof, "--key", key()], { allow: [4] });
    assert.match(refused.err, /proof\.refused/);
    await auditor([place("export"), proof], { allow: [1] });
  }
  const none = await demo.inkan(["audit", "prove", "--node", demo.node, "--sequence", String(size + 1000)], { allow: [3] });
  assert.match(none.err, /audit\.no_record/);
});

test("T20 T24 a flip, a cut and an older copy of the database are found after the bank was closed, and no head covers them up", async () => {
  assert.equal(await demo.stop(), 0);
  await copyFile(place("demo/inkan.db"), place("older.db"));
  demo = Object.assign(await Demo.start({ dir: place("demo") }), { node: demo.node });
  const then = (await heads()).find(({ node }) => node === demo.node).size;
  await grow();
  assert.equal(await demo.stop(), 0);
  const { size } = (await heads()).find(({ node }) => node === demo.node);
  assert.ok(size > then);
  assert.deepEqual(await verify(), [], "the last records are anchored at a clean stop");
  await copyFile(place("demo/inkan.db"), place("newest.db"));
  const restore = (name) => copyFile(place(name), place("demo/inkan.db"));

  await change(`UPDATE audit_records SET subject = subject || 'x' WHERE node = '${demo.node}' AND sequence = 9`);
  assert.deepEqual(await verify(), [{ node: demo.node, finding: "audit.changed", first: 9, last: 9 }]);
  await restore("newest.db");
  await change(`DELETE FROM audit_records WHERE node = '${demo.node}' AND sequence > ${size - 3}`, "DELETE FROM audit_subtrees");
  assert.deepEqual(await verify(), [{ node: demo.node, finding: "audit.truncated", first: size - 2, last: size }]);
  await restore("older.db");
  assert.deepEqual((await verify()).filter(({ node }) => node === demo.node),
    [{ node: demo.node, finding: "audit.truncated", first: then + 1, last: size }]);

  demo = Object.assign(await Demo.start({ dir: place("demo") }), { node: demo.node });
  await until("the alarm", async () => demo.said.includes('"audit.not_as_signed"'));
  assert.equal((await heads()).find(({ node }) => node === demo.node).size, size, "nothing is signed over other records");
  assert.equal(await demo.stop(), 0);
  await restore("newest.db");
  assert.deepEqual(await verify(), []);
});
