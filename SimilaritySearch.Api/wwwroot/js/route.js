// What the address says: #/?q=cat, #/sticker/123?q=cat, #/picture. Back, forward, reload and links to friends all work.

/** Reads the address. */
export function current() {
  const [path, query = ""] = location.hash.replace(/^#/, "").split("?");
  const [, view = "", id = ""] = path.split("/");
  const q = (new URLSearchParams(query).get("q") ?? "").trim();
  if (view === "sticker" && /^[0-9]{1,19}$/.test(id)) return { view: "sticker", id, q };
  return { view: view === "picture" ? "picture" : "grid", id: null, q };
}

const suffix = (q) => (q ? `?${new URLSearchParams({ q })}` : "");

export const grid = (q = "") => `#/${suffix(q)}`;
export const stickerOf = (id, q = current().q) => `#/sticker/${id}${suffix(q)}`;
export const picture = (q = current().q) => `#/picture${suffix(q)}`;

/** Changes the address without a step in the history: for words that are still being typed. */
export function replace(hash) {
  history.replaceState(null, "", hash);
  dispatchEvent(new HashChangeEvent("hashchange"));
}
