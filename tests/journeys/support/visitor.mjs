// visitor is a browser without a screen: cookies, redirects, forms, one kept-alive connection per host, and a client certificate that
// it sends whatever its dates are (a real browser hides expired ones). For what must be judged by the server alone.
import https from "node:https";
import { readFileSync } from "node:fs";
import { kPatience } from "./run.mjs";

export class Visitor {
  // holder: whose certificate is shown; none when absent.
  constructor(demo, holder, options = {}) {
    this.demo = demo;
    this.cookies = new Map(); // host name -> name -> value
    const identity = holder ? { pfx: readFileSync(demo.path(holder.p12)), passphrase: holder.p12_password } : {};
    this.agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca: demo.trust, ...identity, ...options });
  }

  close() {
    this.agent.destroy();
  }

  // once asks one address: { status, headers, text, url, port }. `port` is our end of the connection: equal ports, one connection.
  once(url, { method = "GET", headers = {}, body } = {}) {
    const target = new URL(url);
    const jar = this.cookies.get(target.hostname);
    const cookie = jar ? [...jar].map(([name, value]) => `${name}=${value}`).join("; ") : undefined;
    return new Promise((resolve, reject) => {
      const request = https.request({
        agent: this.agent,
        host: "127.0.0.1", // Node does not resolve *.localhost
        port: target.port,
        servername: target.hostname,
        path: target.pathname + target.search,
        method,
        headers: { Host: target.host, Accept: "text/html", "Accept-Language": "ja", ...(cookie ? { Cookie: cookie } : {}), ...headers },
      }, (response) => {
        const parts = [];
        const reused = request.reusedSocket;
        const port = response.socket.localPort;
        const resumed = response.socket.isSessionReused();
        const protocol = response.socket.getProtocol();
        response.on("data", (data) => parts.push(data));
        response.on("error", reject);
        response.on("end", () => {
          this.#keep(target.hostname, response.headers["set-cookie"] ?? []);
          resolve({
            status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString("utf8"), url, port, reused,
            resumed, protocol,
          });
        });
      });
      request.on("error", reject);
      request.setTimeout(kPatience * 1000, () => request.destroy(new Error(`no answer from ${url}`)));
      request.end(body);
    });
  }

  // go follows redirects like a browser.
  async go(url, options) {
    let answer = await this.once(url, options);
    for (let hops = 0; [301, 302, 303, 307, 308].includes(answer.status) && hops < 10; ++hops) {
      answer = await this.once(new URL(answer.headers.location, answer.url).href);
    }
    return answer;
  }

  // submit fills in the form of `answer` that has a field or button of this name or text, and sends it as a browser would.
  submit(answer, fields, { form = 0 } = {}) {
    const found = formsOf(answer.text)[form];
    if (!found) throw new Error(`no form on ${answer.url}`);
    const values = { ...found.values, ...fields };
    const url = new URL(found.action || answer.url, answer.url).href;
    const body = new URLSearchParams(values).toString();
    if (found.method === "get") return this.go(`${url}?${body}`);
    return this.go(url, {
      method: "POST",
      body,
      headers: {
        "Content-Type": "application/x-www-form-urlencoded",
        Origin: new URL(answer.url).origin,
        "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document",
      },
    });
  }

  #keep(host, lines) {
    if (!this.cookies.has(host)) this.cookies.set(host, new Map());
    for (const line of lines) {
      const [pair, ...attributes] = line.split(";").map((part) => part.trim());
      const equals = pair.indexOf("=");
      const name = pair.slice(0, equals);
      const gone = attributes.some((attribute) => /^max-age=0$/i.test(attribute));
      if (gone) this.cookies.get(host).delete(name);
      else this.cookies.get(host).set(name, pair.slice(equals + 1));
    }
  }
}

// loginPage is what a visitor's certificate gets at a bank's door.
export async function loginPage(visitor, bank) {
  const portal = await visitor.go(visitor.demo.institution(bank).portal);
  return visitor.go(linkTo(portal, /電子証明書ログ[イオ]ン/));
}

// wordsAtDoor are the words that a holder's certificate gets there, whatever a browser would do with it.
export async function wordsAtDoor(demo, holder) {
  const visitor = new Visitor(demo, holder);
  try {
    return textOf((await loginPage(visitor, holder.institution)).text);
  } finally {
    visitor.close();
  }
}

// logInOnce is one login without a screen; it throws unless a page with ログアウト or ログオフ comes.
export async function logInOnce(demo, holder) {
  const visitor = new Visitor(demo, holder);
  try {
    const notices = await visitor.submit(await loginPage(visitor, holder.institution), { password: holder.password });
    if (!/ログ(アウト|オフ)/.test(textOf(notices.text))) throw new Error(`${holder.login_id} could not log in: ${textOf(notices.text)}`);
  } finally {
    visitor.close();
  }
}

// formsOf reads the forms of a page: { action, method, values (the hidden fields), fields (all names) }.
export function formsOf(html) {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(([, head, inside]) => {
    const inputs = [...inside.matchAll(/<input\b([^>]*)>/gi)].map(([, text]) => text);
    const values = {};
    for (const input of inputs) {
      if (attribute(input, "type") === "hidden") values[attribute(input, "name")] = attribute(input, "value") ?? "";
    }
    return {
      action: attribute(head, "action") ?? "",
      method: (attribute(head, "method") ?? "get").toLowerCase(),
      values,
      fields: inputs.map((input) => attribute(input, "name")).filter(Boolean),
    };
  });
}

// linkTo gives the address behind a link's words (a text or a pattern).
export function linkTo(answer, words) {
  for (const [, head, inside] of answer.text.matchAll(/<a\b([^>]*)>([\s\S]*?)<\/a>/gi)) {
    if (words instanceof RegExp ? words.test(textOf(inside)) : textOf(inside).includes(words)) return new URL(attribute(head, "href"), answer.url).href;
  }
  throw new Error(`no link 「${words}」 on ${answer.url}`);
}

// textOf is a page's words without its marks.
export function textOf(html) {
  return unescape(html.replace(/<(script|style|template)\b[\s\S]*?<\/\1>/gi, " ").replace(/<[^>]*>/g, " ")).replace(/\s+/g, " ").trim();
}

function attribute(head, name) {
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*("([^"]*)"|'([^']*)'|([^\\s>]+))`, "i").exec(head);
  return found ? unescape(found[2] ?? found[3] ?? found[4]) : undefined;
}

function unescape(text) {
  const names = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (all, decimal, hex, name) =>
    decimal ? String.fromCodePoint(decimal) : hex ? String.fromCodePoint(parseInt(hex, 16)) : names[name.toLowerCase()] ?? all);
}
