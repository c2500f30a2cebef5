// der writes DER (X.690): each function gives the bytes of one element.

export function join(...parts) {
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export function element(tag, ...parts) {
  const content = join(...parts);
  const length = [];
  for (let left = content.length; left > 0; left >>>= 8) length.unshift(left & 0xff);
  return join([tag], content.length < 0x80 ? [content.length] : [0x80 | length.length, ...length], content);
}

export const sequence = (...parts) => element(0x30, ...parts);
export const set = (...parts) => element(0x31, ...parts);
export const octets = (bytes) => element(0x04, bytes);
export const bits = (bytes) => element(0x03, [0], bytes);
export const nothing = () => element(0x05);
export const utf8 = (text) => element(0x0c, new TextEncoder().encode(text));
export const bmp = (text) => element(0x1e, utf16(text));
export const explicit = (number, ...parts) => element(0xa0 | number, ...parts);

// utf16 is big-endian, as BMPString has it.
export const utf16 = (text) => new Uint8Array(text.split("").flatMap((unit) => [unit.charCodeAt(0) >> 8, unit.charCodeAt(0) & 0xff]));

// integer takes a number below 2^31, or unsigned big-endian bytes.
export function integer(value) {
  let bytes = typeof value === "number" ? [value >> 24, value >> 16, value >> 8, value].map((byte) => byte & 0xff) : [...value];
  const first = bytes.findIndex((byte) => byte !== 0);
  bytes = first < 0 ? [0] : bytes.slice(first);
  return element(0x02, bytes[0] & 0x80 ? [0, ...bytes] : bytes);
}

export function oid(dotted) {
  const [first, second, ...rest] = dotted.split(".").map(Number);
  const septets = (arc) => {
    const out = [arc & 0x7f];
    for (arc = Math.floor(arc / 128); arc > 0; arc = Math.floor(arc / 128)) out.unshift(0x80 | (arc & 0x7f));
    return out;
  };
  return element(0x06, [first * 40 + second, ...rest].flatMap(septets));
}
