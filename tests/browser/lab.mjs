// Uses what display.py makes as a reader does in JupyterLab: node lab.mjs URL CHROMIUM [SCREENSHOT]
// The notebook holds its outputs: a table, a reader, a choice, and the same reader again. Prints one JSON object of what
// was seen; nothing is judged here, tests/test_lab.py says what may be.
import { chromium } from "playwright-core";

const [url, executablePath, screenshot] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 3200 }, reducedMotion: "reduce" });
page.setDefaultTimeout(60_000);
const seen = { elsewhere: [], errors: [] };
page.on("request", (request) => {
  const { hostname, protocol } = new URL(request.url());
  if (protocol.startsWith("http") && hostname !== "127.0.0.1") seen.elsewhere.push(request.url());
});
page.on("pageerror", (error) => seen.errors.push(String(error)));
await page.goto(url);
await page.locator(".jp-Notebook .px .reader.ready").nth(1).waitFor();
await page.getByText("| Idle").waitFor();

seen.outputs = await page.locator(".jp-OutputArea-output .px").count();
const table = page.locator(".px table").first();
seen.sortable = await table.locator("th button").count();
seen.aligned = await table.locator("th, td").evaluateAll((cells) =>
  cells.map((cell) => [cell.cellIndex === 2, getComputedStyle(cell).textAlign]));
seen.shades = await table.locator("tbody tr").evaluateAll((rows) =>
  [...new Set(rows.map((row) => getComputedStyle(row).backgroundColor))]);
await table.locator("th button").last().click();
seen.sorted = await table.locator("td:last-child").allTextContents();
seen.choices = await page.locator(".pick > .choice").filter({ visible: true }).count();

const [one, two] = [page.locator(".reader").first(), page.locator(".reader").last()];
const link = one.locator("a.told").first();
const event = await link.getAttribute("data-event");
const other = one.locator(`a.told[data-event="${event}"]`).last();
const colour = () => other.evaluate((element) => getComputedStyle(element).backgroundColor);
// Which cell JupyterLab has chosen: keys pressed in an output are not to change it.
const cell = () => page.evaluate(() => {
  const cells = [...document.querySelectorAll(".jp-Notebook .jp-Cell")];
  return [cells.findIndex((element) => element.matches(".jp-mod-active")), cells.length];
});
seen.plain = await colour();
await link.hover();
seen.hovered = await colour();
await page.mouse.move(0, 0);
await link.focus();
seen.focused = await colour();
await page.keyboard.press("Enter");
seen.members = await one.locator(`a.told[data-event="${event}"]`).count();
seen.pinned = [await one.locator("a.pinned").count(), await two.locator("a.pinned").count()];
seen.status = await one.locator("[role=status]").textContent();
if (screenshot) await page.screenshot({ path: screenshot });
await page.keyboard.press("Escape");
seen.cleared = await one.locator("a.pinned").count();
seen.address = page.url() === url.replace(/\?.*$/, "");

const chosen = (reader) => reader.locator("input:checked").evaluateAll((inputs) => inputs.map((input) => input.value));
seen.first = [await chosen(one), await chosen(two)];
await one.locator("input[value=all]").focus();
await page.keyboard.press("ArrowRight");
seen.arrow = [await chosen(one), await chosen(two)];
const alone = (reader) => reader.locator(".alone").filter({ visible: true }).count();
seen.alone = [await alone(one), await alone(two)];

// A text scrolls by its keys.
const text = two.locator(".text").first();
await text.evaluate((element) => (element.style.maxHeight = "6rem"));
await text.focus();
seen.cell = await cell();
await page.keyboard.press("ArrowDown");
await page.waitForTimeout(300);
seen.scrolled = await text.evaluate((element) => element.scrollTop);
seen.sameCell = await cell();
console.log(JSON.stringify(seen));
await browser.close();
