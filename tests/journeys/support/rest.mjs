// rest speaks as a system of the bank does, and holds every answer against openapi.yaml.
import { readFile } from "node:fs/promises";
import https from "node:https";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { parse } from "yaml";
import { newKey, openssl, scratch } from "./keys.mjs";

// newSystem makes a system's key and client certificate: who signed it means nothing.
export async function newSystem(name) {
  const key = await newKey();
  const certificate = scratch(".pem");
  await openssl(["req", "-x509", "-new", "-key", key, "-subj", `/CN=${name}`, "-days", "30", "-out", certificate]);
  return { name, certificate, key: await readFile(key), cert: await readFile(certificate) };
}

// Description is what openapi.yaml promises.
export class Description {
  constructor(text) {
    this.document = parse(text);
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats(ajv);
    ajv.addFormat("int32", true);
    ajv.addSchema(this.document, "openapi");
    this.ajv = ajv;
  }

  #find(path) {
    const parts = path.split("/");
    return Object.keys(this.document.paths).find((template) => {
      const wanted = template.split("/");
      return wanted.length === parts.length && wanted.every((part, i) => part.startsWith("{") || part === parts[i]);
    });
  }

  #resolve(at) {
    const node = at.reduce((found, key) => found?.[key], this.document);
    return node?.$ref ? this.#resolve(node.$ref.slice(2).split("/")) : { at, node };
  }

  // judge gives what is wrong with an answer, as text; empty when it is as described.
  judge(method, path, { status, headers, body }) {
    const template = this.#find(path);
    const operation = this.document.paths[template]?.[method.toLowerCase()];
    if (!operation) return `${method} ${path} is not described`;
    const { at, node } = this.#resolve(["paths", template, method.toLowerCase(), "responses", String(status)]);
    if (!node) return `${method} ${template}: ${status} is not described: ${body}`;
    if (!node.content) return body.length === 0 ? "" : `${method} ${template}: ${status} has a body`;
    const type = headers["content-type"].split(";")[0];
    if (!node.content[type]) return `${method} ${template}: ${status} as ${type} is not described`;
    if (!type.endsWith("json")) return "";
    const pointer = [...at, "content", type, "schema"].map((key) => encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1")));
    const validate = this.ajv.getSchema(`openapi#/${pointer.join("/")}`);
    return validate(JSON.parse(body)) ? "" : `${method} ${template}: ${JSON.stringify(validate.errors)} in ${body}`;
  }

  // judgeSchema gives what is wrong with a value that is described under components.
  judgeSchema(name, value) {
    const validate = this.ajv.getSchema(`openapi#/components/schemas/${name}`);
    return validate(value) ? "" : JSON.stringify(validate.errors);
  }
}

// call makes one request as a system: { status, headers, body, json }.
export function call(origin, { method = "GET", path, system, headers = {}, body, ca }) {
  return new Promise((done, fail) => {
    const request = https.request(new URL(path, origin), {
      method, headers, ca, agent: false, ...(system ? { key: system.key, cert: system.cert } : {}),
    }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("error", fail);
      response.on("end", () => {
        const bytes = Buffer.concat(parts);
        const text = bytes.toString();
        const isJson = /json/.test(response.headers["content-type"] ?? "");
        done({ status: response.statusCode, headers: response.headers, body: text, bytes, json: isJson && text ? JSON.parse(text) : undefined });
      });
    });
    request.on("error", fail);
    request.end(body);
  });
}
