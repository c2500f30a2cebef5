// program is a person whose browser and inkan-app share one database, as on a Linux PC; the program was used with this bank before.
import { join } from "node:path";
import { withCustomer } from "./chromium.mjs";
import { kPrograms } from "./demo.mjs";
import { run } from "./run.mjs";

export const kApp = join(kPrograms, "inkan-app");

// withProgram calls act(customer, page, env); a program is started with `env`.
export const withProgram = (demo, display, holder, act) => withCustomer(demo, holder, async (customer, page) => {
  const env = { HOME: customer.home.dir, XDG_CONFIG_HOME: join(customer.home.dir, ".config"), LANG: "ja_JP.UTF-8" };
  try {
    await run(kApp, ["status", "--server", demo.institution(holder.institution).portal, "--trust", demo.path(demo.json.trust),
                     "--store", `nss:${customer.home.nss}`], { env });
    await act(customer, page, env);
  } finally {
    display.shown?.kill();
  }
}, { mayShow: "inkan:" }); // no program is registered in this browser
