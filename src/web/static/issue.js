// issue leads through the issue in the file way. The key is made here, kept in the vault under the ticket, and leaves only inside
// the file; a reload, a second tab and a lost reply all go on with the same key and request.
import { makeKey, makeRequest } from "./csr.js";
import { vault } from "./vault.js";

const { ticket, stage, kind, login, request, asks, short } = document.getElementById("main").dataset;
const all = (selector) => document.querySelectorAll(selector);
const on = (selector, type, act) => all(selector).forEach((element) => element.addEventListener(type, act));

function show(screen) {
  for (const part of all("[data-screen]")) part.hidden = !part.dataset.screen.split(" ").includes(screen);
  const heading = [...all("h1")].find((element) => element.checkVisibility());
  for (const step of all("[data-on]")) step.ariaCurrent = step.dataset.on.split(" ").includes(screen) ? "step" : null;
  document.getElementById("code").textContent = [...all("[data-code]")].find((part) => part.checkVisibility()).dataset.code;
  document.title = heading.textContent + document.title.slice(document.title.indexOf("｜"));
  heading.focus();
}

// agrees is one question, in a dialog or on a screen of its own: はい, or anything else.
const agrees = (name) => new Promise((resolve) => {
  const box = document.getElementById("ask-" + name);
  box.returnValue = "";
  box.onclose = () => resolve(box.returnValue === "yes");
  if (box.showModal) return box.showModal();
  box.onclick = ({ target }) => target.value && resolve(target.value === "yes");
  show(name);
});

function makePassword() { // 80 bits in letters that nobody mixes up
  const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => letters[byte & 31]).join("").replace(/.{4}(?=.)/g, "$&-");
}

// keep gives the ticket's record; of two tabs the first one's stays.
async function keep() {
  const kept = await vault("get", ticket);
  if (kept) return kept;
  const pair = await makeKey(kind);
  const key = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const csr = await makeRequest(pair, kind, login);
  await vault("add", { ticket, key, csr, password: makePassword(), at: Date.now() }).catch(() => {});
  return vault("get", ticket);
}

async function send(body) {
  for (const pause of [500, 1000, 2000, 4000, 0]) {
    let reply = { again: true };
    try {
      const headers = { "Content-Type": "application/pkcs10", "Inkan-Ticket": ticket };
      reply = await (await fetch(request, { method: "POST", headers, body })).json();
    } catch {} // the reply was lost: the same request gets the same certificate
    if (reply.certificate) return reply;
    if (!reply.again || !pause) throw reply;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function refuse({ code }) {
  if (code === "key.on_record") await vault("delete", ticket); // of an earlier try: the next one makes another key
  if (code === "ticket.other_key") return show("lost");
  const parts = [...all("[data-refusal]")];
  const found = parts.find((part) => part.dataset.refusal === code) ?? parts.at(-1);
  for (const part of parts) part.hidden = part !== found;
  show("failed");
}

let answer; // the bank's, once it is here

async function save() {
  const kept = await keep();
  answer ??= await send(kept.csr);
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const { makePkcs12 } = await import("./pkcs12.js"); // not before a file is wanted
  const file = await makePkcs12({ key: kept.key, certificate: bytes(answer.certificate), chain: answer.chain.map(bytes),
                                  password: kept.password, name: answer.friendly_name });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([file], { type: "application/x-pkcs12" }));
  link.download = answer.file_name;
  link.click();
  await vault("put", { ...kept, saved: true });
  await receive();
}

async function receive() {
  const { password, saved } = await keep();
  document.getElementById("file-password").value = password;
  for (const part of all("[data-saved]")) part.hidden = (part.dataset.saved === "yes") !== Boolean(saved);
  show("import");
}

async function issue() {
  show("issuing");
  answer = await send((await keep()).csr);
  await (short === "yes" || await agrees("file") ? save() : receive());
}

const trying = (act) => () => act().catch(refuse);

// On a narrow screen はい may lie where 更新 was: the other half of a double click answers nothing.
on("[id^=ask-]", "click", (event) => {
  if (event.detail < 2) return;
  event.preventDefault();
  event.stopImmediatePropagation();
});
on("[data-begin]", "click", trying(async () => {
  for (const name of asks.split(" ")) if (!await agrees(name)) return document.getElementById("cancel").submit();
  return issue();
}));
on("[data-again]", "click", trying(issue));
on("[data-save]", "click", trying(save));
on("[data-copy]", "click", async () => {
  await navigator.clipboard.writeText(document.getElementById("file-password").value);
  all("[data-copied]").forEach((part) => { part.hidden = false; });
});
on("[data-anew]", "submit", async (event) => {
  event.preventDefault();
  if (!await agrees("anew")) return;
  await vault("delete", ticket);
  event.target.submit();
});

for (const button of all("[data-begin]")) button.disabled = false; // not before somebody listens

trying(async () => {
  for (const { ticket: old, at } of await vault("getAll")) if (Date.now() - at > 6e8) await vault("delete", old); // a week
  if (stage !== "issued") return short === "yes" && issue();
  await (await vault("get", ticket) ? receive() : show("lost"));
})();
