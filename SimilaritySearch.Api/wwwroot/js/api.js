// The HTTP API. Every failure becomes an Error whose message a person can read.

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The server does not answer. Is it still running?");
  }
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => ({}));
  throw new Error(problem.detail ?? problem.title ?? `The server answered ${response.status}.`);
}

const upload = (path, image, signal) =>
  ask(path, { method: "POST", body: image, headers: { "Content-Type": image.type.startsWith("image/") ? image.type : "image/*" }, signal });

export const status = () => ask("/v1/status");
export const topTags = (k) => ask(`/v1/tags?k=${k}`);
export const browse = (offset, count, signal) => ask(`/v1/stickers?offset=${offset}&count=${count}`, { signal });
export const search = (q, k, signal) => ask(`/v1/search?q=${encodeURIComponent(q)}&k=${k}`, { signal });
export const sticker = (id, signal) => ask(`/v1/stickers/${encodeURIComponent(id)}`, { signal });
export const similar = (id, space, k, signal) => ask(`/v1/stickers/${encodeURIComponent(id)}/similar?space=${space}&k=${k}`, { signal });
export const similarToImage = (image, space, k, signal) => upload(`/v1/similar?space=${space}&k=${k}`, image, signal);
export const suggest = (image, signal) => upload("/v1/tags", image, signal);
