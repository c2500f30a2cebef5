// token is a USB token for tests: SoftHSM in a folder of its own, and what others' tools see on it.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readP12, scratch } from "./keys.mjs";
import { end, run, start, until } from "./run.mjs";

const kModule = "/usr/lib/softhsm/libsofthsm2.so";

export class Token {
  // create makes a token. `apart`: it lives in a process of its own behind p11-kit's socket, as hardware does. SoftHSM writes its files
  // in place, so a kill -9 of the program that has it loaded can leave half a file; no program's end does that to a card.
  static async create({ label = "usbtoken", pin = "1234", apart = false } = {}) {
    const token = new Token();
    Object.assign(token, { label, pin, module: kModule });
    token.dir = await mkdtemp(join(tmpdir(), "inkan-token-"));
    await mkdir(join(token.dir, "tokens"));
    const conf = join(token.dir, "softhsm2.conf");
    await writeFile(conf, `directories.tokendir = ${token.dir}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n`);
    token.env = { SOFTHSM2_CONF: conf };
    await run("softhsm2-util", ["--init-token", "--free", "--label", label, "--so-pin", "5678", "--pin", pin], { env: token.env });
    if (apart) await token.#liveApart();
    return token;
  }

  async #liveApart() {
    const { out } = await run("pkg-config", ["--variable=p11_module_path", "p11-kit-1"]);
    const socket = join(this.dir, "socket");
    this.server = start("p11-kit", ["server", "-f", "-n", socket, "--provider", kModule, `pkcs11:token=${this.label}`],
                        { env: { ...process.env, ...this.env }, stdio: ["ignore", "pipe", "ignore"] });
    await new Promise((resolve, reject) => {
      this.server.ended.then((code) => reject(new Error(`p11-kit server ended with ${code}`)), reject);
      this.server.stdout.once("data", resolve); // it says where it listens
    });
    this.client = { module: join(out.trim(), "p11-kit-client.so"), env: { P11_KIT_SERVER_ADDRESS: `unix:path=${socket}` } };
  }

  // settle waits until a token that lives apart has ended what it was asked for last: a card does one thing after the other.
  async settle() {
    await until("the token's rest", async () =>
      (await readFile(`/proc/${this.server.pid}/task/${this.server.pid}/children`, "utf8")).trim() === "");
  }

  // store is what --store takes; the PIN goes in on standard input.
  get store() {
    return `pkcs11:token=${this.label}?module-path=${this.client?.module ?? kModule}`;
  }

  // tool is OpenSC's pkcs11-tool, logged in.
  tool(args) {
    return run("pkcs11-tool", ["--module", kModule, "--token-label", this.label, "--login", "--pin", this.pin, ...args], { env: this.env });
  }

  // import puts a holder's certificate and key on the token, as its maker's program would have.
  async import(holder, id) {
    const { pem, key } = await readP12(holder.p12, holder.p12_password);
    const files = { pem: scratch(".pem"), key: scratch(".key") };
    await writeFile(files.pem, pem);
    await writeFile(files.key, key);
    await run("openssl", ["pkcs8", "-topk8", "-nocrypt", "-in", files.key, "-out", `${files.key}8`]);
    await run("softhsm2-util", ["--import", `${files.key}8`, "--token", this.label, "--label", holder.login_id, "--id", id, "--pin", this.pin],
              { env: this.env });
    await run("openssl", ["x509", "-in", files.pem, "-outform", "DER", "-out", `${files.pem}.der`]);
    await this.tool(["--write-object", `${files.pem}.der`, "--type", "cert", "--id", id, "--label", holder.login_id]);
  }

  // objects counts what lies there: { cert, privkey, pubkey }, and labels, each once for an object.
  async objects() {
    const { out } = await this.tool(["--list-objects"]);
    const count = (start) => out.split("\n").filter((line) => line.startsWith(start)).length;
    return { cert: count("Certificate Object"), privkey: count("Private Key Object"), pubkey: count("Public Key Object"),
             labels: [...out.matchAll(/^\s+label:\s+(.*)$/gm)].map(([, label]) => label), text: out };
  }

  async close() {
    await end(this.server);
    await rm(this.dir, { recursive: true, force: true, maxRetries: 3 });
  }
}
