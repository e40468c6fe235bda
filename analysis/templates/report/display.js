// Columns that sort, and counterparts that come into view. Without script all can be read, and links lead on.
(() => {
  const value = (row, column) => {
    const text = row.cells[column].dataset.value || row.cells[column].textContent;
    const number = Number(text.replace(/,/g, "").replace("−", "-"));
    return text.trim() !== "" && !Number.isNaN(number) ? number : text;
  };
  const order = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));
  for (const table of document.querySelectorAll(".px table.sortable:not(.ready)")) {
    table.classList.add("ready");
    const body = table.tBodies[0];
    if (body.rows.length < 2) continue;
    [...table.tHead.rows[0].cells].forEach((heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => {
        const down = heading.getAttribute("aria-sort") !== "descending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        heading.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...body.rows].sort((a, b) => order(value(a, column), value(b, column)) * (down ? -1 : 1));
        body.append(...rows);
      });
    });
  }
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  const clear = (reader) => {
    reader.querySelectorAll(".pinned").forEach((other) => other.classList.remove("pinned"));
    reader.querySelector(".found").textContent = "";
  };
  const pin = (reader, link) => {
    const same = [...reader.querySelectorAll(`a.told[data-event="${link.dataset.event}"]`)];
    same.forEach((other) => other.classList.add("pinned"));
    const own = link.closest(".text");
    const height = link.getBoundingClientRect().top - own.getBoundingClientRect().top;
    const others = [];
    for (const column of reader.querySelectorAll(".text")) {
      const first = same.find((other) => column.contains(other));
      if (column === own || !first) continue;
      others.push(column);
      const off = first.getBoundingClientRect().top - column.getBoundingClientRect().top - height;
      column.scrollBy({ top: off, behavior });
    }
    const sources = new Set(others.map((column) => column.getAttribute("aria-label")));
    reader.querySelector(".found").textContent =
      `Event ${Number(link.dataset.event) + 1} is told here and by ${[...sources].join(", ")}.`;
    // Where columns stand one below the other, as on a phone, the next one may be off the screen.
    const next = others.find((column) => own.compareDocumentPosition(column) & 4) ?? others.at(-1);
    const beside = (column) => column.closest(".column").offsetTop === own.closest(".column").offsetTop;
    if (next && !beside(next)) next.closest(".column").scrollIntoView({ block: "nearest", behavior });
  };
  for (const reader of document.querySelectorAll(".px .reader:not(.ready)")) {
    reader.classList.add("ready");
    // In JupyterLab the same reader may stand in two outputs, and buttons of one name would be one choice.
    const choices = [...reader.querySelectorAll("input")];
    const name = `reader-${Math.random()}`;
    choices.forEach((choice) => (choice.name = name));
    if (!choices.some((choice) => choice.checked)) choices[0].checked = true;
    const found = document.createElement("p");
    found.className = "found tools";
    found.setAttribute("role", "status");
    reader.append(found);
    reader.addEventListener("click", (happening) => {
      const link = happening.target.closest("a.told");
      if (!link) return;
      happening.preventDefault();
      const was = link.classList.contains("pinned");
      clear(reader);
      if (!was) pin(reader, link);
    });
    reader.addEventListener("keydown", (happening) => {
      if (happening.key === "Escape") clear(reader);
    });
  }
  for (const text of document.querySelectorAll(".px .copy:not(.ready)")) {
    text.classList.add("ready");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy-button tools";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      getSelection().selectAllChildren(text);
      await navigator.clipboard?.writeText(text.textContent);
      button.textContent = "Copied";
    });
    text.before(button);
  }
  // JupyterLab takes some keys to go from cell to cell; in here they choose, scroll and open, as anywhere.
  for (const piece of document.querySelectorAll(".jp-Cell .px:not(.ready)")) {
    piece.classList.add("ready");
    piece.addEventListener("keydown", (happening) => {
      const own = /^(Arrow|Page|Home|End|Enter| )/.test(happening.key);
      if (own && !happening.ctrlKey && !happening.metaKey && !happening.altKey) happening.stopPropagation();
    });
  }
  // In a notebook one choice is shown at a time; in the page, which is also printed, all are.
  for (const pick of document.querySelectorAll(".px .pick:not(.ready)")) {
    pick.classList.add("ready");
    if (pick.closest("main")) continue;
    const list = document.createElement("select");
    list.setAttribute("aria-label", "Choose");
    const choices = [...pick.querySelectorAll(":scope > .choice")];
    const show = () => choices.forEach((choice, place) => (choice.hidden = place !== list.selectedIndex));
    choices.forEach((choice) => list.add(new Option(choice.dataset.choice)));
    list.addEventListener("change", show);
    pick.prepend(list);
    show();
  }
})();
