// look holds a page to what every page promises, and keeps its picture.
import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const kHere = dirname(fileURLToPath(import.meta.url));
export const kPictures = resolve(process.env.INKAN_OUTPUT ?? join(kHere, "../../../build/screenshots"));
const axe = readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const kScriptLimit = 10 * 1024; // bytes of script on one page, as sent
// What an unfilled template leaves behind (D4-17), in any of the usual spellings.
const kUnfilled = /\$\$|\{\{|\}\}|\$\{|\{[A-Za-z_][\w.]*\}|<%|%>|%\(\w+\)|\[\[|\bundefined\b|\bNaN\b|\[object |\bnull\b/;

// look: axe-core finds nothing, no template is unfilled, the console is clean; the picture is NAME.png.
export async function look(page, name, customer) {
  await mkdir(kPictures, { recursive: true });
  await page.screenshot({ path: join(kPictures, `${name}.png`), fullPage: true });
  await hasNoAxeViolation(page, name);
  await hasNothingUnfilled(page, name);
  if (customer) assert.deepEqual(customer.troubles, [], `${name}: the console shows errors`);
}

export async function hasNoAxeViolation(page, name) {
  await page.evaluate(await axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const short = violations.map((violation) => ({
    rule: violation.id,
    help: violation.help,
    at: violation.nodes.map((node) => `${node.target.join(" ")}  ${node.html.slice(0, 160)}`),
  }));
  assert.deepEqual(short, [], `${name}: axe-core finds violations`);
}

export async function hasNothingUnfilled(page, name) {
  const texts = await page.evaluate(() => {
    const attributes = ["alt", "title", "aria-label", "placeholder", "value", "href", "action", "content"];
    const values = [...document.querySelectorAll("*")].flatMap((element) =>
      attributes.map((attribute) => element.getAttribute(attribute)).filter(Boolean));
    return [document.title, document.body.innerText, ...values];
  });
  for (const text of texts) assert.doesNotMatch(text, kUnfilled, `${name}: a template was not filled`);
  assert.notEqual(texts[0].trim(), "", `${name}: no title`);
}

// hasLittleScript counts what the page loaded, imported modules too.
export async function hasLittleScript(page, name) {
  const bytes = await page.evaluate(() => {
    const inline = [...document.scripts].filter((script) => !script.src).map((script) => new Blob([script.text]).size);
    const files = performance.getEntriesByType("resource").filter(({ name }) => new URL(name).pathname.endsWith(".js"))
        .map(({ decodedBodySize }) => decodedBodySize); // imported modules too
    return [...inline, ...files].reduce((total, size) => total + size, 0);
  });
  assert.ok(bytes <= kScriptLimit, `${name}: ${bytes} bytes of script`);
}
