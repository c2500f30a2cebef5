// static loads the page's own scripts into Node.
import { webcrypto } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

globalThis.crypto ??= webcrypto; // Node 18 has it under another name

// loadStatic copies a script of src/web/static into `folder` and imports it. Those that it imports must have been loaded before.
export async function loadStatic(folder, name) {
  // The browser takes .js as a module by its <script type="module">; Node wants to be told.
  const text = await readFile(new URL(`../../../src/web/static/${name}.js`, import.meta.url), "utf8");
  const file = join(folder, `${name}.mjs`);
  await writeFile(file, text.replaceAll(/"\.\/(\w+)\.js"/g, '"./$1.mjs"'));
  return import(file);
}
