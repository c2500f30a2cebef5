// chromium is one customer at a PC: a browser with a home of its own, and a record of all that went by on the screen.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { Home } from "./home.mjs";
import { installPolicy } from "./policy.mjs";
import { kPatience } from "./run.mjs";

const kChromium = process.env.INKAN_CHROMIUM ?? "/usr/bin/chromium";

// Customer has home, browser, context, page; seen: every heading and dialog that was on the screen, in order; troubles: what a
// developer's console would show in red.
export class Customer {
  static async open(demo, holders = [], options = {}) {
    await installPolicy();
    const customer = new Customer();
    customer.home = await Home.create(demo, holders);
    customer.browser = await chromium.launch({
      executablePath: kChromium,
      headless: true,
      chromiumSandbox: process.getuid() !== 0, // Chromium's sandbox refuses root
      env: { ...process.env, HOME: customer.home.dir },
    });
    await customer.newContext(options);
    return customer;
  }

  async newContext(options = {}) {
    const context = await this.browser.newContext({ locale: "ja-JP", timezoneId: "Asia/Tokyo", acceptDownloads: true, ...options });
    context.setDefaultTimeout(kPatience * 1000);
    this.context = context;
    this.seen = [];
    this.troubles = [];
    await context.exposeBinding("inkanSeen", (source, text) => {
      if (this.seen[this.seen.length - 1] !== text) this.seen.push(text);
    });
    await context.addInitScript(watchHeadings);
    context.on("page", (page) => {
      page.on("console", (message) => {
        if (message.type() !== "error") return;
        const of_page_itself = /^Failed to load resource/.test(message.text()) && message.location().url === page.url();
        if (!of_page_itself) this.troubles.push(`${page.url()}: ${message.text()} (${message.location().url})`);
      });
      page.on("pageerror", (error) => this.troubles.push(`${page.url()}: ${error.message}`));
    });
    this.page = await context.newPage();
  }

  async close() {
    await this.browser?.close();
    await this.home?.close();
  }
}

// Runs in every page before its own code: tells the test each heading and each open dialog, also the ones that pass by themselves.
function watchHeadings() {
  const told = new Set();
  const look = () => {
    for (const element of document.querySelectorAll("h1, dialog[open] h2, [role=dialog] h2, [role=alertdialog] h2")) {
      const text = element.innerText?.trim();
      if (!text || !element.checkVisibility()) {
        told.delete(element);
      } else if (!told.has(element) || element.dataset?.told !== text) {
        told.add(element);
        window.inkanSeen(text);
      }
    }
  };
  const start = () => {
    look();
    new MutationObserver(look).observe(document.documentElement, { subtree: true, childList: true, attributes: true, characterData: true });
  };
  if (document.documentElement && document.readyState !== "loading") start();
  else document.addEventListener("DOMContentLoaded", start);
}

// withCustomer: one holder (or who has several certificates) in a browser of their own, which is closed at the end. A console that
// shows errors fails the test, except for lines with `mayShow` in them.
export async function withCustomer(demo, holders, act, { mayShow, ...options } = {}) {
  const customer = await Customer.open(demo, [holders].flat(), options);
  try {
    await act(customer, customer.page);
    const troubles = customer.troubles.filter((trouble) => !mayShow || !trouble.includes(mayShow));
    assert.deepEqual(troubles, [], "the console shows errors");
  } finally {
    await customer.close();
  }
}
