// wine is a Windows of a person's own: one prefix, thrown away afterwards, with what a PC of a company has: a proxy in its Internet
// settings, and the roots it trusts.
import { createHash, X509Certificate } from "node:crypto";
import { createServer } from "node:http";
import { connect } from "node:net";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Demo } from "../../journeys/support/demo.mjs";
import { run } from "../../journeys/support/run.mjs";

const kHere = dirname(fileURLToPath(import.meta.url));
export const kRoot = resolve(join(kHere, "../../.."));
export const kBuilt = resolve(process.env.INKAN_WINDOWS_DIR ?? join(kHere, "../../../build/windows"));
const kFaces = ["Tahoma", "MS Shell Dlg", "MS Shell Dlg 2", "MS UI Gothic", "Segoe UI", "Microsoft Sans Serif"];

const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(",");
const words = (...numbers) => Buffer.concat(numbers.map((number) => {
  const word = Buffer.alloc(4);
  word.writeUInt32LE(number);
  return word;
}));

export class Windows {
  static async start(display) {
    const windows = new Windows();
    windows.prefix = await mkdtemp(join(tmpdir(), "inkan-wine-"));
    windows.env = { WINEPREFIX: windows.prefix, WINEDEBUG: "-all", WINEDLLOVERRIDES: "mscoree,mshtml=", DISPLAY: display.name,
                    LANG: "ja_JP.UTF-8", LC_ALL: "C.UTF-8" };
    await run("wineboot", ["-i"], { env: windows.env, seconds: 180 });
    await windows.#regedit(`[HKEY_CURRENT_USER\\Software\\Wine\\Fonts\\Replacements]\n${
      kFaces.map((face) => `"${face}"="Noto Sans CJK JP"`).join("\n")}`);
    return windows;
  }

  // trust puts a root among those that this person's Windows trusts; it is a serialized certificate with its SHA-1.
  async trust(pem) {
    const der = Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ""), "base64");
    const sha1 = createHash("sha1").update(der).digest();
    const blob = Buffer.concat([words(3, 1, sha1.length), sha1, words(32, 1, der.length), der]);
    await this.#regedit("[HKEY_CURRENT_USER\\Software\\Microsoft\\SystemCertificates\\Root\\Certificates\\" +
                        `${sha1.toString("hex").toUpperCase()}]\n"Blob"=hex:${hex(blob)}`);
  }

  // useProxy is what 「手動プロキシ セットアップ」 writes.
  async useProxy(address) {
    const settings = Buffer.concat([words(0x46, 1, 3, address.length), Buffer.from(address), words(0, 0)]);
    await this.#regedit("[HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\Connections]\n" +
                        `"DefaultConnectionSettings"=hex:${hex(settings)}`);
  }

  async #regedit(text) {
    const file = join(this.prefix, "change.reg");
    await writeFile(file, `REGEDIT4\n\n${text}\n`);
    await this.run("regedit", ["/S", `Z:${file}`]);
  }

  // run starts a program of Windows; see journeys' run.
  run(program, args, options = {}) {
    return run("wine", [program, ...args], { seconds: 120, ...options, env: { ...this.env, ...options.env } });
  }

  app(args, options) {
    return this.run(join(kBuilt, "bin/inkan-app.exe"), args, options);
  }

  // seen is what another program sees of the certificates in the store.
  async seen() {
    const { out } = await this.run(join(kBuilt, "bin/probe.exe"), []);
    return out.split(/\r?\n/).filter(Boolean).map((line) => JSON.parse(line));
  }

  // keys counts the key containers, those without a certificate too.
  async keys() {
    const text = await this.#registry();
    return text.split("\n").filter((line) => /^\[Software\\\\Wine\\\\Crypto\\\\RSA\\\\Inkan /.test(line)).length;
  }

  async value(key, name = null) {
    const { out } = await this.run("reg", ["query", key, ...(name ? ["/v", name] : ["/ve"])], { allow: [0, 1] });
    return /REG_SZ\s+(.*?)\r?\n/.exec(out)?.[1];
  }

  // The registry's file is written when wine's server ends.
  async #registry() {
    await run("wineserver", ["-k"], { env: this.env, allow: [0, 1, 2] });
    await run("wineserver", ["-w"], { env: this.env, allow: [0, 1] });
    return readFile(join(this.prefix, "user.reg"), "utf8");
  }

  async close() {
    await run("wineserver", ["-k"], { env: this.env, allow: [0, 1, 2] }).catch(() => {});
    await run("wineserver", ["-w"], { env: this.env, allow: [0, 1] }).catch(() => {});
    await rm(this.prefix, { recursive: true, force: true, maxRetries: 5 });
  }
}

// startDemo starts a server that wine can verify. wine 8 refuses an ECDSA signature whose r or s is shorter than the curve's size, which
// one in some hundred is (crypt32 concatenates both as they are); then the server's certificates are made anew.
export async function startDemo(options) {
  for (;;) {
    const demo = await Demo.start(options);
    const names = ["root", ...demo.json.institutions.map(({ id }) => `${id}.localhost`)];
    const pems = await Promise.all(names.map((name) => readFile(join(demo.dir, "tls", `${name}.pem`), "utf8")));
    if (pems.every((pem) => hasWholeSignature(new X509Certificate(pem).raw))) return demo;
    await demo.close();
  }
}

// hasWholeSignature reads Certificate (RFC 5280 4.1), and r and s of its Ecdsa-Sig-Value (RFC 3279 2.2.3).
function hasWholeSignature(der) {
  const [, , signature] = elements(elements(der)[0]);
  return elements(elements(signature.subarray(1))[0]).every((number) => number.length >= 32);
}

// elements are the contents of the DER values that follow each other in `der`.
function elements(der) {
  const found = [];
  for (let at = 0; at < der.length;) {
    const long = der[at + 1] & 0x80 ? der[at + 1] & 0x7f : 0;
    const begin = at + 2 + long;
    const length = long ? der.readUIntBE(at + 2, long) : der[at + 1];
    found.push(der.subarray(begin, begin + length));
    at = begin + length;
  }
  return found;
}

// Proxy tunnels (CONNECT) to this machine, whatever the name, since wine's resolver knows no *.localhost. It can lose an answer:
// loseAnswer(n) cuts the n-th tunnel from now on once the request is through, before anything of the answer is.
export class Proxy {
  static async start() {
    const proxy = new Proxy();
    proxy.tunnels = [];
    proxy.lost = 0;
    proxy.server = createServer((_, response) => response.writeHead(501).end());
    proxy.server.on("connect", (request, client) => proxy.#tunnel(request.url, client));
    await new Promise((done) => proxy.server.listen(0, "127.0.0.1", done));
    proxy.address = `127.0.0.1:${proxy.server.address().port}`;
    return proxy;
  }

  loseAnswer(nth) {
    this.losing = this.tunnels.length + nth;
    this.lost = 0;
  }

  #tunnel(place, client) {
    this.tunnels.push(place);
    const lose = this.tunnels.length === this.losing;
    const server = connect(Number(place.split(":")[1]), "127.0.0.1", () => client.write("HTTP/1.1 200 OK\r\n\r\n"));
    const records = new Records();
    client.on("data", (data) => {
      records.read(data);
      server.write(data);
    });
    server.on("data", (data) => {
      if (!lose || !records.asked) return client.write(data);
      this.lost += 1;
      client.destroy();
      return server.destroy();
    });
    for (const [one, other] of [[client, server], [server, client]]) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }
}

// Records reads a TLS stream's record headers (RFC 5246 6.2.1) and tells whether application data has passed.
class Records {
  asked = false;
  #rest = Buffer.alloc(0);

  read(data) {
    this.#rest = Buffer.concat([this.#rest, data]);
    while (this.#rest.length >= 5 && this.#rest.length >= 5 + this.#rest.readUInt16BE(3)) {
      this.asked ||= this.#rest[0] === 23;
      this.#rest = this.#rest.subarray(5 + this.#rest.readUInt16BE(3));
    }
  }
}
