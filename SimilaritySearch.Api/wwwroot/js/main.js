// Ties the page together: the address decides what is shown.
import * as api from "./api.js";
import "./key.js";
import { h, number } from "./dom.js";
import * as filters from "./filters.js";
import * as gallery from "./gallery.js";
import * as map from "./map.js";
import * as panel from "./panel.js";
import * as picture from "./picture.js";
import * as review from "./review.js";
import * as route from "./route.js";
import { walkWithArrows } from "./tile.js";

const TYPING_PAUSE = 160; // milliseconds
const input = document.getElementById("q");
let given = null;
let typing = 0;

const form = document.getElementById("filters");
const filterButton = document.getElementById("show-filters");
let behind = "grid"; // the view that a sticker's panel lies over

function render() {
  const { view, id, q, filters: set } = route.current();
  if (document.activeElement !== input || input.value.trim() !== q) input.value = q;
  if (view !== "sticker" && view !== "picture") behind = view;
  filters.show(form, document.getElementById("filter-count"));
  showView(behind);
  if (behind === "grid") gallery.show(q, set);
  if (view === "sticker") panel.showSticker(id);
  else if (view === "picture" && given) panel.showPicture(given.file, given.preview);
  else panel.hide();
}

/** The grid, the map or the review queue; the other two are put away. */
function showView(name) {
  for (const link of document.querySelectorAll(".views a")) {
    if (link.dataset.view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  for (const part of [document.getElementById("results"), document.getElementById("chips"), document.querySelector(".summary")]) part.hidden = name !== "grid";
  form.hidden = name !== "grid" || filterButton.getAttribute("aria-expanded") !== "true";
  if (name === "map") map.show();
  else map.hide();
  if (name === "review") review.show();
  else review.hide();
}

function take(file) {
  if (given) URL.revokeObjectURL(given.preview);
  given = { file, preview: URL.createObjectURL(file) };
  if (route.current().view === "picture") render();
  else location.hash = route.picture();
}

input.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => route.replace(route.grid(input.value.trim())), TYPING_PAUSE);
});

document.getElementById("search").addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(typing);
  route.replace(route.grid(input.value.trim()));
  input.blur();
});

document.addEventListener("keydown", (event) => {
  walkWithArrows(event);
  const busy = event.target.matches("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey;
  if (event.key === "/" && !busy && !document.getElementById("panel").open) {
    event.preventDefault();
    input.focus();
    input.select();
  }
});

filters.build(form);
filterButton.addEventListener("click", () => {
  const open = filterButton.getAttribute("aria-expanded") !== "true";
  filterButton.setAttribute("aria-expanded", String(open));
  form.hidden = !open;
  if (open) form.elements.any.focus();
});

picture.listen({
  button: document.getElementById("choose"),
  input: document.getElementById("file"),
  zone: document.getElementById("dropzone"),
  take,
  refuse: () => { document.getElementById("count").textContent = "That is not a picture: drop a PNG, JPEG, WebP, GIF or SVG file."; },
});

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("gallery").focus();
});

addEventListener("hashchange", render);
render();
gallery.chips(document.getElementById("chips")).catch(() => {}); // The page is whole without them.

api.status().then(({ stickers, model, indexes }) => {
  document.getElementById("foot").replaceChildren(
    h("span", {}, `${number(stickers)} stickers`),
    h("span", {}, `model ${model.version}, ${number(model.tags)} tags`),
    ...indexes.map((index) => h("span", {}, `${index.space} index ${index.version}`)),
    h("a", { href: "/openapi/v1.json" }, "API"));
}).catch(() => {}); // Shown by whatever else fails.
