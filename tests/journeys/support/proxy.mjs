// proxy is a company's way out: CONNECT with or without a password, and on wish a device behind it that opens TLS with a CA of its own.
import { createServer } from "node:http";
import { connect } from "node:net";
import { readFile } from "node:fs/promises";
import { createServer as createTlsServer } from "node:tls";
import { run } from "./run.mjs";
import { scratch } from "./keys.mjs";

export class CompanyProxy {
  // open: `login` "user:password" it wants; `allows(host)` says what it lets through; `inspector` is an Inspector that sees into it.
  static async open({ login, allows = () => true, inspector } = {}) {
    const proxy = new CompanyProxy();
    proxy.asked = []; // what was wanted: { place, authorization }
    proxy.server = createServer((request, response) => response.writeHead(400).end());
    proxy.server.on("connect", (request, client) => {
      const authorization = request.headers["proxy-authorization"];
      proxy.asked.push({ place: request.url, authorization });
      const wanted = login && `Basic ${Buffer.from(login).toString("base64")}`;
      if (wanted && authorization !== wanted) {
        return client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="company"\r\nContent-Length: 0\r\n\r\n');
      }
      const [host, port] = request.url.split(":");
      if (!allows(host)) return client.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
      const server = connect(inspector ? inspector.portFor(request.url) : Number(port), "127.0.0.1");
      server.on("connect", () => {
        client.write("HTTP/1.1 200 Connection established\r\n\r\n");
        server.pipe(client).pipe(server);
      });
      server.on("error", () => client.destroy());
      client.on("error", () => server.destroy());
    });
    await new Promise((done) => proxy.server.listen(0, "127.0.0.1", done));
    proxy.port = proxy.server.address().port;
    return proxy;
  }

  url(user) {
    return `http://${user ? `${user}@` : ""}127.0.0.1:${this.port}`;
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }
}

// Inspector shows a certificate of its own CA and passes on what it reads, as devices do that look into TLS: the client's certificate
// cannot come through. `dates` puts its certificate's days elsewhere.
export class Inspector {
  static async open({ name = "Sample Inspection CA", days = ["20200101000000Z", "20450101000000Z"] } = {}) {
    const inspector = new Inspector();
    const file = scratch("");
    const openssl = (args) => run("openssl", args);
    await openssl(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", `${file}.cakey`,
                   "-out", `${file}.ca`, "-days", "3650", "-subj", `/O=Sample Gateway/CN=${name}`]);
    await openssl(["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", `${file}.key`, "-out",
                   `${file}.csr`, "-subj", "/CN=localhost"]);
    await run("sh", ["-c", `mkdir ${file}.db && : >${file}.db/index && echo 01 >${file}.db/serial &&
      printf '[ca]\\ndefault_ca=a\\n[a]\\ndatabase=${file}.db/index\\nserial=${file}.db/serial\\nnew_certs_dir=${file}.db\\ndefault_md=sha256\\npolicy=p\\n[p]\\ncommonName=supplied\\n[e]\\nsubjectAltName=DNS:localhost,DNS:*.localhost,DNS:d1.localhost,DNS:d2.localhost\\n' >${file}.cnf`]);
    await openssl(["ca", "-batch", "-notext", "-config", `${file}.cnf`, "-in", `${file}.csr`, "-cert", `${file}.ca`, "-keyfile",
                   `${file}.cakey`, "-startdate", days[0], "-enddate", days[1], "-extensions", "e", "-out", `${file}.pem`]);
    inspector.ca = await readFile(`${file}.ca`, "utf8");
    inspector.issuer = `CN=${name}`;
    inspector.targets = [];
    inspector.server = createTlsServer({ key: await readFile(`${file}.key`), cert: await readFile(`${file}.pem`) }, (client) => inspector.#pass(client));
    await new Promise((done) => inspector.server.listen(0, "127.0.0.1", done));
    return inspector;
  }

  // portFor notes where the tunnel was to go, and gives the inspector's own port.
  portFor(place) {
    this.targets.push(place);
    return this.server.address().port;
  }

  async #pass(client) {
    const place = this.targets.at(-1);
    const { connect: connectTls } = await import("node:tls");
    const [host, port] = place.split(":");
    const server = connectTls({ host: "127.0.0.1", port: Number(port), servername: host, rejectUnauthorized: false });
    client.on("error", () => server.destroy());
    server.on("error", () => client.destroy());
    server.pipe(client).pipe(server);
  }

  close() {
    return new Promise((done) => this.server.close(done));
  }
}
