// The customer's program for Windows, under wine, against the real server: docs/windows.md says what that shows and what not.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { kPrograms } from "../journeys/support/demo.mjs";
import { run, until } from "../journeys/support/run.mjs";
import { Display } from "../journeys/support/window.mjs";
import { kBuilt, kRoot, Proxy, startDemo, Windows } from "./support/wine.mjs";

let demo;
let display;
let windows;
let proxy;
const codes = {};
const holders = ["cmd", "lost"].map((name) => holderOf(name, "d1")).concat(holderOf("mado", "d5"));

function holderOf(login_id, institution) {
  return { institution, login_id, role: "user", password: `Pw-${login_id}-7q`, company: "株式会社みほん商事", name: `担当 ${login_id}`,
           mail: `${login_id}@example.jp` };
}

before(async () => {
  [demo, display, proxy] = await Promise.all([startDemo({ institutions: ["d1", "d5"] }), Display.open(), Proxy.start()]);
  windows = await Windows.start(display);
  await windows.useProxy(proxy.address);
  for (const holder of holders) {
    await demo.importHolders([holder]);
    codes[holder.login_id] = await demo.releaseCode(holder);
  }
}, { timeout: 300_000 });

after(async () => {
  await display?.close();
  await windows?.close();
  await proxy?.close();
  await demo?.close();
});

const portal = (institution) => demo.institution(institution).portal;
const app = (args, options) => windows.app(args, options);

async function issue(holder, options) {
  const code = join(demo.dir, `${holder.login_id}.code`);
  await writeFile(code, `${codes[holder.login_id]}\n`, { mode: 0o600 });
  return app(["issue", "--server", portal(holder.institution), "--store", "windows", "--login-id", holder.login_id,
              "--password-file", "-", "--code-file", `Z:${code}`, "--json"], { input: `${holder.password}\n`, ...options });
}

async function live(holder) {
  return (await demo.certificates(holder)).filter((certificate) => ["active", "renewable", "issued_unconfirmed"].includes(certificate.status));
}

test("it says its version, and an empty store is empty", async () => {
  assert.match((await app(["--version"])).out, /^inkan-app \d+\.\d+\.\d+/);
  assert.deepEqual(JSON.parse((await app(["list", "--json"])).out), []);
  assert.equal((await app(["list", "--store", "p12:x.p12"], { allow: [2] })).code, 2);
});

test("T4 a server whose root Windows does not trust is refused, and nothing softens that", async () => {
  const { err } = await app(["status", "--server", portal("d1")], { allow: [6, 75] });
  assert.match(err, /net\.tls_/); // wine tells no more than that the handshake failed; Windows says untrusted
  const given = ["--trust", `Z:${demo.path(demo.json.trust)}`]; // it narrows Windows' trust, and never widens it
  assert.match((await app(["status", "--server", portal("d1"), ...given], { allow: [6, 75] })).err, /net\.tls_/);
});

test("T4 --trust narrows: another root than the given one is refused before a password is sent", async () => {
  await windows.trust(demo.trust);
  const { out } = await app(["status", "--server", portal("d1"), "--trust", `Z:${demo.path(demo.json.trust)}`, "--json"]);
  assert.equal(JSON.parse(out).institution, "d1");
  const other = join(demo.dir, "d1-ca.pem");
  assert.ok(existsSync(other));
  assert.match((await app(["status", "--server", portal("d1"), "--trust", `Z:${other}`], { allow: [6] })).err, /net\.tls_untrusted/);
  assert.ok(proxy.tunnels.length > 0, "by the proxy of the Internet settings");
});

test("D5-13 issue: a key that cannot be taken out, the certificate beside it, and a login with both", async () => {
  const [holder] = holders;
  const { out } = await issue(holder);
  assert.equal(JSON.parse(out).result, "done");
  const [certificate] = await live(holder);
  assert.equal(JSON.parse((await app(["list", "--json"])).out)[0].serial, certificate.serial.toLowerCase());
  const [seen] = await windows.seen();
  assert.match(seen.name, /サンプル第一銀行 cmd \d+年\d+月\d+日まで/);
  assert.deepEqual([seen.export, seen.described], ["0x8009000b", false], "NTE_BAD_KEY_STATE; used, so nothing is left to say");
  assert.equal(JSON.parse((await app(["renew", "--server", portal("d1"), "--json"])).out).result, "nothing_to_do");
});

test("I2 an answer that is lost: the same command goes on with the same key, and there is one certificate", async () => {
  const holder = holders[1];
  proxy.loseAnswer(4); // discovery, cacerts, csrattrs, simpleenroll
  const broken = await issue(holder, { allow: [75] });
  assert.equal(broken.code, 75, broken.err);
  assert.equal(proxy.lost, 1);
  const [issued] = await demo.certificates(holder);
  assert.ok(issued, "the bank had issued it");
  assert.equal(await windows.keys(), 2, "the key waits");
  assert.equal(JSON.parse((await issue(holder)).out).result, "done");
  const all = await demo.certificates(holder);
  assert.deepEqual(all.map((one) => one.serial), [issued.serial]);
  assert.equal(await windows.keys(), 2);
});

test("a trial login that is lost leaves it saved and unused, and the same command finishes it", async () => {
  await issue(holders[2]);
  await demo.advance("345d");
  proxy.loseAnswer(5); // discovery, cacerts, look, simplereenroll, self-test
  const { out } = await app(["renew", "--server", portal("d1"), "--login-id", "lost", "--json"], { allow: [10] });
  assert.equal(JSON.parse(out).result, "saved_not_used");
  assert.equal(proxy.lost, 1);
  assert.equal((await windows.seen()).filter((one) => one.described).length, 1);
  assert.equal((await windows.seen()).filter((one) => one.name.includes(" lost ")).length, 2, "the old one stays until then");
  const done = JSON.parse((await app(["renew", "--server", portal("d1"), "--login-id", "lost", "--json"])).out);
  assert.equal(done.result, "done");
  assert.equal((await windows.seen()).filter((one) => one.name.includes(" lost ")).length, 1);
  assert.equal(await windows.keys(), 3);
});

test("D5-14 renew: a new key and certificate, the old ones gone from Windows and retired at the bank", async () => {
  const [holder] = holders;
  const [old] = await live(holder);
  assert.equal(JSON.parse((await app(["renew", "--server", portal("d1"), "--login-id", "cmd", "--json"])).out).result, "done");
  const [fresh] = await live(holder);
  assert.notEqual(fresh.serial, old.serial);
  const listed = JSON.parse((await app(["list", "--json", "--login-id", "cmd"])).out);
  assert.deepEqual(listed.map((one) => one.serial), [fresh.serial.toLowerCase()]);
  assert.equal(JSON.parse((await app(["tidy", "--yes", "--json"])).out).result, "nothing_to_do");
});

test("D5-10 D5-12 D5-14 D5-15 the window renews: CCHK001, CCHK002 with a wrong password and the right one, CCHK007", { timeout: 180_000 }, async () => {
  const holder = holders[2];
  const shown = display.program("wine", [join(kBuilt, "bin/inkan-app.exe")], windows.env);
  await display.at("証明書取得");
  await display.key("alt+r");
  await display.at("証明書取得認証");
  const asked = proxy.tunnels.length - 3;
  await display.type("wrong");
  await display.key("Return");
  await until("the bank's word on it", () => proxy.tunnels.length >= asked + 4); // discovery, cacerts, look, simplereenroll
  await display.at("証明書取得認証");
  await display.type(holder.password);
  await display.key("Return");
  await display.at("証明書取得 結果");
  await display.key("alt+c");
  assert.equal(await shown.ended, 0);
  const listed = JSON.parse((await app(["list", "--json", "--login-id", "mado"])).out);
  assert.deepEqual(listed.map((one) => one.serial), [(await live(holder))[0].serial.toLowerCase()]);
});

test("O13 a link with an address, and one of an unknown bank, open at their refusal", { timeout: 120_000 }, async () => {
  for (const link of ["inkan:https://evil.example/x", `inkan:d9/${"0".repeat(32)}`]) {
    const shown = display.program("wine", [join(kBuilt, "bin/inkan-app.exe"), "open", link], windows.env);
    await display.at("続けられませんでした");
    await display.key("alt+c");
    assert.equal(await shown.ended, 0);
  }
});

test("the program and its installer bear the portal's picture in every size", async () => {
  const drawn = await readFile(join(kRoot, "src/app/windows/app.ico"));
  const image = (at) => drawn.subarray(drawn.readUInt32LE(6 + 16 * at + 12)).subarray(0, drawn.readUInt32LE(6 + 16 * at + 8));
  for (const file of ["bin/inkan-app.exe", "inkan-app-setup.exe"]) {
    const built = await readFile(join(kBuilt, file));
    for (let at = 0; at < drawn.readUInt16LE(4); ++at) assert.ok(built.includes(image(at)), `${file}: picture ${at}`);
  }
});

test("the installer: for one person, with the scheme's handler, and it goes without a trace of itself", { timeout: 120_000 }, async () => {
  const setup = join(kBuilt, "inkan-app-setup.exe");
  await windows.run(setup, ["/S"]);
  const command = await windows.value("HKCU\\Software\\Classes\\inkan\\shell\\open\\command");
  assert.match(command, /^"C:\\users\\.*\\AppData\\Local\\Programs\\Inkan\\inkan-app\.exe" open "%1"$/);
  const program = command.split('"')[1];
  assert.match((await windows.run(program, ["--version"])).out, /^inkan-app /);
  const remove = await windows.value("HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\Inkan", "UninstallString");
  const kept = (await windows.seen()).length;
  await windows.run(remove.replaceAll('"', ""), ["/S"]);
  await until("the uninstaller's copy to finish", async () => !(await windows.value("HKCU\\Software\\Classes\\inkan")));
  assert.equal((await windows.seen()).length, kept, "certificates are the person's and stay");
});

test("the bank's download page offers the installer: name, version, size and the SHA-256 that lies beside it", { timeout: 120_000 }, async () => {
  const { out } = await run("sha256sum", ["inkan-app-setup.exe"], { cwd: kBuilt });
  assert.equal(out, await readFile(join(kBuilt, "inkan-app-setup.exe.sha256"), "utf8"));
  const config = join(demo.dir, "serve.toml");
  const text = (await readFile(join(demo.dir, "inkan.toml"), "utf8")).replace(/^\[app\]\nfile = .*\n/m, "");
  await writeFile(config, `${text}\n[app]\nfile = "${join(kBuilt, "inkan-app-setup.exe")}"\n`, { mode: 0o600 });
  const { host } = new URL(portal("d1"));
  const curl = (path) => run("curl", ["-sSf", "--cacert", demo.path(demo.json.trust), "--resolve", `${host}:127.0.0.1`, `${portal("d1")}${path}`]);
  await demo.stop();
  const serve = spawn(join(kPrograms, "inkan"), ["serve", "--config", config], { stdio: "ignore" });
  const ended = new Promise((done) => serve.on("close", done));
  try {
    const page = (await until("the page", () => curl("/app"))).out;
    for (const said of ["inkan-app-setup.exe", out.slice(0, 64), "Windows（64ビット）"]) assert.ok(page.includes(said), said);
    assert.match(page, /<dd>\d+\.\d+\.\d+<\/dd>/);
    const { bytes } = await curl("/app/file");
    assert.equal(createHash("sha256").update(bytes).digest("hex"), out.slice(0, 64));
  } finally {
    serve.kill("SIGINT");
    await ended;
  }
});
