// mail reads accepted messages back: enough of RFC 5322, 2045, 2047 and 1847 for plain UTF-8 letters, signed or not, written apart
// from the product's own.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export function parseMail(raw) {
  const text = raw.toString("latin1").replace(/\r\n/g, "\n");
  const { headers, one, body } = parsePart(text);
  const parts = partsOf(one("content-type"), body);
  const letter = parts[0] ?? { one, body };
  return {
    headers,
    raw: text,
    from: decodeWords(one("from")),
    to: decodeWords(one("to")),
    subject: decodeWords(one("subject")),
    message_id: one("message-id"),
    type: letter.one("content-type"), // of what a person reads
    parts: parts.map((part) => part.one("content-type").replace(/;.*/, "")), // none of a message in one piece
    text: decodeBody(letter.body, letter.one("content-transfer-encoding").toLowerCase()),
  };
}

function parsePart(text) {
  const end = text.indexOf("\n\n");
  const headers = {};
  for (const line of text.slice(0, end).replace(/\n[ \t]+/g, " ").split("\n")) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    (headers[name] ??= []).push(line.slice(colon + 1).trim());
  }
  return { headers, one: (name) => headers[name]?.[0] ?? "", body: text.slice(end + 2) };
}

// partsOf gives the parts of a multipart: what stands between its boundaries, without the line end before each.
function partsOf(type, body) {
  const boundary = /^multipart\/.*;\s*boundary="([^"]+)"/i.exec(type)?.[1];
  if (!boundary) return [];
  const [whole] = `\n${body}`.split(`\n--${boundary}--`);
  return whole.split(`\n--${boundary}\n`).slice(1).map(parsePart);
}

function decodeBody(body, encoding) {
  if (encoding === "base64") return Buffer.from(body, "base64").toString("utf8").replace(/\r\n/g, "\n");
  if (encoding === "quoted-printable") return decodeQuoted(body.replace(/=\n/g, "")).toString("utf8");
  return Buffer.from(body, "latin1").toString("utf8");
}

// decodeWords undoes RFC 2047; white space between two encoded words is not part of the text.
export function decodeWords(value) {
  const joined = value.replace(/(\?=)\s+(=\?)/g, "$1$2");
  return joined.replace(/=\?([^?]+)\?([bq])\?([^?]*)\?=/gi, (_, charset, how, data) => {
    if (!/^utf-8$/i.test(charset)) throw new Error(`charset ${charset} in a header`);
    return (how.toLowerCase() === "b" ? Buffer.from(data, "base64") : decodeQuoted(data.replace(/_/g, " "))).toString("utf8");
  });
}

function decodeQuoted(data) {
  return Buffer.from(data.replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))), "latin1");
}

// mailsIn reads a folder of .eml files, oldest name first.
export async function mailsIn(folder) {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".eml")).sort();
  return Promise.all(names.map(async (name) => ({ file: name, ...parseMail(await readFile(join(folder, name))) })));
}

// mailsTo gives the letters that a demo sent to one address.
export async function mailsTo(demo, address) {
  return (await mailsIn(demo.path(demo.json.mail))).filter((mail) => mail.to.replace(/^.*<(.*)>$/, "$1") === address);
}
