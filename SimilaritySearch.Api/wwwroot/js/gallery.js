// The grid: all stickers page by page, or those found for words.
import * as api from "./api.js";
import { h, number } from "./dom.js";
import * as route from "./route.js";
import { failure, ghosts, grid, notice, tile } from "./tile.js";

const PAGE = 60;
const FOUND = 120;
const AHEAD = 900; // pixels below the window that are filled

const results = document.getElementById("results");
const headline = document.getElementById("headline");
const count = document.getElementById("count");
const end = document.getElementById("more");

let shown = null;
let words = "";
let request = new AbortController();
let browsed = { offset: 0, total: 0, busy: false, list: null };

/** Shows what the words and the filters ask for, unless it stands there already. */
export function show(q, filters) {
  const wanted = `${q}?${filters}`;
  if (wanted === shown) return;
  shown = wanted;
  words = q;
  request.abort();
  request = new AbortController();
  headline.textContent = q ? `“${q}”` : "All stickers";
  count.textContent = "";
  for (const chip of document.querySelectorAll("#chips .chip")) {
    if (chip.dataset.tag === q.toLowerCase()) chip.setAttribute("aria-current", "true");
    else chip.removeAttribute("aria-current");
  }
  // Words being typed keep the last answer in sight until the next one is there.
  if (!q || !results.hasChildNodes()) results.replaceChildren(ghosts(24));
  results.setAttribute("aria-busy", "true");
  browsed = { offset: 0, total: 0, busy: false, list: null };
  const work = q ? find(q, request.signal) : filters.size > 0 ? Promise.resolve(askForWords()) : fill();
  work
    .catch((error) => error.name !== "AbortError" && results.replaceChildren(failure(error, () => { shown = null; show(q, filters); })))
    .finally(() => results.removeAttribute("aria-busy"));
}

/** Filters limit what is found: without anything to find there is nothing to limit. */
const askForWords = () => results.replaceChildren(notice("Filters are set", "They limit what words, stickers and pictures find. Type a word, or clear the filters to see all stickers.",
  h("a.button", { href: route.grid("", new URLSearchParams()) }, "Clear the filters")));

async function find(q, signal) {
  const answer = await api.search(q, FOUND, signal);
  const text = answer.items.filter((item) => item.match === "text");
  const meant = answer.items.filter((item) => item.match === "semantic");
  count.textContent = answer.items.length === 0 ? "nothing found" : `${number(answer.items.length)}${answer.next ? " or more" : ""} found`;
  if (answer.items.length === 0) {
    results.replaceChildren(notice("Nothing found", "Try another word, or fewer of them; or drop a picture instead.",
      h("a.button", { href: route.grid("", new URLSearchParams()) }, "Show all stickers")));
    return;
  }
  results.replaceChildren(...[
    text.length > 0 ? grid(text.map((item) => tile(item.sticker, { copies: item.copies }))) : null,
    meant.length > 0 ? h("div.section", {}, h("h2", {}, "By meaning"), h("p", {}, "Nobody wrote the word on these; the model finds that they look like it.")) : null,
    meant.length > 0 ? grid(meant.map((item) => tile(item.sticker, { score: item.score, copies: item.copies }))) : null,
  ].filter(Boolean));
}

/** Adds the next page while all stickers are shown. */
async function more() {
  if (words !== "" || browsed.busy || (browsed.list && browsed.offset >= browsed.total)) return;
  const state = browsed;
  state.busy = true;
  try {
    const page = await api.browse(state.offset, PAGE, request.signal);
    if (state !== browsed) return;
    if (!state.list) results.replaceChildren(page.total === 0 ? notice("No stickers yet", "The published index is empty.") : (state.list = grid([])));
    state.list?.append(...page.items.map((item) => tile(item)));
    state.offset += page.items.length;
    state.total = page.items.length === 0 ? state.offset : page.total;
    count.textContent = number(page.total);
  } finally {
    state.busy = false;
  }
}

/** Adds pages until they reach well below the window's edge. */
async function fill() {
  let before;
  do {
    before = browsed.offset;
    await more();
  } while (browsed.offset > before && end.getBoundingClientRect().top < innerHeight + AHEAD);
}

new IntersectionObserver((entries) => {
  if (!browsed.list || !entries.some((entry) => entry.isIntersecting)) return;
  fill().catch((error) => error.name !== "AbortError" && (count.textContent = error.message));
}, { rootMargin: `${AHEAD}px` }).observe(end);

/** The most frequent tags, as one click. */
export async function chips(container) {
  const answer = await api.topTags(40);
  container.replaceChildren(...answer.items.map((item) =>
    h("a.chip", { href: route.grid(item.tag), "data-tag": item.tag, "aria-current": item.tag === words ? "true" : null },
      item.tag, h("small", {}, number(item.count)))));
}
