// The review queue: one suggestion after the other, decided with one key each.
import * as api from "./api.js";
import { h, number, percent } from "./dom.js";
import * as route from "./route.js";
import { failure, nameOf, notice } from "./tile.js";

const AHEAD = 20;
const NAME = "stickers.reviewer";

const view = document.getElementById("review");
let queue = [];
let waiting = 0;
let decided = [];
let request = new AbortController();
let shown = false;
let kept = Promise.resolve();

/** Shows the queue; it is asked for anew each time. */
export function show() {
  if (shown) return;
  shown = true;
  view.hidden = false;
  queue = [];
  decided = [];
  fill();
}

export function hide() {
  shown = false;
  view.hidden = true;
  request.abort();
}

async function fill() {
  request.abort();
  request = new AbortController();
  try {
    const answer = await api.reviews(AHEAD, request.signal);
    const known = new Set(decided.map(keyOf));
    queue = answer.items.filter((item) => !known.has(keyOf(item)));
    waiting = answer.waiting;
    render();
  } catch (error) {
    if (error.name !== "AbortError") view.replaceChildren(failure(error, fill));
  }
}

const keyOf = (item) => `${item.sticker.id}/${item.tag}`;

function render() {
  const item = queue[0];
  if (!item) {
    view.replaceChildren(h("h1", {}, "Review"), notice("Nothing waits", "No suggestion waits for somebody to decide: all have been decided, or the indexes have none.", h("a.button", { href: route.grid() }, "Back to the stickers")));
    return;
  }
  view.replaceChildren(
    h("div.case", {},
      h("a.stage", { href: route.stickerOf(item.sticker.id), "aria-label": `${nameOf(item.sticker)}: its neighbours` }, h("img.cut", { src: item.sticker.image, alt: nameOf(item.sticker) })),
      h("div.question", {},
        h("h1", { id: "question", "aria-live": "polite" }, "Is this “", h("em", {}, item.tag), "”?"),
        h("p.byline", {}, `The model says ${percent(item.score)}. ${nameOf(item.sticker)} · in ${item.sticker.pack}`),
        h("div.answers", {},
          h("button.button.primary", { type: "button", id: "accept", onclick: () => decide("accept") }, "Yes", h("kbd", {}, "A")),
          h("button.button", { type: "button", id: "reject", onclick: () => decide("reject") }, "No", h("kbd", {}, "R")),
          h("button.button", { type: "button", id: "skip", onclick: skip }, "Skip", h("kbd", {}, "S")),
          h("button.button", { type: "button", id: "undo", onclick: undo, disabled: decided.length === 0 }, "Back", h("kbd", {}, "U"))),
        h("p.fault", { id: "review-fault", role: "alert" }),
        h("p.state", { role: "status" }, `${number(waiting)} wait · ${number(decided.length)} decided now`),
        h("p.field", {}, h("label", { for: "reviewer" }, "Who decides (with a key, its name counts)"),
          h("input", { id: "reviewer", type: "text", maxlength: 100, value: reviewer(), autocomplete: "name", oninput: (event) => localStorage.setItem(NAME, event.target.value.trim()) })))));
}

const reviewer = () => localStorage.getItem(NAME) ?? "";

async function decide(decision) {
  const item = queue[0];
  if (!item) return;
  if (!reviewer()) {
    document.getElementById("review-fault").textContent = "Say first who decides.";
    document.getElementById("reviewer").focus();
    return;
  }
  queue.shift();
  decided.push(item);
  waiting--;
  render();
  try {
    await keep(item, decision);
  } catch (error) {
    // It counts only once it is kept: back it goes, unless it was taken back meanwhile.
    const at = decided.indexOf(item);
    if (at < 0) return;
    decided.splice(at, 1);
    queue.unshift(item);
    waiting++;
    render();
    document.getElementById("review-fault").textContent = `Not kept: ${error.message}`;
    return;
  }
  if (queue.length === 0 && shown) fill();
}

/** One after the other: of two decisions on one suggestion the later one must be the last to arrive. */
function keep(item, decision) {
  const sending = kept.then(() => api.review(reviewer(), [{ sticker: item.sticker.id, tag: item.tag, decision }]));
  kept = sending.catch(() => {});
  return sending;
}

function skip() {
  if (queue.length > 1) queue.push(queue.shift());
  render();
}

/** Takes the last one up again; what is decided then counts instead. */
function undo() {
  const item = decided.pop();
  if (!item) return;
  queue.unshift(item);
  waiting++;
  render();
}

addEventListener("keydown", (event) => {
  if (!shown || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select") || document.getElementById("panel").open) return;
  const act = { a: () => decide("accept"), r: () => decide("reject"), s: skip, u: undo }[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});
