// kill -9 at random moments of `inkan-app renew`, in a browser's database and on a token: the same command goes on, and in the end one
// certificate is live, one key is in the store, and nothing is left over. INKAN_APP_KILLS (15) is the number for each store of
// INKAN_APP_STORES (nss,usb); tools/soak asks for 500.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { demoWithHolders, kPrograms } from "./support/demo.mjs";
import { Home } from "./support/home.mjs";
import * as walk from "./support/journey.mjs";
import { run } from "./support/run.mjs";
import { Token } from "./support/token.mjs";

const kKills = Number(process.env.INKAN_APP_KILLS ?? 15);
const kStores = (process.env.INKAN_APP_STORES ?? "nss,usb").split(",");
const kHolders = Math.ceil(kKills * 0.5) + 3; // one renewal is killed three times, as a rule
const seed = Number(process.env.INKAN_SEED ?? Date.now() % 1_000_000);

// chance gives numbers below 1 that depend on the seed alone.
let state = seed;
function chance() {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
  return state / 0x80000000;
}

let demo;
let holders;

before(async () => {
  // In groups, so that a few hundred of them do not take their first certificates at once.
  const wanted = (store) => Array.from({ length: kHolders }, (_, i) =>
    ({ login_id: `${store}${i}`, institution: "d1", ends_in: 3 + (Math.floor(i / 8) % 25) }));
  ({ demo, holders } = await demoWithHolders(kStores.flatMap(wanted), { institutions: ["d1"] }));
});

after(async () => demo?.close());

const kinds = {
  nss: async (holder) => {
    const home = await Home.create(demo, [holder]);
    return {
      env: { HOME: home.dir }, args: ["--store", `nss:${home.nss}`], pin: "",
      // what others' tools see: [certificates with a key, keys, names of keys]
      async look() {
        const { out } = await run("certutil", ["-d", `sql:${home.nss}`, "-K"], { allow: [0, 255] });
        const keys = out.split("\n").filter((line) => line.startsWith("<"));
        return [await home.identities(), keys.length, keys.join("\n")];
      },
      close: () => home.close(),
    };
  },
  usb: async (holder) => {
    const token = await Token.create({ apart: true });
    await token.import(holder, "01");
    return {
      env: { ...token.env, ...token.client.env }, args: ["--store", token.store, "--pin-file", "-"], pin: `${token.pin}\n`,
      async look() {
        const { cert, privkey, pubkey, labels } = await token.objects();
        assert.ok(pubkey <= 1, "a public half is left over");
        return [cert, privkey, labels.join("\n")];
      },
      settle: () => token.settle(),
      close: () => token.close(),
    };
  },
};

// started runs inkan-app and kills it after `delay` milliseconds, where there is one; it gives { killed, code, out, err, took }.
async function started(verb, place, delay) {
  const args = [verb, ...place.args, "--json", "--server", demo.institution("d1").portal, "--trust", demo.path(demo.json.trust)];
  const begin = performance.now();
  const child = spawn(join(kPrograms, "inkan-app"), args, { env: { ...process.env, ...place.env }, stdio: ["pipe", "pipe", "pipe"] });
  let out = "";
  let err = "";
  child.stdout.on("data", (data) => (out += data));
  child.stderr.on("data", (data) => (err += data));
  child.stdin.on("error", () => {});
  child.stdin.end(place.pin);
  const timer = delay === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), delay);
  const [code, signal] = await new Promise((resolve) => child.on("close", (...how) => resolve(how)));
  clearTimeout(timer);
  return { killed: signal === "SIGKILL", code, out, err, took: performance.now() - begin };
}

for (const kind of kStores) {
  const open = kinds[kind];
  test(`D1-19 inkan-app renew killed at random, ${kind}`, async (t) => {
    let kills = 0;
    let renewals = 0;
    let whole = Infinity; // milliseconds of the fastest run that ended by itself: a slower one is hit for certain
    for (let i = 0; kills < kKills; ++i) {
      const holder = holders[`${kind}${i}`];
      assert.ok(holder, `${kills} kills in ${renewals} renewals, and no certificate is left to renew (seed ${seed})`);
      const place = await open(holder);
      for (let ended = false; !ended;) {
        const go = await started("renew", place, i === 0 || kills >= kKills ? undefined : chance() ** 2 * whole);
        if (go.killed) {
          ++kills;
          await place.settle?.();
          const list = await started("list", place);
          assert.equal(list.code, 0, list.err);
          assert.ok(JSON.parse(list.out).some(({ renewable }) => renewable === "yes" || renewable === "not_yet"), `no access: ${list.out}`);
          continue;
        }
        assert.equal(go.code, 0, `seed ${seed}, ${holder.login_id}: ${go.err}`);
        assert.ok(["done", "nothing_to_do"].includes(JSON.parse(go.out).result), go.out);
        whole = Math.min(whole, go.took);
        ended = true;
      }
      ++renewals;
      const [certificates, keys, names] = await place.look();
      assert.deepEqual([certificates, keys], [1, 1], `seed ${seed}, ${holder.login_id}:\n${names}`);
      assert.doesNotMatch(names, /inkan (pending|unused)/);
      const [listed] = JSON.parse((await started("list", place)).out);
      assert.equal((await walk.hasOneLive(demo, holder)).serial.toLowerCase(), listed.serial);
      await place.close();
    }
    t.diagnostic(`${kind}: ${kills} kills in ${renewals} renewals, seed ${seed}`);
  });
}
