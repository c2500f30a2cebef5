// Generations is a demo that ages: one bank, D1, whose profile names the issuing CA that signs, and goes on with the next.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Demo, kPrograms } from "./demo.mjs";
import { run } from "./run.mjs";

export class Generations {
  // open starts it with its first issuing CA. `demo` is the running one, `dir` its folder.
  static async open() {
    const bank = new Generations();
    bank.profiles = await mkdtemp(join(tmpdir(), "inkan-profiles-"));
    bank.dir = await mkdtemp(join(tmpdir(), "inkan-generations-"));
    await bank.start("d1-g1");
    return bank;
  }

  async start(authority) {
    await writeFile(join(this.profiles, "d1.toml"), await this.profileOf(authority));
    this.demo = await Demo.start({ dir: this.dir, profiles: this.profiles });
  }

  // restart goes on under an issuing CA of that name; refusedStart says in which words it does not.
  async restart(authority) {
    assert.equal(await this.demo.stop(), 0);
    await this.start(authority);
  }
  async refusedStart(authority, words) {
    await assert.rejects(this.restart(authority), words);
  }

  async profileOf(authority) {
    const text = await readFile(new URL("../../../institutions/d1.toml", import.meta.url), "utf8");
    return text.replace('authority = "d1-g1"', `authority = "${authority}"`);
  }

  // configure writes a line under [ca]; it holds from the next command on.
  async configure(line) {
    const config = join(this.dir, "inkan.toml");
    await writeFile(config, (await readFile(config, "utf8")).replace("[ca]\n", `[ca]\n${line}\n`));
  }

  holder(state) {
    return { ...this.demo.holder("d1", state), institution: "d1" };
  }

  // renew renews a customer's certificate in its file, with the desktop program.
  async renew(holder) {
    const { demo } = this;
    await run(join(kPrograms, "inkan-app"), ["renew", "--store", `p12:${demo.path(holder.p12)}`, "--server", demo.institution("d1").portal,
      "--trust", demo.path(demo.json.trust), "--store-password-file", "-"], { input: `${holder.p12_password}\n` });
  }

  async close() {
    await this.demo?.close();
    for (const folder of [this.profiles, this.dir]) await rm(folder, { recursive: true, force: true });
  }
}
