// keyboard is a person without a mouse (WCAG 2.1.1).
import assert from "node:assert/strict";

// tabTo moves with the Tab key until the focus is on what bears these words: a link, a button, or a field by its label.
export async function tabTo(page, words) {
  for (let presses = 0; presses < 80; ++presses) {
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      const own = element?.matches?.("a, button, summary") ? element.innerText : ""; // a table that scrolls takes the focus too
      const label = element?.labels?.[0]?.innerText ?? element?.getAttribute?.("aria-label") ?? "";
      return `${own} ${label}`.trim();
    });
    if (at.includes(words)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`the Tab key never comes to 「${words}」`);
}

export async function pressOn(page, words) {
  await tabTo(page, words);
  await page.keyboard.press("Enter");
}

export async function typeInto(page, words, text) {
  await tabTo(page, words);
  await page.keyboard.type(text);
}
