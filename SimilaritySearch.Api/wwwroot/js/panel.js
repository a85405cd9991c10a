// The panel: one sticker, or one picture that was dropped, with its tags and its neighbours in both spaces.
import * as api from "./api.js";
import { h, percent } from "./dom.js";
import * as route from "./route.js";
import { failure, ghosts, grid, nameOf, notice, tile } from "./tile.js";

const NEIGHBOURS = 24;
const SPACES = [
  { space: "visual", title: "Looks alike", text: "By the picture, whatever it means", how: { space: "visual" } },
  { space: "semantic", title: "Means alike", text: "By the meaning, however it is drawn", how: { space: "semantic" } },
];
const SLIDING_PAUSE = 200; // milliseconds

const panel = document.getElementById("panel");
let request = new AbortController();
let shown = null;
let opener = null;
let explaining = false;

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
  }, (how, signal) => api.similar(id, how, NEIGHBOURS, signal));
}

/** Shows a picture that the person gave. */
export function showPicture(file, preview) {
  open(`picture ${preview}`, async (signal) => {
    const { suggestions: tags, heat, examples, model } = await api.suggestTags(file, signal);
    return {
      name: file.name || "Your picture",
      byline: "Your picture; nothing is stored",
      image: preview,
      parts: [
        h("h3", {}, "Suggested tags"),
        tags.length > 0 ? suggestions(tags, heat) : h("p.none", {}, "The model is not sure of any."),
        examples?.length > 0 ? h("h3", {}, "Creators called these so") : null,
        examples?.length > 0 ? h("div.examples", {}, examples.map(({ sticker }) => h("a", { href: route.stickerOf(sticker.id), title: sticker.tags.join(", ") },
          h("img", { src: sticker.image, alt: nameOf(sticker), loading: "lazy", width: 40, height: 40 })))) : null,
        facts({ Size: `${Math.max(1, Math.round(file.size / 1024))} KiB`, Model: model }),
      ],
    };
  }, (how, signal) => api.similarToImage(file, how, NEIGHBOURS, signal));
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
    spaces(neighbours, signal));
  if (!panel.open) panel.showModal();
  panel.focus();
  panel.scrollTop = 0;

  const load = () => about(signal).then(
    ({ name, byline, image, parts }) => {
      document.title = `${name} · Stickers`;
      side.replaceChildren(
        h("div.stage", {}, h("img.cut", { src: image, alt: name })),
        h("div.name", {}, h("h2", { id: "panel-title" }, name), h("p.byline", {}, byline)),
        ...parts.filter(Boolean));
      side.removeAttribute("aria-busy");
    },
    (error) => error.name !== "AbortError" && side.replaceChildren(h("h2.unseen", { id: "panel-title" }, "Not loaded"), failure(error, load)));
  load();
}

/** Both spaces side by side, and above them, once the slider is moved, both weighed against each other. */
function spaces(neighbours, signal) {
  const both = h("div.columns");
  const blended = h("div.blended", { hidden: true });
  const weight = h("output", { for: "blend" }, "");
  const slider = h("input", { type: "range", id: "blend", min: 0, max: 100, step: 5, value: 50, "aria-describedby": "blend-help" });
  const explain = h("input", { type: "checkbox", id: "explain", checked: explaining });
  let sliding = 0;

  const blend = () => {
    weight.textContent = `${slider.value} % meaning`;
    blended.hidden = false;
    blended.replaceChildren(column({ space: "blend", title: "Both, weighed", text: `${100 - slider.value} % looks, ${slider.value} % meaning`, how: { blend: slider.value / 100 } }, neighbours, signal));
  };
  const fill = () => both.replaceChildren(...SPACES.map((space) => column(space, neighbours, signal)));
  slider.addEventListener("input", () => {
    clearTimeout(sliding);
    sliding = setTimeout(blend, SLIDING_PAUSE);
  });
  explain.addEventListener("change", () => {
    explaining = explain.checked;
    fill();
    if (!blended.hidden) blend();
  });
  fill();
  const filters = route.current().filters;
  return h("div.spaces", {},
    h("div.how", {},
      h("label.unseen", { for: "blend" }, "Weigh looks against meaning"),
      h("span", { "aria-hidden": "true" }, "Looks"), slider, h("span", { "aria-hidden": "true" }, "Meaning"), weight,
      h("span.unseen", { id: "blend-help" }, "0 is looks alone, 100 is meaning alone"),
      h("label.check", {}, explain, " Explain"),
      filters.size > 0 ? h("span.limited", {}, `${filters.size} ${filters.size === 1 ? "filter" : "filters"} set`) : null),
    blended, both);
}

function column({ space, title, text, how }, neighbours, signal) {
  const body = h("div", { "aria-busy": "true" }, ghosts(9));
  const load = () => neighbours({ ...how, explain: explaining || null }, signal).then(
    (answer) => {
      body.replaceChildren(...[
        answer.copies?.length > 0 ? h("p.twins", {}, `${answer.copies.length} near-${answer.copies.length === 1 ? "duplicate" : "duplicates"} of it: `, ...answer.copies.slice(0, 6).map((id) => h("a", { href: route.stickerOf(id), "aria-label": "near-duplicate" }, h("img", { src: `/v1/stickers/${id}/image`, alt: "", loading: "lazy", width: 32, height: 32 })))) : null,
        answer.items.length > 0
          ? grid(answer.items.map((item) => tile(item.sticker, { score: item.score, copies: item.copies, explain: item.explain })))
          : notice("No neighbours", route.current().filters.size > 0 ? "None passes the filters." : "This space holds no other sticker."),
      ].filter(Boolean));
      body.removeAttribute("aria-busy");
    },
    (error) => error.name !== "AbortError" && body.replaceChildren(failure(error, load)));
  load();
  return h("section.space", { "data-space": space, "aria-labelledby": `space-${space}` }, h("h3", { id: `space-${space}` }, title), h("p", {}, text), body);
}

const creatorTags = (tags) =>
  h("ul.tags", { "data-kind": "creator" }, tags.map((tag) => h("li", {}, h("a.chip", { href: route.grid(tag) }, tag))));

/** What a tag rests on, laid over the picture: bright where it shows, dark elsewhere. */
function showHeat(map) {
  const stage = panel.querySelector(".about .stage");
  stage?.querySelector(".heat")?.remove();
  if (map) stage?.append(h("div.heat", { "aria-hidden": "true", "--side": map.side }, map.values.map((value) => h("i", { "--heat": value }))));
}

const suggestions = (tags, heat = null) =>
  h("ul.guesses", { "data-kind": "suggested" }, tags.map(({ tag, score, decision }) => h("li", {
    onmouseenter: () => showHeat(heat?.find((map) => map.tag === tag)), onmouseleave: () => showHeat(null),
    onfocusin: () => showHeat(heat?.find((map) => map.tag === tag)), onfocusout: () => showHeat(null),
  },
    h("a.guess-row", { href: route.grid(tag), "--score": score },
      h("span.name", {}, tag),
      h("span.number", {}, decision === "review" ? h("small", {}, "review") : h("span.unseen", {}, "accepted "), percent(score))))));

const facts = (values) =>
  h("details", {}, h("summary", {}, "Details"),
    h("dl.facts", {}, Object.entries(values).flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])));

/** Back to what lies beneath. */
function leave() {
  const beneath = document.querySelector(".views a[aria-current]")?.dataset.view;
  location.hash = beneath === "map" ? route.map() : beneath === "review" ? route.review() : route.grid(route.current().q);
}

panel.addEventListener("cancel", (event) => {
  event.preventDefault();
  leave();
});
panel.addEventListener("click", (event) => {
  if (event.target === panel) leave();
});
