// prepare is 更新前処理: it sees whether this browser can make and keep a key, and goes on by itself.
import { vault } from "./vault.js";

addEventListener("pageshow", async () => {
  try {
    if (!crypto.subtle) throw new Error("no WebCrypto");
    await vault("count");
    await new Promise((resolve) => setTimeout(resolve, 800)); // a screen that only flashes frightens
    document.getElementById("open").requestSubmit();
  } catch {
    for (const part of document.querySelectorAll("[data-able]")) part.hidden = part.dataset.able === "yes";
  }
});
