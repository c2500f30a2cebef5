// keys makes keys, requests and PKCS#12 files with the openssl program: the customer's side of a certificate, made by others' code.
import { mkdtempSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./run.mjs";

let folder;
let count = 0;

// scratch is a fresh file name in a folder that goes with the process; keys lie there in the clear.
export function scratch(suffix) {
  if (!folder) {
    folder = mkdtempSync(join(tmpdir(), "inkan-keys-"));
    process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  }
  return join(folder, `${++count}${suffix}`);
}

// fileOf puts content into a scratch file and gives its path.
export async function fileOf(content, suffix = ".pem") {
  const file = scratch(suffix);
  await writeFile(file, content);
  return file;
}

export async function openssl(args, options) {
  return run("openssl", args, options);
}

// newKey gives the file of a new private key: "rsa2048", "rsa1024", "p256", "p384" …
export async function newKey(kind = "rsa2048") {
  const file = scratch(".key");
  const [, family, size] = /^(rsa|p)(\d+)$/.exec(kind);
  const how = family === "rsa" ? ["-algorithm", "RSA", "-pkeyopt", `rsa_keygen_bits:${size}`]
                               : ["-algorithm", "EC", "-pkeyopt", `ec_paramgen_curve:P-${size}`];
  await openssl(["genpkey", ...how, "-out", file]);
  return file;
}

// newRequest gives a PKCS#10 request as base64 of DER, as EST takes it.
export async function newRequest(key, subject = "/CN=the server takes the name from its own record") {
  const { bytes } = await openssl(["req", "-new", "-utf8", "-key", key, "-subj", subject, "-sha256", "-outform", "DER"]);
  return bytes.toString("base64");
}

// subjectOf gives a certificate's subject as `openssl req -subj` takes it.
export async function subjectOf(pem) {
  const { out } = await openssl(["x509", "-noout", "-subject", "-nameopt", "utf8,sep_multiline,sname,-esc_msb"], { input: pem });
  return out.split("\n").slice(1).map((line) => line.trim()).filter(Boolean)
      .map((part) => `/${part.replace(/[\\/]/g, "\\$&")}`).join("");
}

// facts reads a certificate with openssl: { subject, issuer, serial, not_before, not_after, text }.
export async function facts(pem) {
  const { out } = await openssl(["x509", "-noout", "-subject", "-issuer", "-serial", "-startdate", "-enddate", "-dateopt", "iso_8601",
                                 "-nameopt", "utf8,sep_comma_plus,sname,-esc_msb"], { input: pem });
  const line = (name) => new RegExp(`^${name}=\\s*(.*)$`, "m").exec(out)[1];
  const { out: text } = await openssl(["x509", "-noout", "-text", "-nameopt", "utf8,-esc_msb"], { input: pem });
  return {
    subject: line("subject"),
    issuer: line("issuer"),
    serial: line("serial").toLowerCase(),
    not_before: new Date(line("notBefore").replace(" ", "T")),
    not_after: new Date(line("notAfter").replace(" ", "T")),
    text,
  };
}

export async function writeP12(file, password, { key, pem, chain = "", name = "inkan test" }) {
  const certificates = scratch(".pem");
  await writeFile(certificates, `${pem}\n${chain}`);
  await openssl(["pkcs12", "-export", "-inkey", key, "-in", certificates, "-name", name, "-passout", `pass:${password}`, "-out", file]);
}

// readP12 gives { pem, key } of a PKCS#12 file: the holder's certificate, and its private key in the clear.
export async function readP12(file, password) {
  const { out: pem } = await openssl(["pkcs12", "-in", file, "-passin", `pass:${password}`, "-clcerts", "-nokeys"]);
  const { out: key } = await openssl(["pkcs12", "-in", file, "-passin", `pass:${password}`, "-nocerts", "-nodes"]);
  return { pem: onlyPem(pem), key: onlyPem(key) };
}

// asFiles puts a holder's certificate and key where curl takes them: { cert, key }.
export async function asFiles(holder) {
  const { pem, key } = await readP12(holder.p12, holder.p12_password);
  const files = { cert: scratch(".pem"), key: scratch(".key") };
  await writeFile(files.cert, pem);
  await writeFile(files.key, key);
  return files;
}

export async function pemOf(holder) {
  return (await readP12(holder.p12, holder.p12_password)).pem;
}

function onlyPem(text) {
  return text.match(/-----BEGIN [^-]+-----[\s\S]*?-----END [^-]+-----/g)?.join("\n") ?? "";
}

export async function readText(file) {
  return readFile(file, "utf8");
}
