// The encoders of src/web/static, held against programs we did not write: openssl reads the request and the file, NSS imports it.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { run } from "./support/run.mjs";
import { loadStatic } from "./support/static.mjs";

const kName = "サンプル第一銀行 keiri01 2027年11月30日まで";
const kPassword = "k7qd-2mxp-9rta-hw3e";

let folder;
let der;
let csr;
let pkcs12;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "inkan-pkcs12-"));
  der = await loadStatic(folder, "der");
  csr = await loadStatic(folder, "csr");
  pkcs12 = await loadStatic(folder, "pkcs12");
  const openssl = (...args) => run("openssl", args);
  await openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", join(folder, "ca.key"), "-out", join(folder, "ca.pem"),
                "-subj", "/CN=Test CA G1", "-days", "30");
});

after(() => rm(folder, { recursive: true, force: true }));

const toDer = (pem) => new Uint8Array(Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ""), "base64"));

test("der writes lengths, numbers and object identifiers as X.690 has them", () => {
  const hex = (bytes) => Buffer.from(bytes).toString("hex");
  assert.equal(hex(der.integer(0)), "020100");
  assert.equal(hex(der.integer(127)), "02017f");
  assert.equal(hex(der.integer(128)), "02020080");
  assert.equal(hex(der.integer(10000)), "02022710");
  assert.equal(hex(der.integer(new Uint8Array([0, 0, 0x80, 1]))), "0203008001");
  assert.equal(hex(der.oid("1.2.840.113549.1.1.11")), "06092a864886f70d01010b");
  assert.equal(hex(der.octets(new Uint8Array(128)).slice(0, 3)), "048180");
  assert.equal(hex(der.octets(new Uint8Array(256)).slice(0, 4)), "04820100");
  assert.equal(hex(der.bmp("鍵a")), "1e049375" + "0061");
  assert.equal(hex(der.bmp("𠮷")), "1e04d842dfb7"); // beyond the basic plane: a surrogate pair, as NSS and OpenSSL take it
});

for (const kind of ["rsa2048", "rsa3072", "p256", "p384"]) {
  test(`${kind}: openssl verifies the request, opens the file, and NSS imports it`, async () => {
    const at = (name) => join(folder, `${kind}.${name}`);
    const pair = await csr.makeKey(kind);
    await writeFile(at("csr"), await csr.makeRequest(pair, kind, "keiri01"));
    const { out, err } = await run("openssl", ["req", "-inform", "DER", "-in", at("csr"), "-verify", "-noout", "-subject"]);
    assert.match(out + err, /verify OK/i);
    assert.match(out, /CN ?= ?keiri01/);

    await run("openssl", ["x509", "-req", "-inform", "DER", "-in", at("csr"), "-CA", join(folder, "ca.pem"),
                          "-CAkey", join(folder, "ca.key"), "-days", "20", "-set_serial", "4711", "-out", at("pem")]);
    await writeFile(at("p12"), await pkcs12.makePkcs12({
      key: new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey)),
      certificate: toDer(await readFile(at("pem"), "utf8")),
      chain: [toDer(await readFile(join(folder, "ca.pem"), "utf8"))],
      password: kPassword,
      name: kName,
    }));

    const shown = await run("openssl", ["pkcs12", "-in", at("p12"), "-passin", `pass:${kPassword}`, "-nodes", "-info"]);
    assert.match(shown.err + shown.out, /MAC: sha256, Iteration 2048/);
    assert.match(shown.err + shown.out, /PBES2, PBKDF2, AES-256-CBC, Iteration 10000, PRF hmacWithSHA256/);
    await writeFile(at("key"), shown.out);
    const [theirs, ours] = await Promise.all([
      run("openssl", ["pkey", "-in", at("key"), "-pubout"]), run("openssl", ["x509", "-in", at("pem"), "-noout", "-pubkey"])]);
    assert.equal(theirs.out, ours.out, "the key in the file is the certificate's");
    await assert.rejects(run("openssl", ["pkcs12", "-in", at("p12"), "-passin", "pass:wrong", "-nodes"]));

    const store = `sql:${await mkdtemp(join(folder, "nss-"))}`;
    await run("certutil", ["-d", store, "-N", "--empty-password"]);
    await run("pk12util", ["-d", store, "-i", at("p12"), "-W", kPassword]);
    const listed = await run("certutil", ["-d", store, "-L"]);
    assert.ok(listed.out.includes(kName), listed.out);
    assert.match(listed.out, /u,u,u/, "NSS has the key that goes with the certificate");
    const keys = await run("certutil", ["-d", store, "-K"]);
    assert.ok(keys.out.includes(kName), keys.out);
  });
}
