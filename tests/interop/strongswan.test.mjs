// EST (RFC 7030) spoken by strongSwan's `pki --estca` and `pki --est`, whose TLS and HTTP are its own.
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Demo } from "../journeys/support/demo.mjs";
import { asFiles, facts, openssl, writeP12 } from "../journeys/support/keys.mjs";
import { run } from "../journeys/support/run.mjs";
import { authorities } from "../journeys/support/status.mjs";
import { logInOnce } from "../journeys/support/visitor.mjs";

let dir;
let demo;

const pki = (args, options) => run("pki", args, options);

before(async () => {
  dir = await mkdtemp(join(tmpdir(), "inkan-strongswan-"));
  demo = await Demo.start({ institutions: ["d1"] });
});

after(async () => {
  await demo?.close();
  await rm(dir, { recursive: true, force: true });
});

test("EST cacerts by strongSwan: both CA certificates", async () => {
  await pki(["--estca", "--url", demo.institution("d1").est, "--cacert", demo.path(demo.json.trust), "--outform", "pem",
             "--caout", join(dir, "ca.pem")]);
  const known = (await authorities(demo, "d1")).pem.map((pem) => pem.replace(/\s/g, ""));
  const fetched = (await readdir(dir)).filter((name) => name.startsWith("ca"));
  assert.equal(fetched.length, known.length);
  for (const name of fetched) assert.ok(known.includes((await readFile(join(dir, name), "utf8")).replace(/\s/g, "")), name);
});

const kWays = [
  { what: "with the institution as label", role: "user", address: ({ est }) => est },
  { what: "without a label, at a bank of its own", role: "administrator", address: ({ est }) => new URL(est).origin },
];
for (const { what, role, address } of kWays) {
  test(`EST simplereenroll by strongSwan, ${what}: the new certificate logs in`, async () => {
    const renews = { ...demo.holder("d1", "renewable", role), institution: "d1" };
    const old = await asFiles(renews);
    const { subject } = await facts(await readFile(old.cert, "utf8"));
    const [key, request] = [join(dir, "new.key"), join(dir, "new.req")];
    await writeFile(key, (await pki(["--gen", "--type", "rsa", "--size", "2048", "--outform", "pem"])).out, { mode: 0o600 });
    await writeFile(request, (await pki(["--req", "--type", "priv", "--in", key, "--dn", subject])).bytes);
    const { out: pem } = await pki(["--est", "--url", address(demo.institution("d1")), "--cacert", demo.path(demo.json.trust),
                                    "--cacert", demo.path(demo.institution("d1").ca), "--cert", old.cert, "--key", old.key,
                                    "--in", request, "--outform", "pem"]);
    assert.equal((await facts(pem)).subject, subject);
    const p12 = join(dir, "new.p12");
    await writeP12(p12, "abc-123", { key, pem });
    await logInOnce(demo, { ...renews, p12, p12_password: "abc-123" });
    await openssl(["verify", "-CAfile", demo.path(demo.institution("d1").ca)], { input: pem });
  });
}
