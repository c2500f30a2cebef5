// program hands the renewal over to the program by an `inkan:` link and follows what the server holds of it.
const { stage, short, transaction } = document.getElementById("main").dataset;
const all = (selector) => document.querySelectorAll(selector);

function show(screen) {
  for (const part of all("[data-screen]")) part.hidden = part.dataset.screen !== screen;
  const shown = document.querySelector(`[data-screen="${screen}"]`);
  document.getElementById("code").textContent = shown.dataset.code;
  const heading = shown.querySelector("h1");
  document.title = heading.textContent + document.title.slice(document.title.indexOf("｜"));
  heading.focus();
}

const fallback = document.querySelector("[data-fallback]");
let seen = stage;
let timer;
const screens = { open: "waiting", connected: "connected", issued: "issuing" };

async function follow() {
  let now = seen;
  try {
    ({ stage: now } = await (await fetch("/renewal/app/state")).json());
  } catch {} // asked again
  if (now === "confirmed") return location.assign("/renewal/app/done");
  if (now === "gone") return location.assign("/renewal/prepare?way=app");
  if (now !== seen) {
    seen = now;
    fallback.hidden = now !== "open";
    show(screens[now]);
  }
  timer = setTimeout(follow, 1500);
}

// started: the program was called; what to do when nothing opens stands below after three seconds.
function started() {
  show(screens[seen]);
  setTimeout(() => { fallback.hidden = seen !== "open"; }, 3000);
  clearTimeout(timer);
  timer = setTimeout(follow, 1500);
}

fallback.hidden = true;
for (const link of all("[data-launch]")) link.addEventListener("click", started);
if (stage !== "open") {
  show(screens[stage]);
  follow();
} else if (short === "yes" && sessionStorage.getItem("called") !== transaction) {
  sessionStorage.setItem("called", transaction); // a reload does not call it again
  document.querySelector("[data-launch]").click();
} else if (short === "yes") {
  started();
} else {
  follow();
}
