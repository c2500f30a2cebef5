// prepare sees whether this browser can make and keep a key. 更新前処理 then goes on by itself; where something is asked, a person does.
addEventListener("pageshow", async () => {
  const form = document.getElementById("open");
  try {
    if (form.dataset.way !== "app") {
      if (!crypto.subtle) throw new Error("no WebCrypto");
      const { vault } = await import("./vault.js");
      await vault("count");
    }
    if (!form.dataset.auto) return;
    await new Promise((resolve) => setTimeout(resolve, 800)); // a screen that only flashes frightens
    form.requestSubmit();
  } catch {
    for (const part of document.querySelectorAll("[data-able]")) part.hidden = part.dataset.able === "yes";
  }
});
