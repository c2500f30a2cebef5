// vault keeps what one issue needs in this browser, by ticket: private key, request, the file's password. The server empties it once
// the certificate was used (Clear-Site-Data).

let opened;
const open = () => opened ??= new Promise((resolve, reject) => {
  const asked = indexedDB.open("inkan", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("issues", { keyPath: "ticket" });
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});

// vault("add", record) … is one transaction with one call of IDBObjectStore; it ends when the disk has it.
export async function vault(verb, ...args) {
  const transaction = (await open()).transaction("issues", "readwrite", { durability: "strict" });
  const asked = transaction.objectStore("issues")[verb](...args);
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = () => reject(transaction.error);
  });
}
