// est speaks RFC 7030 with curl and openssl, programs made by others.
import { writeFile } from "node:fs/promises";
import { openssl, scratch, writeP12 } from "./keys.mjs";
import { run } from "./run.mjs";

// curl gives { status, headers, body } of one request; the demo's trust is all it trusts.
export async function curl(demo, url, args = []) {
  const head = scratch(".head");
  const { bytes } = await run("curl", ["-sS", "--cacert", demo.path(demo.json.trust), "-D", head, ...args, url]);
  const { out } = await run("cat", [head]);
  const last = out.trim().split(/\r?\n\r?\n/).pop().split(/\r?\n/);
  const headers = Object.fromEntries(last.slice(1).map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  }));
  return { status: Number(last[0].split(" ")[1]), headers, body: bytes };
}

async function post(demo, url, request, args) {
  const file = scratch(".p10");
  await writeFile(file, request);
  return curl(demo, url, [...args, "-H", "Content-Type: application/pkcs10", "-H", "Content-Transfer-Encoding: base64",
                          "--data-binary", `@${file}`]);
}

// simpleEnroll: login ID, and "password code" as contract.md gives it.
export function simpleEnroll(demo, holder, { code, request, password = holder.password, files }) {
  const url = `${demo.institution(holder.institution).est}/simpleenroll`;
  const shown = files ? ["--cert", files.cert, "--key", files.key] : []; // the expired certificate, in the handshake
  return post(demo, url, request, [...shown, "--user", `${holder.login_id}:${password}${code === undefined ? "" : ` ${code}`}`]);
}

// simpleReenroll: the present certificate in the handshake.
export function simpleReenroll(demo, holder, { request, files, args = [] }) {
  const url = `${demo.institution(holder.institution).est}/simplereenroll`;
  return post(demo, url, request, ["--cert", files.cert, "--key", files.key, ...args]);
}

// certificatesIn reads a certs-only CMS answer: PEM texts.
export async function certificatesIn(answer) {
  const { out } = await openssl(["pkcs7", "-inform", "DER", "-print_certs"], { input: Buffer.from(answer.body.toString(), "base64") });
  return out.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
}

// enrol takes a first certificate, or one after expiry: { pem, writeP12(file, password) }.
export async function enrol(demo, holder, { code, request, key }) {
  return delivered(await simpleEnroll(demo, holder, { code, request }), key);
}

export async function delivered(answer, key) {
  if (answer.status !== 200) throw new Error(`EST answered ${answer.status}: ${answer.body.toString()}`);
  const [pem] = await certificatesIn(answer);
  return { pem, writeP12: (file, password) => writeP12(file, password, { key, pem }) };
}
