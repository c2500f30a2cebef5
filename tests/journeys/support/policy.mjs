// policy tells Chromium to send a certificate without asking. Headless, the question would be invisible and wait for ever; and a
// managed policy can only stand in a machine-wide folder, so this needs root, or sudo without a password.
import { readdirSync, rmSync } from "node:fs";
import { run } from "./run.mjs";

const kFolder = "/etc/chromium/policies/managed";
const kFile = `${kFolder}/inkan-test-${process.pid}.json`;
const kPolicy = {
  AutoSelectCertificateForUrls: [JSON.stringify({ pattern: "https://[*.]localhost", filter: {} })],
};

let installed = false;

function asRoot(args, options) {
  return process.getuid() === 0 ? run(args[0], args.slice(1), options) : run("sudo", ["-n", ...args], options);
}

// installPolicy may be called before every launch: Chromium reads the folder when it starts. `more` are further policies, kept until
// removePolicy.
export async function installPolicy(more = {}) {
  if (installed) return;
  try {
    await asRoot(["mkdir", "-p", kFolder]);
    await asRoot(["rm", "-f", ...leftBehind()]);
    await asRoot(["tee", kFile], { input: JSON.stringify({ ...kPolicy, ...more }) });
    await asRoot(["chmod", "644", kFile]);
  } catch (error) {
    throw new Error(`the browser tests need ${kFile}, and so root or sudo without a password: ${error.message}`);
  }
  installed = true;
  process.on("exit", removeNow);
}

// removePolicy is for a test file's after(); a process that ends otherwise is swept by exit or by the next run.
export async function removePolicy() {
  if (!installed) return;
  await asRoot(["rm", "-f", kFile]);
  installed = false;
  process.off("exit", removeNow);
}

function removeNow() {
  try {
    rmSync(kFile, { force: true });
  } catch {
    // Not root: the next run's leftBehind() takes it.
  }
}

// Files of test processes that are no more.
function leftBehind() {
  const files = readdirSync(kFolder).map((name) => /^inkan-test-(\d+)\.json$/.exec(name)).filter(Boolean);
  const dead = files.filter(([, pid]) => {
    try {
      process.kill(Number(pid), 0);
      return false;
    } catch (error) {
      return error.code === "ESRCH";
    }
  });
  return dead.map(([name]) => `${kFolder}/${name}`).concat(`${kFolder}/inkan-test-none.json`);
}
