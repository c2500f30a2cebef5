// status asks the outside world's questions: OCSP and CRL, with openssl.
import { readFile } from "node:fs/promises";
import { openssl, scratch } from "./keys.mjs";
import { run } from "./run.mjs";
import { writeFile } from "node:fs/promises";

// authorities gives { file, pem }: the PEM file of an institution's CA certificates, and the certificates in it.
export async function authorities(demo, bank) {
  const file = demo.path(demo.institution(bank).ca);
  const pem = (await readFile(file, "utf8")).match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g);
  return { file, pem };
}

// issuerOf finds the CA certificate whose name a certificate gives as its issuer: its PEM file.
export async function issuerOf(demo, bank, pem) {
  const name = (text) => openssl(["x509", "-noout", text === pem ? "-issuer_hash" : "-subject_hash"], { input: text });
  const wanted = (await name(pem)).out.trim();
  for (const authority of (await authorities(demo, bank)).pem) {
    if ((await openssl(["x509", "-noout", "-subject_hash"], { input: authority })).out.trim() === wanted) {
      const file = scratch(".pem");
      await writeFile(file, authority);
      return file;
    }
  }
  throw new Error(`no CA of ${bank} issued this certificate`);
}

// ocsp gives "good", "revoked" or "unknown" for a certificate (PEM) or a serial (hexadecimal), with the signature verified; `said` is
// all that openssl printed.
export async function ocsp(demo, bank, { pem, serial, issuer }) {
  const authority = issuer ?? (await issuerOf(demo, bank, pem));
  let question;
  if (pem) {
    question = scratch(".pem");
    await writeFile(question, pem);
  }
  const what = pem ? ["-cert", question] : ["-serial", `0x${serial}`];
  const { out, err } = await openssl(["ocsp", "-issuer", authority, ...what, "-url", demo.institution(bank).ocsp, "-CAfile",
                                      demo.path(demo.institution(bank).ca), "-resp_text"]);
  const all = out + err;
  if (!/Response verify OK/.test(all)) throw new Error(`the OCSP answer does not verify:\n${all}`);
  const state = /Cert Status: (good|revoked|unknown)/.exec(all)[1];
  return { state, said: all };
}

// crl fetches and verifies an institution's CRL: { serials (hexadecimal, lower case), number, text }.
export async function crl(demo, bank, issuer) {
  const { bytes } = await run("curl", ["-sSf", demo.institution(bank).crl]);
  const file = scratch(".crl");
  await writeFile(file, bytes);
  const verified = await openssl(["crl", "-inform", "DER", "-in", file, "-CAfile", issuer, "-noout"]);
  if (!/verify OK/.test(verified.out + verified.err)) throw new Error(`the CRL does not verify: ${verified.err}`);
  const { out } = await openssl(["crl", "-inform", "DER", "-in", file, "-noout", "-text"]);
  return {
    serials: [...out.matchAll(/Serial Number: ([0-9A-F]+)/g)].map(([, serial]) => serial.toLowerCase()),
    number: BigInt(/X509v3 CRL Number:\s*\n\s*(0x[0-9A-Fa-f]+|\d+)/.exec(out)[1]),
    text: out,
  };
}
