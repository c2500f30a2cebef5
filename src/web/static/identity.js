// identity reads the key out of a PKCS#12 file (RFC 7292) as OpenSSL 3 and Inkan write it: DER throughout, the key in a shrouded bag
// under PBES2 with PBKDF2-HMAC-SHA-256 and AES-256-CBC (RFC 8018), RSA or EC on P-256. Every other file is refused.
import { integer, oid, sequence } from "./der.js";

const { subtle } = crypto;
const pkcs = (rest) => "1.2.840.113549.1." + rest;
const unless = (truth, why) => { if (!truth) throw new Error(why); };

// read gives the first element of some DER: its tag, its content, and what follows it.
function read(bytes) {
  let size = bytes[1];
  let at = 2;
  if (size & 0x80) {
    const end = at + (size & 0x7f);
    for (size = 0; at < end; ++at) size = size * 256 + bytes[at];
  }
  unless(at + size <= bytes.length, "file"); // a byte that is not there makes this NaN, which is no number to be below
  return { tag: bytes[0], content: bytes.subarray(at, at + size), rest: bytes.subarray(at + size) };
}

// parts are the elements inside a SEQUENCE, or inside whatever bears `tag`.
function parts(bytes, tag = 0x30) {
  const whole = read(bytes);
  unless(whole.tag === tag, "file");
  const out = [];
  for (let left = whole.content; left.length;) {
    const { rest } = read(left);
    out.push(left.subarray(0, left.length - rest.length));
    left = rest;
  }
  return out;
}

const content = (bytes, tag) => {
  const one = read(bytes);
  unless(one.tag === tag, "file");
  return one.content;
};
const is = (bytes, dotted) => String(bytes) === String(oid(dotted));
const number = (bytes) => content(bytes, 0x02).reduce((value, byte) => value * 256 + byte, 0);

// decrypt undoes PBES2: a wrong password shows in the padding, or in what comes out.
async function decrypt(algorithm, text, password) {
  const [scheme, parameters] = parts(algorithm);
  unless(is(scheme, pkcs("5.13")), "kind");
  const [derivation, cipher] = parts(parameters);
  const [kdf, settings] = parts(derivation);
  const [aes, iv] = parts(cipher);
  const [salt, rounds, ...more] = parts(settings);
  const prf = more.map((element) => element[0] === 0x30 && parts(element)[0]).find(Boolean);
  unless(is(kdf, pkcs("5.12")) && is(aes, "2.16.840.1.101.3.4.1.42") && prf && is(prf, "1.2.840.113549.2.9"), "kind");
  const base = await subtle.importKey("raw", new TextEncoder().encode(password), "PBKDF2", false, ["deriveKey"]);
  const key = await subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt: content(salt, 0x04), iterations: number(rounds) }, base,
                                     { name: "AES-CBC", length: 256 }, false, ["decrypt"]);
  try {
    return new Uint8Array(await subtle.decrypt({ name: "AES-CBC", iv: content(iv, 0x04) }, key, content(text, 0x04)));
  } catch {
    throw new Error("password");
  }
}

const kRsa = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
const kEc = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

// algorithmOf reads the AlgorithmIdentifier of a key.
function algorithmOf(identifier) {
  const [kind, curve] = parts(identifier);
  if (is(kind, pkcs("1.1"))) return kRsa;
  unless(is(kind, "1.2.840.10045.2.1") && is(curve, "1.2.840.10045.3.1.7"), "kind");
  return kEc;
}

// openIdentity gives the private key, not to be taken out of the browser again. Errors: "file" (no such file, or not DER), "kind"
// (another cipher or key), "password".
export async function openIdentity(file, password) {
  const safe = content(parts(parts(parts(file)[1])[1], 0xa0)[0], 0x04);
  for (const info of parts(safe)) {
    const [type, inside] = parts(info);
    if (!is(type, pkcs("7.1"))) continue; // encrypted as a whole: certificates
    for (const bag of parts(content(parts(inside, 0xa0)[0], 0x04))) {
      const [kind, value] = parts(bag);
      if (!is(kind, pkcs("12.10.1.2"))) continue;
      const pkcs8 = await decrypt(...parts(parts(value, 0xa0)[0]), password);
      let algorithm;
      try {
        algorithm = algorithmOf(parts(pkcs8)[1]);
      } catch ({ message }) {
        throw new Error(message === "kind" ? "kind" : "password"); // the padding was right by chance
      }
      return subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]);
    }
  }
  throw new Error("kind");
}

// signText signs a text's UTF-8 bytes: RSASSA-PKCS1-v1_5 with SHA-256, or ECDSA in DER. `spki` is the public key that must fit:
// error "other" when the file is of somebody else.
export async function signText(key, text, spki) {
  const bytes = new TextEncoder().encode(text);
  const signature = new Uint8Array(await subtle.sign(key.algorithm.name === "ECDSA" ? kEc : kRsa, key, bytes));
  const algorithm = algorithmOf(parts(spki)[0]);
  const fits = algorithm.name === key.algorithm.name &&
      await subtle.verify(algorithm, await subtle.importKey("spki", spki, algorithm, false, ["verify"]), signature, bytes);
  unless(fits, "other");
  if (key.algorithm.name !== "ECDSA") return signature;
  const half = signature.length / 2; // WebCrypto gives r and s bare (RFC 3279 2.2.3)
  return sequence(integer(signature.slice(0, half)), integer(signature.slice(half)));
}
