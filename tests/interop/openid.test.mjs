// An application of the bank's behind certificate login: openid-client, a relying party that others wrote and certified, against
// `inkan serve`, with a customer in a real Chromium who logs in by the normal screens.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { appendFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { withCustomer } from "../journeys/support/chromium.mjs";
import { demoWithHolders, kPrograms } from "../journeys/support/demo.mjs";
import * as walk from "../journeys/support/journey.mjs";
import { facts, pemOf } from "../journeys/support/keys.mjs";
import { look } from "../journeys/support/look.mjs";
import { removePolicy } from "../journeys/support/policy.mjs";
import * as relyingParty from "../journeys/support/relying_party.mjs";
import { newSystem } from "../journeys/support/rest.mjs";
import { end, run, start, until } from "../journeys/support/run.mjs";

let demo, holders, config, server, application, issuer, system, other;

// clientOf is the application as one that shows this certificate.
const clientOf = (shown) => relyingParty.clientOf(issuer, application.origin, shown, demo.trust);

async function serve() {
  server = start(join(kPrograms, "inkan"), ["serve", "--config", config], { stdio: ["ignore", "ignore", "inherit"] });
  await until("the server is ready", () => fetch(new URL("/readyz", demo.json.metrics)).then(({ status }) => status === 200, () => false));
}

before(async () => {
  ({ demo, holders } = await demoWithHolders([
    { login_id: "walker", institution: "d1", ends_in: 200 }, { login_id: "soon", institution: "d1", ends_in: 20 },
    { login_id: "stolen", institution: "d1", ends_in: 200 },
  ], { institutions: ["d1"] }));
  assert.equal(await demo.stop(), 0);
  application = await relyingParty.Application.open(demo);
  system = await newSystem("kaikei");
  other = await newSystem("other");
  config = join(demo.dir, "inkan.toml");
  await appendFile(config, `\n[[oidc_client]]\ninstitution = "d1"\nid = "kaikei"\nname = "会計サービス"\n` +
                           `redirect_uris = ["${application.origin}/back"]\nlogout_uris = ["${application.origin}/bye"]\n` +
                           `certificate = "${system.certificate}"\nbackchannel_logout_uri = "${application.origin}/over"\n` +
                           `trust = "${demo.path(demo.json.trust)}"\n`);
  await serve();
  issuer = await relyingParty.discover(demo.institution("d1").portal, demo.trust);
  application.client = clientOf(system);
});

after(async () => {
  application?.close();
  if (server) await end(server);
  await demo?.close();
  await removePolicy();
});

async function enterPassword(page, holder) {
  await page.getByLabel("ログインパスワード").fill(holder.password);
  await page.getByRole("button", { name: "ログイン", exact: true }).click();
}

const logIn = async (page, holder, asks = "") => {
  await page.goto(`${application.origin}/start${asks}`);
  await enterPassword(page, holder);
  await walk.screen(page, "ようこそ");
};

test("discovery, login by the normal screens, code, ID token, userinfo, a second login without a screen, logout", () =>
  withCustomer(demo, holders.walker, async (customer, page) => {
    assert.equal(issuer.issuer, demo.institution("d1").portal);
    await page.goto(`${application.origin}/start`);
    await page.getByText("ログインすると、「会計サービス」に進みます。").waitFor();
    await look(page, "openid-01-password", customer);
    await enterPassword(page, holders.walker);
    await walk.screen(page, "ようこそ");
    assert.ok(customer.seen.includes("アプリケーションへ進みます"), customer.seen.join(" | "));
    const { access_token: token, id_token: hint } = application.came;
    const claims = application.came.claims(); // openid-client has judged signature, iss, aud, exp, nonce and at_hash
    assert.equal(claims.sub, "walker");
    assert.equal(claims.acr, "urn:inkan:acr:certificate-and-password");
    assert.deepEqual(claims.amr, ["pop", "pwd", "mfa"]);
    assert.ok(Math.abs(Date.now() / 1000 - claims.auth_time) < 60);
    const said = await application.client.userinfo(application.came);
    assert.equal(said.role, "user");
    assert.equal(said.certificate_serial, (await facts(await pemOf(holders.walker))).serial.toLowerCase());

    await assert.rejects(clientOf(other).userinfo(token), { error: "invalid_token" }, "over another certificate");
    const looked = await application.client.introspect(token);
    assert.equal(looked.active, true);
    assert.equal(looked.cnf["x5t#S256"], facts256(system.cert));

    await page.goto(`${application.origin}/start?prompt=none`);
    await walk.screen(page, "ようこそ");
    assert.equal(application.came.claims().sid, claims.sid);
    application.maxAge = 3600;
    await page.goto(`${application.origin}/start?max_age=3600`);
    await walk.screen(page, "ようこそ");
    application.maxAge = undefined;

    await page.goto(application.client.endSessionUrl({ id_token_hint: hint, state: "bye" }));
    await walk.screen(page, "さようなら");
    assert.equal(new URL(page.url()).searchParams.get("state"), "bye");
    await assert.rejects(application.client.userinfo(token), { error: "invalid_token" }, "the token ends with the login");
    await until("the application is told", () => application.over.length > 0);
    assert.deepEqual(application.over.map(({ sub, sid }) => [sub, sid]), [["walker", claims.sid]], "once, whatever it was given of that login");
    await page.goto(`${application.origin}/start?prompt=none`);
    await walk.screen(page, "お断り");
    assert.equal(application.refused.error, "login_required");
  }));

function facts256(pem) {
  const der = Buffer.from(pem.toString().replace(/-----[^-]+-----|\s/g, ""), "base64");
  return createHash("sha256").update(der).digest("base64url");
}

test("a renewal that is due is read on the way", () =>
  withCustomer(demo, holders.soon, async (customer, page) => {
    await page.goto(`${application.origin}/start`);
    await enterPassword(page, holders.soon);
    await walk.screen(page, "アプリケーションへ進みます");
    await page.getByRole("link", { name: "電子証明書の更新のご案内へ" }).waitFor();
    await look(page, "openid-02-going", customer);
    await page.getByRole("link", { name: "進む", exact: true }).click();
    await walk.screen(page, "ようこそ");
  }));

test("a code that is used twice ends what it gave; a stolen one is worth nothing", () =>
  withCustomer(demo, holders.walker, async (customer, page) => {
    await logIn(page, holders.walker);
    const { access_token: token } = application.came;
    const again = { grant_type: "authorization_code", code: application.params.code, redirect_uri: `${application.origin}/back`,
                    code_verifier: application.verifier };
    await application.client.userinfo(token);
    await assert.rejects(clientOf(other).grant(again), { error: "invalid_client" });
    await application.client.userinfo(token);
    await assert.rejects(application.client.grant(again), { error: "invalid_grant" });
    await assert.rejects(application.client.userinfo(token), { error: "invalid_token" });

    // Code injection: a code of this login under another request's verifier.
    application.holds = true;
    await page.goto(`${application.origin}/start`);
    await walk.screen(page, "止めた");
    application.holds = false;
    const stolen = application.params.code;
    await assert.rejects(application.client.grant({ ...again, code: stolen, code_verifier: relyingParty.generators.codeVerifier() }),
                         { error: "invalid_grant" });
    await assert.rejects(application.client.grant({ ...again, code: stolen, code_verifier: application.verifier }),
                         { error: "invalid_grant" }, "it was tried");
  }));

test("T8 a revocation ends the token at once, and the application hears of it, over refusals of its own and a kill", () =>
  withCustomer(demo, holders.stolen, async (customer, page) => {
    await logIn(page, holders.stolen);
    const { access_token: token } = application.came;
    const { sid } = application.came.claims();
    await application.client.userinfo(token);
    application.deaf = true;
    const { serial } = await facts(await pemOf(holders.stolen));
    await run(join(kPrograms, "inkan"), ["cert", "revoke", serial, "--reason", "keyCompromise", "--yes", "--config", config]);
    await assert.rejects(application.client.userinfo(token), { error: "invalid_token" });
    await page.goto(`${application.origin}/start?prompt=none`);
    await walk.screen(page, "お断り");

    await until("the application refuses the news", () => application.refusals > 1);
    server.kill("SIGKILL");
    await server.ended;
    await serve();
    application.deaf = false;
    await until("the application is told", () => application.over.some((login) => login.sid === sid && login.sub === "stolen"));
  }));

test("the doctor finds the key that signs, and says so when it is gone", async () => {
  const check = async () => {
    const { out } = await run(join(kPrograms, "inkan"), ["doctor", "--config", config, "--json"], { allow: [0, 10] });
    return JSON.parse(out).find(({ check: name }) => name === "OpenID key");
  };
  assert.equal((await check()).result, "good");
  const key = demo.path("ca/openid/openid.key");
  await rename(key, `${key}.away`);
  assert.match((await check()).detail, /openid\.no_key/);
  await rename(`${key}.away`, key);
});

test("a request for an address that the bank did not register goes nowhere", () =>
  withCustomer(demo, holders.walker, async (customer, page) => {
    const answer = await page.goto(`${application.origin}/start?redirect_uri=${encodeURIComponent("https://evil.localhost/")}`);
    assert.equal(answer.status(), 400);
    await walk.screen(page, "アプリケーションからの案内を受け付けられませんでした");
    assert.equal(await page.locator("#code").innerText(), "E907");
    await look(page, "openid-03-refused", customer);
  }));
