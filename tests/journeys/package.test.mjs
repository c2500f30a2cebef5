// The Debian package of the customer's program: what is in it, and that it runs from where it was unpacked.
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { kPrograms } from "./support/demo.mjs";
import { run } from "./support/run.mjs";

const kBuild = resolve(process.env.INKAN_BUILD_DIR ?? join(kPrograms, "../release"));

let dir;
let deb;
const root = () => join(dir, "root");

before(async () => {
  dir = await mkdtemp(join(tmpdir(), "inkan-package-"));
  await run("cpack", ["--config", join(kBuild, "CPackConfig.cmake"), "-B", dir]);
  const made = (await readdir(dir)).filter((name) => name.endsWith(".deb"));
  assert.equal(made.length, 1, made.join(" "));
  assert.match(made[0], /^inkan-app_[\d.]+_[a-z0-9]+\.deb$/);
  deb = join(dir, made[0]);
  await run("dpkg-deb", ["-x", deb, root()]);
});

after(() => rm(dir, { recursive: true, force: true }));

test("the package holds the program, and what a desktop, a shell, a reader and systemd look for", async () => {
  const { out } = await run("dpkg-deb", ["-c", deb]);
  const files = out.trim().split("\n").map((line) => /^(\S+) (\S+)\s+\d+ \S+ \S+ (\S+)/.exec(line).slice(1));
  for (const [mode, owner, name] of files) {
    assert.equal(owner, "root/root", name);
    assert.match(mode, name.endsWith("/") ? /^drwxr-xr-x$/ : name.includes("/bin/") ? /^-rwxr-xr-x$/ : /^-rw-r--r--$/, name);
  }
  assert.deepEqual(files.map(([, , name]) => name).filter((name) => !name.endsWith("/")).sort(), [
    "./usr/bin/inkan-app", "./usr/lib/systemd/user/inkan-app-agent.service", "./usr/lib/systemd/user/inkan-app-agent.timer",
    "./usr/share/applications/inkan-app.desktop", "./usr/share/bash-completion/completions/inkan-app",
    "./usr/share/doc/inkan-app/changelog.gz", "./usr/share/doc/inkan-app/copyright",
    "./usr/share/icons/hicolor/scalable/apps/inkan-app.svg", "./usr/share/man/man1/inkan-app.1.gz",
  ]);
});

test("it says what it needs, also what is loaded by name", async () => {
  const { out } = await run("dpkg-deb", ["-f", deb]);
  const depends = /^Depends: (.*)$/m.exec(out)[1];
  for (const name of ["libnss3", "libc6", "libqt6widgets6", "libp11-3", "libssl3"]) assert.match(depends, new RegExp(`(^|, )${name}\\b`), depends);
  assert.doesNotMatch(depends, /libpq|sqlite|ctemplate/); // the bank's
  assert.match(out, /^Package: inkan-app$/m);
  assert.match(out, /^Description: customer's program/m);
});

test("it runs from the folder it was unpacked to, without a screen, a bank or rights", async () => {
  const program = join(root(), "usr/bin/inkan-app");
  assert.match((await run(program, ["--version"])).out, /^inkan-app \d/);
  const { out } = await run(program, ["agent", "--json"], { env: { HOME: dir, XDG_CONFIG_HOME: join(dir, "config") } });
  assert.deepEqual(JSON.parse(out), []); // nothing to do
});

test("desktop entry and link handler are what the desktop's own tools take", async () => {
  const entry = join(root(), "usr/share/applications/inkan-app.desktop");
  await run("desktop-file-validate", [entry]);
  await run("update-desktop-database", [join(root(), "usr/share/applications")]);
  assert.match(await readFile(join(root(), "usr/share/applications/mimeinfo.cache"), "utf8"), /^x-scheme-handler\/inkan=inkan-app\.desktop;$/m);
});

test("the manual page formats without a complaint and tells every verb", async () => {
  const page = join(root(), "usr/share/man/man1/inkan-app.1.gz");
  const { out: text } = await run("sh", ["-c", `zcat ${page} | groff -man -Tutf8 -ww -P-cbou`]);
  const { out: help } = await run(join(root(), "usr/bin/inkan-app"), ["--help", "--lang", "en"]);
  const verbs = /Subcommands:\n([^]*?)\n\n/.exec(help)[1].split("\n").map((line) => line.trim().split(" ")[0]);
  assert.ok(verbs.includes("agent"));
  for (const verb of verbs.filter((name) => name !== "help" && name !== "window")) assert.match(text, new RegExp(`\\b${verb}\\b`));
});

test("completion offers the program's own verbs and options", async () => {
  const complete = async (...words) => {
    const script = `source ${join(root(), "usr/share/bash-completion/completions/inkan-app")}
      COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _inkan_app '${join(root(), "usr/bin/inkan-app")}'
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    return (await run("bash", ["-c", script], { env: { HOME: dir } })).out.split("\n").filter(Boolean);
  };
  assert.deepEqual(await complete("inkan-app", "re"), ["renew", "register"]);
  assert.ok((await complete("inkan-app", "renew", "--")).includes("--server"));
  assert.deepEqual(await complete("inkan-app", "agent", "--wi"), ["--withdraw"]);
  assert.deepEqual(await complete("inkan-app", "--lang", ""), ["ja", "en"]);
});
