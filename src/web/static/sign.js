// sign lets a person of the bank sign the statement on the page with the key of the own file. File, password and key have no name in
// the form and stay here; only the signature is sent.
import { openIdentity, signText } from "./identity.js";

const form = document.querySelector("[data-sign]");
const file = document.getElementById("p12");
const password = document.getElementById("p12-password");
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

function refuse(why) {
  const box = document.getElementById("refused");
  const parts = [...box.querySelectorAll("[data-refusal]")];
  const found = parts.find((part) => part.dataset.refusal === why) ?? parts.at(0);
  for (const part of parts) part.hidden = part !== found;
  box.hidden = false;
  box.focus();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  // What is signed is what stands on the page, line by line.
  const statement = [...document.querySelectorAll("[data-line]")].map((line) => line.textContent + "\n").join("");
  try {
    const key = await openIdentity(new Uint8Array(await file.files[0].arrayBuffer()), password.value);
    const signature = await signText(key, statement, bytes(form.dataset.key));
    form.elements.signature.value = btoa(String.fromCharCode(...signature));
  } catch ({ message }) {
    return refuse(message);
  } finally {
    password.value = "";
  }
  form.submit();
});
