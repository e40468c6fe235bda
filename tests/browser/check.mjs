// Opens pages in chromium the ways that readers do, and prints what it finds as JSON: node check.mjs CHROMIUM PAGE...
// Each page is a file. Nothing is judged here; tests/test_browser.py says what may be.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { HtmlValidate } from "html-validate";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const [executablePath, ...pages] = process.argv.slice(2);
const desk = { width: 1280, height: 900 };
const ways = {
  light: { colorScheme: "light", viewport: desk },
  dark: { colorScheme: "dark", viewport: desk },
  phone: { colorScheme: "light", viewport: { width: 375, height: 740 }, hasTouch: true, isMobile: true },
  print: { colorScheme: "light", viewport: { width: 794, height: 1123 }, media: "print" },
  noscript: { colorScheme: "light", viewport: desk, javaScriptEnabled: false },
};
const validator = new HtmlValidate({ extends: ["html-validate:recommended"], rules: { "no-inline-style": "error" } });

// What a page tells of itself; runs in the page, so that it works where the page's own script may not run.
const look = () => {
  const box = document.documentElement;
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  const targets = [...document.querySelectorAll('a[href^="#"]')].map((link) => link.getAttribute("href").slice(1));
  return {
    sideways: box.scrollWidth - box.clientWidth,
    unnamed: [...document.querySelectorAll("svg")].filter((svg) => !svg.getAttribute("aria-label")).length,
    figures: document.querySelectorAll("figure").length,
    repeated: ids.filter((id, place) => ids.indexOf(id) !== place),
    lost: targets.filter((id) => !document.getElementById(id)),
    heading: document.querySelector("h1")?.textContent,
    text: document.body.innerText.length,
  };
};

async function visit(browser, page, { media, ...options }) {
  const context = await browser.newContext({ bypassCSP: false, ...options });
  const tab = await context.newPage();
  const requests = [];
  const errors = [];
  tab.on("request", (request) => requests.push(request.url()));
  tab.on("console", (message) => ["error", "warning"].includes(message.type()) && errors.push(message.text()));
  tab.on("pageerror", (error) => errors.push(String(error)));
  tab.on("dialog", (dialog) => errors.push(`dialog: ${dialog.message()}`) && dialog.dismiss());
  await tab.goto(page, { waitUntil: "load" });
  if (media) await tab.emulateMedia({ media });
  const found = { requests: requests.filter((url) => url !== page && !url.startsWith("data:")), errors };
  Object.assign(found, await tab.evaluate(look));
  if (options.javaScriptEnabled !== false) {
    await tab.evaluate(axe); // the debugger puts it in, past the page's policy, which stays in force
    const result = await tab.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    found.violations = result.violations.flatMap(({ id, help, nodes }) =>
      nodes.slice(0, 3).map((node) => `${id}: ${help}: ${node.html.slice(0, 160)}`),
    );
  }
  await context.close();
  return found;
}

// How many milliseconds until something is on the screen: the least of several, since other work runs beside this.
async function paint(browser, page) {
  const times = [];
  for (let turn = 0; turn < 8; turn += 1) {
    const tab = await browser.newPage({ viewport: desk });
    await tab.goto(page, { waitUntil: "load" });
    await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    times.push(
      await tab.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Infinity),
    );
    await tab.close();
  }
  return Math.min(...times);
}

// Uses the reader and a table as a reader would, by pointer and by keyboard.
async function use(browser, page) {
  const context = await browser.newContext({ viewport: desk, reducedMotion: "reduce" });
  const tab = await context.newPage();
  await tab.goto(page);
  const count = (selector) => tab.locator(selector).filter({ visible: true }).count();
  const found = {};
  const link = tab.locator(".reader a.told").first();
  if (!(await link.count())) return found;
  const event = await link.getAttribute("data-event");
  const other = tab.locator(`.reader a.told[data-event="${event}"]`).last();
  const colour = () => other.evaluate((element) => getComputedStyle(element).backgroundColor);
  found.plain = await colour();
  await link.hover();
  found.lit = await colour();
  await tab.mouse.move(0, 0);
  await link.focus();
  found.focused = await colour();
  await tab.keyboard.press("Enter");
  found.pinned = await count(".reader a.pinned");
  found.members = await count(`.reader a.told[data-event="${event}"]`);
  found.inView = await other.evaluate((element) => {
    const [inner, outer] = [element, element.closest(".text")].map((part) => part.getBoundingClientRect());
    return inner.top >= outer.top - 1 && inner.top < outer.bottom;
  });
  await tab.keyboard.press("Escape");
  found.cleared = await count(".reader a.pinned");
  for (const [value, hidden] of [["shared", ".alone"], ["alone", "a.told"], ["quoted", ".text p:not(:has(.has-quotation))"]]) {
    await tab.locator(`.reader input[value="${value}"]`).check();
    found[value] = [await count(`.reader ${hidden}`), await count(".reader .text :is(.told, .alone)")];
  }
  await tab.locator("details:has(> :is(table, .scroll)) > summary").first().click();
  const table = tab.locator("details[open] table.sortable").filter({ visible: true }).first();
  const heading = table.locator("th:has(button)").last();
  await heading.locator("button").click();
  found.sorted = await heading.getAttribute("aria-sort");
  found.values = await table.locator("tbody tr td:last-child").allTextContents();
  await context.close();
  return found;
}

// Uses the reader with a finger: the first sentence of the first article that another tells, and the last of the last.
async function tap(browser, page) {
  const context = await browser.newContext({ ...ways.phone, reducedMotion: "reduce" });
  const tab = await context.newPage();
  await tab.goto(page);
  const found = [];
  for (const [column, place] of [["first", "first"], ["last", "last"]]) {
    const link = tab.locator(".reader .column:has(a.told)")[column]().locator("a.told")[place]();
    if (!(await link.count())) return found;
    await link.scrollIntoViewIfNeeded();
    await link.tap();
    await tab.waitForTimeout(100);
    found.push(await link.evaluate((tapped) => {
      const reader = tapped.closest(".reader");
      const members = [...reader.querySelectorAll(`a.told[data-event="${tapped.dataset.event}"]`)];
      const seen = (element) => {
        const [inner, outer] = [element, element.closest(".text")].map((part) => part.getBoundingClientRect());
        const top = Math.max(inner.top, outer.top, 0);
        return Math.min(inner.bottom, outer.bottom, innerHeight) - top > 10;
      };
      const elsewhere = members.filter((other) => other.closest(".column") !== tapped.closest(".column"));
      const status = reader.querySelector("[role=status]");
      const box = status.getBoundingClientRect();
      return {
        event: Number(tapped.dataset.event) + 1,
        members: members.length,
        pinned: reader.querySelectorAll("a.pinned").length,
        lit: new Set(members.map((other) => getComputedStyle(other).backgroundColor)).size === 1,
        plain: getComputedStyle(reader.querySelector(".alone")).backgroundColor,
        colour: getComputedStyle(tapped).backgroundColor,
        inView: elsewhere.some(seen),
        sources: [...new Set(elsewhere.map((other) => other.closest(".column").querySelector("h3").innerText))],
        status: status.textContent,
        told: box.top >= 0 && box.bottom <= innerHeight,
        sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      };
    }));
    await link.scrollIntoViewIfNeeded();
    await link.tap();
    found.at(-1).left = await tab.locator(".reader a.pinned").count();
    found.at(-1).silent = await tab.locator(".reader [role=status]").textContent();
  }
  await context.close();
  return found;
}

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
});
const report = {};
try {
  for (const page of pages) {
    const found = {};
    for (const [way, options] of Object.entries(ways)) {
      found[way] = await visit(browser, pathToFileURL(page).href, options);
    }
    found.paint = await paint(browser, pathToFileURL(page).href);
    found.use = await use(browser, pathToFileURL(page).href);
    found.tap = await tap(browser, pathToFileURL(page).href);
    const checked = await validator.validateFile(page);
    found.markup = checked.results.flatMap(({ messages }) =>
      messages.map(({ ruleId, line, column, message }) => `${line}:${column} ${ruleId}: ${message}`),
    );
    report[page] = found;
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(report));
