// window is a screen without glass (Xvfb), with one program's window on it and a person at the keyboard (xdotool).
import { spawn } from "node:child_process";
import { run, until } from "./run.mjs";

const living = new Set();
process.on("exit", () => living.forEach((child) => child.kill("SIGKILL")));

function start(program, args, options) {
  const child = spawn(program, args, options);
  living.add(child);
  child.ended = new Promise((done) => child.on("close", (code, signal) => {
    living.delete(child);
    done(code ?? signal);
  }));
  return child;
}

export class Display {
  static async open() {
    const display = new Display();
    display.server = start("Xvfb", ["-displayfd", "3", "-screen", "0", "1024x900x24", "-nolisten", "tcp"],
                           { stdio: ["ignore", "ignore", "ignore", "pipe"] });
    display.name = await new Promise((done, fail) => {
      display.server.stdio[3].once("data", (data) => done(`:${data.toString().trim()}`));
      display.server.on("error", fail);
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

  // at waits for the window whose title ends with a screen's heading, and gives it the keyboard. The names are compared here:
  // xdotool's own search reads them in another encoding.
  async at(heading) {
    let name = "";
    const id = await until(`the screen ${heading}`, async () => {
      const { out } = await this.xdotool(["search", "--onlyvisible", "--name", "."], { allow: [0, 1] });
      for (const found of out.trim().split("\n").filter(Boolean)) {
        name = (await this.xdotool(["getwindowname", found], { allow: [0, 1] })).out.trim();
        if (name.endsWith(` – ${heading}`)) return found;
      }
      return undefined;
    }, { seconds: 60 }).catch((error) => {
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
    for (const child of [this.shown, this.server]) {
      if (!child || !living.has(child)) continue;
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
      await child.ended;
      clearTimeout(timer);
    }
  }
}
