// A surface shows escaped markup made in Python and says which marked part was picked, by click, Enter or Space.
// Parts: any element with data-pick; in charts, the points of a group whose id is a key of `points`.
function render({ model, el }) {
  let count = 0;
  const pick = (key) => {
    count += 1;
    model.set("picked", { key: key, count: count });
    model.save_changes();
  };
  const draw = () => {
    el.innerHTML = model.get("markup");
    for (const [group, points] of Object.entries(model.get("points"))) {
      const drawn = el.querySelectorAll(`[id="${group}"] use, [id="${group}"] path[clip-path]`);
      points.forEach(([key, name], number) => {
        const point = drawn[number];
        if (!point) return;
        point.dataset.pick = key;
        point.setAttribute("role", "button");
        point.setAttribute("tabindex", "0");
        point.setAttribute("aria-label", name);
        const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
        title.textContent = name;
        point.append(title);
      });
    }
  };
  el.classList.add("parallax-surface");
  el.addEventListener("click", (event) => {
    const part = event.target.closest("[data-pick]");
    if (part) pick(part.dataset.pick);
  });
  el.addEventListener("keydown", (event) => {
    const part = event.target.closest("[data-pick]");
    if (!part || part.tagName === "BUTTON" || !["Enter", " "].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    pick(part.dataset.pick);
  });
  model.on("change:markup", draw);
  draw();
}
export default { render };
