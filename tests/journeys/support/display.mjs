// display has customers whose browser must show what a headless one cannot: its own dialogs.
import { setTimeout } from "node:timers/promises";
import { chromium } from "playwright-core";
import { Home } from "./home.mjs";
import { installPolicy } from "./policy.mjs";
import { kPatience, run } from "./run.mjs";
import { Display } from "./window.mjs";

const kChromium = process.env.INKAN_CHROMIUM ?? "/usr/bin/chromium";

// TokenUser is a customer whose browser knows a token: { browser, page }.
export class TokenUser {
  static async open(demo, token) {
    await installPolicy();
    const user = new TokenUser();
    user.token = token;
    user.home = await Home.create(demo);
    await run("modutil", ["-dbdir", `sql:${user.home.nss}`, "-add", "token", "-libfile", token.module, "-force"], { env: token.env });
    user.display = await Display.open({ size: "1280x900" });
    user.browser = await chromium.launch({
      executablePath: kChromium, headless: false, chromiumSandbox: process.getuid() !== 0,
      env: { ...process.env, ...token.env, HOME: user.home.dir, DISPLAY: user.display.name },
    });
    const context = await user.browser.newContext({ locale: "ja-JP", timezoneId: "Asia/Tokyo" });
    context.setDefaultTimeout(kPatience * 1000);
    user.page = await context.newPage();
    return user;
  }

  // whileAsked does something that makes the browser ask for the PIN, and types it. On a slow machine the dialog shows before it
  // listens, so it is answered until it is gone.
  async whileAsked(act) {
    const before = await this.display.windows();
    let over = false;
    let asked = false;
    const done = act().finally(() => (over = true));
    const answer = async () => {
      while (!over) {
        const dialog = (await this.display.windows()).find((one) => !before.includes(one));
        if (dialog) {
          asked = true;
          await this.display.xdotool(["windowfocus", dialog], { allow: [0, 1] });
          await this.display.key("ctrl+a");
          await this.display.type(this.token.pin);
          await this.display.key("Return");
        }
        await setTimeout(dialog ? 4_000 : 200);
      }
    };
    await Promise.all([done, answer()]);
    if (!asked) throw new Error("the browser did not ask for the PIN");
  }

  async close() {
    await this.browser?.close();
    await this.display?.close();
    await this.home?.close();
  }
}
