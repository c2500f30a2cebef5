// journey walks a customer through the portal with the words that the documents print, and nothing else: no test id, no address that
// is not on a page. Each verb ends when the next screen is there.
import assert from "node:assert/strict";
import { join } from "node:path";

// What each bank calls its screens (journeys.md 1.1 to 1.5); what is not named here is as at d1.
const kWords = {
  d1: {
    verb: "ログイン", home: "重要なお知らせ", start: "電子証明書更新開始", begin: "更新", issuing: "電子証明書発行処理中",
    import: "電子証明書の取り込み", complete: "電子証明書のインストールが完了しました", close: "このウィンドウを閉じる",
    questions: ["新しい鍵を作成します。", "その鍵で電子証明書の発行を申請します。"],
  },
  d2: { complete: "電子証明書発行 発行完了" },
  d3: { verb: "ログオン" },
  d4: { home: /^(電子証明書更新通知|メイン)$/ },
  d5: {
    home: /^(証明書更新選択|トップページ)$/, start: "証明書取得 》 証明書発行確認", begin: "発行",
    issuing: "証明書取得 》 証明書発行処理中", import: "証明書取得 》 電子証明書の取り込み", complete: "証明書取得 》 証明書発行結果",
    close: "閉じる", questions: ["新しい鍵を作成します。"],
  },
};
export const wordsOf = (bank) => ({ ...kWords.d1, ...kWords[bank] });
export const kComplete = Object.fromEntries(Object.keys(kWords).map((bank) => [bank, wordsOf(bank).complete]));

export const kNoticeTitle = "電子証明書の更新をお願いします";
export const kRenewHere = "電子証明書の更新はこちら";
export const kNothingChanged = "何も変更していません";

// heading waits for the screen of this name.
export async function screen(page, name) {
  await page.getByRole("heading", { name }).first().waitFor();
}

export async function toLogin(page, demo, bank) {
  await page.goto(demo.institution(bank).portal);
  await page.getByRole("link", { name: `電子証明書${wordsOf(bank).verb}` }).click();
}

// logIn: ログイン画面 → 電子証明書ログイン → ログインパスワード → 重要なお知らせ.
export async function logIn(page, demo, holder, bank = holder.institution) {
  await toLogin(page, demo, bank);
  await enterPassword(page, holder, bank);
}

export async function enterPassword(page, holder, bank = holder.institution) {
  const { verb, home } = wordsOf(bank);
  await page.getByLabel(`${verb}パスワード`).fill(holder.password);
  await page.getByRole("button", { name: verb, exact: true }).click();
  await screen(page, home);
}

// popup gives the window that an act opens.
export async function popup(page, act) {
  const [opened] = await Promise.all([page.context().waitForEvent("page"), act()]);
  return opened;
}

// openRenewal: from the screen after login to the separate window. D1 and D3 open the notice first; D2 has the link on the list, D4
// the button on its main screen; D5 is asked for the way and for the password.
export async function openRenewal(page, bank, password) {
  if (bank === "d1" || bank === "d3") await page.getByRole("link", { name: kNoticeTitle }).click();
  if (bank === "d4") {
    await page.getByRole("link", { name: "メインへ" }).click();
    return popup(page, () => page.getByRole("link", { name: "証明書更新", exact: true }).click());
  }
  if (bank !== "d5") return popup(page, () => page.getByRole("link", { name: kRenewHere }).click());
  await page.getByRole("link", { name: "アプリを使わずに、このブラウザで更新する" }).click();
  await page.getByLabel("更新する").check();
  const renewal = await popup(page, () => page.getByRole("button", { name: "実行" }).click());
  if (password) await identify(renewal, password);
  return renewal;
}

// identify is 個人認証 of D5.
export async function identify(renewal, password) {
  await screen(renewal, "証明書取得 》 個人認証");
  await renewal.getByLabel("ログインパスワード").fill(password);
  await renewal.getByRole("button", { name: "認証", exact: true }).click();
}

// hold keeps every POST of this browser back, so that a screen that passes by itself can be looked at; release() lets them go.
export async function hold(context) {
  let release;
  const released = new Promise((resolve) => (release = resolve));
  await context.route("**/*", async (route) => {
    if (route.request().method() === "POST") await released;
    await route.fallback();
  });
  return release;
}

// loseReply lets the page's next fetch reach the server and throws the answer away on its way back; gives { count } of those lost.
export async function loseReply(page) {
  const lost = { count: 0 };
  const devtools = await page.context().newCDPSession(page);
  devtools.on("Fetch.requestPaused", ({ requestId, request, resourceType }) => {
    const lose = lost.count === 0 && request.method === "POST" && ["Fetch", "XHR"].includes(resourceType);
    if (lose) ++lost.count;
    const answer = lose ? devtools.send("Fetch.failRequest", { requestId, errorReason: "ConnectionReset" })
                        : devtools.send("Fetch.continueRequest", { requestId });
    answer.catch(() => {}); // the page may be gone meanwhile
  });
  await devtools.send("Fetch.enable", { patterns: [{ urlPattern: "*", requestStage: "Response" }] });
  return lost;
}

// The way through the renewal window, screen by screen, for tests that stop in the middle.
export async function toStart(renewal, bank) {
  await screen(renewal, wordsOf(bank).start);
}

export async function pressRenew(renewal, bank) {
  await toStart(renewal, bank);
  await renewal.getByRole("button", { name: wordsOf(bank).begin, exact: true }).click();
  await dialog(renewal, "新しい鍵を作成します。");
}

// dialog gives the open question that holds these words.
export async function dialog(renewal, words) {
  const box = renewal.getByRole("dialog").or(renewal.getByRole("alertdialog")).filter({ hasText: words });
  await box.waitFor();
  return box;
}

export async function answer(renewal, words, button) {
  await (await dialog(renewal, words)).getByRole("button", { name: button, exact: true }).click();
}

export const kQuestions = ["新しい鍵を作成します。", "その鍵で電子証明書の発行を申請します。",
                           "電子証明書が発行されました。ファイルをダウンロードします。"];

export async function permitKey(renewal) {
  await answer(renewal, kQuestions[0], "はい");
  await dialog(renewal, kQuestions[1]);
}

// permitAll answers every question that the bank asks before it issues; D3 has a screen about the key's protection after them.
export async function permitAll(renewal, bank) {
  for (const words of wordsOf(bank).questions) await answer(renewal, words, "はい");
  if (bank === "d3") await renewal.getByRole("button", { name: "OK", exact: true }).click();
  await dialog(renewal, kQuestions[2]);
}

// permitRequest is the second はい; the certificate exists when the third question is on the screen.
export async function permitRequest(renewal) {
  await answer(renewal, kQuestions[1], "はい");
  await dialog(renewal, kQuestions[2]);
}

// saveFile is the third はい: the file is saved in `folder`, and the import page shows its password. Gives { file, password, name }.
export async function saveFile(renewal, folder, bank) {
  const [download] = await Promise.all([renewal.waitForEvent("download"), answer(renewal, kQuestions[2], "はい")]);
  await screen(renewal, wordsOf(bank).import);
  const file = join(folder, `downloaded-${Date.now()}.p12`);
  await download.saveAs(file);
  return { file, password: await filePassword(renewal), name: download.suggestedFilename() };
}

// filePassword reads what the import page shows for the file.
export async function filePassword(renewal) {
  const field = renewal.getByLabel("ファイルのパスワード").first();
  await field.waitFor();
  const text = await field.evaluate((element) => element.value ?? element.textContent);
  return text.trim();
}

// getFile goes from 更新開始 to the saved file.
export async function getFile(renewal, folder, bank) {
  await pressRenew(renewal, bank);
  await permitAll(renewal, bank);
  return saveFile(renewal, folder, bank);
}

// resumeToFile goes on from whatever screen the window shows to a saved file, as a person would who reads it.
export async function resumeToFile(renewal, folder) {
  const start = renewal.getByRole("button", { name: "更新", exact: true });
  const question = renewal.getByRole("dialog").filter({ hasText: kQuestions[2] });
  const again = renewal.getByRole("button", { name: /もう一度ダウンロード|ダウンロードする/ });
  const retry = renewal.getByRole("button", { name: "もう一度試す" });
  await start.or(question).or(again).or(retry).first().waitFor();
  if (await retry.isVisible()) {
    await retry.click();
    await question.waitFor();
  }
  if (await question.isVisible()) return saveFile(renewal, folder);
  if (await start.isVisible()) return getFile(renewal, folder);
  const [download] = await Promise.all([renewal.waitForEvent("download"), again.first().click()]);
  const file = join(folder, `again-${Date.now()}.p12`);
  await download.saveAs(file);
  return { file, password: await filePassword(renewal), name: download.suggestedFilename() };
}

// openAgain opens the renewal once more from the old window, after the first one was closed.
export async function openAgain(page) {
  await page.reload();
  const [renewal] = await Promise.all([
    page.context().waitForEvent("page"),
    page.getByRole("link", { name: kRenewHere }).click(),
  ]);
  return renewal;
}

// openBeside opens the renewal in a tab of its own, as who presses the link with the middle button does.
export async function openBeside(page) {
  const address = await page.getByRole("link", { name: kRenewHere }).evaluate((link) => link.href);
  const tab = await page.context().newPage();
  await tab.goto(address);
  return tab;
}

// makeAnew is 作り直す: the unconfirmed certificate is given up, and the window is back at its start.
export async function makeAnew(renewal) {
  await renewal.getByRole("button", { name: /作り直す/ }).first().click();
  await answer(renewal, "作り直", "はい");
  await toStart(renewal);
}

export async function pressConfirm(renewal) {
  await renewal.getByRole("button", { name: "取り込みを確認する" }).click();
}

// confirm presses 取り込みを確認する after the file went into the store; the completion screen is there at the end.
export async function confirm(renewal, bank) {
  await pressConfirm(renewal);
  await screen(renewal, kComplete[bank]);
}

// confirmAgain is the button of the page that says that nothing was confirmed yet.
export async function confirmAgain(renewal, bank) {
  await renewal.getByRole("button", { name: "もう一度確認する" }).click();
  await screen(renewal, kComplete[bank]);
}

// closeWindow is このウィンドウを閉じる; the window is gone afterwards.
export async function closeWindow(renewal, bank) {
  const closed = renewal.waitForEvent("close");
  await renewal.getByRole("button", { name: wordsOf(bank).close, exact: true }).click().catch((error) => {
    if (!renewal.isClosed()) throw error; // it may be gone before the click has returned
  });
  await closed;
}

// renew is the whole of it, from a page with 重要なお知らせ; gives the window at its completion screen, and the file.
export async function renew(customer, bank, page = customer.page, password = undefined) {
  const renewal = await openRenewal(page, bank, password);
  const file = await getFile(renewal, customer.home.dir, bank);
  await customer.home.import(file.file, file.password);
  await confirm(renewal, bank);
  return { renewal, file };
}

// fillAcquisition fills 電子証明書取得 and sends it. `validate: false` sends it past the browser's own checks of empty fields.
export async function fillAcquisition(page, holder, { validate = true } = {}) {
  await page.getByLabel("ログインID").fill(holder.login_id);
  await page.getByLabel("ログインパスワード").fill(holder.password);
  await page.getByLabel("取得コード").fill(holder.code);
  if (!validate) await page.locator("form").first().evaluate((form) => (form.noValidate = true));
  await page.getByRole("button", { name: "次へ" }).click();
}

export async function toAcquisitionStart(page) {
  await screen(page, "電子証明書取得開始");
}

// getAcquiredFile goes from the start screen of 電子証明書取得 to the saved file.
export async function getAcquiredFile(page, folder) {
  await page.getByRole("button", { name: "発行", exact: true }).click();
  await permitKey(page);
  await permitRequest(page);
  return saveFile(page, folder);
}

// liveCertificates gives a holder's certificates that are neither revoked nor expired, as the bank lists them.
export async function liveCertificates(demo, holder) {
  const all = await demo.certificates(holder);
  return all.filter((certificate) => ["active", "renewable", "issued_unconfirmed"].includes(certificate.status));
}

// hasOneLive: exactly one certificate of this holder is alive.
export async function hasOneLive(demo, holder) {
  const live = await liveCertificates(demo, holder);
  assert.equal(live.length, 1, `${holder.login_id} has ${live.length} live certificates: ${JSON.stringify(live)}`);
  return live[0];
}
