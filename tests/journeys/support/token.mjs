// token is a USB token for tests: SoftHSM in a folder of its own, and what others' tools see on it.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readP12, scratch } from "./keys.mjs";
import { run } from "./run.mjs";

const kModule = "/usr/lib/softhsm/libsofthsm2.so";

export class Token {
  static async create(label = "usbtoken", pin = "1234") {
    const token = new Token();
    Object.assign(token, { label, pin, module: kModule });
    token.dir = await mkdtemp(join(tmpdir(), "inkan-token-"));
    await mkdir(join(token.dir, "tokens"));
    const conf = join(token.dir, "softhsm2.conf");
    await writeFile(conf, `directories.tokendir = ${token.dir}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n`);
    token.env = { SOFTHSM2_CONF: conf };
    await run("softhsm2-util", ["--init-token", "--free", "--label", label, "--so-pin", "5678", "--pin", pin], { env: token.env });
    return token;
  }

  // store is what --store takes; the PIN goes in on standard input.
  get store() {
    return `pkcs11:token=${this.label}?module-path=${kModule}`;
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
    await rm(this.dir, { recursive: true, force: true, maxRetries: 3 });
  }
}
