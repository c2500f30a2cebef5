// firefox is the customer who has the other browser. puppeteer-core speaks WebDriver BiDi to Debian's Firefox: no driver program.
import puppeteer from "puppeteer-core";
import { Home } from "./home.mjs";

const kFirefox = process.env.INKAN_FIREFOX ?? "/usr/bin/firefox-esr";

export class FirefoxCustomer {
  static async open(demo, holders = []) {
    const customer = new FirefoxCustomer();
    customer.home = await Home.create(demo, holders, { firefox: true });
    customer.browser = await puppeteer.launch({
      browser: "firefox",
      executablePath: kFirefox,
      headless: true,
      userDataDir: customer.home.profile,
      extraPrefsFirefox: {
        "security.default_personal_cert": "Select Automatically", // asking would be invisible
        "intl.accept_languages": "ja",
        "browser.download.folderList": 2,
        "browser.download.dir": customer.home.dir,
        "browser.download.useDownloadDir": true,
        "browser.helperApps.neverAsk.saveToDisk": "application/x-pkcs12,application/octet-stream",
        "browser.download.always_ask_before_handling_new_types": false,
        "dom.disable_open_during_load": false,
      },
      env: { ...process.env, HOME: customer.home.dir },
    });
    [customer.page] = await customer.browser.pages();
    customer.page.setDefaultTimeout(20_000);
    return customer;
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
