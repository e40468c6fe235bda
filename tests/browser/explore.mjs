// Drives explore.ipynb in JupyterLab as a user would: node explore.mjs URL CHROMIUM SCREENSHOT FOLDER
// FOLDER is where the articles go that are chosen and dropped here. Prints one JSON object of what was seen, or fails with the step that did not work.
import { chromium } from "playwright-core";

const [url, executablePath, screenshot, folder] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 1400 } });
page.setDefaultTimeout(60_000);
const elsewhere = [];
page.on("request", (request) => {
  const { hostname, protocol } = new URL(request.url());
  if (protocol.startsWith("http") && !["127.0.0.1", "localhost"].includes(hostname)) elsewhere.push(request.url());
});
const seen = { elsewhere };
await page.goto(url);
await page.locator(".jp-Notebook").waitFor();
await page.getByText("| Idle").waitFor();
await page.locator(".lm-MenuBar-itemLabel", { hasText: /^Run$/ }).click();
await page.locator(".lm-Menu-itemLabel", { hasText: "Run All Cells" }).first().click();

const lines = page.locator(".parallax-surface table tbody tr");
const texts = page.locator(".parallax-surface .texts");
const question = (name) => page.locator(".widget-toggle-button", { hasText: name });
await lines.first().waitFor();
seen.codeHidden = (await page.locator(".jp-CodeCell .jp-InputPlaceholder, .jp-CodeCell .jp-Placeholder").count()) > 0;

// A term typed, its line picked: the sentence stands in the text below, the term marked.
const term = page.getByRole("textbox", { name: "Term" });
await term.fill("employees");
await term.press("Enter");
await page.locator("p", { hasText: "“employees” stands" }).waitFor();
seen.lines = await lines.count();
await page.locator(".parallax-surface button[data-pick]").first().click();
await texts.locator("mark").first().waitFor();
seen.marked = await texts.locator("mark").first().textContent();
seen.articles = await texts.locator("section").count();

// Sorting changes the order; the keyboard alone can pick a line.
const before = await lines.allTextContents();
await question("right").click();
await page.waitForFunction(
  (old) => document.querySelector(".parallax-surface table tbody tr").textContent !== old, before[0]);
seen.sorted = (await lines.allTextContents()).join() !== before.join();
await page.locator(".parallax-surface button[data-pick]").nth(1).focus();
await page.keyboard.press("Enter");
await texts.locator("section").first().waitFor();

// A point of the chart of words leads to the lines of that term.
await question("Words that differ").click();
const point = page.locator(".parallax-surface svg [data-pick^='term ']").first();
await point.waitFor();
seen.picked = (await point.getAttribute("data-pick")).slice(5);
await point.focus();
await page.keyboard.press("Enter");
await page.locator("p", { hasText: `“${seen.picked}” stands` }).waitFor();

// The slider for similarity redraws the events; an event picked shows its sentences side by side.
await question("Events").click();
await page.locator("p", { hasText: "events are told" }).waitFor();
const count = async () => Number((await page.locator("p", { hasText: "events are told" }).textContent()).match(/\d+/)[0]);
seen.events = await count();
const slider = page.locator(".noUi-handle").first();
await slider.focus();
const started = Date.now();
for (let step = 0; step < 20; step += 1) await page.keyboard.press("ArrowRight");
await page.waitForFunction((old) => {
  const line = [...document.querySelectorAll("p")].find((p) => p.textContent.includes("events are told"));
  return line && Number(line.textContent.match(/\d+/)[0]) !== old;
}, seen.events);
seen.slided = Date.now() - started;
seen.fewer = await count();
await page.locator("button[data-pick^='event ']").first().click();
await texts.locator("section").first().waitFor();

await question("Who is heard").click();
await page.locator("p", { hasText: "attributions" }).waitFor();
await page.locator(".parallax-surface th", { hasText: "what is said" }).waitFor();
seen.attributions = await lines.count();

await question("Tone").click();
const tip = page.locator(".parallax-surface svg [data-pick^='sentence ']").first();
await tip.waitFor();
await tip.focus();
await page.keyboard.press("Enter");
await texts.locator("p").first().waitFor();
if (screenshot) await page.screenshot({ path: screenshot });

for (const kind of ["PNG", "SVG", "CSV"]) {
  await page.getByRole("button", { name: `Save ${kind}` }).click();
  await page.locator("pre[role=status]", { hasText: `.${kind.toLowerCase()}` }).waitFor();
}
seen.saved = await page.locator("pre[role=status]").textContent();

// Articles of one's own: one chosen by the button, one dropped; each is a source of a new story, which opens.
const told = page.locator("pre[role=status]");
const text = "The bridge was shut on Monday, and the mayor of the town said that it would stay so until the summer. ";
const into = page.getByRole("textbox", { name: "Into story" });
await into.fill(folder);
await into.press("Tab");
await page.locator(".parallax-drop input").setInputFiles(
  { name: "one.txt", mimeType: "text/plain", buffer: Buffer.from(text.repeat(3)) });
await told.filter({ hasText: "one.txt: added" }).waitFor();
seen.dropped = [await told.textContent()];
const dropped = await page.evaluateHandle((words) => {
  const data = new DataTransfer();
  data.items.add(new File([words], "two.txt", { type: "text/plain" }));
  return data;
}, text.replace("bridge", "tunnel").repeat(3));
await page.locator(".parallax-drop").dispatchEvent("drop", { dataTransfer: dropped });
await told.filter({ hasText: "two.txt: added" }).waitFor();
seen.dropped.push(await told.textContent());
seen.dropped = seen.dropped.map((line) => line.split(":").slice(0, 2).join(":"));
await page.locator("select option", { hasText: /^two$/ }).waitFor({ state: "attached" });
console.log(JSON.stringify(seen));
await browser.close();
