// close is このウィンドウを閉じる. A tab that no script opened stays; the words below the button say what to do then.
document.querySelector("[data-close]").addEventListener("click", () => window.close());
document.querySelector("[data-print]")?.addEventListener("click", () => window.print()); // 控えを印刷 (O9)
