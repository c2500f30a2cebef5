// choice opens the renewal in a window of its own, and nothing for 更新しない.
const form = document.querySelector("[data-choice]");
form.addEventListener("submit", () => {
  form.target = new FormData(form).get("choice") === "renew" ? "inkan-renewal" : "";
});
