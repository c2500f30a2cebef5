// I1 T5: the CA's keys are made before witnesses, who get a page that says what outside tools say too; the root's key goes away on its own
// medium, and the bank serves without it.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { kPrograms } from "../journeys/support/demo.mjs";
import { openssl } from "../journeys/support/keys.mjs";
import { run } from "../journeys/support/run.mjs";

const kWitnesses = ["立会 太郎", "Hanako Yamada"];
const kProgram = join(kPrograms, "inkan");
let dir;
let config;
const place = (name) => join(dir, name);
const inkan = (args, options) => run(kProgram, [...args, "--config", config], options);
const root = () => ["--root", place("medium"), "--root-passphrase-file", place("root.passphrase")];
const witnesses = (names = kWitnesses) => ["--operator", "佐藤 <一郎>", ...names.flatMap((name) => ["--witness", name])];
const init = (args, options) => inkan(["ca", "init", ...args], options);
const sha256 = async (file) => createHash("sha256").update(await readFile(file)).digest("hex").toUpperCase().replace(/(.{4})(?=.)/g, "$1 ");
const exists = (file) => access(file).then(() => true, () => false);

before(async () => {
  dir = await mkdtemp(join(tmpdir(), "inkan-ceremony-"));
  config = place("inkan.toml");
  const example = await readFile(new URL("../../deploy/inkan.example.toml", import.meta.url), "utf8");
  await writeFile(config, example.replaceAll("/var/lib/inkan", dir).replaceAll("/etc/inkan/ca", place("ca")).replace('mode = "apart"', 'mode = "inside"'));
  for (const name of ["ca.passphrase", "root.passphrase"]) await writeFile(place(name), `${name} of a test\n`, { mode: 0o600 });
  await mkdir(place("medium"), { mode: 0o700 });
});

after(() => rm(dir, { recursive: true, force: true }));

test("T5 a witnessed ceremony takes two who type their names, and its page says what openssl says", async () => {
  const page = place("record.html");
  const refused = [[["A"], /ceremony\.witnesses/, 2], [["A", "A"], /ceremony\.witnesses/, 2], [["A", "佐藤 <一郎>"], /ceremony\.witnesses/, 2]];
  for (const [names, words, code] of refused)
    assert.match((await init([...root(), ...witnesses(names)], { allow: [code] })).err, words);
  assert.equal(await exists(place("ca")), false, "nothing is made before that");

  const half = await init([...root(), ...witnesses(), "--record", page], { allow: [4], input: `${kWitnesses[0]}\nsomebody else\n` });
  assert.match(half.err, /ceremony\.not_confirmed: Hanako Yamada/);
  assert.equal(await exists(page), false);

  const held = await init([...root(), ...witnesses(), "--record", page], { input: `${kWitnesses.join("\n")}\n` });
  assert.match(held.out, /record\.html/);
  const html = await readFile(page, "utf8");
  assert.match(html, /^<!DOCTYPE html>\n<html lang="ja">/);
  for (const words of [...kWitnesses, "佐藤 &lt;一郎&gt;", "RSA 3072 bit", "新しく作ったものはありません", await sha256(kProgram), await sha256(config)])
    assert.ok(html.includes(words), words);
  for (const label of ["root", "d1-g1", "d5-g1"]) {
    const shown = (await openssl(["x509", "-in", place(`ca/${label}.pem`), "-noout", "-fingerprint", "-sha256"])).out;
    const group = shown.trim().split("=")[1].replaceAll(":", "").replace(/(.{4})(?=.)/g, "$1 ");
    assert.ok(html.includes(group), `${label} ${group}`);
    assert.ok(held.err.includes(group) || label === "d5-g1", "the witnesses saw it");
  }
  const again = await init([...root(), ...witnesses(), "--record", page], { allow: [5] });
  assert.match(again.err, /ceremony\.record_exists/);
  await init([...root(), ...witnesses(), "--record", place("asked-nobody.html"), "--yes"]);
  assert.match(await readFile(place("asked-nobody.html"), "utf8"), /省略/);
});

test("T5 the root's key is on its own medium alone, and is needed for the next issuing CA and for nothing else", async () => {
  assert.deepEqual(await readdir(place("medium")), ["root.crl", "root.key"], "the root's list stays with it, so that no old one is followed");
  assert.equal((await readdir(place("ca"))).includes("root.key"), false);
  await rename(place("medium"), place("safe"));
  await inkan(["migrate", "up"]);
  const checks = JSON.parse((await inkan(["doctor", "--json"])).out);
  for (const name of ["store and CA", "signature"]) assert.equal(checks.find(({ check }) => check === name).result, "good", name);
  assert.deepEqual(JSON.parse((await init(["--json"])).out), [], "nothing is missing");

  assert.match((await inkan(["ca", "rollover", "--institution", "d1"], { allow: [3] })).err, /key_store\.not_found: root/);
  await rename(place("safe"), place("medium"));
  const made = await inkan(["ca", "rollover", "--institution", "d1", ...root(), ...witnesses(), "--record", place("next.html"), "--yes"]);
  assert.match(made.out, /d1-g2\.pem/);
  const html = await readFile(place("next.html"), "utf8");
  assert.ok(html.includes("d1-g2 CA") && !html.includes("d2-g1"), "the page is about what was made");
});
