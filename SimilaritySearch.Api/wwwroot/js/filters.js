// The filters above the stickers: what is set stands in the address and limits searches and neighbours alike.
import { h } from "./dom.js";
import * as route from "./route.js";

const FIELDS = [
  { name: "any", label: "With any tag of", help: "such as cat, dog", many: true },
  { name: "all", label: "With all tags of", help: "such as cat, dog", many: true },
  { name: "none", label: "Without the tags", help: "such as cat, dog", many: true },
  { name: "pack", label: "Pack", help: "exactly as it is called" },
  { name: "creator", label: "Creator", help: "exactly as it is called" },
  { name: "locale", label: "Language", help: "such as en or ja" },
  { name: "createdAfter", label: "Created after", type: "date" },
];

/** Builds the form; it is filled from the address by show(). */
export function build(form) {
  form.replaceChildren(
    ...FIELDS.map(({ name, label, help = "", type = "text" }) => h("p.field", {},
      h("label", { for: `filter-${name}` }, label),
      h("input", { id: `filter-${name}`, name, type, maxlength: 200, placeholder: help, autocomplete: "off", autocapitalize: "none", spellcheck: "false" }))),
    h("p.field", {},
      h("label", { for: "filter-animated" }, "Movement"),
      h("select", { id: "filter-animated", name: "animated" },
        h("option", { value: "" }, "all"), h("option", { value: "true" }, "moves"), h("option", { value: "false" }, "stands still"))),
    h("p.field.actions", {}, h("button.button.primary", {}, "Apply"), h("button.button", { type: "button", id: "clear-filters", onclick: () => apply(new URLSearchParams()) }, "Clear")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const filters = new URLSearchParams();
    for (const { name, many } of FIELDS) {
      for (const value of many ? form.elements[name].value.split(",") : [form.elements[name].value]) {
        if (value.trim()) filters.append(name, value.trim());
      }
    }
    if (form.elements.animated.value) filters.set("animated", form.elements.animated.value);
    apply(filters);
  });
}

/** Shows what the address says. */
export function show(form, badge) {
  const { filters } = route.current();
  for (const { name } of FIELDS) form.elements[name].value = filters.getAll(name).join(", ");
  form.elements.animated.value = filters.get("animated") ?? "";
  badge.textContent = filters.size > 0 ? String(filters.size) : "";
  badge.hidden = filters.size === 0;
}

const apply = (filters) => { location.hash = route.grid(route.current().q, filters); };
