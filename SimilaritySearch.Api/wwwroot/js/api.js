// The HTTP API. Every failure becomes an Error whose message a person can read.
import { current } from "./route.js";

/** Called when the server wants a key: resolves once there is one. Set by key.js. */
let askForKey = null;
export const onKeyNeeded = (ask) => { askForKey = ask; };

async function send(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The server does not answer. Is it still running?");
  }
  if (response.status === 401 && askForKey && path !== "/v1/session") {
    await askForKey();
    return send(path, options);
  }
  if (response.ok) return response.status === 204 ? null : response.json();
  const problem = await response.json().catch(() => ({}));
  const error = new Error(problem.detail ?? problem.title ?? `The server answered ${response.status}.`);
  error.status = response.status;
  throw error;
}

const query = (values, filters = null) => {
  const all = new URLSearchParams(filters ?? []);
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== "" && value !== false) all.set(name, value);
  }
  return all.size > 0 ? `?${all}` : "";
};

const post = (path, body, signal) => send(path, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" }, signal });
const upload = (path, image, signal) =>
  send(path, { method: "POST", body: image, headers: { "Content-Type": image.type.startsWith("image/") ? image.type : "image/*" }, signal });

export const status = () => send("/v1/status");
export const topTags = (k) => send(`/v1/tags?k=${k}`);
export const browse = (offset, count, signal) => send(`/v1/stickers?offset=${offset}&count=${count}`, { signal });
export const batch = (ids) => post("/v1/stickers/batch", { ids });
export const search = (q, k, signal, cursor = null) => send(`/v1/search${query({ q, k, cursor }, current().filters)}`, { signal });
export const sticker = (id, signal) => send(`/v1/stickers/${encodeURIComponent(id)}`, { signal });
export const similar = (id, how, k, signal) => send(`/v1/stickers/${encodeURIComponent(id)}/similar${query({ ...how, k }, current().filters)}`, { signal });
export const similarToImage = (image, how, k, signal) => upload(`/v1/similar${query({ ...how, k }, current().filters)}`, image, signal);
export const suggestTags = (image, signal) => upload("/v1/tags?explain=true", image, signal);
export const map = (space, signal) => send(`/v1/map?space=${space}`, { signal });
export const reviews = (k, signal) => send(`/v1/reviews?k=${k}`, { signal });
export const review = (reviewer, decisions) => post("/v1/reviews", { reviewer, decisions });
export const beginSession = (key) => post("/v1/session", { key });
