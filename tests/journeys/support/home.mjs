// home is a person's HOME with an NSS store of its own: the certificates and the trust that the browser of this test has, and no more.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./run.mjs";

export class Home {
  // create makes a store that trusts the demo's servers and holds the given holders' certificates.
  static async create(demo, holders = [], { firefox = false } = {}) {
    const home = new Home();
    home.dir = await mkdtemp(join(tmpdir(), "inkan-home-"));
    home.profile = join(home.dir, "profile");
    home.nss = firefox ? home.profile : join(home.dir, ".pki/nssdb");
    await mkdir(home.nss, { recursive: true });
    await run("certutil", ["-d", `sql:${home.nss}`, "-N", "--empty-password"]);
    const trust = join(home.dir, "trust.pem");
    await writeFile(trust, demo.trust);
    await run("certutil", ["-d", `sql:${home.nss}`, "-A", "-t", "C,,", "-n", "demo trust", "-a", "-i", trust]);
    for (const holder of holders) await home.import(demo.path(holder.p12), holder.p12_password);
    return home;
  }

  // import is what the operating system's certificate window does for a customer. The browser may be running.
  async import(p12, password) {
    await run("pk12util", ["-d", `sql:${this.nss}`, "-i", p12, "-W", password]);
  }

  // identities counts the certificates that the store has a private key for.
  async identities() {
    const { out } = await run("certutil", ["-d", `sql:${this.nss}`, "-L"]);
    return out.split("\n").filter((line) => /\su,u,u\s*$/.test(line)).length;
  }

  // nicknames lists what the store calls its certificates.
  async nicknames() {
    const { out } = await run("certutil", ["-d", `sql:${this.nss}`, "-L"]);
    return out.split("\n").slice(4).map((line) => line.replace(/\s+\S*,\S*,\S*\s*$/, "")).filter(Boolean);
  }

  async remove(nickname) {
    await run("certutil", ["-d", `sql:${this.nss}`, "-F", "-n", nickname], { allow: [0, 255] });
    await run("certutil", ["-d", `sql:${this.nss}`, "-D", "-n", nickname], { allow: [0, 255] });
  }

  // loseKeys deletes every private key and leaves the certificates, as a reset profile does.
  async loseKeys() {
    const { out } = await run("certutil", ["-d", `sql:${this.nss}`, "-K"]);
    for (const [, id] of out.matchAll(/^<\s*\d+>\s+\w+\s+([0-9a-f]{40})/gm)) await run("certutil", ["-d", `sql:${this.nss}`, "-F", "-k", id]);
  }

  async close() {
    await rm(this.dir, { recursive: true, force: true, maxRetries: 3 });
  }
}
