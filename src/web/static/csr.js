// csr makes a key pair and its PKCS#10 request (RFC 2986) with WebCrypto.
import { bits, explicit, integer, nothing, oid, sequence, set, utf8 } from "./der.js";

const kExponent = new Uint8Array([1, 0, 1]);
const rsa = (modulusLength) => ({
  algorithm: { name: "RSASSA-PKCS1-v1_5", modulusLength, publicExponent: kExponent, hash: "SHA-256" },
  identifier: [oid("1.2.840.113549.1.1.11"), nothing()],
});
const ec = (namedCurve, hash, identifier) => ({ algorithm: { name: "ECDSA", namedCurve, hash }, identifier: [oid(identifier)] });

const kKinds = {
  rsa2048: rsa(2048),
  rsa3072: rsa(3072),
  rsa4096: rsa(4096),
  p256: ec("P-256", "SHA-256", "1.2.840.10045.4.3.2"),
  p384: ec("P-384", "SHA-384", "1.2.840.10045.4.3.3"),
};

// makeKey gives a pair whose private key can be written into a file.
export const makeKey = (kind) => crypto.subtle.generateKey(kKinds[kind].algorithm, true, ["sign", "verify"]);

// makeRequest gives the DER; the name in it is only a hint, the bank writes the certificate's own.
export async function makeRequest(pair, kind, commonName) {
  const { algorithm, identifier } = kKinds[kind];
  const key = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  const name = sequence(set(sequence(oid("2.5.4.3"), utf8(commonName))));
  const info = sequence(integer(0), name, key, explicit(0));
  let signature = new Uint8Array(await crypto.subtle.sign(algorithm, pair.privateKey, info));
  if (algorithm.name === "ECDSA") { // WebCrypto gives r and s bare; X.509 wants them in a SEQUENCE (RFC 3279 2.2.3)
    const half = signature.length / 2;
    signature = sequence(integer(signature.slice(0, half)), integer(signature.slice(half)));
  }
  return sequence(info, sequence(...identifier), bits(signature));
}
