// firefox is the customer who has the other browser. puppeteer-core speaks WebDriver BiDi to Debian's Firefox: no driver program.
import puppeteer from "puppeteer-core";
import { Home } from "./home.mjs";
import { kPatience, until } from "./run.mjs";

const kFirefox = process.env.INKAN_FIREFOX ?? "/usr/bin/firefox-esr";

export class FirefoxCustomer {
  // With a display (support/window.mjs) Firefox asks for the certificate each time, and `choose` answers; without, it takes the first.
  static async open(demo, holders = [], { display } = {}) {
    const customer = new FirefoxCustomer();
    customer.home = await Home.create(demo, holders, { firefox: true });
    customer.browser = await puppeteer.launch({
      browser: "firefox",
      executablePath: kFirefox,
      headless: !display,
      userDataDir: customer.home.profile,
      extraPrefsFirefox: {
        "security.default_personal_cert": display ? "Ask Every Time" : "Select Automatically", // headless, asking would be invisible
        "intl.accept_languages": "ja",
        "browser.download.folderList": 2,
        "browser.download.dir": customer.home.dir,
        "browser.download.useDownloadDir": true,
        "browser.helperApps.neverAsk.saveToDisk": "application/x-pkcs12,application/octet-stream",
        "browser.download.always_ask_before_handling_new_types": false,
        "dom.disable_open_during_load": false,
      },
      env: { ...process.env, HOME: customer.home.dir, ...(display ? { DISPLAY: display.name } : {}) },
    });
    [customer.page] = await customer.browser.pages();
    customer.page.setDefaultTimeout(kPatience * 1000);
    customer.display = display;
    return customer;
  }

  // choose answers Firefox's own question for a certificate: the one that stands `further` places below the first of the list. While
  // it asks, Firefox dims the page; its white margin tells.
  async choose(further) {
    await until("Firefox's question", async () => Math.max(...(await this.display.pixel(8, 600))) < 200);
    for (let key = 0; key < further; ++key) await this.display.key("Down");
    await this.display.key("Return");
  }

  async close() {
    await this.browser?.close();
    await this.home?.close();
  }
}

// press clicks the link or button that bears exactly these words, once it is on the screen.
export async function press(page, words) {
  const handle = await page.waitForFunction((wanted) => {
    const shown = (element) => element.checkVisibility() && !element.disabled;
    return [...document.querySelectorAll("a, button")]
        .find((element) => shown(element) && element.innerText.trim() === wanted);
  }, {}, words);
  await handle.asElement().click();
}

export async function shows(page, words) {
  await page.waitForFunction((wanted) => document.body?.innerText.includes(wanted), {}, words);
}
