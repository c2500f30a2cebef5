// window is a screen without glass (Xvfb), with one program's window on it and a person at the keyboard (xdotool).
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { end, run, start, until } from "./run.mjs";

export class Display {
  static async open({ size = "1024x900" } = {}) {
    const display = new Display();
    display.dir = await mkdtemp(join(tmpdir(), "inkan-display-"));
    display.server = start("Xvfb", ["-displayfd", "3", "-screen", "0", `${size}x24`, "-nolisten", "tcp", "-fbdir", display.dir],
                           { stdio: ["ignore", "ignore", "ignore", "pipe"] });
    display.name = await new Promise((done, fail) => {
      display.server.stdio[3].once("data", (data) => done(`:${data.toString().trim()}`));
      display.server.ended.catch(fail);
    });
    return display;
  }

  // program starts what has the window.
  program(path, args, env = {}) {
    const child = start(path, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env, DISPLAY: this.name, QT_QPA_PLATFORM: "xcb" } });
    this.said = "";
    child.stderr.on("data", (data) => (this.said += data));
    this.shown = child;
    return child;
  }

  xdotool(args, options) {
    return run("xdotool", args, { ...options, env: { DISPLAY: this.name, LC_ALL: "C.UTF-8" } });
  }

  // pixel is the colour at a place of the screen, as [blue, green, red]: Xvfb keeps its screen in a file of the form XWD.
  async pixel(x, y) {
    const file = await readFile(join(this.dir, "Xvfb_screen0"));
    const [header, , , , , , , , , , , bits, line, , , , , , , colours] = Array.from({ length: 20 }, (_, at) => file.readUInt32BE(at * 4));
    const at = header + colours * 12 + y * line + (x * bits) / 8;
    return [...file.subarray(at, at + 3)];
  }

  // windows lists what is on the screen.
  async windows() {
    const { out } = await this.xdotool(["search", "--onlyvisible", "--name", "."], { allow: [0, 1] });
    return out.trim().split("\n").filter(Boolean);
  }

  // nameOf is a window's title.
  async nameOf(id) {
    return (await this.xdotool(["getwindowname", id], { allow: [0, 1] })).out.trim();
  }

  // newWindow waits for one that was not there before, and gives it the keyboard.
  async newWindow(what, before) {
    const id = await until(what, async () => (await this.windows()).find((one) => !before.includes(one)));
    await this.xdotool(["windowfocus", "--sync", id]);
    return id;
  }

  // at waits for the window whose title ends with a screen's heading, and gives it the keyboard. The names are compared here:
  // xdotool's own search reads them in another encoding.
  async at(heading) {
    let name = "";
    const id = await until(`the screen ${heading}`, async () => {
      for (const found of await this.windows()) {
        name = await this.nameOf(found);
        if (name.endsWith(` – ${heading}`)) return found;
      }
      return undefined;
    }).catch((error) => {
      throw new Error(`${error.message}; shown: ${name}\n${this.said}`);
    });
    await this.xdotool(["windowfocus", "--sync", id]);
  }

  key(name) {
    return this.xdotool(["key", "--delay", "40", name]);
  }

  type(text) {
    return this.xdotool(["type", "--delay", "40", text]);
  }

  async close() {
    for (const child of [this.shown, this.server]) await end(child);
    if (this.dir) await rm(this.dir, { recursive: true, force: true });
  }
}
