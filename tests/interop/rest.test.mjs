// The REST door as the bank's other systems use it, against `inkan serve`: every answer is held against openapi.yaml.
import assert from "node:assert/strict";
import { createHmac, X509Certificate } from "node:crypto";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import https from "node:https";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { demoWithHolders, kPrograms, signer } from "../journeys/support/demo.mjs";
import { Description, call, newSystem } from "../journeys/support/rest.mjs";
import { end, run, start, until } from "../journeys/support/run.mjs";

let demo;
let config;
let server;
let said = "";
let origin;
let description;
const systems = {};

const isReady = () => fetch(new URL("/readyz", demo.json.metrics)).then(({ status }) => status === 200, () => false);
const inkanJson = async (args) => JSON.parse((await inkan(args)).out);
const inkan = (args, options) => run(join(kPrograms, "inkan"), [...args, "--config", config, "--json"], options);

async function serve() {
  server = start(join(kPrograms, "inkan"), ["serve", "--config", config], { stdio: ["ignore", "ignore", "pipe"] });
  server.stderr.on("data", (text) => { said += text; });
  await until("the server is ready", isReady);
}

// ask is one request below the institution; its answer is as openapi.yaml describes it.
async function ask(system, path, { method = "GET", headers = {}, body, status = 200, institution = "d1" } = {}) {
  const url = `/api/v1/institutions/${institution}/${path}`;
  const answer = await call(origin, { method, path: url, system: systems[system], headers, body, ca: demo.trust });
  assert.equal(answer.status, status, `${method} ${path}: ${answer.body}\n${said}`);
  assert.equal(description.judge(method, url.split("?")[0], answer), "");
  return answer;
}

const refused = async (system, path, status, code, options = {}) =>
  assert.equal((await ask(system, path, { ...options, status })).json.code, code);

before(async () => {
  ({ demo } = await demoWithHolders(["one", "two", "three"].map((login_id) => ({ login_id, institution: "d1", ends_in: 20 })),
                                    { institutions: ["d1", "d2"] }));
  assert.equal(await demo.stop(), 0);
  config = join(demo.dir, "inkan.toml");
  for (const [name, rights] of Object.entries({ records: ["read"], listener: ["events"], branch: ["read", "entitle"], fraud: ["revoke"] })) {
    systems[name] = await newSystem(name);
    await appendFile(config, `\n[[rest_client]]\ninstitution = "d1"\nname = "${name}"\ncertificate = "${systems[name].certificate}"\n` +
                             `rights = ${JSON.stringify(rights)}\n`);
  }
  systems.stranger = await newSystem("stranger");
  await serve();
  origin = new URL(demo.institution("d1").cmp).origin;
  const text = await call(origin, { path: "/api/v1/openapi.yaml", ca: demo.trust });
  assert.equal(text.status, 200);
  description = new Description(text.body);
});

after(async () => {
  await end(server);
  await demo?.close();
});

test("a system may what the configuration names, and a stranger nothing", async () => {
  await refused("stranger", "holders", 403, "rest.not_a_client");
  await refused(undefined, "holders", 403, "rest.not_a_client");
  await refused("fraud", "holders", 403, "rest.right_missing");
  await refused("records", "events", 403, "rest.right_missing");
  await refused("records", "holders", 403, "rest.not_a_client", { institution: "d2" });
});

test("a configuration with rights that do not go together does not serve", async () => {
  const other = join(demo.dir, "other.toml");
  await run("cp", [config, other]);
  await appendFile(other, `\n[[rest_client]]\ninstitution = "d1"\nname = "all"\ncertificate = "${systems.stranger.certificate}"\n` +
                          'rights = ["entitle", "issue"]\n');
  const { err } = await run(join(kPrograms, "inkan"), ["config", "check", "--config", other], { allow: [1, 2, 3, 4, 5] });
  assert.match(err, /rights/);
});

test("holders are read page by page, each once", async () => {
  const seen = [];
  for (let after = ""; after !== undefined;) {
    const { json } = await ask("records", `holders?limit=2&after=${encodeURIComponent(after)}`);
    seen.push(...json.holders.map(({ login_id }) => login_id));
    after = json.next;
  }
  assert.deepEqual(seen, [...new Set(seen)].sort());
  for (const login_id of ["one", "two", "three"]) assert.ok(seen.includes(login_id), login_id);
  assert.equal((await ask("records", "holders/one")).json.state, "renewable");
  await refused("records", "holders/nobody", 404, "holder.unknown");
});

test("a certificate is read as JSON, DER and PEM, and openssl builds its chain", async () => {
  const { json } = await ask("records", "holders/one/certificates");
  const [{ serial }] = json.certificates;
  const whole = (await ask("records", `certificates/${serial}`)).json;
  const der = await ask("records", `certificates/${serial}`, { headers: { Accept: "application/pkix-cert" } });
  const pem = await ask("records", `certificates/${serial}`, { headers: { Accept: "application/pem-certificate-chain" } });
  assert.equal(whole.chain, pem.body);
  const leaf = new X509Certificate(der.bytes);
  const issuer = new X509Certificate(pem.body.slice(pem.body.lastIndexOf("-----BEGIN")));
  assert.ok(leaf.verify(issuer.publicKey));
  assert.equal(BigInt(`0x${leaf.serialNumber}`), BigInt(`0x${serial}`));
});

// nameOf is RFC 9773's name of a certificate, made of what openssl says of it.
async function nameOf(serial) {
  const { body } = await ask("records", `certificates/${serial}`, { headers: { Accept: "application/pem-certificate-chain" } });
  const text = (await run("openssl", ["x509", "-noout", "-ext", "authorityKeyIdentifier", "-serial"], { input: body })).out;
  const key_id = /([0-9A-F]{2}(:[0-9A-F]{2}){19})/.exec(text)[1].replaceAll(":", "");
  const octets = /serial=([0-9A-F]+)/.exec(text)[1];
  const positive = parseInt(octets.slice(0, 2), 16) > 127 ? `00${octets}` : octets;
  return [key_id, positive].map((hex) => Buffer.from(hex, "hex").toString("base64url")).join(".");
}

test("renewal-info has the shape of RFC 9773, and is past once the certificate is revoked", async () => {
  const serial = (await ask("records", "holders/two")).json.certificate.serial;
  const name = await nameOf(serial);
  const open = await ask("records", `renewal-info/${name}`);
  const { start: from, end: until_then } = open.json.suggestedWindow;
  const now = Date.now();
  assert.ok(Date.parse(from) < now && now < Date.parse(until_then), `${from} ${until_then}`);
  assert.ok(Number(open.headers["retry-after"]) > 0);
  await inkan(["cert", "revoke", serial, "--yes"]);
  const past = (await ask("records", `renewal-info/${name}`)).json.suggestedWindow;
  assert.ok(Date.parse(past.start) < Date.parse(past.end) && Date.parse(past.end) < Date.now());
});

let keys = 0;
const act = (system, path, body, { key = `test-key-of-one-act-${++keys}`, ...options } = {}) =>
  ask(system, path, { method: "POST", body: JSON.stringify(body), ...options,
                      headers: { "Content-Type": "application/json", ...(key ? { "Idempotency-Key": key } : {}) } });

test("T5 a machine puts an ID on record once, over a kill, and approves nothing", async () => {
  const person = { login_id: "rest01", role: "user", company: "桜商事株式会社", name: "経理担当者", mail: "rest01@customer.example",
                   password: "long enough 1" };
  await act("branch", "holders", person, { key: "", status: 400 });
  await act("branch", "holders", { ...person, approved: true }, { status: 400 });
  const key = "the-same-key-again-and-again";
  const made = await act("branch", "holders", person, { key, status: 201 });
  server.kill("SIGKILL");
  await server.ended;
  await serve();
  const again = await act("branch", "holders", person, { key, status: 201 });
  assert.equal(again.body, made.body);
  assert.equal((await act("branch", "holders", { ...person, name: "別の担当者" }, { key, status: 422 })).json.code, "once.other_content");
  assert.equal((await act("branch", "holders", person, { status: 409 })).json.code, "holder.exists");
  assert.equal((await ask("records", `holders/${person.login_id}`)).json.entitlement, "none");
  await act("fraud", "holders", person, { status: 403 });
});

test("T5 two persons approve; the systems see it wait and decided", async () => {
  const holder = { login_id: "rest01", institution: "d1" };
  const [clerk, approver] = ["clerk", "approver"].map((role) => signer(demo.staff("d1", role)));
  const asked = JSON.parse((await inkan(["holder", "allow-reissue", holder.login_id, "--institution", "d1", "--identity-check",
                                         "届出印を照合", "--call-back", "登録番号へ折り返し", ...clerk])).out);
  const waiting = await ask("records", `requests/${asked.number}`, { status: 202 });
  assert.equal(waiting.json.state, "waiting");
  assert.ok(Number(waiting.headers["retry-after"]) > 0);
  await inkan(["holder", "allow-reissue", "--institution", "d1", "--approve", asked.number, ...approver]);
  assert.equal((await ask("records", `requests/${asked.number}`)).json.state, "approved");
  assert.equal((await ask("records", "holders/rest01/requests")).json.requests.length, 1);
  assert.equal((await ask("records", "holders/rest01")).json.entitlement, "acquirable");
  await refused("records", "requests/R-20200101-000000", 404, "request.unknown");
});

test("many tries at once of one act do it once", async () => {
  const { serial } = (await ask("records", "holders/one")).json.certificate;
  const key = "twelve-tries-at-once-of-it";
  const options = { method: "POST", system: systems.fraud, path: `/api/v1/institutions/d1/certificates/${serial}/revocation`,
                    body: JSON.stringify({ reason: "keyCompromise", last_administrator: true }), ca: demo.trust,
                    headers: { "Content-Type": "application/json", "Idempotency-Key": key } };
  const answers = await Promise.all(Array.from({ length: 12 }, () => call(origin, options)));
  const good = answers.filter(({ status }) => status === 200);
  assert.ok(good.length > 0);
  assert.equal(new Set(good.map(({ body }) => body)).size, 1);
  for (const { status, json } of answers) assert.ok(status === 200 || (status === 409 && json.code === "once.in_flight"), status);
  const done = await act("fraud", `certificates/${serial}/revocation`, { reason: "keyCompromise", last_administrator: true }, { key });
  assert.equal(done.json.reason, "keyCompromise");
  assert.equal((await ask("records", `certificates/${serial}`)).json.status, "revoked");
  await refused("fraud", "holders/three/hold", 403, "hold.two_persons", { method: "DELETE" });
});

test("the feed tells what happened once, in order, also over a restart", async () => {
  const events = [];
  let after = "";
  const follow = async () => {
    for (let more = true; more;) {
      const { json } = await ask("listener", `events?limit=7&after=${after}`);
      events.push(...json.events);
      ({ next: after, more } = json);
    }
  };
  await follow();
  const before = events.length;
  assert.ok(before > 10);
  assert.equal(new Set(events.map(({ id }) => id)).size, before);
  assert.ok(events.some(({ action, subject }) => action === "certificate.revoked" && subject === "two"));
  // The bank's own jobs go on meanwhile: where one of them wrote, it is read and asked again.
  await until("nothing new", async () => {
    await follow();
    const { headers } = await ask("listener", `events?after=${after}`);
    const url = `/api/v1/institutions/d1/events?after=${after}`;
    const again = await call(origin, { path: url, system: systems.listener, headers: { "If-None-Match": headers.etag }, ca: demo.trust });
    return again.status === 304 && again.body === "" && headers["retry-after"] === "5";
  });
  server.kill("SIGKILL");
  await server.ended;
  await serve();
  const { serial } = (await ask("records", "holders/three")).json.certificate;
  await inkan(["cert", "hold", serial, "--yes"]);
  await follow();
  assert.deepEqual(events.slice(before).filter(({ action }) => action.startsWith("certificate.")).map(({ action, subject }) => [action, subject]),
                   [["certificate.held", "three"]]);
  assert.equal(new Set(events.map(({ id }) => id)).size, events.length, "each once");
});

// Hook is a system that is told: it keeps what came, and refuses while it is `down`.
class Hook {
  async open() {
    this.deliveries = [];
    this.down = false;
    this.server = https.createServer({ key: await readFile(demo.path("tls/localhost.key")), cert: await readFile(demo.path("tls/localhost.pem")) },
      (request, response) => {
        const parts = [];
        request.on("data", (part) => parts.push(part));
        request.on("end", () => {
          this.tries = (this.tries ?? 0) + 1;
          if (!this.down) this.deliveries.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
          response.writeHead(this.down ? 503 : 204).end();
        });
      });
    await new Promise((done) => this.server.listen(0, "127.0.0.1", done));
    this.secret = "a secret of thirty-two characters";
    const secret_file = join(demo.dir, "hook.secret");
    await writeFile(secret_file, `${this.secret}\n`, { mode: 0o600 });
    await appendFile(config, `\n[[webhook]]\ninstitution = "d1"\nname = "hook"\nurl = "https://localhost:${this.server.address().port}/events?x=1"\n` +
                             `secret_file = "${secret_file}"\ntrust = "${demo.path(demo.json.trust)}"\n`);
  }
  events() {
    return this.deliveries.flatMap(({ body }) => JSON.parse(body).events);
  }
  saw(action, subject) {
    return until(`${action} of ${subject}`, () => this.events().some((event) => event.action === action && event.subject === subject));
  }
  close() {
    this.server?.closeAllConnections?.();
    this.server?.close();
  }
}

test("a webhook is told all that comes, signed, over outages and kills", async () => {
  const hook = new Hook();
  try {
    await hook.open();
    server.kill("SIGKILL");
    await server.ended;
    await serve();
    const toldTimes = async () => (await inkanJson(["audit", "export"])).filter(({ action }) => action === "webhook.told").length;
    // The bank's own jobs write meanwhile, and what they write is told too: its place may be the first of several.
    await until("the webhook has its place", async () => (await toldTimes()) > 0);
    const person = (login_id) => ({ login_id, role: "user", company: "桜商事株式会社", name: "経理担当者", password: "long enough 1" });
    await act("branch", "holders", person("hook01"), { status: 201 });
    await hook.saw("holder.added", "hook01");
    assert.deepEqual(hook.events().filter(({ action }) => action === "holder.added").map(({ subject }) => subject), ["hook01"],
                     "nothing from before its time");
    const [{ headers, body }] = hook.deliveries;
    const [, at, mark] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers["inkan-signature"]);
    assert.equal(mark, createHmac("sha256", hook.secret).update(`${at}.${body}`).digest("hex"));
    assert.equal(headers["inkan-webhook"], "hook");

    hook.down = true;
    const tries = hook.tries;
    await act("branch", "holders", person("hook02"), { status: 201 });
    await until("it was tried and refused", () => hook.tries > tries);
    server.kill("SIGKILL");
    await server.ended;
    await serve();
    await act("branch", "holders", person("hook03"), { status: 201 });
    hook.down = false;
    await hook.saw("holder.added", "hook03");
    const added = hook.events().filter(({ action }) => action === "holder.added").map(({ subject }) => subject);
    assert.deepEqual([...new Set(added)], ["hook01", "hook02", "hook03"], "in order, none lost");
    for (const one of hook.deliveries) assert.equal(description.judgeSchema("Delivery", JSON.parse(one.body)), "");
  } finally {
    hook.close();
  }
});
