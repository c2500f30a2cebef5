// run starts programs and waits for conditions. Nothing here waits for a length of time to pass: until() asks again until the
// condition holds, and says what it waited for when it never does.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

// How many seconds a test waits for what has to come: long, because a slow machine is no failure. A test itself has no limit but ctest's.
export const kPatience = 120;

// The banks that inkan-app remembers in a test are not those of whoever runs the tests.
const kSettings = join(tmpdir(), `inkan-settings-${process.pid}`);
process.on("exit", () => rmSync(kSettings, { recursive: true, force: true }));

// A program that was started and then killed with its test must not outlive it.
const living = new Set();
process.on("exit", () => living.forEach((child) => child.kill("SIGKILL")));

// start begins a program; `child.ended` gives its exit status (or signal), and throws when it could not be started.
export function start(program, args, options) {
  const child = spawn(program, args, options);
  living.add(child);
  child.ended = new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code, signal) => {
      living.delete(child);
      done(code ?? signal);
    });
  });
  child.ended.catch(() => living.delete(child)); // whoever waits for it is told
  return child;
}

// end asks a program to end, and makes it after some seconds. One that has ended, or never began, is no trouble.
export async function end(child, { signal = "SIGTERM", seconds = 5 } = {}) {
  if (!child || !living.has(child)) return;
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), seconds * 1000);
  await child.ended.catch(() => {});
  clearTimeout(timer);
}

// run gives { code, out, err, bytes } of a finished program; an exit status outside `allow` throws with what the program said.
export async function run(program, args, { env = {}, input, cwd, allow = [0], seconds = kPatience } = {}) {
  const child = spawn(program, args, { cwd, env: { ...process.env, XDG_CONFIG_HOME: kSettings, ...env }, stdio: ["pipe", "pipe", "pipe"] });
  const out = [];
  const err = [];
  child.stdout.on("data", (data) => out.push(data));
  child.stderr.on("data", (data) => err.push(data));
  child.stdin.on("error", () => {}); // a program that ends without reading its input is no trouble of ours
  child.stdin.end(input);
  const timer = setTimeout(() => child.kill("SIGKILL"), seconds * 1000);
  const code = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status, signal) => resolve(status ?? signal));
  }).finally(() => clearTimeout(timer));
  const bytes = Buffer.concat(out);
  const result = { code, out: bytes.toString("utf8"), err: Buffer.concat(err).toString("utf8"), bytes };
  if (!allow.includes(code)) {
    throw new Error(`${program} ${args.join(" ")} ended with ${code}\n${result.err || result.out}`.trim());
  }
  return result;
}

// freePort is a port that nobody listens on just now: for a program that cannot choose its own.
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

// until asks `condition` again and again until it gives something true, and gives that back.
export async function until(what, condition, { seconds = kPatience } = {}) {
  const deadline = Date.now() + seconds * 1000;
  let last;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) {
      throw new Error(`waited ${seconds} s in vain for: ${what}${last ? ` (${last.message})` : ""}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}
