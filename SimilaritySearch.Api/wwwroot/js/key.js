// Asks for a key when the server wants one. The server keeps it in a cookie that no script can read.
import * as api from "./api.js";
import { h } from "./dom.js";

let asking = null;

/** Shows the dialog once, however many requests wait for it. */
function ask() {
  asking ??= new Promise((resolve) => {
    const input = h("input", { type: "password", id: "key", autocomplete: "off", required: true, placeholder: "sk_…", "aria-describedby": "key-fault" });
    const fault = h("p.fault", { id: "key-fault", role: "alert" });
    const dialog = h("dialog.ask", { "aria-labelledby": "key-title" },
      h("form", {
        onsubmit: async (event) => {
          event.preventDefault();
          try {
            await api.beginSession(input.value.trim());
            dialog.close();
            dialog.remove();
            asking = null;
            resolve();
          } catch (error) {
            fault.textContent = error.message;
            input.select();
          }
        },
      },
      h("h2", { id: "key-title" }, "This server wants a key"),
      h("label", { for: "key" }, "Your key; whoever runs the server makes it with “stickers keys add”."),
      input, fault, h("button.button.primary", {}, "Go on")));
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    document.body.append(dialog);
    dialog.showModal();
  });
  return asking;
}

api.onKeyNeeded(ask);
