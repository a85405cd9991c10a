// Ties the page together: the address decides what is shown.
import * as api from "./api.js";
import { h, number } from "./dom.js";
import * as gallery from "./gallery.js";
import * as panel from "./panel.js";
import * as picture from "./picture.js";
import * as route from "./route.js";
import { walkWithArrows } from "./tile.js";

const TYPING_PAUSE = 160; // milliseconds
const input = document.getElementById("q");
let given = null;
let typing = 0;

function render() {
  const { view, id, q } = route.current();
  if (document.activeElement !== input || input.value.trim() !== q) input.value = q;
  gallery.show(q);
  if (view === "sticker") panel.showSticker(id);
  else if (view === "picture" && given) panel.showPicture(given.file, given.preview);
  else panel.hide();
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
  const busy = event.target.matches("input, textarea") || event.ctrlKey || event.metaKey || event.altKey;
  if (event.key === "/" && !busy && !document.getElementById("panel").open) {
    event.preventDefault();
    input.focus();
    input.select();
  }
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
