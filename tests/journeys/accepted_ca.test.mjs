// O38: a bank whose customers hold certificates of another CA: they log in with them and renew once into ours. O32: the same when our
// own CA is followed by one of a new generation.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { withCustomer } from "./support/chromium.mjs";
import { Demo, makeHolders } from "./support/demo.mjs";
import { addDays, at, dayOf } from "./support/day.mjs";
import * as walk from "./support/journey.mjs";
import { facts, newKey, openssl, readP12, scratch, writeP12 } from "./support/keys.mjs";
import { removePolicy } from "./support/policy.mjs";

const kShipped = join(dirname(fileURLToPath(import.meta.url)), "../../institutions/d1.toml");

let demo;
let profiles;
let theirs; // the other CA: { key, pem }

// issue makes a customer's certificate as the other CA did, to end in 20 days.
async function issue(login_id) {
  const [key, request, pem, extensions] = [await newKey(), scratch(".csr"), scratch(".pem"), scratch(".cnf")];
  await writeFile(extensions, "keyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n");
  await openssl(["req", "-new", "-key", key, "-subj", `/O=Elsewhere/CN=${login_id}`, "-out", request]);
  await openssl(["x509", "-req", "-in", request, "-CA", theirs.pem, "-CAkey", theirs.key, "-days", "20", "-extfile", extensions, "-out", pem]);
  return { key, pem };
}

before(async () => {
  profiles = await mkdtemp(join(tmpdir(), "inkan-profiles-"));
  theirs = { key: await newKey(), pem: scratch(".pem") };
  await openssl(["req", "-x509", "-new", "-key", theirs.key, "-subj", "/O=Elsewhere/CN=Elsewhere CA G1", "-days", "400", "-out", theirs.pem]);
  const text = (await readFile(kShipped, "utf8"))
    .replace("[renewal]", `[[certificate.accept]]\nid = "elsewhere-g1"\npem = """\n${await readFile(theirs.pem, "utf8")}"""\n\n[renewal]`);
  await writeFile(join(profiles, "d1.toml"), text);
  demo = await Demo.start({ profiles });
});

after(async () => {
  await demo?.close();
  await removePolicy();
  if (profiles) await rm(profiles, { recursive: true, force: true });
});

test("O38 a certificate of the other CA logs in and is renewed into ours; one not on record is a stranger", async () => {
  const holder = { institution: "d1", login_id: "moved", role: "user", password: "Pw-moved-7q", company: "株式会社みほん商事", name: "担当",
                   mail: "moved@example.jp", p12: join(demo.dir, "moved.p12"), p12_password: "abc-123" };
  await demo.importHolders([holder]);
  const made = await issue("moved");
  await writeP12(holder.p12, holder.p12_password, { key: made.key, pem: await readFile(made.pem, "utf8") });
  const list = join(demo.dir, "import.csv");
  await writeFile(list, `institution,login_id,certificate\nd1,moved,${made.pem}\n`);
  const [imported] = await demo.inkanJson(["cert", "import", list]);
  assert.equal(imported.imported, true, imported.error);

  await withCustomer(demo, holder, async (customer, page) => {
    await walk.logIn(page, demo, holder);
    const { file } = await walk.renew(customer, "d1");
    const live = await walk.hasOneLive(demo, holder);
    const renewed = await facts((await readP12(file.file, file.password)).pem);
    assert.equal(renewed.serial, live.serial.toLowerCase());
    assert.match(renewed.issuer, /d1-g1 CA/, "of our own CA");
  });

  const stranger = { ...holder, login_id: "stranger", p12: join(demo.dir, "stranger.p12") };
  const unrecorded = await issue("stranger");
  await writeP12(stranger.p12, stranger.p12_password, { key: unrecorded.key, pem: await readFile(unrecorded.pem, "utf8") });
  await withCustomer(demo, stranger, async (customer, page) => {
    await walk.toLogin(page, demo, "d1");
    await page.getByText("E101").waitFor();
  });
});

test("O32 after the CA's new generation both are good: the old one's certificate logs in, and is renewed into the new one", async () => {
  const past = await Demo.start({ time: at(addDays(dayOf(Date.now()), -345)), institutions: ["d1"], profiles });
  try {
    const [holder] = await makeHolders(past, [{ institution: "d1", login_id: "stays" }]);
    await past.setClock(new Date(Date.now() + 9 * 3600 * 1000).toISOString().slice(0, 19) + "+09:00");
    const next = await mkdtemp(join(tmpdir(), "inkan-profiles-"));
    try {
      const text = (await readFile(join(profiles, "d1.toml"), "utf8")).replace('authority = "d1-g1"', 'authority = "d1-g2"');
      await writeFile(join(next, "d1.toml"), text);
      await past.inkan(["ca", "rollover", "--institution", "d1"]); // makes d1-g2
      await past.restart({ profiles: next });
    } finally {
      await rm(next, { recursive: true, force: true });
    }
    await withCustomer(past, holder, async (customer, page) => {
      await walk.logIn(page, past, holder); // the browser offers it: the bank names both CAs
      const { file } = await walk.renew(customer, "d1");
      const before = await facts(holder.pem);
      const after = await facts((await readP12(file.file, file.password)).pem);
      assert.match(before.issuer, /d1-g1 CA/);
      assert.match(after.issuer, /d1-g2 CA/, "renewal moves to the newest");
      const rows = await past.certificates(holder);
      assert.equal(rows.find(({ serial }) => serial.toLowerCase() === before.serial).status, "superseded");
      assert.equal(rows.find(({ serial }) => serial.toLowerCase() === after.serial).status, "active");
    });
  } finally {
    await past.close();
  }
});
