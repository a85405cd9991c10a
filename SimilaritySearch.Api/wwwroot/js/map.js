// The map: thousands of stickers on a canvas, what is alike close together. Wheel, fingers and + - zoom, dragging and arrows move, Enter opens.
import * as api from "./api.js";
import { h, number } from "./dom.js";
import * as route from "./route.js";
import { failure } from "./tile.js";

const DOT = 3; // pixels, radius
const PICTURE = 46; // pixels, side of a thumbnail
const MOST_PICTURES = 260;
const CLOSEST = 60;

const view = document.getElementById("map");
let shown = null;
let data = null;
let camera = { x: 0.5, y: 0.5, zoom: 1 };
let canvas = null;
let pictures = new Map();
let chosen = -1;
let request = new AbortController();
let frame = 0;

export function show() {
  view.hidden = false;
  if (shown === null) open("visual");
  else draw();
}

export function hide() {
  view.hidden = true;
}

async function open(space) {
  shown = space;
  request.abort();
  request = new AbortController();
  canvas = h("canvas.sky", { tabindex: 0, role: "application", "aria-label": `Map of the stickers by ${space === "visual" ? "looks" : "meaning"}. Arrow keys move, plus and minus zoom, Enter opens the sticker in the middle.` });
  const state = h("p.state", { role: "status" }, "Drawing the map …");
  view.replaceChildren(
    h("h1.unseen", {}, "Map of the stickers"),
    h("div.tools", {},
      h("div.choice", { role: "group", "aria-label": "Space" }, ["visual", "semantic"].map((name) =>
        h("button.button", { type: "button", "aria-pressed": String(name === space), onclick: () => open(name) }, name === "visual" ? "By looks" : "By meaning"))),
      h("div.choice", {},
        h("button.button", { type: "button", onclick: () => zoomBy(1.6) }, "+", h("span.unseen", {}, " closer")),
        h("button.button", { type: "button", onclick: () => zoomBy(1 / 1.6) }, "−", h("span.unseen", {}, " farther")),
        h("button.button", { type: "button", onclick: reset }, "Whole map")),
      state),
    canvas);
  listen();
  try {
    const answer = await api.map(space, request.signal);
    data = answer;
    pictures = new Map();
    chosen = -1;
    reset();
    state.textContent = `${number(answer.ids.length)} of ${number(answer.total)} stickers`;
  } catch (error) {
    if (error.name !== "AbortError") view.replaceChildren(failure(error, () => open(space)));
  }
}

function reset() {
  camera = { x: 0.5, y: 0.5, zoom: 1 };
  draw();
}

const scale = () => Math.min(canvas.clientWidth, canvas.clientHeight) * 0.94 * camera.zoom;
const place = (i) => [canvas.clientWidth / 2 + (data.x[i] - camera.x) * scale(), canvas.clientHeight / 2 + (data.y[i] - camera.y) * scale()];

function zoomBy(factor, at = [canvas.clientWidth / 2, canvas.clientHeight / 2]) {
  const zoom = Math.min(CLOSEST, Math.max(1, camera.zoom * factor));
  // What lies under the pointer stays there.
  const before = scale();
  const [dx, dy] = [at[0] - canvas.clientWidth / 2, at[1] - canvas.clientHeight / 2];
  camera.x += dx / before - dx / (before * zoom / camera.zoom);
  camera.y += dy / before - dy / (before * zoom / camera.zoom);
  camera.zoom = zoom;
  draw();
}

function moveBy(dx, dy) {
  camera.x = Math.min(1, Math.max(0, camera.x - dx / scale()));
  camera.y = Math.min(1, Math.max(0, camera.y - dy / scale()));
  draw();
}

function draw() {
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(paint);
}

function paint() {
  if (!data || view.hidden || canvas.clientWidth === 0) return;
  const ratio = devicePixelRatio || 1;
  canvas.width = canvas.clientWidth * ratio;
  canvas.height = canvas.clientHeight * ratio;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  const style = getComputedStyle(canvas);
  const seen = [];
  for (let i = 0; i < data.ids.length; i++) {
    const [x, y] = place(i);
    if (x > -PICTURE && y > -PICTURE && x < canvas.clientWidth + PICTURE && y < canvas.clientHeight + PICTURE) seen.push([i, x, y]);
  }
  const close = seen.length <= MOST_PICTURES;
  context.fillStyle = style.getPropertyValue("--guess");
  chosen = nearestTo(seen, canvas.clientWidth / 2, canvas.clientHeight / 2);
  for (const [i, x, y] of seen) {
    const picture = close ? pictureOf(i) : null;
    if (picture?.complete && picture.naturalWidth > 0) {
      const fit = PICTURE / Math.max(picture.naturalWidth, picture.naturalHeight);
      const [w, t] = [picture.naturalWidth * fit, picture.naturalHeight * fit];
      // A light edge along the outline, as everywhere: black art shows on dark paper too.
      context.shadowColor = style.getPropertyValue("--cut");
      context.shadowBlur = 3 * ratio;
      context.drawImage(picture, x - w / 2, y - t / 2, w, t);
      context.drawImage(picture, x - w / 2, y - t / 2, w, t);
      context.shadowBlur = 0;
    } else {
      context.globalAlpha = 0.7;
      context.beginPath();
      context.arc(x, y, DOT, 0, 7);
      context.fill();
      context.globalAlpha = 1;
    }
    if (i === chosen && document.activeElement === canvas) {
      context.strokeStyle = style.getPropertyValue("--accent");
      context.lineWidth = 3;
      context.strokeRect(x - PICTURE / 2 - 3, y - PICTURE / 2 - 3, PICTURE + 6, PICTURE + 6);
    }
  }
  canvas.dataset.pictures = String(close ? seen.length : 0);
}

function pictureOf(i) {
  let picture = pictures.get(i);
  if (!picture) {
    picture = new Image();
    picture.onload = draw;
    picture.src = `/v1/stickers/${data.ids[i]}/image`;
    pictures.set(i, picture);
  }
  return picture;
}

function nearestTo(seen, x, y, within = Infinity) {
  let [best, distance] = [-1, within * within];
  for (const [i, px, py] of seen) {
    const square = (px - x) ** 2 + (py - y) ** 2;
    if (square < distance) [best, distance] = [i, square];
  }
  return best;
}

function listen() {
  const fingers = new Map();
  let moved = 0;
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY / 300), [event.offsetX, event.offsetY]);
  }, { passive: false });
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    if (fingers.size === 0) moved = 0;
    fingers.set(event.pointerId, [event.offsetX, event.offsetY]);
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const spread = (point) => Math.hypot(point[0] - other[0], point[1] - other[1]);
      zoomBy(spread([event.offsetX, event.offsetY]) / Math.max(1, spread(before)), other);
    } else {
      moveBy(event.offsetX - before[0], event.offsetY - before[1]);
    }
    moved += Math.hypot(event.offsetX - before[0], event.offsetY - before[1]);
    fingers.set(event.pointerId, [event.offsetX, event.offsetY]);
  });
  canvas.addEventListener("pointerup", (event) => {
    fingers.delete(event.pointerId);
    if (moved > 4 || !data) return;
    const hit = nearestTo(data.ids.map((_, i) => [i, ...place(i)]), event.offsetX, event.offsetY, PICTURE / 2);
    if (hit >= 0) location.hash = route.stickerOf(data.ids[hit]);
  });
  canvas.addEventListener("pointercancel", (event) => fingers.delete(event.pointerId));
  canvas.addEventListener("focus", draw);
  canvas.addEventListener("blur", draw);
  canvas.addEventListener("keydown", (event) => {
    const act = {
      ArrowLeft: () => moveBy(80, 0), ArrowRight: () => moveBy(-80, 0), ArrowUp: () => moveBy(0, 80), ArrowDown: () => moveBy(0, -80),
      "+": () => zoomBy(1.6), "=": () => zoomBy(1.6), "-": () => zoomBy(1 / 1.6), 0: reset,
      Enter: () => { if (chosen >= 0) location.hash = route.stickerOf(data.ids[chosen]); },
    }[event.key];
    if (!act || !data) return;
    event.preventDefault();
    act();
  });
}

addEventListener("resize", () => { if (!view.hidden && canvas) draw(); });
