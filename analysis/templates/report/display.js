// Columns that sort. Without script every table is there, in the order that was computed.
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
})();
