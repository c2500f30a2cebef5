// A reverse proxy in front of an application of the bank's: nginx shakes hands with the browser and asks /forward-auth/ID whose
// certificate that was.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Demo } from "../journeys/support/demo.mjs";
import { asFiles, facts, openssl, pemOf } from "../journeys/support/keys.mjs";
import { end, freePort, run, start, until } from "../journeys/support/run.mjs";

let demo, dir, port, nginx, door, gatekeeper;

const active = (bank = "d1") => demo.holder(bank, "active");

before(async () => {
  dir = await mkdtemp(join(tmpdir(), "inkan-nginx-"));
  demo = await Demo.start({ institutions: ["d1", "d2"] });
  port = await freePort();
  door = demo.institution("d1").forward_auth;
  gatekeeper = await asFiles({ p12: demo.path(door.p12), p12_password: door.p12_password });
  await mkdir(join(dir, "pages"));
  await writeFile(join(dir, "pages/index.html"), "the bank's application\n");
  await writeFile(join(dir, "nginx.conf"), `
daemon off; pid ${dir}/nginx.pid; error_log stderr warn; worker_processes 1; user root;
events {}
http {
  access_log off; root ${dir}/pages;
  client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy; fastcgi_temp_path ${dir}/f; uwsgi_temp_path ${dir}/u; scgi_temp_path ${dir}/s;
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${demo.path("tls/localhost.pem")}; ssl_certificate_key ${demo.path("tls/localhost.key")};
    ssl_verify_client optional_no_ca;
    location / {
      auth_request /who;
      auth_request_set $login_id $upstream_http_inkan_login_id;
      auth_request_set $role $upstream_http_inkan_role;
      add_header Seen-Login-Id $login_id; add_header Seen-Role $role;
    }
    location = /who {
      internal;
      proxy_pass ${door.url};
      proxy_pass_request_body off; proxy_set_header Content-Length "";
      proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert; proxy_set_header Client-Cert "";
      proxy_ssl_certificate ${gatekeeper.cert}; proxy_ssl_certificate_key ${gatekeeper.key};
      proxy_ssl_trusted_certificate ${demo.path(demo.json.trust)}; proxy_ssl_verify on; proxy_ssl_verify_depth 3;
      proxy_ssl_server_name on; proxy_ssl_name localhost; proxy_set_header Host ${new URL(door.url).host};
    }
  }
}
`);
  nginx = start("nginx", ["-c", join(dir, "nginx.conf")], { stdio: ["ignore", "ignore", "inherit"] });
  await until("nginx", async () => (await visit({})).status === 401);
});

after(async () => {
  if (nginx) await end(nginx, { seconds: 10 });
  await demo?.close();
  await rm(dir, { recursive: true, force: true });
});

// visit asks nginx for the application's page: { status, headers, body }. An agent keeps the connection.
function visit({ files, agent, headers = {} }) {
  return new Promise((resolve, reject) => {
    const options = { ca: demo.trust, ...files, agent: agent ?? false, headers };
    request(`https://localhost:${port}/`, options, async (answer) => {
      let body = "";
      for await (const data of answer) body += data;
      resolve({ status: answer.statusCode, headers: answer.headers, body });
    }).on("error", reject).end();
  });
}

async function filesOf(holder) {
  const { cert, key } = await asFiles(holder);
  return { cert: await readFile(cert), key: await readFile(key) };
}

// ask is one question to the door itself: { status, code }.
async function ask(headers, files = gatekeeper, id = "d1") {
  const url = door.url.replace(/d1$/, id);
  const shown = files ? ["--cert", files.cert, "--key", files.key] : [];
  const { out } = await run("curl", ["-sS", "--cacert", demo.path(demo.json.trust), ...shown, "-w", "\n%{http_code}",
                                     ...headers.flatMap((header) => ["-H", header]), url]);
  const [body, status] = [out.slice(0, out.lastIndexOf("\n")), Number(out.slice(out.lastIndexOf("\n") + 1))];
  return { status, code: body ? JSON.parse(body).code : undefined };
}

test("nginx: only who shows a certificate that counts now sees the application, which learns who it is", async () => {
  assert.equal((await visit({})).status, 401);
  const seen = await visit({ files: await filesOf(active()) });
  assert.equal(seen.status, 200);
  assert.equal(seen.body, "the bank's application\n");
  assert.equal(seen.headers["seen-login-id"], active().login_id);
  assert.equal(seen.headers["seen-role"], "user");
  assert.equal((await visit({ files: await filesOf(demo.holder("d1", "revoked")) })).status, 403);
  assert.equal((await visit({ files: await filesOf(demo.holder("d1", "expired_grace")) })).status, 400, "nginx looks at dates itself");
  assert.equal((await visit({ files: await filesOf(active("d2")) })).status, 403, "another bank's");
});

test("nginx: whoever writes the field by hand gains nothing", async () => {
  const escaped = encodeURIComponent(await pemOf(active()));
  assert.equal((await visit({ headers: { "X-SSL-Client-Cert": escaped } })).status, 401);
  const der = (await openssl(["x509", "-outform", "DER"], { input: await pemOf(active()) })).bytes.toString("base64");
  assert.equal((await visit({ headers: { "Client-Cert": `:${der}:` } })).status, 401);
});

test("the door: RFC 9440's field, and what it refuses", async () => {
  const der = (await openssl(["x509", "-outform", "DER"], { input: await pemOf(active()) })).bytes.toString("base64");
  const good = `Client-Cert: :${der}:`;
  assert.deepEqual(await ask([good]), { status: 200, code: undefined });
  assert.deepEqual(await ask([]), { status: 401, code: "certificate.none" });
  assert.deepEqual(await ask([good], undefined), { status: 200, code: undefined });
  assert.deepEqual(await ask([good], null), { status: 403, code: "forward_auth.not_a_gatekeeper" });
  assert.deepEqual(await ask([good], await asFiles(active())), { status: 403, code: "forward_auth.not_a_gatekeeper" });
  assert.deepEqual(await ask([good], gatekeeper, "d2"), { status: 403, code: "certificate.other_bank" });
  assert.deepEqual(await ask([good], gatekeeper, "d9"), { status: 404, code: "institution.unknown" });
  for (const bad of [[good, good], [good, "X-SSL-Client-Cert: x"], ["Client-Cert: :AAAA:"], [`Client-Cert: ${der}`],
                     ["X-SSL-Client-Cert: %zz"], ["X-SSL-Client-Cert: hello"]])
    assert.deepEqual(await ask(bad), { status: 400, code: "certificate.malformed" }, String(bad).slice(0, 60));
});

test("T8 a revocation counts from the next request on, on a connection that is open", async () => {
  const holder = demo.holder("d1", "active", "administrator");
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const files = await filesOf(holder);
  assert.equal((await visit({ files, agent })).status, 200);
  const { serial } = await facts(await pemOf(holder));
  await demo.inkan(["cert", "revoke", serial, "--reason", "keyCompromise", "--yes"]);
  assert.equal((await visit({ files, agent })).status, 403);
  agent.destroy();
});
