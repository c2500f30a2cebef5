// A revocation as other people's software sees it: GnuTLS's ocsptool asks, nginx lets customers in by our CRL and by our OCSP responder,
// and what a certificate points at is there.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readFile } from "node:fs/promises";
import { demoWithHolders } from "../journeys/support/demo.mjs";
import { facts, fileOf, openssl, pemOf, scratch } from "../journeys/support/keys.mjs";
import { run, until } from "../journeys/support/run.mjs";
import { withNginx } from "../journeys/support/nginx.mjs";
import { authorities, crl, issuerOf, ocsp } from "../journeys/support/status.mjs";
import { Visitor, loginPage } from "../journeys/support/visitor.mjs";

let demo;
let holders;

before(async () => {
  ({ demo, holders } = await demoWithHolders([
    { login_id: "stays", institution: "d1", ends_in: 200 }, { login_id: "goes", institution: "d1", ends_in: 200 },
    { login_id: "asked", institution: "d2", ends_in: 200 }, { login_id: "live", institution: "d1", ends_in: 200, role: "administrator" },
    { login_id: "boss", institution: "d1", ends_in: 200, role: "administrator" },
  ]));
});

after(() => demo?.close());

const get = async (url) => (await run("curl", ["-sSf", url])).bytes;
const plain = (serial) => serial.replace(/^0+/, "");

// gnutls asks by ocsptool and gives what it printed; it verifies the answer by itself.
async function gnutls(holder, ...options) {
  const pem = await pemOf(holder);
  const issuer = await issuerOf(demo, holder.institution, pem);
  const { out, err } = await run("ocsptool", [`--ask=${demo.institution(holder.institution).ocsp}`, "--load-cert", await fileOf(pem),
                                              "--load-issuer", issuer, "--load-trust", issuer, ...options]);
  return out + err;
}

test("ocsptool asks with and without a nonce, verifies both answers, and hears of a revocation at once", async () => {
  for (const options of [[], ["--nonce"], []]) {
    const said = await gnutls(holders.asked, ...options);
    assert.match(said, /Verifying OCSP Response: Success/, said);
    assert.match(said, /Certificate Status: good/, said);
    assert.doesNotMatch(said, /nonce.*(mismatch|differ)/i, said);
  }
  const { serial } = await facts(await pemOf(holders.asked));
  await demo.inkan(["cert", "revoke", serial, "--reason", "keyCompromise", "--yes"]);
  for (const options of [[], ["--nonce"]]) assert.match(await gnutls(holders.asked, ...options), /Certificate Status: revoked/);
});

test("ocsptool reads an answer to GET, the path in base64 as it is and percent-encoded", async () => {
  const pem = await pemOf(holders.stays);
  const issuer = await issuerOf(demo, "d1", pem);
  const request = scratch(".req");
  await run("ocsptool", ["--generate-request", "--load-cert", await fileOf(pem), "--load-issuer", issuer, "--no-nonce", "--outfile", request]);
  const base64 = (await readFile(request)).toString("base64");
  for (const path of [base64, encodeURIComponent(base64)]) {
    const answer = await fileOf(await get(`${demo.institution("d1").ocsp.replace(/\/$/, "")}/${path}`), ".resp");
    const { out, err } = await run("ocsptool", ["--verify-response", "--load-response", answer, "--load-issuer", issuer, "--load-trust", issuer]);
    assert.match(out + err, /Success/);
  }
});

test("the same question is answered by the same signature, until something changes", async () => {
  const pem = await pemOf(holders.stays);
  const request = scratch(".req");
  await openssl(["ocsp", "-issuer", await issuerOf(demo, "d1", pem), "-cert", await fileOf(pem), "-no_nonce", "-reqout", request]);
  const ask = async () => (await run("curl", ["-sSf", "-H", "Content-Type: application/ocsp-request", "--data-binary", `@${request}`,
                                              demo.institution("d1").ocsp])).bytes;
  const first = await ask();
  assert.deepEqual(await ask(), first);
});

test("every address in a holder's and a CA's certificate gives what it promises", async () => {
  for (const bank of demo.json.institutions) {
    const holder = bank.holders.find(({ p12 }) => p12);
    const { text } = await facts(await pemOf(holder));
    const certificates = [text];
    for (const pem of (await authorities(demo, bank.id)).pem) certificates.push((await facts(pem)).text);
    const found = { crl: 0, ca: 0, ocsp: 0 };
    for (const each of certificates) {
      for (const [, url] of each.matchAll(/CA Issuers - URI:(\S+)/g)) {
        await openssl(["x509", "-inform", "DER", "-noout"], { input: await get(url) });
        found.ca++;
      }
      for (const [, url] of each.matchAll(/Full Name:\s+URI:(\S+)/g)) {
        await openssl(["crl", "-inform", "DER", "-noout"], { input: await get(url) });
        found.crl++;
      }
      for (const [, url] of each.matchAll(/OCSP - URI:(\S+)/g)) {
        const { out } = await run("curl", ["-sS", "-o", "/dev/null", "-w", "%{http_code} %{content_type}", "-H", "Content-Type: application/ocsp-request",
                                           "--data-binary", "x", url]);
        assert.equal(out, "200 application/ocsp-response");
        found.ocsp++;
      }
    }
    assert.ok(found.crl > 0 && found.ca > 0 && found.ocsp > 0, `${bank.id}: ${JSON.stringify(found)}`);
  }
});

// nginx checks the whole chain by lists, so it wants the root's as well.
const listAt = async (url) => (await openssl(["crl", "-inform", "DER"], { input: await get(url) })).out;
const listOf = () => listAt(demo.institution("d1").crl);
const rootList = () => listAt(new URL("root.crl", demo.institution("d1").crl).href);

test("the root's own list stands where the issuing CA's certificate says, and openssl verifies the whole chain by lists", async () => {
  const chain = await Promise.all((await authorities(demo, "d1")).pem.map(async (pem) => ({ pem, ...(await facts(pem)) })));
  const [root, own] = [chain.find(({ subject, issuer }) => subject === issuer), chain.find(({ subject, issuer }) => subject !== issuer)];
  const url = new URL("root.crl", demo.institution("d1").crl).href;
  assert.ok((await openssl(["x509", "-noout", "-ext", "crlDistributionPoints"], { input: own.pem })).out.includes(`URI:${url}`));
  const lists = await fileOf((await listOf()) + (await rootList()), ".crl.pem");
  const { out } = await openssl(["verify", "-crl_check_all", "-CRLfile", lists, "-CAfile", await fileOf(root.pem),
                                 "-untrusted", await fileOf(own.pem), await fileOf(await pemOf(holders.stays))]);
  assert.match(out, /: OK$/m);
});

test("nginx lets a customer in by our CRL, and keeps the revoked one out by the next; by OCSP at once", async () => {
  const root = await rootList();
  const old_list = await fileOf((await listOf()) + root, ".crl.pem");
  const { host, pathname } = new URL(demo.institution("d1").ocsp);
  const by_ocsp = `ssl_ocsp leaf; ssl_ocsp_responder http://${host}${pathname}; ssl_ocsp_cache off; ssl_trusted_certificate ${demo.path(demo.institution("d1").ca)};`;
  await withNginx(demo, by_ocsp, async (visit) => {
    assert.equal(await visit(holders.stays), "SUCCESS 200");
    assert.equal(await visit(holders.goes), "SUCCESS 200");
    const { serial } = await facts(await pemOf(holders.goes));
    await demo.inkan(["cert", "revoke", serial, "--reason", "keyCompromise", "--yes"]);
    assert.match(await visit(holders.goes), /400|refused/);
    assert.equal(await visit(holders.stays), "SUCCESS 200");
  });
  await withNginx(demo, `ssl_crl ${old_list};`, async (visit) => {
    assert.equal(await visit(holders.goes), "SUCCESS 200", "a list from before the revocation");
  });
  const new_list = await fileOf((await listOf()) + root, ".crl.pem");
  await withNginx(demo, `ssl_crl ${new_list};`, async (visit, log) => {
    assert.equal(await visit(holders.stays), "SUCCESS 200", await log());
    assert.match(await visit(holders.goes), /400|refused/);
    assert.match(await log(), /certificate revoked/);
  });
});

test("a revocation ends a live login with its next request, and the next CRL and OCSP say so without anybody asking for a list", async () => {
  const holder = holders.live;
  const pem = await pemOf(holder);
  const issuer = await issuerOf(demo, "d1", pem);
  const { serial } = await facts(pem);
  const before_it = await crl(demo, "d1", issuer);
  const visitor = new Visitor(demo, holder);
  const page = await visitor.submit(await loginPage(visitor, "d1"), { password: holder.password });
  assert.equal((await visitor.once(page.url)).status, 200);

  // The holder does it alone, at the page: no verb publishes a list here.
  const done = await visitor.once(new URL("/certificate/revoke", page.url).href, {
    method: "POST", body: "reason=cessationOfOperation&knowing=yes",
    headers: { "Content-Type": "application/x-www-form-urlencoded", Origin: new URL(page.url).origin, "Sec-Fetch-Site": "same-origin" },
  });
  assert.match(done.text, /失効しました/);
  const blocked = await visitor.once(page.url);
  assert.notEqual(blocked.status, 200, "the same connection, the same cookie");
  assert.equal(blocked.port, done.port);
  assert.equal((await ocsp(demo, "d1", { pem, issuer })).state, "revoked");
  const list = await until("the list with the revocation", async () => {
    const now = await crl(demo, "d1", issuer);
    return now.serials.map(plain).includes(plain(serial)) ? now : undefined;
  });
  assert.ok(list.number > before_it.number);
  visitor.close();
});
