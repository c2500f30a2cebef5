import { Customer } from "./support/chromium.mjs";
import { Demo } from "./support/demo.mjs";
import * as walk from "./support/journey.mjs";
const demo = await Demo.start({institutions:["d1"]});
const holder = { ...demo.holder("d1","renewable"), institution:"d1" };
let bad=0, n=0; const until = Date.now()+150000;
while (Date.now()<until) {
  const c = await Customer.open(demo,[holder]);
  const page=c.page; let at="login"; let w;
  c.context.on("page", p => { w=p; });
  try {
    await walk.logIn(page,demo,holder);
    at="open"; let renewal = await walk.openRenewal(page,"d1");
    for (let i=0;i<4;i++) {
      at="press"; await walk.pressRenew(renewal); at="key"; await walk.permitKey(renewal); at="request"; await walk.permitRequest(renewal);
      at="close"; await renewal.close();
      at="again"; renewal = await walk.openAgain(page);
      at="resume"; await renewal.getByRole("button",{name:/ダウンロードする/}).waitFor();
      at="anew"; await walk.makeAnew(renewal); n++;
    }
  } catch (e) { bad++; console.log(at, e.stack.slice(0,900)); await w?.screenshot({path:`/tmp/webshots/stress-${bad}.png`}).catch(()=>{}); console.log(await w?.evaluate(()=>document.body.innerText.slice(0,300)).catch(String), w?.url(), c.troubles); }
  await c.close();
}
console.log({n,bad}); process.exit(0);
