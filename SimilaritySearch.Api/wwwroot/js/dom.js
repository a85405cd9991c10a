// Builds elements. Text only ever becomes text nodes: nothing from a catalogue is read as HTML.

/** Creates an element: h("a.tile", { href }, "text", child). Null and undefined children and attributes are left out. */
export function h(kind, attributes = {}, ...children) {
  const [name, ...classes] = kind.split(".");
  const element = document.createElement(name);
  if (classes.length > 0) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key.startsWith("--")) element.style.setProperty(key, String(value));
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** Whole numbers with separators, as the reader writes them. */
export const number = (value) => value.toLocaleString();

/** A calibrated probability as a percentage; 100 is only what is certain. */
export const percent = (score) => `${score < 1 ? Math.min(99, Math.round(score * 100)) : 100} %`;
