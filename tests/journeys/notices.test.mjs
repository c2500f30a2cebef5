// The letters: who gets one, on which day, with which words; read back from the demo's relay, and once from an SMTP server that others
// made.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { SMTPServer } from "smtp-server";
import { withCustomer } from "./support/chromium.mjs";
import { addDays, at, longForm } from "./support/day.mjs";
import { codeIn, demoWithHolders, kPrograms } from "./support/demo.mjs";
import * as walk from "./support/journey.mjs";
import { look } from "./support/look.mjs";
import { mailsIn, mailsTo, parseMail } from "./support/mail.mjs";
import { removePolicy } from "./support/policy.mjs";
import { until } from "./support/run.mjs";

let demo;
let holders;
let today;

before(async () => {
  const at_bank = (institution, wanted) => wanted.map(([login_id, ends_in]) => ({ login_id, institution, ends_in }));
  ({ demo, holders, today } = await demoWithHolders([
    ...at_bank("d1", [["renews", 25], ["counted", 34]]),
    ...at_bank("d2", [["missed", 41], ["calm", 300]]),
  ]));
});

after(async () => {
  await demo?.close();
  await removePolicy();
});

const renewalLetters = async (holder) => (await mailsTo(demo, holder.mail)).filter((mail) => mail.subject.includes("更新のお願い"));
const daysIn = (mails) => mails.map((mail) => Number(/あと(\d+)日/.exec(mail.text)[1]));

test("D1-03 D2-21 the number of the letter is on 重要なお知らせ under お送りしたお知らせ, with the letter's own words", async () => {
  const holder = holders.renews;
  const [letter] = await renewalLetters(holder);
  const number = /N-\d{8}-\d{6}/.exec(letter.text)[0];
  await withCustomer(demo, holder, async (customer, page) => {
    await walk.logIn(page, demo, holder);
    await page.getByText("お送りしたお知らせ").first().waitFor();
    assert.ok((await page.locator("body").innerText()).includes(number), `${number} is not on the page`);
    await look(page, "notices-sent", customer);
    // D1-03, then the renewal: the letter of 10 days before must not come (below).
    const { renewal } = await walk.renew(customer, "d1");
    await walk.closeWindow(renewal);
  });
});

test("D1-03 the letter says whose certificate ends when, and where to go, and holds no address to click", async () => {
  const holder = holders.renews;
  const [letter] = await renewalLetters(holder);
  const day = addDays(today, 25);
  assert.match(letter.subject, /^【.+】電子証明書更新のお願い（\d+月\d+日まで）$/);
  assert.ok(letter.text.includes(longForm(day)), letter.text);
  assert.match(letter.text, /あと30日/);
  assert.match(letter.text, /23時59分まで/);
  assert.match(letter.text, /重要なお知らせ/);
  assert.match(letter.text, /このメールにリンクはありません/);
  assert.match(letter.type, /^text\/plain; charset="?utf-8"?/i);
  assert.ok(!letter.text.includes(holder.login_id), "the login ID is masked");
  assert.ok(letter.text.includes(holder.login_id.slice(-3)), "and can be told by its end");
  assert.ok(letter.message_id);
});

test("D1-03 the letter's S/MIME signature verifies with openssl, and an altered letter's does not", async () => {
  const [letter] = await renewalLetters(holders.renews);
  const verify = (text) => {
    const file = join(demo.dir, "letter.eml");
    writeFileSync(file, text, "latin1");
    return spawnSync("openssl", ["cms", "-verify", "-in", file, "-CAfile", join(demo.dir, "trust.pem"), "-purpose", "smimesign"]);
  };
  const good = verify(letter.raw);
  assert.equal(good.status, 0, String(good.stderr));
  const body = letter.raw.indexOf("\n\n", letter.raw.indexOf("Content-Type: text/plain")) + 2;
  const altered = letter.raw[body] === "A" ? "B" : "A";
  assert.notEqual(verify(letter.raw.slice(0, body) + altered + letter.raw.slice(body + 1)).status, 0);
});

test("D1-03 no mail of any kind holds an address or a password, and a code only the letter that brings it", async () => {
  const mails = await mailsIn(demo.path(demo.json.mail));
  assert.ok(mails.length > 0);
  const everybody = [...Object.values(holders), ...demo.json.institutions.flatMap(({ holders }) => holders)];
  const secrets = everybody.flatMap(({ password, p12_password }) => [password, p12_password]).filter(Boolean);
  for (const mail of mails) {
    for (const text of [mail.subject, mail.text]) {
      assert.doesNotMatch(text, /:\/\/|www\.|https?|localhost|inkan:/i, `${mail.file} holds an address`);
      assert.doesNotMatch(text, /\{\w*\}|\$\$|undefined/, `${mail.file} holds an unfilled place`);
      for (const secret of secrets) assert.ok(!text.includes(secret), `${mail.file} holds a secret`);
    }
    const code = codeIn([mail]); // opens nothing without ID and password
    assert.equal(code !== undefined, mail.subject.includes("ワンタイムコード"), `${mail.file}: ${mail.subject}`);
    for (const { code: own, mail: address } of everybody)
      if (own && mail.text.includes(own)) assert.ok(mail.to.includes(address), `${mail.file} holds somebody else's code`);
    assert.deepEqual(mail.parts, ["text/plain", "application/pkcs7-signature"], "plain text, and nothing beside it but its signature");
    assert.doesNotMatch(mail.raw, /^content-type:\s*text\/html/im, "plain text");
    for (const line of mail.text.split("\n")) assert.ok([...line].length <= 40, `${mail.file}: too long a line: ${line}`);
  }
});

test("D1-03 D2-21 letters of 30 and of 10 days before, on those days exactly, and none to who has renewed or is not due", async () => {
  const counted = holders.counted; // ends in 34 days
  for (let left = 33; left >= 29; --left) {
    await demo.setClock(at(addDays(today, 34 - left), "12:00:00"));
    assert.equal((await renewalLetters(counted)).length, left <= 30 ? 1 : 0, `${left} days before`);
  }
  assert.deepEqual(daysIn(await renewalLetters(counted)), [30]);
  assert.equal((await renewalLetters(holders.calm)).length, 0);
});

test("D2-21 after an outage over the 30th day the letter goes late, once, with the true number of days", async () => {
  const holder = holders.missed; // ends in 41 days; five have gone by
  assert.deepEqual(daysIn(await renewalLetters(holder)), []);
  await demo.outage(9); // 27 are left
  await until("the late letter", async () => (await renewalLetters(holder)).length === 1);
  assert.deepEqual(daysIn(await renewalLetters(holder)), [27]);
  await demo.advance("1d");
  assert.deepEqual(daysIn(await renewalLetters(holder)), [27], "late, and once");
});

test("D2-21 after an outage over the 10th day the second letter goes late, once, with the true number of days", async () => {
  const holder = holders.counted; // ends in 34 days, 15 have gone by: 19 are left
  assert.deepEqual(daysIn(await renewalLetters(holder)), [30]);
  await demo.outage(12); // 7 are left
  await until("the late letter", async () => (await renewalLetters(holder)).length === 2);
  await demo.advance("1d");
  assert.deepEqual(daysIn(await renewalLetters(holder)), [30, 7]);
});

test("D1-03 nobody who has renewed was written to again", async () => {
  assert.deepEqual(daysIn(await renewalLetters(holders.renews)), [30], "its tenth day has gone by");
});

test("D1-03 `inkan serve` hands a letter to an SMTP server that others made, with STARTTLS and AUTH", async () => {
  const { demo: past, holders: { served } } = await demoWithHolders([{ login_id: "served", institution: "d1", ends_in: 30 }],
                                                                   { institutions: ["d1"], yesterday: true });
  const { relay, letters, port } = await startRelay(past);
  let serve;
  try {
    await past.stop(); // the day before; serve, on the machine's own clock, finds the letter due
    const config = join(past.dir, "serve.toml");
    const text = await readFile(join(past.dir, "inkan.toml"), "utf8");
    await writeFile(config, text.replace(/^relay = .*$/m, `relay = "smtp://localhost:${port}"`), { mode: 0o600 });
    serve = spawn(join(kPrograms, "inkan"), ["serve", "--config", config], { stdio: "ignore" });
    const ended = new Promise((resolve) => serve.on("close", resolve));
    const letter = await until("the letter", () => letters.find(({ to }) => to.includes(served.mail)));
    assert.deepEqual([letter.secure, letter.user], [true, "inkan"], "STARTTLS and AUTH");
    assert.match(letter.text, /あと30日/);
    assert.equal(letter.headers["dkim-signature"]?.length, 2, "RSA and Ed25519");
    assert.ok(!existsSync(join(past.dir, "control")), "serve has no demo door in it");
    serve.kill("SIGINT");
    assert.equal(await ended, 0);
    assert.equal(letters.filter(({ to }) => to.includes(served.mail)).length, 1);
  } finally {
    serve?.kill("SIGKILL");
    await new Promise((resolve) => relay.close(resolve));
    await past.close();
  }
});

// startRelay is npm's smtp-server with the certificate and the password that the configuration names; it takes nothing in the clear.
async function startRelay(past) {
  const letters = [];
  const password = (await readFile(join(past.dir, "mail.password"), "utf8")).trim();
  const relay = new SMTPServer({
    key: await readFile(join(past.dir, "tls/localhost.key")),
    cert: await readFile(join(past.dir, "tls/localhost.pem")),
    authOptional: false,
    allowInsecureAuth: false,
    disableReverseLookup: true,
    onAuth: ({ username, password: given }, session, done) =>
      username === "inkan" && given === password && session.secure ? done(null, { user: username }) : done(new Error("no")),
    onData: async (stream, session, done) => {
      const parts = [];
      for await (const part of stream) parts.push(part);
      letters.push({ ...parseMail(Buffer.concat(parts)), secure: session.secure, user: session.user });
      done();
    },
  });
  relay.on("error", () => {}); // a connection that our test ends is no trouble
  await new Promise((resolve) => relay.listen(0, "127.0.0.1", resolve));
  return { relay, letters, port: relay.server.address().port };
}
