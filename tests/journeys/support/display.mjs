// display is a screen that nobody sees, for the dialogs a headless browser cannot show: the PIN of a token.
import { spawn } from "node:child_process";
import { chromium } from "playwright-core";
import { Home } from "./home.mjs";
import { installPolicy } from "./policy.mjs";
import { run, until } from "./run.mjs";

const kChromium = process.env.INKAN_CHROMIUM ?? "/usr/bin/chromium";

// TokenUser is a customer whose browser knows a token: { browser, page }.
export class TokenUser {
  static async open(demo, token) {
    await installPolicy();
    const user = new TokenUser();
    user.token = token;
    user.home = await Home.create(demo);
    await run("modutil", ["-dbdir", `sql:${user.home.nss}`, "-add", "token", "-libfile", token.module, "-force"], { env: token.env });
    user.screen = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1280x900x24"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
    const number = await new Promise((resolve, reject) => {
      user.screen.on("error", reject);
      user.screen.stdio[3].once("data", (data) => resolve(String(data).trim()));
    });
    user.env = { ...process.env, ...token.env, HOME: user.home.dir, DISPLAY: `:${number}` };
    user.browser = await chromium.launch({
      executablePath: kChromium, headless: false, chromiumSandbox: process.getuid() !== 0, env: user.env,
    });
    const context = await user.browser.newContext({ locale: "ja-JP", timezoneId: "Asia/Tokyo" });
    context.setDefaultTimeout(40_000);
    user.page = await context.newPage();
    return user;
  }

  // whileAsked does something that makes the browser ask for the PIN, and types it.
  async whileAsked(act) {
    const before = await this.#windows();
    const done = act();
    const dialog = await until("the PIN dialog", async () => (await this.#windows()).find((id) => !before.includes(id)), { seconds: 30 });
    await this.#xdotool(["windowfocus", "--sync", dialog]);
    await this.#xdotool(["type", this.token.pin]);
    await this.#xdotool(["key", "Return"]);
    await done;
  }

  async #windows() {
    const { out } = await this.#xdotool(["search", "--onlyvisible", "--name", "."], [0, 1]);
    return out.split("\n").filter(Boolean);
  }

  #xdotool(args, allow = [0]) {
    return run("xdotool", args, { env: this.env, allow });
  }

  async close() {
    await this.browser?.close();
    this.screen?.kill();
    await this.home?.close();
  }
}
