// A picture comes by drop, by paste, or from the file dialog.

const image = (items) => [...(items ?? [])].find((file) => file.type.startsWith("image/"));

/** Calls take(file) for each picture given, and refuse() for anything else that is dropped. */
export function listen({ button, input, zone, take, refuse }) {
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    const file = input.files[0];
    input.value = "";
    if (file) take(file);
  });

  addEventListener("paste", (event) => {
    const file = image(event.clipboardData?.files);
    if (!file) return;
    event.preventDefault();
    take(file);
  });

  // dragenter and dragleave also come from every element that the pointer crosses.
  let depth = 0;
  const leave = () => {
    depth = 0;
    zone.hidden = true;
  };
  addEventListener("dragenter", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    depth++;
    zone.hidden = false;
  });
  addEventListener("dragleave", () => {
    if (--depth <= 0) leave();
  });
  addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  addEventListener("drop", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    leave();
    const file = image(event.dataTransfer.files);
    if (file) take(file);
    else refuse();
  });
}
