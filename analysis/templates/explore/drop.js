// A place to drop article files on, or to choose them by button; each goes to Python with its name and bytes.
function render({ model, el }) {
  const label = document.createElement("label");
  label.className = "parallax-drop";
  label.textContent = "Drop articles here, or choose files: ";
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  label.append(input);
  el.append(label);
  const send = async (files) => {
    const named = [...files];
    const bytes = await Promise.all(named.map((file) => file.arrayBuffer()));
    model.send({ names: named.map((file) => file.name) }, undefined, bytes);
    input.value = "";
  };
  input.addEventListener("change", () => send(input.files));
  label.addEventListener("dragover", (event) => {
    event.preventDefault();
    label.classList.add("over");
  });
  label.addEventListener("dragleave", () => label.classList.remove("over"));
  label.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    label.classList.remove("over");
    send(event.dataTransfer.files);
  });
}
export default { render };
