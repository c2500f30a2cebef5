// O38: a bank whose customers hold certificates of another CA: they log in with them and renew once into ours.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { Customer } from "./support/chromium.mjs";
import { Demo } from "./support/demo.mjs";
import * as walk from "./support/journey.mjs";
import { newKey, openssl, scratch, writeP12 } from "./support/keys.mjs";
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
}, { timeout: 300_000 });

after(async () => {
  await demo?.close();
  await removePolicy();
  if (profiles) await rm(profiles, { recursive: true, force: true });
});

test("O38 a certificate of the other CA logs in and is renewed into ours; one not on record is a stranger", { timeout: 180_000 }, async () => {
  const holder = { institution: "d1", login_id: "moved", role: "user", password: "Pw-moved-7q", company: "株式会社みほん商事", name: "担当",
                   mail: "moved@example.jp", p12: join(demo.dir, "moved.p12"), p12_password: "abc-123" };
  await demo.importHolders([holder]);
  const made = await issue("moved");
  await writeP12(holder.p12, holder.p12_password, { key: made.key, pem: await readFile(made.pem, "utf8") });
  const list = join(demo.dir, "import.csv");
  await writeFile(list, `institution,login_id,certificate\nd1,moved,${made.pem}\n`);
  const [imported] = await demo.inkanJson(["cert", "import", list]);
  assert.equal(imported.imported, true, imported.error);

  const customer = await Customer.open(demo, [holder]);
  try {
    await walk.logIn(customer.page, demo, holder);
    await walk.renew(customer, "d1");
    const [live, ...more] = (await demo.inkanJson(["cert", "list", "--institution", "d1", "--login-id", "moved"])).filter((row) => row.status !== "superseded");
    assert.equal(more.length, 0, "one live certificate");
    assert.equal(live.authority ?? "d1-g1", "d1-g1");
  } finally {
    await customer.close();
  }

  const stranger = { ...holder, login_id: "stranger", p12: join(demo.dir, "stranger.p12") };
  const unrecorded = await issue("stranger");
  await writeP12(stranger.p12, stranger.p12_password, { key: unrecorded.key, pem: await readFile(unrecorded.pem, "utf8") });
  const other = await Customer.open(demo, [stranger]);
  try {
    await walk.toLogin(other.page, demo, "d1");
    await other.page.getByText("E101").waitFor();
  } finally {
    await other.close();
  }
});
