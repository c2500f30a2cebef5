// pkcs12 writes a PKCS#12 file (RFC 7292): PBES2 with PBKDF2-HMAC-SHA-256 and AES-256-CBC (RFC 8018), MAC with HMAC-SHA-256.
import { bmp, element, explicit, integer, join, nothing, octets, oid, sequence, set, utf16 } from "./der.js";

const pkcs = (rest) => oid("1.2.840.113549.1." + rest);
const { subtle } = crypto;

const kRounds = 10000;
const kMacRounds = 2048; // one digest after the other
const kData = pkcs("7.1");
const kSha256 = sequence(oid("2.16.840.1.101.3.4.2.1"), nothing());
const kHmacSha256 = sequence(oid("1.2.840.113549.2.9"), nothing());

const random = (size) => crypto.getRandomValues(new Uint8Array(size));
const digest = async (name, bytes) => new Uint8Array(await subtle.digest(name, bytes));

// encrypt gives the PBES2 AlgorithmIdentifier and the ciphertext.
async function encrypt(password, bytes) {
  const salt = random(16);
  const iv = random(16);
  const base = await subtle.importKey("raw", new TextEncoder().encode(password), "PBKDF2", false, ["deriveKey"]);
  const key = await subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: kRounds }, base,
                                     { name: "AES-CBC", length: 256 }, false, ["encrypt"]);
  const derivation = sequence(pkcs("5.12"), sequence(octets(salt), integer(kRounds), kHmacSha256));
  const cipher = sequence(oid("2.16.840.1.101.3.4.1.42"), octets(iv));
  return {
    algorithm: sequence(pkcs("5.13"), sequence(derivation, cipher)),
    text: new Uint8Array(await subtle.encrypt({ name: "AES-CBC", iv }, key, bytes)),
  };
}

// macKey is RFC 7292 appendix B.2 for 32 bytes with ID 3: salt and password are repeated to whole blocks of 64.
async function macKey(password, salt) {
  const blocks = (bytes) => Uint8Array.from({ length: Math.ceil(bytes.length / 64) * 64 }, (_, at) => bytes[at % bytes.length]);
  let key = join(new Uint8Array(64).fill(3), blocks(salt), blocks(join(utf16(password), [0, 0])));
  for (let round = 0; round < kMacRounds; ++round) key = await digest("SHA-256", key);
  return key;
}

const bag = (number, value, attributes = []) => sequence(pkcs("12.10.1." + number), explicit(0, value), ...attributes);
const certificateBag = (der, attributes) =>
  bag(3, sequence(pkcs("9.22.1"), explicit(0, octets(der))), attributes);

// makePkcs12 takes the PKCS#8 key, the certificates as DER, an ASCII password and the name that key stores show.
export async function makePkcs12({ key, certificate, chain, password, name }) {
  const attributes = [set(sequence(pkcs("9.20"), set(bmp(name))),
                          sequence(pkcs("9.21"), set(octets(await digest("SHA-1", certificate)))))];
  const certificates = await encrypt(password, sequence(certificateBag(certificate, attributes), ...chain.map((der) => certificateBag(der))));
  const shrouded = await encrypt(password, key);
  const keys = sequence(bag(2, sequence(shrouded.algorithm, octets(shrouded.text)), attributes));
  const safe = sequence(
    sequence(pkcs("7.6"),
             explicit(0, sequence(integer(0), sequence(kData, certificates.algorithm, element(0x80, certificates.text))))),
    sequence(kData, explicit(0, octets(keys))));

  const salt = random(16);
  const mac = await subtle.importKey("raw", await macKey(password, salt), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const tag = new Uint8Array(await subtle.sign("HMAC", mac, safe));
  return sequence(integer(3), sequence(kData, explicit(0, octets(safe))),
                  sequence(sequence(kSha256, octets(tag)), octets(salt), integer(kMacRounds)));
}
