// Quiet renewal: the person agrees once, the timer's command renews by itself, and the browser logs in with the new certificate.
import assert from "node:assert/strict";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Customer } from "./support/chromium.mjs";
import { demoWithHolders, kPrograms } from "./support/demo.mjs";
import { Home } from "./support/home.mjs";
import * as walk from "./support/journey.mjs";
import { removePolicy } from "./support/policy.mjs";
import { run } from "./support/run.mjs";

let demo;
let holders;

before(async () => {
  ({ demo, holders } = await demoWithHolders([
    { login_id: "quiet", institution: "d2", ends_in: 5 }, // in the last third of its window: its turn has come
    { login_id: "later", institution: "d2", ends_in: 60 }, { login_id: "byhand", institution: "d1", ends_in: 5 },
  ], { institutions: ["d1", "d2"] }));
});

after(async () => {
  await demo?.close();
  await removePolicy();
});

// desktop is a HOME whose systemctl and notify-send note what they are told.
async function desktop(home) {
  const bin = join(home.dir, "bin");
  const said = join(home.dir, "said");
  await mkdir(bin);
  for (const name of ["systemctl", "notify-send"]) {
    await writeFile(join(bin, name), `#!/bin/sh\necho ${name} "$@" >>${said}\n`);
    await chmod(join(bin, name), 0o755);
  }
  const env = { HOME: home.dir, XDG_CONFIG_HOME: join(home.dir, ".config"), LANG: "ja_JP.UTF-8", PATH: `${bin}:${process.env.PATH}` };
  return {
    env,
    said: () => readFile(said, "utf8").catch(() => ""),
    app: (args, allow = [0]) => run(join(kPrograms, "inkan-app"), args, { env, allow }),
    // meet makes a bank known, as any use of the program does
    meet: (bank) => run(join(kPrograms, "inkan-app"), ["status", "--server", demo.institution(bank).portal, "--trust",
                                                     demo.path(demo.json.trust), "--store", `nss:${home.nss}`], { env }),
    // timer does what systemd does when the time comes: the service's own command line
    async timer(allow = [0]) {
      const unit = await readFile(join(home.dir, ".config/systemd/user/inkan-app-agent.service"), "utf8");
      const [program, ...args] = /^ExecStart=(.*)$/m.exec(unit)[1].split(" ");
      return run(program, [...args, "--json"], { env, allow });
    },
  };
}

test("quiet renewal: agreed to once, the timer's run renews, Chromium logs in by the new one, the next run has nothing to do", async () => {
  const holder = holders.quiet;
  const customer = await Customer.open(demo, [holder]);
  try {
    const { app, env, meet, said, timer } = await desktop(customer.home);
    await meet("d2");
    assert.match((await app(["agent"])).out, /同意していません/);
    const refused = await app(["agent", "--consent"], [4]); // nobody sits there to say yes
    assert.match(refused.err, /agent\.declined/);
    assert.equal((await walk.hasOneLive(demo, holder)).status, "renewable");

    await app(["agent", "--consent", "--yes"]);
    assert.match(await said(), /systemctl --user --quiet enable --now inkan-app-agent\.timer/);
    const before = (await demo.certificates(holder)).length;
    const [first] = JSON.parse((await timer()).out);
    assert.equal(first.state, "renewed");
    assert.match(await said(), /notify-send .*電子証明書を更新しました サンプル第二信用金庫 quiet: 更新しました/);
    assert.equal((await demo.certificates(holder)).length, before + 1);
    const live = await walk.hasOneLive(demo, holder);
    assert.equal(live.serial.toLowerCase(), first.certificate.serial);
    assert.equal(live.status, "active");
    await walk.logIn(customer.page, demo, holder);

    const noted = await said();
    const [second] = JSON.parse((await timer()).out);
    assert.equal(second.state, "later");
    assert.ok(second.due > new Date().toISOString(), second.due);
    assert.equal(await said(), noted, "nothing happened, so nothing is shown");
    assert.equal((await demo.certificates(holder)).length, before + 1);

    await app(["agent", "--withdraw"]);
    assert.match(await said(), /systemctl --user --quiet disable --now inkan-app-agent\.timer/);
    assert.equal(JSON.parse((await timer()).out)[0].state, "not_agreed");
    assert.doesNotMatch(await readFile(join(env.XDG_CONFIG_HOME, "inkan/banks.json"), "utf8"), /"quiet":"yes"/);
  } finally {
    await customer.close();
  }
});

test("D1-02 a bank whose renewal is the customer's own act is never renewed quietly; one before its turn says when that is", async () => {
  const home = await Home.create(demo, [holders.byhand, holders.later]);
  try {
    const { app, meet, timer } = await desktop(home);
    await meet("d1");
    assert.match((await app(["agent", "--consent", "--yes"], [4])).err, /agent\.not_offered/);
    await meet("d2");
    await app(["agent", "--consent", "--yes"]);
    const reports = JSON.parse((await timer()).out);
    assert.deepEqual(reports.map(({ bank, state }) => [bank, state]), [["d1", "not_agreed"], ["d2", "later"]]);
    assert.equal((await walk.hasOneLive(demo, holders.byhand)).status, "renewable");
    assert.equal((await walk.hasOneLive(demo, holders.later)).status, "active");
  } finally {
    await home.close();
  }
});
