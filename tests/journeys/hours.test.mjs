// Service hours and the last 管理者 (journeys.md O19, O26): what the screens say when the service closes, and before it does.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { withCustomer } from "./support/chromium.mjs";
import { addDays, at } from "./support/day.mjs";
import { demoWithHolders } from "./support/demo.mjs";
import { openDesk } from "./support/desk.mjs";
import * as walk from "./support/journey.mjs";
import { look, lookEverywhere } from "./support/look.mjs";
import { removePolicy } from "./support/policy.mjs";

const kProfile = join(dirname(fileURLToPath(import.meta.url)), "../../institutions/d1.toml");
let demo;
let holders;
let profiles;
let today;

before(async () => {
  profiles = await mkdtemp(join(tmpdir(), "inkan-profiles-"));
  const text = await readFile(kProfile, "utf8");
  const more = text.replace(/^mail_days = .*$/m, "mail_days = [30, 10]\nmore_mail_days = [20, 3, 1]");
  await writeFile(join(profiles, "d1.toml"), `${more}\n[service_hours]\nweekdays = "07:00-23:00"\n`);
  ({ demo, holders, today } = await demoWithHolders([
    { login_id: "due", institution: "d1", ends_in: 5 },
    { login_id: "bounce1", institution: "d1", ends_in: 5 }, // the demo's relay finds nobody of this name
    { login_id: "boss", institution: "d1", ends_in: 100, role: "administrator" },
  ], { institutions: ["d1"], profiles }));
});

after(async () => {
  await demo?.close();
  await removePolicy();
  if (profiles) await rm(profiles, { recursive: true, force: true });
});

const asCustomer = (shown, act, options) => withCustomer(demo, shown, act, options);

test("O19 the notice names the last minute, and at night E901 says when the service opens again", async () => {
  await demo.setClock(at(today, "22:50:00"));
  await asCustomer([holders.due], async (customer, page) => {
    await walk.logIn(page, demo, holders.due);
    await page.getByText(/22:59 までです/).first().waitFor();
    await lookEverywhere(page, "hours-notices", customer);
    await page.getByRole("link", { name: "この証明書" }).click();
    await page.getByRole("button", { name: "追加のお知らせを止める" }).click();
    await page.getByRole("status").filter({ hasText: "追加のお知らせを止めています" }).waitFor();
    await lookEverywhere(page, "own-muted", customer);
    await demo.setClock(at(addDays(today, 1), "03:00:00"));
    await page.goto(demo.institution("d1").portal);
    await walk.logIn(page, demo, holders.due);
    await page.goto(new URL("/renewal/prepare", page.url()).href);
    await walk.screen(page, "ただいま受付時間外です");
    await page.getByText("E901").waitFor();
    await page.getByText(/07:00（日本時間）から/).waitFor();
    await lookEverywhere(page, "hours-closed");
    await page.goto(new URL("/acquisition", demo.institution("d1").portal).href);
    await walk.screen(page, "ただいま受付時間外です");
  });
  await asCustomer([], async (customer, page) => {
    await page.goto(new URL("/acquisition", demo.institution("d1").portal).href);
    await page.getByRole("heading", { name: "Outside service hours" }).waitFor();
    await look(page, "hours-closed-en");
  }, { locale: "en-US" });
});

test("O26 at night the only 管理者 is told what a hold takes away, and the desk takes it over in the morning", async () => {
  await asCustomer([], async (customer, page) => {
    await page.goto(new URL("/lost", demo.institution("d1").portal).href);
    const fill = async () => {
      await page.getByLabel("ログインID").fill(holders.boss.login_id);
      await page.getByLabel("ログインパスワード").fill(holders.boss.password);
      for (const box of await page.getByRole("checkbox").all()) await box.check();
      await page.getByRole("button", { name: "一時停止する" }).click();
    };
    await fill();
    await page.getByRole("alert").filter({ hasText: "最後の管理者" }).waitFor();
    await page.getByText("まだ停止していません").waitFor();
    await lookEverywhere(page, "lost-last-administrator");
    assert.equal((await demo.certificates(holders.boss))[0].status, "active");
    await fill();
    await walk.screen(page, "一時停止しました");
  });
  const person = await openDesk(demo, demo.staff("d1", "clerk"));
  const { page } = person;
  try {
    await page.goto(new URL(`/files/${holders.boss.login_id}/hold`, page.url()).href);
    await page.getByText("窓口の一時停止に切り替わり").waitFor();
    await lookEverywhere(page, "desk-hold-taken-over");
    await page.getByLabel("理由").fill("折り返しで確認");
    await page.getByRole("button", { name: "一時停止する" }).click();
    await page.getByText("一時停止（窓口）").first().waitFor();
    await look(page, "desk-file-held-by-bank");
    await page.goto(new URL("/password", page.url()).href);
    await walk.screen(page, "窓口のパスワードの変更");
    await lookEverywhere(page, "desk-password");
    await page.getByLabel("いまのパスワード").fill("not the password");
    await page.getByLabel("新しいパスワード", { exact: true }).fill("Another-9k");
    await page.getByLabel("新しいパスワード（確認）").fill("Another-9k");
    await page.getByRole("button", { name: "変更する" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByRole("link", { name: "メール不達" }).first().click();
    await walk.screen(page, "メール不達のお客さま");
    await page.getByRole("link", { name: "bounce1" }).waitFor();
    await lookEverywhere(page, "desk-unreached");
  } finally {
    await person.close();
  }
});
