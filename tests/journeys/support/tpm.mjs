// tpm is a PC's TPM for tests: swtpm in a process of its own, with the token that Debian's tpm2-pkcs11 makes of it.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { end, run, start, until } from "./run.mjs";

// freePair gives a port of which the next one is free too: tpm2-tss asks for the control channel there.
async function freePair() {
  const listen = (port) => new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
  for (;;) {
    const first = await listen(0);
    const { port } = first.address();
    const second = await listen(port + 1);
    for (const server of [first, second]) await new Promise((done) => (server ? server.close(done) : done()));
    if (second) return port;
  }
}

export class Tpm {
  static async create({ label = "tpm", pin = "1234" } = {}) {
    const tpm = new Tpm();
    const { out } = await run("dpkg", ["-L", "libtpm2-pkcs11-1"]);
    Object.assign(tpm, { label, pin, module: out.split("\n").find((line) => /libtpm2_pkcs11\.so\.[\d.]+$/.test(line)) });
    tpm.dir = await mkdtemp(join(tmpdir(), "inkan-tpm-"));
    await mkdir(join(tpm.dir, "state"));
    const port = await freePair();
    tpm.server = start("swtpm", ["socket", "--tpm2", "--tpmstate", `dir=${tpm.dir}/state`, "--server", `type=tcp,port=${port},bindaddr=127.0.0.1`,
                                 "--ctrl", `type=tcp,port=${port + 1},bindaddr=127.0.0.1`, "--flags", "not-need-init,startup-clear"],
                       { stdio: "ignore" });
    const way = `swtpm:host=127.0.0.1,port=${port}`;
    tpm.env = { TPM2TOOLS_TCTI: way, TPM2_PKCS11_TCTI: way, TPM2_PKCS11_STORE: join(tpm.dir, "store") };
    await mkdir(tpm.env.TPM2_PKCS11_STORE);
    await until("the TPM", () => run("tpm2_getrandom", ["4"], { env: tpm.env }));
    await tpm.tool(["--slot-index", "0", "--init-token", "--label", label, "--so-pin", "5678"]);
    await tpm.tool(["--token-label", label, "--login", "--login-type", "so", "--so-pin", "5678", "--init-pin", "--pin", pin]);
    return tpm;
  }

  // flush does what a resource manager does on a real PC: what ended processes left loaded goes.
  async flush() {
    for (const kind of ["-t", "-l", "-s"]) await run("tpm2_flushcontext", [kind], { env: this.env });
  }

  async tool(args) {
    const done = await run("pkcs11-tool", ["--module", this.module, ...args], { env: this.env });
    await this.flush();
    return done;
  }

  // store is what --store takes; the PIN goes in on standard input.
  get store() {
    return `pkcs11:token=${this.label}?module-path=${this.module}`;
  }

  // objects counts what others' tools see: { cert, privkey, pubkey, text }.
  async objects() {
    const { out } = await this.tool(["--token-label", this.label, "--login", "--pin", this.pin, "--list-objects"]);
    const count = (start) => out.split("\n").filter((line) => line.startsWith(start)).length;
    return { cert: count("Certificate Object"), privkey: count("Private Key Object"), pubkey: count("Public Key Object"), text: out };
  }

  async close() {
    await end(this.server);
    await rm(this.dir, { recursive: true, force: true, maxRetries: 3 });
  }
}
