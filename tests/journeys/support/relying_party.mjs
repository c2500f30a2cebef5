// An application of the bank's that stands behind certificate login: openid-client, a relying party that others wrote and certified,
// and the few pages of an application.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import https from "node:https";
import { createLocalJWKSet, jwtVerify } from "jose";
import { Issuer, custom, generators } from "openid-client";

export { generators };

// here sends every name to this machine, as the browser does with *.localhost.
const here = (host, options, done) => options.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);

// keysOf reads an issuer's key set.
function keysOf(issuer, trust) {
  return new Promise((done, fail) => https.get(issuer.metadata.jwks_uri, { ca: trust, lookup: here, agent: false }, (response) => {
    const parts = [];
    response.on("data", (part) => parts.push(part));
    response.on("end", () => done(createLocalJWKSet(JSON.parse(Buffer.concat(parts)))));
  }).on("error", fail));
}

// judgeLogout holds a logout token against OpenID Connect Back-Channel Logout 1.0, 2.6, and gives its claims.
async function judgeLogout(token, issuer, trust) {
  const { payload } = await jwtVerify(token, await keysOf(issuer, trust), {
    issuer: issuer.issuer, audience: "kaikei", typ: "logout+jwt", algorithms: ["ES256"], maxTokenAge: 120, requiredClaims: ["exp", "jti", "sid", "sub"],
  });
  assert.deepEqual(payload.events, { "http://schemas.openid.net/event/backchannel-logout": {} });
  assert.ok(!("nonce" in payload));
  return payload;
}

// Application is a relying party of a few lines: what it is asked with (`asks`), what came back (`came`, or `refused`), which logins it
// was told the end of (`over`); while it is `deaf` it takes no such news, and counts them (`refusals`).
export class Application {
  over = [];
  refusals = 0;

  static async open(demo) {
    const application = new Application();
    application.server = https.createServer({
      cert: await readFile(demo.path("tls/localhost.pem")), key: await readFile(demo.path("tls/localhost.key")),
    }, (request, response) => application.#answer(request, response).catch((error) => response.writeHead(500).end(String(error))));
    application.trust = demo.trust;
    application.server.listen(0, "127.0.0.1");
    await once(application.server, "listening");
    application.origin = `https://localhost:${application.server.address().port}`;
    return application;
  }

  close() {
    this.server.close();
    this.server.closeAllConnections?.();
  }

  async #answer(request, response) {
    const page = (words) => response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" })
      .end(`<!doctype html><html lang="ja"><title>会計</title><main><h1>${words}</h1></main></html>`);
    const url = new URL(request.url, this.origin);
    if (url.pathname === "/start") {
      this.verifier = generators.codeVerifier();
      this.state = generators.state();
      this.nonce = generators.nonce();
      const address = this.client.authorizationUrl({
        scope: "openid profile", state: this.state, nonce: this.nonce, code_challenge: generators.codeChallenge(this.verifier),
        code_challenge_method: "S256", ...Object.fromEntries(url.searchParams),
      });
      return response.writeHead(303, { Location: address }).end();
    }
    if (url.pathname === "/back") {
      this.came = this.refused = undefined;
      this.params = this.client.callbackParams(request);
      if (this.holds) return page("止めた"); // somebody else has the code now
      const max_age = this.params.error ? undefined : this.maxAge;
      try {
        this.came = await this.client.callback(`${this.origin}/back`, this.params,
                                               { code_verifier: this.verifier, state: this.state, nonce: this.nonce, max_age });
        return page("ようこそ");
      } catch (error) {
        this.refused = error;
        return page("お断り");
      }
    }
    if (url.pathname === "/bye") return page("さようなら");
    if (url.pathname === "/over") {
      const parts = [];
      for await (const part of request) parts.push(part);
      if (this.deaf) {
        this.refusals += 1;
        return response.writeHead(503).end();
      }
      this.over.push(await judgeLogout(new URLSearchParams(Buffer.concat(parts).toString()).get("logout_token"), this.client.issuer, this.trust));
      return response.writeHead(200).end();
    }
    return response.writeHead(204).end();
  }
}

// discover reads where an issuer's doors are; `trust` are the roots of its server certificates.
export function discover(issuer, trust) {
  custom.setHttpOptionsDefaults({ ca: trust, lookup: here, timeout: 120_000 });
  return Issuer.discover(issuer);
}

// clientOf is an application at an issuer, as somebody with this certificate and key.
export function clientOf(issuer, origin, shown, trust) {
  const client = new issuer.Client({
    client_id: "kaikei", redirect_uris: [`${origin}/back`], post_logout_redirect_uris: [`${origin}/bye`],
    response_types: ["code"], token_endpoint_auth_method: "self_signed_tls_client_auth", id_token_signed_response_alg: "ES256",
    tls_client_certificate_bound_access_tokens: true,
  });
  client[custom.http_options] = () => ({ cert: shown.cert, key: shown.key, ca: trust, lookup: here });
  return client;
}
