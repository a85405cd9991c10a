// The panel: one sticker, or one picture that was dropped, with its tags and its neighbours in both spaces.
import * as api from "./api.js";
import { h, percent } from "./dom.js";
import * as route from "./route.js";
import { failure, ghosts, grid, nameOf, notice, tile } from "./tile.js";

const NEIGHBOURS = 24;
const SPACES = [
  { space: "visual", title: "Looks alike", text: "By the picture, whatever it means" },
  { space: "semantic", title: "Means alike", text: "By the meaning, however it is drawn" },
];

const panel = document.getElementById("panel");
let request = new AbortController();
let shown = null;
let opener = null;

/** Shows a sticker of the catalogue. */
export function showSticker(id) {
  open(`sticker ${id}`, async (signal) => {
    const { sticker, model, index } = await api.sticker(id, signal);
    return {
      name: nameOf(sticker),
      byline: [sticker.creator && `by ${sticker.creator}`, `in ${sticker.pack}`].filter(Boolean).join(" · "),
      image: sticker.image,
      parts: [
        h("h3", {}, "Creator’s tags"),
        sticker.tags.length > 0 ? creatorTags(sticker.tags) : h("p.none", {}, "The creator gave none."),
        h("h3", {}, "Suggested tags"),
        sticker.suggestions.length > 0 ? suggestions(sticker.suggestions) : h("p.none", {}, sticker.tags.length > 0 ? "None: its creator’s tags count." : "The model is not sure of any."),
        facts({ Id: sticker.id, Key: sticker.key, Language: sticker.locale, Model: model, Index: index }),
      ],
    };
  }, (space, signal) => api.similar(id, space, NEIGHBOURS, signal));
}

/** Shows a picture that the person gave. */
export function showPicture(file, preview) {
  open(`picture ${preview}`, async (signal) => {
    const { suggestions: tags, model } = await api.suggest(file, signal);
    return {
      name: file.name || "Your picture",
      byline: "Your picture; nothing is stored",
      image: preview,
      parts: [
        h("h3", {}, "Suggested tags"),
        tags.length > 0 ? suggestions(tags) : h("p.none", {}, "The model is not sure of any."),
        facts({ Size: `${Math.max(1, Math.round(file.size / 1024))} KiB`, Model: model }),
      ],
    };
  }, (space, signal) => api.similarToImage(file, space, NEIGHBOURS, signal));
}

/** Hides the panel; what it was opened from gets the focus back. */
export function hide() {
  request.abort();
  shown = null;
  if (!panel.open) return;
  panel.close();
  panel.replaceChildren();
  document.title = "Stickers";
  const again = opener && document.querySelector(`#results a.tile[data-id="${opener}"]`);
  again?.focus({ preventScroll: true });
  opener = null;
}

function open(key, about, neighbours) {
  if (key === shown) return;
  shown = key;
  request.abort();
  request = new AbortController();
  const { signal } = request;
  opener ??= document.activeElement?.closest?.("#results a.tile")?.dataset.id ?? null;

  const side = h("section.about", { "aria-busy": "true" }, h("div.stage.ghost"), h("div.name", {}, h("h2", { id: "panel-title" }, "Loading …")));
  panel.replaceChildren(
    h("button.close", { type: "button", "aria-label": "Close", onclick: leave }, "×"),
    side,
    h("div.spaces", {}, SPACES.map((space) => column(space, neighbours, signal))));
  if (!panel.open) panel.showModal();
  panel.focus();
  panel.scrollTop = 0;

  const load = () => about(signal).then(
    ({ name, byline, image, parts }) => {
      document.title = `${name} · Stickers`;
      side.replaceChildren(
        h("div.stage", {}, h("img.cut", { src: image, alt: name })),
        h("div.name", {}, h("h2", { id: "panel-title" }, name), h("p.byline", {}, byline)),
        ...parts);
      side.removeAttribute("aria-busy");
    },
    (error) => error.name !== "AbortError" && side.replaceChildren(h("h2.unseen", { id: "panel-title" }, "Not loaded"), failure(error, load)));
  load();
}

function column({ space, title, text }, neighbours, signal) {
  const body = h("div", { "aria-busy": "true" }, ghosts(9));
  const load = () => neighbours(space, signal).then(
    (answer) => {
      body.replaceChildren(answer.items.length > 0
        ? grid(answer.items.map((item) => tile(item.sticker, item.score)))
        : notice("No neighbours", "This space holds no other sticker."));
      body.removeAttribute("aria-busy");
    },
    (error) => error.name !== "AbortError" && body.replaceChildren(failure(error, load)));
  load();
  return h("section.space", { "data-space": space, "aria-labelledby": `space-${space}` }, h("h3", { id: `space-${space}` }, title), h("p", {}, text), body);
}

const creatorTags = (tags) =>
  h("ul.tags", { "data-kind": "creator" }, tags.map((tag) => h("li", {}, h("a.chip", { href: route.grid(tag) }, tag))));

const suggestions = (tags) =>
  h("ul.guesses", { "data-kind": "suggested" }, tags.map(({ tag, score, decision }) => h("li", {},
    h("a.guess-row", { href: route.grid(tag), "--score": score, "aria-label": `${tag}, ${percent(score)}, ${decision === "accept" ? "accepted" : "to be reviewed"}` },
      h("span.name", {}, tag),
      h("span.number", {}, decision === "review" ? h("small", {}, "review") : null, percent(score))))));

const facts = (values) =>
  h("details", {}, h("summary", {}, "Details"),
    h("dl.facts", {}, Object.entries(values).flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])));

function leave() {
  location.hash = route.grid(route.current().q);
}

panel.addEventListener("cancel", (event) => {
  event.preventDefault();
  leave();
});
panel.addEventListener("click", (event) => {
  if (event.target === panel) leave();
});
