// demo starts, moves and stops `inkan demo` in a folder of its own.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { at, addDays, dayOf, yearBefore } from "./day.mjs";
import { newKey, newRequest } from "./keys.mjs";
import { enrol } from "./est.mjs";
import { mailsTo } from "./mail.mjs";
import { end, run, start, until } from "./run.mjs";
import { logInOnce } from "./visitor.mjs";

const kHere = dirname(fileURLToPath(import.meta.url));
export const kPrograms = resolve(process.env.INKAN_BIN_DIR ?? join(kHere, "../../../build/bin"));

export class Demo {
  // start runs the demo and returns once demo.json is this process's own: every listener answers then (contract.md).
  static async start({ dir, time, institutions, port, profiles } = {}) {
    const demo = new Demo();
    demo.own = dir === undefined;
    demo.dir = dir ?? (await mkdtemp(join(tmpdir(), "inkan-demo-")));
    await demo.#launch({ time, institutions, port, profiles });
    return demo;
  }

  async #launch({ time, institutions, port, profiles } = {}) {
    const args = ["demo", "--dir", this.dir];
    if (time) args.push("--at", time);
    if (institutions) args.push("--institutions", institutions.join(","));
    if (port) args.push("--port", String(port));
    if (profiles) args.push("--profiles", profiles);
    const child = start(join(kPrograms, "inkan"), args, { stdio: ["ignore", "pipe", "pipe"] });
    this.child = child;
    this.said = "";
    child.stdout.on("data", (data) => (this.said += data));
    child.stderr.on("data", (data) => (this.said += data));
    let over;
    child.ended.then((code) => (over = { code }), (error) => (over = { code: error.message }));
    const found = await until("demo.json", async () => {
      if (over) return over;
      const json = JSON.parse(await readFile(join(this.dir, "demo.json"), "utf8"));
      return json.pid === child.pid ? json : undefined;
    });
    if (found === over) throw new Error(`inkan demo ended with ${over.code}:\n${this.said}`);
    this.json = found;
    this.trust = await readFile(this.path(this.json.trust), "utf8");
  }

  // stop is Ctrl-C; it gives the exit status.
  async stop() {
    this.child.kill("SIGINT");
    return this.child.ended;
  }

  // restart starts it again, with other profiles where they are given.
  async restart({ profiles } = {}) {
    await this.#end();
    await this.#launch({ profiles });
  }

  async #end() {
    const code = await this.stop();
    if (code !== 0) throw new Error(`inkan demo ended with ${code} on SIGINT:\n${this.said}`);
  }

  // close is the tests' clean-up: whatever state the demo is in, nothing of it stays.
  async close() {
    await end(this.child, { signal: "SIGINT", seconds: 10 });
    if (this.own) await rm(this.dir, { recursive: true, force: true });
  }

  path(name) {
    return resolve(this.dir, name);
  }

  // inkan runs one of the operator's verbs on this demo.
  inkan(args, options) {
    return run(join(kPrograms, "inkan"), [...args, "--dir", this.dir], options);
  }

  async inkanJson(args) {
    return JSON.parse((await this.inkan([...args, "--json"])).out);
  }

  // Every job that fell due runs before these return (contract.md).
  async setClock(time) {
    await this.inkan(["demo", "clock", "set", time]);
  }
  async advance(span) {
    await this.inkan(["demo", "clock", "advance", span]);
  }

  // outage is a machine that was off: the demo is stopped, and days have gone by when it starts again. No job ran in between.
  async outage(days) {
    const then = new Date((await this.now()).getTime() + days * 86_400_000);
    await this.#end();
    await this.#launch({ time: `${new Date(then.getTime() + 9 * 3600 * 1000).toISOString().slice(0, 19)}+09:00` });
  }

  // now is the demo's time: the machine's, moved by the seconds in DIR/clock.
  async now() {
    return new Date(Date.now() + Number(await readFile(join(this.dir, "clock"), "utf8")) * 1000);
  }

  institution(id) {
    const found = this.json.institutions.find((institution) => institution.id === id);
    if (!found) throw new Error(`demo.json has no institution ${id}`);
    return found;
  }

  holder(id, state, role = "user") {
    const found = this.institution(id).holders.find((holder) => holder.state === state && holder.role === role);
    if (!found) throw new Error(`demo.json has no ${role} in state ${state} at ${id}`);
    return found;
  }

  // importHolders puts new IDs on record through the bank's own list, approved for a first certificate.
  async importHolders(holders) {
    const rows = holders.map((holder) =>
      [holder.institution, holder.login_id, holder.password, holder.role, holder.company, holder.name, holder.mail].join(","),
    );
    const file = join(this.dir, `import-${holders[0].login_id}.csv`);
    await writeFile(file, `institution,login_id,password,role,company,name,mail\n${rows.join("\n")}\n`, { mode: 0o600 });
    await this.inkan(["holder", "import", file]);
  }

  // releaseCode is the bank's release of 電子証明書取得 for one ID, the first one too: two persons, and the code comes by mail.
  async releaseCode(holder) {
    const before = (await mailsTo(this, holder.mail)).length;
    await this.reissueByTwo(holder);
    return until("the code's mail", async () => codeIn((await mailsTo(this, holder.mail)).slice(before)));
  }

  // reissueByTwo asks as the clerk and approves as an approver, from the terminal; it gives the 受付番号.
  async reissueByTwo(holder) {
    const clerk = this.staff(holder.institution, "clerk");
    const asked = await this.inkanJson(["holder", "allow-reissue", holder.login_id, "--institution", holder.institution,
                                        "--identity-check", "届出印を照合", "--call-back", "登録番号へ折り返し", ...signer(clerk)]);
    await this.inkan(["holder", "allow-reissue", "--institution", holder.institution, "--approve", asked.number,
                      ...signer(this.staff(holder.institution, "approver"))]);
    return asked.number;
  }

  // staff is an account of the bank's desk; approvers come in twos.
  staff(institution, role, index = 0) {
    const found = this.json.staff.accounts.filter((account) => account.institution === institution && account.role === role)[index];
    if (!found) throw new Error(`demo.json has no ${role} ${index} at ${institution}`);
    return found;
  }

  certificates(holder) {
    return this.inkanJson(["cert", "list", "--institution", holder.institution, "--login-id", holder.login_id]);
  }
}

// signer is how a verb is told who signs.
export function signer(account) {
  return ["--as", account.login_id, "--p12", account.p12, "--p12-password-file", `${account.p12}.password`];
}

// codeIn finds the one-time code in letters.
export function codeIn(mails) {
  for (const { text } of mails) {
    const found = /\b[2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{4}){3}\b/.exec(text);
    if (found) return found[0];
  }
  return undefined;
}

// demoWithHolders starts a demo in the past, gives each wanted holder a certificate by the real door on the day that makes it end
// `ends_in` days from today, and comes back to the present: as many holders as a test needs, with the days it needs, and every
// certificate dated so that a browser offers it.
// `wanted`: [{ login_id, institution, ends_in, role? }]; gives { demo, holders: by login_id, today }. `yesterday` leaves the clock late
// on the day before, with today's jobs still to run.
export async function demoWithHolders(wanted, { yesterday = false, ...options } = {}) {
  const today = presentDay();
  const first = Math.min(...wanted.map((holder) => holder.ends_in));
  const demo = await Demo.start({ ...options, time: at(addDays(yearBefore(addDays(today, first)), -1)) });
  try {
    const holders = {};
    for (const ends_in of [...new Set(wanted.map((holder) => holder.ends_in))].sort((a, b) => a - b)) {
      await demo.setClock(at(yearBefore(addDays(today, ends_in)), "10:00:00"));
      const group = wanted.filter((holder) => holder.ends_in === ends_in);
      for (const made of await makeHolders(demo, group)) holders[made.login_id] = made;
    }
    await demo.setClock(yesterday ? at(addDays(today, -1), "23:00:00") : presentTime());
    return { demo, holders, today };
  } catch (error) {
    await demo.close();
    throw error;
  }
}

// makeHolders puts IDs on record and takes their first certificates through EST, under the demo's present time.
export async function makeHolders(demo, wanted) {
  const holders = wanted.map(({ login_id, institution, role = "user" }) => ({
    institution, login_id, role,
    password: `Pw-${login_id}-7q`,
    company: "株式会社みほん商事",
    name: `担当 ${login_id}`,
    mail: `${login_id}@example.jp`,
    p12: join(demo.dir, `${institution}-${login_id}.p12`),
    p12_password: "abc-123",
  }));
  await demo.importHolders(holders);
  return Promise.all(holders.map(async (holder) => {
    const [code, key] = await Promise.all([demo.releaseCode(holder), newKey()]);
    const issued = await enrol(demo, holder, { code, request: await newRequest(key), key });
    await issued.writeP12(holder.p12, holder.p12_password);
    await logInOnce(demo, holder); // a certificate is in use from its first login on
    return { ...holder, pem: issued.pem };
  }));
}

// The demo's present is the machine's, except in the last minutes of a Japanese day: a test that says "today" must not see two days.
export function presentTime() {
  const now = new Date(Date.now() + 9 * 3600 * 1000).toISOString();
  return now.slice(11, 16) >= "23:40" ? at(now.slice(0, 10), "23:30:00") : `${now.slice(0, 19)}+09:00`;
}

export function presentDay() {
  return dayOf(Date.now());
}
