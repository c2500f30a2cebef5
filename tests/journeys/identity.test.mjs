// The reader of src/web/static/identity.js, held against files that openssl wrote, and its signatures against openssl's verdict.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { run } from "./support/run.mjs";
import { loadStatic } from "./support/static.mjs";

const kStatement = "受付番号: R-20261121-000001\nログインID: keiri01\n本人確認: 登録番号へ折り返し 髙﨑①\n";
const kPassword = "pass word-8";

let folder;
let identity;
let pkcs12;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "inkan-identity-"));
  await loadStatic(folder, "der");
  identity = await loadStatic(folder, "identity");
  pkcs12 = await loadStatic(folder, "pkcs12");
});

after(() => rm(folder, { recursive: true, force: true }));

const at = (name) => join(folder, name);
const openssl = (...args) => run("openssl", args);
const bytesOf = async (file) => new Uint8Array(await readFile(file));

// identityFile makes key, certificate and file as `openssl pkcs12 -export` with these options does.
async function identityFile(name, newkey, ...options) {
  const key = at(`${name}.key`);
  await openssl("req", "-x509", "-newkey", ...newkey, "-nodes", "-keyout", key, "-out", at(`${name}.pem`), "-subj", `/CN=${name}`,
                "-days", "30");
  await openssl("pkcs12", "-export", "-inkey", key, "-in", at(`${name}.pem`), "-out", at(`${name}.p12`), "-passout",
                `pass:${kPassword}`, "-name", "担当 窓口", ...options);
  const { bytes } = await openssl("pkey", "-in", key, "-pubout", "-outform", "DER");
  return { file: await bytesOf(at(`${name}.p12`)), spki: new Uint8Array(bytes), pem: at(`${name}.pem`) };
}

const kKeys = {
  rsa2048: ["rsa:2048"],
  rsa4096: ["rsa:4096"],
  p256: ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
};

for (const [name, newkey] of Object.entries(kKeys)) {
  test(`${name}: a file of openssl's is read, and openssl verifies the signature`, async () => {
    const { file, spki, pem } = await identityFile(name, newkey);
    const key = await identity.openIdentity(file, kPassword);
    assert.equal(key.extractable, false, "the key does not come out of the browser again");
    await assert.rejects(crypto.subtle.exportKey("pkcs8", key));
    await writeFile(at(`${name}.sig`), await identity.signText(key, kStatement, spki));
    await writeFile(at(`${name}.txt`), kStatement);
    const { out: publicKey } = await openssl("x509", "-in", pem, "-noout", "-pubkey");
    await writeFile(at(`${name}.pub`), publicKey);
    const { out } = await openssl("dgst", "-sha256", "-verify", at(`${name}.pub`), "-signature", at(`${name}.sig`), at(`${name}.txt`));
    assert.match(out, /Verified OK/);
  });
}

test("ECDSA signatures are DER whatever their numbers: 200 of them", async () => {
  const { file, spki, pem } = await identityFile("many", kKeys.p256);
  const key = await identity.openIdentity(file, kPassword);
  const { createVerify } = await import("node:crypto");
  const certificate = await readFile(pem, "utf8");
  for (let round = 0; round < 200; ++round) {
    const text = `${kStatement}${round}`;
    const signature = await identity.signText(key, text, spki);
    assert.ok(createVerify("SHA256").update(text, "utf8").verify(certificate, signature), `round ${round}`);
  }
});

test("the key may come without its certificate, with rounds of any number, and from our own encoder", async () => {
  const bare = await identityFile("bare", kKeys.p256, "-nocerts", "-iter", "100000");
  assert.equal((await identity.openIdentity(bare.file, kPassword)).algorithm.name, "ECDSA");
  const { bytes } = await openssl("pkcs8", "-topk8", "-nocrypt", "-in", at("bare.key"), "-outform", "DER");
  const { bytes: certificate } = await openssl("x509", "-in", at("bare.pem"), "-outform", "DER");
  const ours = await pkcs12.makePkcs12({ key: new Uint8Array(bytes), certificate: new Uint8Array(certificate), chain: [],
                                         password: "k7qd-2mxp", name: "窓口" });
  assert.equal((await identity.openIdentity(ours, "k7qd-2mxp")).algorithm.name, "ECDSA");
});

test("each refusal has its reason", async () => {
  const { file, spki } = await identityFile("mine", kKeys.p256);
  const theirs = await identityFile("theirs", kKeys.p256);
  const another = await identityFile("another", kKeys.rsa2048);
  const refused = (bytes, why, password = kPassword) => assert.rejects(identity.openIdentity(bytes, password), { message: why });
  for (const wrong of ["wrong", "", "パスワード"]) await refused(file, "password", wrong);
  await refused(new TextEncoder().encode("-----BEGIN CERTIFICATE-----"), "file");
  await refused(new Uint8Array(0), "file");
  for (const length of [1, 2, 20, 40, file.length - 1]) await refused(file.slice(0, length), "file");
  await refused((await identityFile("p384", ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"])).file, "kind");
  await refused((await identityFile("ed25519", ["ed25519"])).file, "kind");
  await refused((await identityFile("aes128", kKeys.p256, "-keypbe", "AES-128-CBC")).file, "kind");
  await refused((await identityFile("triple", kKeys.p256, "-keypbe", "PBE-SHA1-3DES")).file, "kind");
  await refused((await identityFile("keyless", kKeys.p256, "-nokeys")).file, "kind");
  const key = await identity.openIdentity(file, kPassword);
  for (const other of [theirs, another]) await assert.rejects(identity.signText(key, kStatement, other.spki), { message: "other" });
  assert.ok(await identity.signText(key, kStatement, spki));
});

test("bytes that somebody changed never do more than be refused: 2000 of them", async () => {
  const { file } = await identityFile("changed", kKeys.p256, "-iter", "1");
  let seed = 20261121;
  const next = (below) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
  for (let round = 0; round < 2000; ++round) {
    const bytes = file.slice(0, 200); // the structure; the rest is ciphertext
    const whole = Uint8Array.from([...bytes, ...file.slice(200)]);
    whole[next(200)] = next(256);
    await identity.openIdentity(whole, kPassword).catch((error) => assert.ok(error instanceof Error, `seed 20261121, round ${round}`));
  }
});
