// The program inside a company's network: a proxy with a password, a proxy that does not let it through, a device that looks into TLS, a
// PC whose clock is wrong. What happens is said with its code and the next step, and nothing is changed.
import assert from "node:assert/strict";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { demoWithHolders, kPrograms } from "./support/demo.mjs";
import { Home } from "./support/home.mjs";
import * as walk from "./support/journey.mjs";
import { CompanyProxy, Inspector } from "./support/proxy.mjs";
import { run, until } from "./support/run.mjs";
import { Display } from "./support/window.mjs";

let demo;
let holders;
let home;
const opened = [];

before(async () => {
  ({ demo, holders } = await demoWithHolders([
    { login_id: "inside", institution: "d1", ends_in: 20 }, { login_id: "given", institution: "d1", ends_in: 20 },
  ], { institutions: ["d1"] }));
  home = await Home.create(demo, [holders.inside, holders.given]);
});

after(async () => {
  for (const one of opened) await one.close();
  await home?.close();
  await demo?.close();
});

const keep = (one) => {
  opened.push(one);
  return one;
};

// app runs inkan-app at this home; `trust` are the roots its system knows.
function app(args, { allow = [0], lines = [], env = {}, trust = demo.path(demo.json.trust) } = {}) {
  return run(join(kPrograms, "inkan-app"), [...args, "--server", demo.institution("d1").portal, "--trust", trust],
             { env: { LANG: "ja_JP.UTF-8", HOME: home.dir, XDG_CONFIG_HOME: join(home.dir, ".config"), ...env }, allow,
               input: lines.map((line) => `${line}\n`).join("") });
}

test("E202 a proxy with a password: asked for once in a run, everything goes through it, the certificate too", async () => {
  const proxy = keep(await CompanyProxy.open({ login: "keiri:s3cret w" }));
  const args = ["renew", "--login-id", "inside", "--proxy", proxy.url("keiri")];
  const nobody = await app(args, { allow: [6] });
  assert.match(nobody.err, /E202.*\[net\.proxy_password\]/);
  const wrong = await app([...args, "--proxy-password-file", "-"], { lines: ["nonsense"], allow: [6] });
  assert.match(wrong.err, /net\.proxy_password/);
  assert.equal((await walk.hasOneLive(demo, holders.inside)).status, "renewable");

  proxy.asked = [];
  await app([...args, "--proxy-password-file", "-"], { lines: ["s3cret w"] }); // one line: a second question would fail
  assert.equal((await walk.hasOneLive(demo, holders.inside)).status, "active");
  assert.ok(proxy.asked.length >= 5, "every request went through the proxy");
  assert.equal(proxy.asked.filter(({ authorization }) => !authorization).length, 1);
  assert.ok(proxy.asked.every(({ place }) => /^(d1\.)?localhost:\d+$/.test(place)), JSON.stringify(proxy.asked));
});

test("E202 the window asks for the proxy's password, again when it was wrong, and looks at the bank through it", async () => {
  const proxy = keep(await CompanyProxy.open({ login: "keiri:s3cret" }));
  const display = keep(await Display.open());
  await app(["status", "--store", `nss:${home.nss}`]); // so that the window knows the bank
  display.program(join(kPrograms, "inkan-app"), ["--proxy", proxy.url("keiri"), "window"],
                  { LANG: "ja_JP.UTF-8", HOME: home.dir, XDG_CONFIG_HOME: join(home.dir, ".config") });
  await display.at("社内のプロキシにログインします");
  await display.type("wrong");
  await display.key("Return");
  await display.at("証明書取得");
  await display.key("alt+a"); // もう一度確認
  await display.at("社内のプロキシにログインします");
  await display.type("s3cret");
  await display.key("Return");
  const taken = () => proxy.asked.filter(({ authorization }) => authorization?.endsWith(btoa("keiri:s3cret"))).length >= 2;
  await until("the bank, asked through the proxy", taken);
  await display.at("証明書取得");
});

test("E202 the setting may lie in a file, with its password; the environment's is not used for this machine itself", async () => {
  const proxy = keep(await CompanyProxy.open({ login: "keiri:secret" }));
  const folder = join(home.dir, ".config/inkan");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "proxy"), `${proxy.url("keiri:secret")}\n`, { mode: 0o600 });
  await app(["status"]);
  assert.ok(proxy.asked.length >= 2);
  proxy.asked = [];
  await app(["status", "--proxy", "none"]);
  await writeFile(join(folder, "proxy"), "none\n");
  await app(["status"], { env: { https_proxy: proxy.url() } });
  assert.equal(proxy.asked.length, 0);
  await run("rm", [join(folder, "proxy")]);
  await app(["status"], { env: { https_proxy: proxy.url() } }); // localhost
  assert.equal(proxy.asked.length, 0);
});

test("E202 a proxy that forbids the bank, and one that is not there, are named with what to ask for", async () => {
  const proxy = keep(await CompanyProxy.open({ allows: () => false }));
  const forbidden = await app(["status", "--proxy", proxy.url(), "--json"], { allow: [4] });
  assert.match(forbidden.err, /E202/);
  assert.match(forbidden.err, new RegExp(`127\\.0\\.0\\.1:${proxy.port} \\(403\\) d1\\.localhost:\\d+`));
  assert.equal(JSON.parse(forbidden.out).code, "net.proxy_refused");
  const gone = await CompanyProxy.open();
  await gone.close();
  assert.match((await app(["status", "--proxy", gone.url()], { allow: [75] })).err, /E202.*net\.proxy_unreachable/);
});

test("E203 a device that looks into TLS is named by who issued its certificate, whether the PC knows that CA or not", async () => {
  const inspector = keep(await Inspector.open());
  const proxy = keep(await CompanyProxy.open({ inspector }));
  const unknown = await app(["status", "--proxy", proxy.url()], { allow: [6] });
  assert.match(unknown.err, /E203.*\[net\.tls_untrusted\] CN=Sample Inspection CA,O=Sample Gateway/);

  const both = join(home.dir, "both.pem"); // a company's PC, on which the device's CA is installed
  await writeFile(both, demo.trust + inspector.ca);
  const inspected = await app(["renew", "--login-id", "given", "--proxy", proxy.url(), "--json"], { trust: both, allow: [4] });
  assert.match(inspected.err, /E203.*\[net\.tls_inspected\] CN=Sample Inspection CA,O=Sample Gateway/);
  assert.equal(JSON.parse(inspected.out).code, "net.tls_inspected");
  assert.equal((await walk.hasOneLive(demo, holders.given)).status, "renewable");
  assert.equal(await home.identities(), 2, "nothing was made, nothing was deleted");
});

test("E207 a PC whose clock is wrong: both times are named", async () => {
  const { out } = await run("dpkg", ["-L", "libfaketime"]);
  const library = out.split("\n").find((line) => line.endsWith("/libfaketimeMT.so.1"));
  const year = new Date().getFullYear();
  const wrong = await app(["status"], { env: { LD_PRELOAD: library, FAKETIME: "-1500d" }, allow: [6] });
  assert.match(wrong.err, /E207.*\[net\.clock\]/);
  const [ours, theirs] = wrong.err.match(/\d{4}-\d\d-\d\dT[\d:]+Z/g);
  assert.ok(Number(ours.slice(0, 4)) <= year - 4, ours);
  assert.equal(theirs.slice(0, 4), String(year));
});

test("no right of an administrator is needed: as an ordinary person, all of it", { skip: process.getuid() !== 0 && "not root: shown by every other test" }, async () => {
  await chmod(demo.dir, 0o711);
  const own = join("/tmp", `inkan-nobody-${process.pid}`);
  try {
    await run("sh", ["-c", `mkdir -m 700 ${own} && cp ${demo.path(demo.json.trust)} ${own}/trust.pem && cp ${join(kPrograms, "inkan-app")} ${own}/ && chown -R nobody ${own}`]);
    const { out } = await run("setpriv", ["--reuid", "nobody", "--regid", "nogroup", "--clear-groups", `${own}/inkan-app`, "status", "--json", "--server",
                                          demo.institution("d1").portal, "--trust", `${own}/trust.pem`],
                              { env: { HOME: own, XDG_CONFIG_HOME: `${own}/.config` } });
    assert.equal(JSON.parse(out).institution, "d1");
  } finally {
    await run("rm", ["-rf", own]);
  }
});
