// desk walks a person of the bank through the console with the words on its pages.
import { Customer } from "./chromium.mjs";
import { screen } from "./journey.mjs";

// openDesk is a person at a PC of the bank: a browser with the own staff certificate, logged in.
export async function openDesk(demo, account, options) {
  const person = await Customer.open(demo, [account], options);
  try {
    await person.page.goto(demo.json.staff.url);
    await person.page.getByLabel(/窓口のパスワード|Desk password/).fill(account.password);
    await person.page.getByRole("button", { name: /^(ログイン|Log in)$/ }).click();
    await screen(person.page, /お客さまを探す|Find a customer/);
    return person;
  } catch (error) {
    await person.close();
    throw error;
  }
}

// openFile finds an ID and opens its file.
export async function openFile(page, login_id, company = /./) {
  await page.getByRole("link", { name: /お客さまを探す|Find a customer/ }).click();
  await page.getByLabel(/会社名|Company/).fill(login_id);
  await page.getByRole("button", { name: /^(探す|Find)$/ }).click();
  await page.getByRole("link", { name: login_id, exact: true }).click();
  await screen(page, company);
}

// sign chooses the own file and types its password; it ends on the page that comes after.
export async function sign(page, account, button) {
  await page.getByLabel("ご自分の電子証明書ファイル").setInputFiles(account.p12);
  await page.getByLabel("ファイルのパスワード").fill(account.p12_password);
  await page.getByRole("button", { name: button }).click();
}

// askReissue goes from a file to the 受付番号.
export async function askReissue(page, account) {
  await page.getByRole("link", { name: "再発行を申請" }).click();
  await page.getByLabel("本人確認の方法と結果").fill("届出印と印鑑証明書を照合（来店）");
  await page.getByLabel("折り返しの電話").fill("10:05 登録番号 03-0000-0000 経理 山田様");
  await page.getByRole("button", { name: "申請の文面を確かめる" }).click();
  await screen(page, "申請に署名");
  await sign(page, account, "署名して申請する");
  await screen(page, "受付番号 R-");
  return (await page.getByRole("heading", { level: 1 }).innerText()).replace("受付番号 ", "");
}
