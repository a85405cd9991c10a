// What the address says: #/?q=cat&pack=x, #/sticker/123, #/picture, #/map, #/review. Back, forward, reload and links to friends all work.

/** Parameters that limit what may be found; they stay while one moves about. */
export const FILTERS = ["pack", "creator", "locale", "any", "all", "none", "createdAfter", "animated"];

/** Reads the address. */
export function current() {
  const [path, query = ""] = location.hash.replace(/^#/, "").split("?");
  const [, view = "", id = ""] = path.split("/");
  const all = new URLSearchParams(query);
  const filters = new URLSearchParams([...all].filter(([name, value]) => FILTERS.includes(name) && value));
  const here = { q: (all.get("q") ?? "").trim(), filters, id: null };
  if (view === "sticker" && /^[0-9]{1,19}$/.test(id)) return { ...here, view: "sticker", id };
  return { ...here, view: ["picture", "map", "review"].includes(view) ? view : "grid" };
}

function address(path, { q = current().q, filters = current().filters } = {}) {
  const query = new URLSearchParams([...(q ? [["q", q]] : []), ...filters]);
  return query.size > 0 ? `#/${path}?${query}` : `#/${path}`;
}

export const grid = (q = "", filters = current().filters) => address("", { q, filters });
export const stickerOf = (id) => address(`sticker/${id}`);
export const picture = () => address("picture");
export const map = () => address("map");
export const review = () => address("review");

/** Changes the address without a step in the history: for words that are still being typed. */
export function replace(hash) {
  history.replaceState(null, "", hash);
  dispatchEvent(new HashChangeEvent("hashchange"));
}
