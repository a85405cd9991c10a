// A sticker in a grid, and what stands in its place while it loads.
import * as api from "./api.js";
import { h } from "./dom.js";
import * as route from "./route.js";

/** What a sticker is called for people: its title, else its tags, else its key. */
export const nameOf = (sticker) => sticker.title || sticker.tags.slice(0, 3).join(", ") || sticker.key;

function caption(sticker) {
  if (sticker.tags.length > 0) return h("span.caption", { title: sticker.tags.join(", ") }, sticker.tags.slice(0, 3).join(" · "));
  if (sticker.suggestions.length === 0) return h("span.caption.none", {}, "no tags");
  const guesses = sticker.suggestions.slice(0, 3).map((s) => s.tag);
  return h("span.caption.guess", { title: `Suggested: ${guesses.join(", ")}` }, guesses.join(" · "));
}

/** Why a neighbour is one, in a line or two. */
function reasons(explain) {
  const facts = [
    explain.visual === undefined ? null : `looks ${explain.visual.toFixed(2)}`,
    explain.semantic === undefined ? null : `means ${explain.semantic.toFixed(2)}`,
    explain.sharedTags.length > 0 ? `both: ${explain.sharedTags.slice(0, 3).join(", ")}` : null,
    explain.samePack ? "same pack" : explain.sameCreator ? "same creator" : null,
  ].filter(Boolean);
  return h("span.reasons", {}, facts.join(" · "));
}

/** Near-duplicates that a sticker stands for: one click shows them behind it. */
function copiesButton(item, sticker, copies) {
  const button = h("button.copies", { type: "button", "aria-expanded": "false" }, `+${copies.length}`, h("span.unseen", {}, ` near-duplicates of ${nameOf(sticker)}`));
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-expanded") === "true") {
      for (const shown of item.parentElement.querySelectorAll(`[data-copy-of="${sticker.id}"]`)) shown.remove();
      button.setAttribute("aria-expanded", "false");
      return;
    }
    button.disabled = true;
    try {
      const { items } = await api.batch(copies);
      item.after(...items.map((copy) => Object.assign(tile(copy), { className: "copy" })));
      for (let next = item.nextElementSibling, n = items.length; n > 0; next = next.nextElementSibling, n--) next.dataset.copyOf = sticker.id;
      button.setAttribute("aria-expanded", "true");
    } catch (error) {
      button.title = error.message;
    } finally {
      button.disabled = false;
    }
  });
  return button;
}

/** A link to the sticker's panel; with a score it is a neighbour. */
export function tile(sticker, { score = null, copies = null, explain = null } = {}) {
  const item = h("li", {},
    h("a.tile", { href: route.stickerOf(sticker.id), "data-id": sticker.id },
      h("span.unseen", {}, `${nameOf(sticker)} `),
      h("span.art", {}, h("img.cut", { src: sticker.image, alt: "", loading: "lazy", decoding: "async", width: 160, height: 160 }), sticker.animated ? h("span.moves", { title: "moves" }, "▶") : null),
      caption(sticker),
      score === null ? null : [h("span.unseen", {}, " similarity "), h("span.score", {}, score.toFixed(3))],
      explain ? reasons(explain) : null));
  if (copies?.length > 0) item.append(copiesButton(item, sticker, copies));
  return item;
}

export const grid = (tiles) => h("ul.grid", {}, tiles);

export const ghosts = (count) =>
  h("ul.grid", { "aria-hidden": "true" }, Array.from({ length: count }, () => h("li", {}, h("div.tile.ghost", {}, h("span.art"), h("span.caption")))));

/** A message in place of stickers: nothing found, or something failed. */
export const notice = (title, text, action = null) =>
  h("div.notice", {}, h("img", { src: "/icon.svg", alt: "" }), h("strong", {}, title), h("p", {}, text), action);

export const failure = (error, retry) =>
  notice("That did not work", error.message, h("button.button", { type: "button", onclick: retry }, "Try again"));

/** Arrow keys walk through a grid as the eye sees it. */
export function walkWithArrows(event) {
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: "up", ArrowDown: "down" }[event.key];
  const tiles = step && event.target.closest?.(".grid")?.querySelectorAll("a.tile");
  if (!tiles?.length || !event.target.matches("a.tile")) return;
  const columns = getComputedStyle(event.target.closest(".grid")).gridTemplateColumns.split(" ").length;
  const offset = step === "up" ? -columns : step === "down" ? columns : step;
  const next = tiles[[...tiles].indexOf(event.target) + offset];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
