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
  await hasEachIdOnce(page, name);
  if (customer) assert.deepEqual(customer.troubles, [], `${name}: the console shows errors`);
}

// fits: nothing is cut off to the right, so nobody has to scroll sideways (WCAG 1.4.10: 320 pixels are 1280 at 400 %).
export async function fits(page, name) {
  const [width, shown] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  assert.ok(width <= shown, `${name}: ${width} pixels wide on a screen of ${shown}`);
}

// lookEverywhere is look() as people see the page who do not see it as we do: at 320 pixels, in the dark, in forced colours, on paper.
export async function lookEverywhere(page, name, customer) {
  await look(page, name, customer);
  const size = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  await fits(page, name);
  await page.screenshot({ path: join(kPictures, `${name}-narrow.png`), fullPage: true });
  if (size) await page.setViewportSize(size);
  for (const [what, media] of [["dark", { colorScheme: "dark" }], ["forced", { forcedColors: "active" }], ["print", { media: "print" }]]) {
    await page.emulateMedia(media);
    if (what === "print") await page.setViewportSize({ width: 794, height: 1123 }); // A4 at 96 points an inch
    await page.screenshot({ path: join(kPictures, `${name}-${what}.png`), fullPage: true });
    await hasNoAxeViolation(page, `${name}, ${what}`, { runOnly: ["color-contrast"] }); // all that differs from the page by day
    if (what === "print") await printsWell(page, name);
    await page.emulateMedia({ media: null, colorScheme: null, forcedColors: null });
  }
  if (size) await page.setViewportSize(size);
}

// printsWell: paper says whose page it is, has nothing on it to press, and cuts nothing off.
async function printsWell(page, name) {
  const { bank, pressed, cut } = await page.evaluate(() => ({
    bank: document.querySelector(".bank")?.checkVisibility() ?? false,
    pressed: [...document.querySelectorAll("button, .button, dialog")].filter((element) => element.checkVisibility()).map((element) => element.innerText),
    cut: [...document.querySelectorAll("main *")].filter((element) => element.scrollWidth > element.clientWidth + 1 &&
        ["auto", "scroll", "hidden"].includes(getComputedStyle(element).overflowX)).map((element) => element.className),
  }));
  assert.ok(bank, `${name}: the printed page does not say whose it is`);
  assert.deepEqual(pressed, [], `${name}: the printed page has something to press`);
  assert.deepEqual(cut, [], `${name}: the printed page cuts something off`);
}

export async function hasNoAxeViolation(page, name, options = {}) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(await axe);
  const { violations } = await page.evaluate((more) => window.axe.run(document, { resultTypes: ["violations"], ...more }), options);
  const short = violations.map((violation) => ({
    rule: violation.id,
    help: violation.help,
    at: violation.nodes.map((node) => `${node.target.join(" ")}  ${node.html.slice(0, 160)}`),
  }));
  assert.deepEqual(short, [], `${name}: axe-core finds violations`);
}

// hasEachIdOnce: labels and scripts find what they mean (axe-core no longer looks).
async function hasEachIdOnce(page, name) {
  const twice = await page.evaluate(() => {
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    return ids.filter((id, index) => ids.indexOf(id) !== index);
  });
  assert.deepEqual(twice, [], `${name}: ids that stand twice`);
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
