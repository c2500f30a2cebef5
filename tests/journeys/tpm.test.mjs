// A certificate whose key is in the PC's TPM, through tpm2-pkcs11: taken, renewed, used to log in, by the program and by Chromium.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { addDays, at, yearBefore } from "./support/day.mjs";
import { Demo, kPrograms, presentDay, presentTime } from "./support/demo.mjs";
import { TokenUser } from "./support/display.mjs";
import * as walk from "./support/journey.mjs";
import { removePolicy } from "./support/policy.mjs";
import { run } from "./support/run.mjs";
import { Tpm } from "./support/tpm.mjs";

const kShipped = join(dirname(fileURLToPath(import.meta.url)), "../../institutions/d1.toml");
const kBanks = ["elliptic", "rsa"];

let demo;
let profiles;
const holders = {};
const chips = {};

// Each kind of key: a bank that asks for it, an ID, a TPM. The first certificates are taken a year ago less twenty days.
before(async () => {
  profiles = await mkdtemp(join(tmpdir(), "inkan-profiles-"));
  for (const id of kBanks) {
    const text = (await readFile(kShipped, "utf8")).replace('id = "d1"', `id = "${id}"`).replace('document = "D1"', 'document = "own"')
      .replace("d1-g1", `${id}-g1`).replace("2.999.1.1", "2.999.7.1").replace("サンプル第一銀行", `サンプル第七銀行（${id}）`);
    await writeFile(join(profiles, `${id}.toml`), id === "rsa" ? text : text.replace(/^keys = .*$/m, 'keys = ["p256", "rsa2048"]'));
  }
  const first = yearBefore(addDays(presentDay(), 20));
  demo = await Demo.start({ profiles, institutions: kBanks, time: at(addDays(first, -1)) });
  await demo.setClock(at(first, "10:00:00"));
  for (const id of kBanks) {
    chips[id] = await Tpm.create();
    holders[id] = { institution: id, login_id: `chip-${id}`, role: "user", password: `Pw-${id}-7q`, company: "株式会社みほん商事", name: "担当",
                    mail: `chip-${id}@example.jp` };
    await demo.importHolders([holders[id]]);
    const code = await demo.releaseCode(holders[id]);
    await app(id, ["issue", "--login-id", holders[id].login_id, "--password-file", "-", "--code-file", "-"], [holders[id].password, code]);
  }
  await demo.setClock(presentTime());
});

after(async () => {
  for (const chip of Object.values(chips)) await chip.close();
  await demo?.close();
  await removePolicy();
  await rm(profiles, { recursive: true, force: true });
});

async function app(id, args, lines = []) {
  const chip = chips[id];
  const done = await run(join(kPrograms, "inkan-app"), [...args, "--store", chip.store, "--pin-file", "-", "--server", demo.institution(id).portal,
                                                        "--trust", demo.path(demo.json.trust)],
                         { env: { LANG: "ja_JP.UTF-8", ...chip.env }, input: [chip.pin, ...lines].map((line) => `${line}\n`).join("") });
  await chip.flush();
  return done;
}

// renewed renews in the chip, and looks at what lies there then.
async function renewed(id) {
  const before = await walk.hasOneLive(demo, holders[id]);
  assert.equal(before.status, "renewable");
  await app(id, ["renew"]); // its self-test has logged in by the new key when it ends with 0
  const live = await walk.hasOneLive(demo, holders[id]);
  assert.notEqual(live.serial, before.serial);
  assert.equal(live.status, "active");
  const objects = await chips[id].objects();
  assert.deepEqual([objects.cert, objects.privkey, objects.pubkey], [1, 1, 1], objects.text);
  assert.match(objects.text, /never extractable/);
}

test("D1-05 D1-19 a P-256 key in the TPM: issued, renewed, and Chromium logs in by the renewed one", async () => {
  await renewed("elliptic");
  const user = await TokenUser.open(demo, chips.elliptic);
  try {
    await user.whileAsked(() => walk.toLogin(user.page, demo, "elliptic"));
    await walk.enterPassword(user.page, holders.elliptic, "d1");
  } finally {
    await user.close();
  }
});

// Chromium cannot use it over TLS 1.3: tpm2-pkcs11 1.9 offers no RSA-PSS (src/app/README.md).
test("an RSA key in the TPM: issued, renewed, and the program's self-test logs in by it", () => renewed("rsa"));
